"""SoundCloud: followers, and lifetime counters of the account's tracks. There is no history: each day is a snapshot.

Fields read: me urn, username, permalink_url, followers_count, track_count; tracks collection[].{urn, title,
permalink_url, created_at, isrc, genre, duration, playback_count, favoritings_count, comment_count, reposts_count},
next_href. Deliberately ignored: numeric ids (deprecated), stream and download addresses, likes of the account itself.

Counters are null in quiet mode, and a total drops when a track is deleted: a drop is never negative plays.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from arti.providers.client import ProviderClient
from arti.providers.contract import AssetRecord, Budget, Cursor, Observation, ProviderAccount, ResultPage
from arti.providers.oauth import OAuthSpec, ProviderTokens, oauth2_token_form, require_refresh_token
from arti.providers.response_fields import parse_count, parse_time, require_field
from arti.vocabulary import Provider
from arti_core.clock import now

API: Final = "https://api.soundcloud.com"
PAGE_SIZE: Final = 200
COUNTERS: Final = {
    "playback_count": "consumption.plays",
    "favoritings_count": "engagement.likes_total",
    "comment_count": "engagement.comments_total",
    "reposts_count": "engagement.reposts_total",
}


class SoundCloud:
    provider: ClassVar[Provider] = Provider.SOUNDCLOUD
    oauth: ClassVar[OAuthSpec] = OAuthSpec(
        authorize_url="https://secure.soundcloud.com/authorize",
        exchange_url="https://secure.soundcloud.com/oauth/token",
        scopes=(),
        pkce=True,
    )
    hosts: ClassVar[frozenset[str]] = frozenset({"api.soundcloud.com", "secure.soundcloud.com"})
    time_zone: ClassVar[str] = "UTC"
    terms: ClassVar[str] = "soundcloud_api"
    metrics: ClassVar[frozenset[str]] = frozenset({"audience.followers", "catalogue.assets_total", *COUNTERS.values()})
    budget: ClassVar[Budget | None] = None
    probe_url: ClassVar[str] = f"{API}/me"

    async def exchange(self, client: ProviderClient, *, code: str, verifier: str, redirect_uri: str) -> ProviderTokens:
        form = oauth2_token_form(client.app, code=code, redirect_uri=redirect_uri, verifier=verifier)
        return parse_tokens(await client.post_form(self.oauth.exchange_url, form))

    async def refresh(self, client: ProviderClient, tokens: ProviderTokens) -> ProviderTokens:
        """Use up the refresh token, which works once: the caller holds a lock and stores the result before using it."""
        form = oauth2_token_form(client.app, refresh_token=require_refresh_token(self.provider, tokens))
        return parse_tokens(await client.post_form(self.oauth.exchange_url, form))

    def refresh_due_at(self, tokens: ProviderTokens) -> datetime | None:
        return tokens.expires_at - timedelta(minutes=5) if tokens.expires_at else None

    async def identify(self, client: ProviderClient, *, artist_name: str, profile_url: str | None) -> ProviderAccount:
        return parse_account(await client.get(f"{API}/me"))

    async def pull(
        self, client: ProviderClient, account_id: str, since: Cursor | None, *, today: date
    ) -> AsyncIterator[ResultPage]:
        at: dict[str, Any] = dict(since or {})
        if at.get("step") != "tracks":
            at = {"next": "", "plays": 0.0}
            yield ResultPage(parse_me(await client.get(f"{API}/me"), today), (), {**at, "step": "tracks"})
        while True:
            if at["next"]:
                body = await client.get(at["next"])
            else:
                query = {"limit": str(PAGE_SIZE), "sort": "desc", "linked_partitioning": "true"}
                body = await client.get(f"{API}/me/tracks", query)
            assets, observations = parse_tracks(body, today)
            at["plays"] += sum(o.value or 0.0 for o in observations if o.metric == "consumption.plays")
            at["next"] = body.get("next_href") or ""
            if not at["next"]:
                observations.append(Observation("consumption.plays", today, at["plays"]))
                yield ResultPage(observations, assets, {})
                return
            yield ResultPage(observations, assets, {**at, "step": "tracks"})


def parse_tokens(body: dict[str, Any]) -> ProviderTokens:
    """Return the tokens of a token response: always a new pair."""
    return ProviderTokens(
        access_token=require_field(body, "access_token", str),
        refresh_token=require_field(body, "refresh_token", str),
        expires_at=now() + timedelta(seconds=require_field(body, "expires_in", int)),
        consent_expires_at=None,
        scopes=tuple(str(body.get("scope") or "").split()),
    )


def parse_account(body: dict[str, Any]) -> ProviderAccount:
    """Return the account that the token belongs to."""
    return ProviderAccount(
        require_field(body, "urn", str), require_field(body, "username", str), body.get("permalink_url")
    )


def parse_me(body: dict[str, Any], today: date) -> list[Observation]:
    """Return today's counters of the account."""
    return [
        Observation("audience.followers", today, float(require_field(body, "followers_count", int))),
        Observation("catalogue.assets_total", today, float(require_field(body, "track_count", int))),
    ]


def parse_tracks(body: dict[str, Any], today: date) -> tuple[list[AssetRecord], list[Observation]]:
    """Return the tracks of a page and today's counters; hidden ones are null with a reason."""
    assets, observations = [], []
    for track in require_field(body, "collection", list):
        urn = require_field(track, "urn", str)
        created = parse_time(require_field(track, "created_at", str), "%Y/%m/%d %H:%M:%S %z")
        details = {"genre": track.get("genre"), "duration_ms": track.get("duration"), "access": track.get("access")}
        title, url = require_field(track, "title", str), track.get("permalink_url")
        assets.append(AssetRecord(urn, "track", title, url, created.date(), track.get("isrc") or None, details))
        for name, slug in COUNTERS.items():
            value = parse_count(track.get(name))
            observations.append(Observation(slug, today, value, "hidden" if value is None else None, urn))
    return assets, observations
