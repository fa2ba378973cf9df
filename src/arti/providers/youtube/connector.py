"""YouTube: Data API v3 for channel and videos, Analytics API v2 for days.

Fields read: channels id, snippet.{title,customUrl}, statistics.{viewCount,subscriberCount,hiddenSubscriberCount,
videoCount}, contentDetails.relatedPlaylists.uploads; playlistItems contentDetails.videoId, nextPageToken; videos id,
snippet.{title,publishedAt,thumbnails,liveBroadcastContent}, contentDetails.duration, statistics.{viewCount,likeCount,
commentCount}; reports columnHeaders[].name, rows. Deliberately ignored: tags, localized, topicDetails, favoriteCount.

Days are Pacific. Analytics lags two to three days and restates recent ones, so every sync reads the last week again.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from arti.providers.client import ProviderClient
from arti.providers.contract import AssetRecord, Budget, Cursor, Observation, ProviderAccount, ResultPage
from arti.providers.errors import NoData
from arti.providers.oauth import OAuthSpec, ProviderTokens, oauth2_token_form, require_refresh_token, require_scopes
from arti.providers.youtube.breakdowns import METRICS as BREAKDOWN_METRICS
from arti.providers.youtube.breakdowns import read_breakdowns
from arti.providers.youtube.responses import (
    COUNTERS,
    DAILY,
    parse_account,
    parse_channel,
    parse_days,
    parse_playlist,
    parse_tokens,
    parse_videos,
)
from arti.vocabulary import Provider

DATA: Final = "https://www.googleapis.com/youtube/v3"
REPORTS: Final = "https://youtubeanalytics.googleapis.com/v2/reports"
REVOKE: Final = "https://oauth2.googleapis.com/revoke"
BACKFILL_DAYS: Final = 365
RESTATED_DAYS: Final = 7
CHUNK_DAYS: Final = 92


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
        {slug for slug, _ in DAILY.values()} | set(COUNTERS.values()) | {"audience.followers"} | BREAKDOWN_METRICS
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

    async def revoke(self, client: ProviderClient, tokens: ProviderTokens) -> bool:
        """Revoke the whole grant: https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke."""
        await client.post_revocation(REVOKE, form={"token": tokens.refresh_token or tokens.access_token})
        return True

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
            wanted = {"part": "snippet,statistics,contentDetails", "id": account_id}
            channel = await client.get(f"{DATA}/channels", wanted)
            observations, uploads = parse_channel(channel, today)
            at |= {"uploads": uploads, "page": ""}
            step = "videos"
            yield ResultPage(observations, (), {**at, "step": step})
        while step == "videos":
            where = {"part": "contentDetails", "playlistId": at["uploads"], "maxResults": "50"}
            try:
                items = await client.get(
                    f"{DATA}/playlistItems", where | ({"pageToken": at["page"]} if at["page"] else {})
                )
            except NoData:  # a channel without uploads has no such list
                items = {"items": []}
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
        through, since = at.get("through"), at.get("since", at["day"])
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
            # Before the first reported day there was no channel.
            observations = parse_days(report, first=first if through else None, last=end, today=today)
            reported = [o.observed_on for o in observations if o.value is not None]
            through = max(reported).isoformat() if reported else through
            first = end + timedelta(days=1)
            yield ResultPage(
                observations, (), {"through": through, "step": "days", "day": first.isoformat(), "since": since}
            )
        parts: list[Observation] = []
        if through:
            parts = await read_breakdowns(client, REPORTS, account_id, since=str(since), through=through)
        yield ResultPage(parts, (), {"through": through})


def _first_day(at: dict[str, Any], today: date) -> str:
    if at.get("through"):
        return (date.fromisoformat(at["through"]) - timedelta(days=RESTATED_DAYS)).isoformat()
    return (today - timedelta(days=BACKFILL_DAYS)).isoformat()
