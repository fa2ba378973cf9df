"""YouTube: Data API v3 for channel and videos, Analytics API v2 for days.

Fields read: channels id, snippet.{title,customUrl}, statistics.{viewCount,subscriberCount,hiddenSubscriberCount,
videoCount}, contentDetails.relatedPlaylists.uploads; playlistItems contentDetails.videoId, nextPageToken; videos id,
snippet.{title,publishedAt}, contentDetails.duration, statistics.{viewCount,likeCount,commentCount}; reports
columnHeaders[].name, rows. Deliberately ignored: thumbnails, tags, localized, topicDetails, favoriteCount.

Days are Pacific. Analytics lags two to three days and restates recent ones, so every sync reads the last week again.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from arti.providers.client import ProviderClient
from arti.providers.contract import AssetRecord, Budget, Cursor, Observation, ProviderAccount, ResultPage
from arti.providers.errors import ProviderContractBroken, ReauthRequired
from arti.providers.oauth import OAuthSpec, ProviderTokens, oauth2_token_form, require_refresh_token, require_scopes
from arti.providers.response_fields import parse_count, parse_time, require_field
from arti.vocabulary import Provider
from arti_core.clock import now

DATA: Final = "https://www.googleapis.com/youtube/v3"
REPORTS: Final = "https://youtubeanalytics.googleapis.com/v2/reports"
BACKFILL_DAYS: Final = 365
RESTATED_DAYS: Final = 7
CHUNK_DAYS: Final = 92

# Analytics name -> our slug and the factor from their unit to ours.
DAILY: Final[dict[str, tuple[str, float]]] = {
    "views": ("consumption.views", 1),
    "engagedViews": ("consumption.engaged_views", 1),
    "estimatedMinutesWatched": ("consumption.watch_hours", 1 / 60),
    "likes": ("engagement.likes", 1),
    "comments": ("engagement.comments", 1),
    "shares": ("engagement.shares", 1),
    "subscribersGained": ("audience.followers_gained", 1),
    "subscribersLost": ("audience.followers_lost", 1),
}
COUNTERS: Final = {
    "viewCount": "consumption.views_total",
    "likeCount": "engagement.likes_total",
    "commentCount": "engagement.comments_total",
}


class YouTube:
    provider: ClassVar[Provider] = Provider.YOUTUBE
    oauth: ClassVar[OAuthSpec] = OAuthSpec(
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        exchange_url="https://oauth2.googleapis.com/token",
        scopes=(
            "https://www.googleapis.com/auth/youtube.readonly",
            "https://www.googleapis.com/auth/yt-analytics.readonly",
        ),
        pkce=True,
        extra={"access_type": "offline", "prompt": "consent", "include_granted_scopes": "true"},
    )
    hosts: ClassVar[frozenset[str]] = frozenset(
        {"www.googleapis.com", "youtubeanalytics.googleapis.com", "oauth2.googleapis.com"}
    )
    time_zone: ClassVar[str] = "America/Los_Angeles"
    terms: ClassVar[str] = "youtube_api"
    metrics: ClassVar[frozenset[str]] = frozenset(
        {slug for slug, _ in DAILY.values()} | set(COUNTERS.values()) | {"audience.followers"}
    )
    budget: ClassVar[Budget | None] = Budget("www.googleapis.com", 10_000)
    probe_url: ClassVar[str] = f"{DATA}/channels?part=id&mine=true"

    async def exchange(self, client: ProviderClient, *, code: str, verifier: str, redirect_uri: str) -> ProviderTokens:
        form = oauth2_token_form(client.app, code=code, redirect_uri=redirect_uri, verifier=verifier)
        tokens = parse_tokens(await client.post_form(self.oauth.exchange_url, form), None)
        require_scopes(self.provider, self.oauth, tokens.scopes)
        return tokens

    async def refresh(self, client: ProviderClient, tokens: ProviderTokens) -> ProviderTokens:
        form = oauth2_token_form(client.app, refresh_token=require_refresh_token(self.provider, tokens))
        return parse_tokens(await client.post_form(self.oauth.exchange_url, form), tokens)

    def refresh_due_at(self, tokens: ProviderTokens) -> datetime | None:
        return tokens.expires_at - timedelta(minutes=5) if tokens.expires_at else None

    async def identify(self, client: ProviderClient, *, artist_name: str, profile_url: str | None) -> ProviderAccount:
        return parse_account(await client.get(f"{DATA}/channels", {"part": "snippet", "mine": "true"}))

    async def pull(
        self, client: ProviderClient, account_id: str, since: Cursor | None, *, today: date
    ) -> AsyncIterator[ResultPage]:
        at: dict[str, Any] = dict(since or {})
        step = at.pop("step", "channel")
        if step == "channel":
            parts = {"part": "snippet,statistics,contentDetails", "id": account_id}
            channel = await client.get(f"{DATA}/channels", parts)
            observations, uploads = parse_channel(channel, today)
            at |= {"uploads": uploads, "page": ""}
            step = "videos"
            yield ResultPage(observations, (), {**at, "step": step})
        while step == "videos":
            where = {"part": "contentDetails", "playlistId": at["uploads"], "maxResults": "50"}
            items = await client.get(f"{DATA}/playlistItems", where | ({"pageToken": at["page"]} if at["page"] else {}))
            observations, assets = list[Observation](), list[AssetRecord]()
            if ids := parse_playlist(items):
                videos = await client.get(
                    f"{DATA}/videos", {"part": "snippet,statistics,contentDetails", "id": ",".join(ids)}
                )
                assets, observations = parse_videos(videos, today)
            at["page"] = items.get("nextPageToken") or ""
            if not at["page"]:
                step = "days"
                at = {key: value for key, value in at.items() if key == "through"} | {"day": _first_day(at, today)}
            yield ResultPage(observations, assets, {**at, "step": step})
        last = today - timedelta(days=1)
        first = date.fromisoformat(at["day"])
        through = at.get("through")
        while first <= last:
            end = min(first + timedelta(days=CHUNK_DAYS - 1), last)
            report = await client.get(
                REPORTS,
                {
                    "ids": f"channel=={account_id}",
                    "startDate": first.isoformat(),
                    "endDate": end.isoformat(),
                    "metrics": ",".join(DAILY),
                    "dimensions": "day",
                    "sort": "day",
                },
            )
            # A missing day is a gap only between reported days: before the first there was no channel, and after the
            # last the provider is late.
            observations = parse_days(report, first=first if through else None, last=end if end < last else None)
            reported = [o.observed_on for o in observations if o.value is not None]
            through = max(reported).isoformat() if reported else through
            first = end + timedelta(days=1)
            cursor = {"through": through} | ({"step": "days", "day": first.isoformat()} if first <= last else {})
            yield ResultPage(observations, (), cursor)


def _first_day(at: dict[str, Any], today: date) -> str:
    if at.get("through"):
        return (date.fromisoformat(at["through"]) - timedelta(days=RESTATED_DAYS)).isoformat()
    return (today - timedelta(days=BACKFILL_DAYS)).isoformat()


def parse_tokens(body: dict[str, Any], old: ProviderTokens | None) -> ProviderTokens:
    """Return the tokens of a token response. A refresh returns no new refresh token."""
    scopes = tuple(str(body.get("scope", "")).split()) or (old.scopes if old else ())
    return ProviderTokens(
        access_token=require_field(body, "access_token", str),
        refresh_token=body.get("refresh_token") or (old.refresh_token if old else None),
        expires_at=now() + timedelta(seconds=require_field(body, "expires_in", int)),
        consent_expires_at=None,
        scopes=scopes,
    )


def parse_account(body: dict[str, Any]) -> ProviderAccount:
    """Return the channel of a `channels` response. Raises ReauthRequired when the account has none."""
    items = body.get("items") or []
    if not items:
        raise ReauthRequired("This Google account has no YouTube channel. Connect another one.")
    snippet = require_field(items[0], "snippet", dict)
    id = require_field(items[0], "id", str)
    return ProviderAccount(id, require_field(snippet, "title", str), f"https://www.youtube.com/channel/{id}")


def parse_channel(body: dict[str, Any], today: date) -> tuple[list[Observation], str]:
    """Return today's counters of the channel and the id of its uploads playlist."""
    items = body.get("items") or []
    if not items:
        raise ReauthRequired("This YouTube channel is gone, or no longer this account's.")
    statistics = require_field(items[0], "statistics", dict)
    playlists = require_field(require_field(items[0], "contentDetails", dict), "relatedPlaylists", dict)
    hidden = statistics.get("hiddenSubscriberCount") is True
    subscribers = None if hidden else parse_count(statistics.get("subscriberCount"))
    views = parse_count(require_field(statistics, "viewCount", str))
    return [
        Observation("audience.followers", today, subscribers, "hidden" if subscribers is None else None),
        Observation("consumption.views_total", today, views),
    ], require_field(playlists, "uploads", str)


def parse_playlist(body: dict[str, Any]) -> list[str]:
    """Return the ids of the videos of one page of the uploads playlist."""
    items = require_field(body, "items", list)
    return [require_field(require_field(item, "contentDetails", dict), "videoId", str) for item in items]


def parse_videos(body: dict[str, Any], today: date) -> tuple[list[AssetRecord], list[Observation]]:
    """Return the videos and today's counters. A counter that the owner hides is missing: null with a reason."""
    assets, observations = [], []
    for item in require_field(body, "items", list):
        id, snippet = require_field(item, "id", str), require_field(item, "snippet", dict)
        published = parse_time(require_field(snippet, "publishedAt", str))
        details = {"duration": item.get("contentDetails", {}).get("duration")}
        title, url = require_field(snippet, "title", str), f"https://www.youtube.com/watch?v={id}"
        assets.append(AssetRecord(id, "video", title, url, published.date(), details=details))
        statistics = require_field(item, "statistics", dict)
        for name, slug in COUNTERS.items():
            value = parse_count(statistics.get(name))
            observations.append(Observation(slug, today, value, "hidden" if value is None else None, id))
    return assets, observations


def parse_days(body: dict[str, Any], *, first: date | None, last: date | None) -> list[Observation]:
    """Return the days of a report by day.

    `rows` is missing when there is no data. Days without a row between `first` (or the first row) and `last` (or the
    last row) are observations without a value.
    """
    names = [require_field(column, "name", str) for column in require_field(body, "columnHeaders", list)]
    if "day" not in names:
        raise ProviderContractBroken("YouTube's report has no column day: its API changed. ARTi needs an update.")
    rows = {date.fromisoformat(row[names.index("day")]): row for row in body.get("rows") or ()}
    if not rows:
        return []
    day, end = first or min(rows), max(last or max(rows), max(rows))
    wanted = [(DAILY[name], names.index(name)) for name in DAILY if name in names]
    observations = []
    while day <= end:
        row = rows.get(day)
        for (slug, unit), index in wanted:
            value = None if row is None else parse_count(row[index])
            scaled = None if value is None else value * unit
            observations.append(Observation(slug, day, scaled, "not_reported" if value is None else None))
        day += timedelta(days=1)
    return observations
