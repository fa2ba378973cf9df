"""Instagram Graph API with Instagram Login (no Facebook Page): profile, account insights day by day, media.

Fields read: me user_id, username, name, followers_count, media_count; media id, caption, media_type,
media_product_type, permalink, timestamp, like_count, comments_count, paging.cursors.after, paging.next; insights
data[].{name, values[].{value,end_time}, total_value.{value, breakdowns[].results[]}}; stories as media. Deliberately
ignored: children of carousels, comments, thumbnails.

Days are Pacific: a value's end_time is the midnight after its day. Most metrics come as one total a call, so a daily
series needs one call a day.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final

from arti.providers.classification import PACIFIC
from arti.providers.client import ProviderClient
from arti.providers.contract import AssetRecord, Budget, Cursor, Observation, ProviderAccount, ResultPage
from arti.providers.errors import NoData, UnsupportedMetric
from arti.providers.instagram.demographics import read_demographics
from arti.providers.instagram.metric_support import ACCOUNT, MetricSupport
from arti.providers.instagram.responses import (
    FOLLOW_TYPES,
    MEDIA_INSIGHTS,
    TOTALS,
    parse_account,
    parse_after,
    parse_follows,
    parse_media,
    parse_media_insights,
    parse_permissions,
    parse_profile,
    parse_series,
    parse_tokens,
    parse_totals,
)
from arti.providers.oauth import OAuthSpec, ProviderTokens, oauth2_token_form, require_scopes
from arti.providers.response_fields import require_field
from arti.providers.states import TOO_FEW, UNSUPPORTED
from arti.vocabulary import Provider

HOST: Final = "https://graph.instagram.com"
VERSION: Final = "v26.0"
GRAPH: Final = f"{HOST}/{VERSION}"
BACKFILL_DAYS: Final = 365
FOLLOWS_DAYS: Final = 30
RESTATED_DAYS: Final = 3
# Windows of more than 30 days are refused, and 30 local days with the end of summer time are an hour more.
WINDOW_DAYS: Final = 29
CALLS_AT_ONCE: Final = 4
MEDIA_FIELDS: Final = "id,caption,media_type,media_product_type,permalink,timestamp,like_count,comments_count"
MEDIA_FRESH: Final = timedelta(days=30)


class Instagram:
    provider: ClassVar[Provider] = Provider.INSTAGRAM
    oauth: ClassVar[OAuthSpec] = OAuthSpec(
        authorize_url="https://www.instagram.com/oauth/authorize",
        exchange_url="https://api.instagram.com/oauth/access_token",
        scopes=("instagram_business_basic", "instagram_business_manage_insights"),
        pkce=False,
        scope_separator=",",
    )
    hosts: ClassVar[frozenset[str]] = frozenset({"graph.instagram.com", "api.instagram.com"})
    time_zone: ClassVar[str] = "America/Los_Angeles"
    terms: ClassVar[str] = "instagram_api"
    metrics: ClassVar[frozenset[str]] = frozenset(
        {"audience.followers", "catalogue.assets_total", "reach.unique", "engagement.likes_total"}
        | {"engagement.comments_total", *TOTALS.values(), *FOLLOW_TYPES.values(), *MEDIA_INSIGHTS.values()}
    )
    budget: ClassVar[Budget | None] = None  # a share of the account's impressions, reported in headers only
    probe_url: ClassVar[str] = f"{GRAPH}/me"

    async def exchange(self, client: ProviderClient, *, code: str, verifier: str, redirect_uri: str) -> ProviderTokens:
        app = client.app
        form = oauth2_token_form(app, code=code.removesuffix("#_"), redirect_uri=redirect_uri)
        short = await client.post_form(self.oauth.exchange_url, form)
        granted = parse_permissions(short)
        require_scopes(self.provider, self.oauth, granted)
        long = await client.get_token(
            f"{HOST}/access_token",
            {
                "grant_type": "ig_exchange_token",
                "client_secret": app.client_secret,
                "access_token": require_field(short, "access_token", str),
            },
        )
        return parse_tokens(long, granted)

    async def refresh(self, client: ProviderClient, tokens: ProviderTokens) -> ProviderTokens:
        query = {"grant_type": "ig_refresh_token", "access_token": tokens.access_token}
        return parse_tokens(await client.get_token(f"{HOST}/refresh_access_token", query), tokens.scopes)

    async def revoke(self, client: ProviderClient, tokens: ProviderTokens) -> bool:
        return False

    def refresh_due_at(self, tokens: ProviderTokens) -> datetime | None:
        # Valid for 60 days; after that a person must authorize again. Day 45 leaves two weeks of retries.
        return tokens.expires_at - timedelta(days=15) if tokens.expires_at else None

    async def identify(self, client: ProviderClient, *, artist_name: str, profile_url: str | None) -> ProviderAccount:
        return parse_account(await client.get(f"{GRAPH}/me", {"fields": "user_id,username,name"}))

    async def pull(
        self, client: ProviderClient, account_id: str, since: Cursor | None, *, today: date
    ) -> AsyncIterator[ResultPage]:
        at: dict[str, Any] = dict(since or {})
        step = at.pop("step", "profile")
        if step == "profile":
            profile = await client.get(f"{GRAPH}/me", {"fields": "user_id,username,followers_count,media_count"})
            step, at["after"] = "media", ""
            followers = await read_demographics(client, f"{GRAPH}/{account_id}/insights", today)
            yield ResultPage([*parse_profile(profile, today), *followers], (), {**at, "step": step})
        support = MetricSupport(at.get("refused") or {}, version=VERSION, today=today)
        while step == "media":
            page = await client.get(
                f"{GRAPH}/{account_id}/media",
                {"fields": MEDIA_FIELDS, "limit": "100"} | ({"after": at["after"]} if at["after"] else {}),
            )
            assets, observations = parse_media(page, today)
            at["after"] = parse_after(page)
            if not at["after"]:  # stories are shown for a day, and are in a list of their own
                stories = await client.get(f"{GRAPH}/{account_id}/stories", {"fields": MEDIA_FIELDS})
                assets += parse_media(stories, today)[0]
            for asset in assets:
                if asset.released_on and today - asset.released_on <= MEDIA_FRESH:
                    observations += await self._media_insights(client, support, asset, today)
            if not at["after"]:
                step = "days"
                at = {key: value for key, value in at.items() if key == "through"} | {"day": _first_day(at, today)}
            yield ResultPage(observations, assets, {**at, "step": step, "refused": support.refused})
        last = today - timedelta(days=1)
        first = date.fromisoformat(at["day"])
        through = at.get("through")
        while first <= last:
            end = min(first + timedelta(days=WINDOW_DAYS - 1), last)
            observations = await self._window(client, support, account_id, first, end, today)
            reported = [o.observed_on for o in observations if o.value is not None]
            through = max(reported).isoformat() if reported else through
            first = end + timedelta(days=1)
            cursor = {"through": through, "refused": support.refused}
            cursor |= {"step": "days", "day": first.isoformat()} if first <= last else {}
            yield ResultPage(observations, (), cursor)

    async def _window(
        self, client: ProviderClient, support: MetricSupport, account_id: str, first: date, last: date, today: date
    ) -> list[Observation]:
        insights = f"{GRAPH}/{account_id}/insights"
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        semaphore = asyncio.Semaphore(CALLS_AT_ONCE)

        async def read_reach(names: Sequence[str]) -> dict[str, Any]:
            span = {"period": "day", "metric_type": "time_series", **_between(first, last)}
            return await client.get(insights, {"metric": ",".join(names), **span})

        async def read_day(day: date) -> list[Observation]:
            when = {"period": "day", "metric_type": "total_value", **_between(day, day)}

            async def read_totals(names: Sequence[str]) -> dict[str, Any]:
                return await client.get(insights, {"metric": ",".join(names), **when})

            async with semaphore:
                totals = await support.read(ACCOUNT, list(TOTALS), read_totals)
                refused = {name for name in TOTALS if support.is_refused(ACCOUNT, name)}
                found = parse_totals(totals, day, today=today, refused=refused)
                if today - day <= timedelta(days=FOLLOWS_DAYS):
                    follows = {"metric": "follows_and_unfollows", "breakdown": "follow_type", **when}
                    try:
                        found += parse_follows(await client.get(insights, follows), day)
                    except (NoData, UnsupportedMetric):  # fewer than 100 followers
                        found += [Observation(slug, day, None, TOO_FEW) for slug in sorted(set(FOLLOW_TYPES.values()))]
                return found

        observations = parse_series(await support.read(ACCOUNT, ["reach"], read_reach), "reach.unique")
        if support.is_refused(ACCOUNT, "reach"):
            observations = [Observation("reach.unique", day, None, UNSUPPORTED) for day in days]
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(read_day(day)) for day in days]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return observations + [o for task in tasks for o in task.result()]

    async def _media_insights(
        self, client: ProviderClient, support: MetricSupport, asset: AssetRecord, today: date
    ) -> list[Observation]:
        id, kind = asset.external_id, str(asset.details.get("media_product_type"))

        async def read(names: Sequence[str]) -> dict[str, Any]:
            return await client.get(f"{GRAPH}/{id}/insights", {"metric": ",".join(names), "period": "lifetime"})

        try:
            body = await support.read(kind, list(MEDIA_INSIGHTS), read)
        except NoData as error:
            return [Observation(slug, today, None, error.state, id) for slug in MEDIA_INSIGHTS.values()]
        refused = [slug for name, slug in MEDIA_INSIGHTS.items() if support.is_refused(kind, name)]
        return parse_media_insights(body, id, today) + [
            Observation(slug, today, None, UNSUPPORTED, id) for slug in refused
        ]


def _first_day(at: Mapping[str, Any], today: date) -> str:
    if at.get("through"):
        return (date.fromisoformat(at["through"]) - timedelta(days=RESTATED_DAYS)).isoformat()
    return (today - timedelta(days=BACKFILL_DAYS)).isoformat()


def _between(first: date, last: date) -> dict[str, str]:
    start = datetime.combine(first, time(0), PACIFIC)
    end = datetime.combine(last + timedelta(days=1), time(0), PACIFIC)
    return {"since": str(int(start.timestamp())), "until": str(int(end.timestamp()))}
