"""Instagram Graph API with Instagram Login (no Facebook Page): profile, account insights day by day, media.

Fields read: me user_id, username, name, followers_count, media_count; media id, caption, media_type,
media_product_type, permalink, timestamp, like_count, comments_count, paging.cursors.after, paging.next; insights
data[].{name, values[].{value,end_time}, total_value.{value, breakdowns[].results[]}}. Deliberately ignored: children of
carousels, comments, stories, thumbnails.

Days are Pacific: a value's end_time is the midnight after its day. Most metrics come as one total a call, so a daily
series needs one call a day.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final

from arti.providers.client import PACIFIC, ProviderClient
from arti.providers.contract import AssetRecord, Budget, Cursor, Observation, ProviderAccount, ResultPage
from arti.providers.errors import NoData, UnsupportedMetric
from arti.providers.oauth import OAuthSpec, ProviderTokens, oauth2_token_form, require_scopes
from arti.providers.response_fields import parse_count, parse_time, require_field
from arti.vocabulary import Provider
from arti_core.clock import now

HOST: Final = "https://graph.instagram.com"
GRAPH: Final = f"{HOST}/v26.0"
BACKFILL_DAYS: Final = 365
FOLLOWS_DAYS: Final = 30
RESTATED_DAYS: Final = 3
# Windows of more than 30 days are refused, and 30 local days with the end of summer time are an hour more.
WINDOW_DAYS: Final = 29
CALLS_AT_ONCE: Final = 4
MEDIA_FRESH: Final = timedelta(days=30)
MEDIA_INSIGHTS: Final = {
    "views": "consumption.views_total",
    "shares": "engagement.shares_total",
    "saved": "engagement.saves_total",
}
TOTALS: Final = {
    "views": "consumption.views",
    "likes": "engagement.likes",
    "comments": "engagement.comments",
    "shares": "engagement.shares",
    "saves": "engagement.saves",
    "accounts_engaged": "reach.accounts_engaged",
}
# Documented as FOLLOWER, seen as follow: both are accepted.
FOLLOW_TYPES: Final = {
    "FOLLOWER": "audience.followers_gained",
    "FOLLOW": "audience.followers_gained",
    "NON_FOLLOWER": "audience.followers_lost",
    "UNFOLLOW": "audience.followers_lost",
}
_ISO_ZONE: Final = "%Y-%m-%dT%H:%M:%S%z"


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
            yield ResultPage(parse_profile(profile, today), (), {**at, "step": step})
        while step == "media":
            fields = "id,caption,media_type,media_product_type,permalink,timestamp,like_count,comments_count"
            page = await client.get(
                f"{GRAPH}/{account_id}/media",
                {"fields": fields, "limit": "100"} | ({"after": at["after"]} if at["after"] else {}),
            )
            assets, observations = parse_media(page, today)
            fresh = [a for a in assets if a.released_on and today - a.released_on <= MEDIA_FRESH]
            for asset in fresh:
                observations += await self._media_insights(client, asset.external_id, today)
            at["after"] = parse_after(page)
            if not at["after"]:
                step = "days"
                at = {key: value for key, value in at.items() if key == "through"} | {"day": _first_day(at, today)}
            yield ResultPage(observations, assets, {**at, "step": step})
        last = today - timedelta(days=1)
        first = date.fromisoformat(at["day"])
        through = at.get("through")
        while first <= last:
            end = min(first + timedelta(days=WINDOW_DAYS - 1), last)
            observations = await self._window(client, account_id, first, end, today)
            reported = [o.observed_on for o in observations if o.value is not None]
            through = max(reported).isoformat() if reported else through
            first = end + timedelta(days=1)
            cursor = {"through": through} | ({"step": "days", "day": first.isoformat()} if first <= last else {})
            yield ResultPage(observations, (), cursor)

    async def _window(
        self, client: ProviderClient, account_id: str, first: date, last: date, today: date
    ) -> list[Observation]:
        insights = f"{GRAPH}/{account_id}/insights"
        reach = {"metric": "reach", "period": "day", "metric_type": "time_series", **_between(first, last)}
        observations = parse_series(await client.get(insights, reach), "reach.unique")
        semaphore = asyncio.Semaphore(CALLS_AT_ONCE)

        async def read_day(day: date) -> list[Observation]:
            when = {"period": "day", "metric_type": "total_value", **_between(day, day)}
            async with semaphore:
                found = parse_totals(await client.get(insights, {"metric": ",".join(TOTALS), **when}), day)
                if today - day <= timedelta(days=FOLLOWS_DAYS):
                    follows = {"metric": "follows_and_unfollows", "breakdown": "follow_type", **when}
                    try:
                        found += parse_follows(await client.get(insights, follows), day)
                    except (NoData, UnsupportedMetric):  # fewer than 100 followers
                        pass
                return found

        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(read_day(day)) for day in days]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return observations + [o for task in tasks for o in task.result()]

    async def _media_insights(self, client: ProviderClient, id: str, today: date) -> list[Observation]:
        try:
            query = {"metric": ",".join(MEDIA_INSIGHTS), "period": "lifetime"}
            return parse_media_insights(await client.get(f"{GRAPH}/{id}/insights", query), id, today)
        except (NoData, UnsupportedMetric) as error:
            return [Observation(slug, today, None, error.error_class, id) for slug in MEDIA_INSIGHTS.values()]


def _first_day(at: Mapping[str, Any], today: date) -> str:
    if at.get("through"):
        return (date.fromisoformat(at["through"]) - timedelta(days=RESTATED_DAYS)).isoformat()
    return (today - timedelta(days=BACKFILL_DAYS)).isoformat()


def _between(first: date, last: date) -> dict[str, str]:
    start = datetime.combine(first, time(0), PACIFIC)
    end = datetime.combine(last + timedelta(days=1), time(0), PACIFIC)
    return {"since": str(int(start.timestamp())), "until": str(int(end.timestamp()))}


def parse_permissions(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the granted permissions, sent as a list or as one string with commas."""
    permissions = body.get("permissions") or ()
    return tuple(permissions.split(",") if isinstance(permissions, str) else permissions)


def parse_tokens(body: Mapping[str, Any], scopes: tuple[str, ...]) -> ProviderTokens:
    """Return a long-lived token. It is its own refresh token, so the authorization expires with it."""
    expires_at = now() + timedelta(seconds=require_field(body, "expires_in", int))
    return ProviderTokens(require_field(body, "access_token", str), None, expires_at, expires_at, scopes)


def parse_account(body: Mapping[str, Any]) -> ProviderAccount:
    """Return the account that the token belongs to."""
    username = require_field(body, "username", str)
    id = body.get("user_id") or require_field(body, "id", str)
    return ProviderAccount(str(id), body.get("name") or username, f"https://www.instagram.com/{username}/")


def parse_profile(body: Mapping[str, Any], today: date) -> list[Observation]:
    """Return today's counters of the account."""
    return [
        Observation("audience.followers", today, float(require_field(body, "followers_count", int))),
        Observation("catalogue.assets_total", today, float(require_field(body, "media_count", int))),
    ]


def parse_media(body: Mapping[str, Any], today: date) -> tuple[list[AssetRecord], list[Observation]]:
    """Return the posts of a page and today's counters. Likes are absent when the owner hides them."""
    assets, observations = [], []
    for item in require_field(body, "data", list):
        id = require_field(item, "id", str)
        published = parse_time(require_field(item, "timestamp", str), _ISO_ZONE)
        caption = (item.get("caption") or "").strip().splitlines()
        details = {"media_type": item.get("media_type"), "media_product_type": item.get("media_product_type")}
        title = caption[0][:200] if caption and caption[0] else f"Post of {published.date()}"
        assets.append(AssetRecord(id, "post", title, item.get("permalink"), published.date(), details=details))
        for name, slug in (("like_count", "engagement.likes_total"), ("comments_count", "engagement.comments_total")):
            value = parse_count(item.get(name))
            observations.append(Observation(slug, today, value, "hidden" if value is None else None, id))
    return assets, observations


def parse_after(body: Mapping[str, Any]) -> str:
    """Return the cursor of the next page, or "" on the last."""
    paging = body.get("paging") or {}
    return str((paging.get("cursors") or {}).get("after") or "") if paging.get("next") else ""


def parse_series(body: Mapping[str, Any], slug: str) -> list[Observation]:
    """Return the days of a time series. An empty list means unknown, never 0."""
    observations = []
    for metric in require_field(body, "data", list):
        for entry in require_field(metric, "values", list):
            midnight = parse_time(require_field(entry, "end_time", str), _ISO_ZONE).astimezone(PACIFIC)
            if (value := parse_count(entry.get("value"))) is not None:
                observations.append(Observation(slug, midnight.date() - timedelta(days=1), value))
    return observations


def parse_totals(body: Mapping[str, Any], day: date) -> list[Observation]:
    """Return one day's totals. A requested metric that is missing is a gap on that day."""
    found = {
        metric.get("name"): parse_count((metric.get("total_value") or {}).get("value"))
        for metric in require_field(body, "data", list)
    }
    observations = []
    for name, slug in TOTALS.items():
        value = found.get(name)
        observations.append(Observation(slug, day, value, "not_reported" if value is None else None))
    return observations


def parse_follows(body: Mapping[str, Any], day: date) -> list[Observation]:
    """Return people gained and lost in one day, from the breakdown by follow_type."""
    return [
        Observation(FOLLOW_TYPES[kind], day, value)
        for metric in require_field(body, "data", list)
        for breakdown in (metric.get("total_value") or {}).get("breakdowns") or ()
        for result in breakdown.get("results") or ()
        if (kind := str((result.get("dimension_values") or [""])[0]).upper()) in FOLLOW_TYPES
        and (value := parse_count(result.get("value"))) is not None
    ]


def parse_media_insights(body: Mapping[str, Any], media_id: str, today: date) -> list[Observation]:
    """Return today's lifetime numbers of one post."""
    return [
        Observation(slug, today, value, asset_external_id=media_id)
        for metric in require_field(body, "data", list)
        if (slug := MEDIA_INSIGHTS.get(str(metric.get("name"))))
        and (value := parse_count((metric.get("values") or [{}])[0].get("value"))) is not None
    ]
