"""SoundCloud: followers, and lifetime counters of the account's tracks. There is no history: each day is a snapshot.

Fields read: me urn, username, permalink_url, followers_count, track_count; tracks collection[].{urn, title,
permalink_url, created_at, isrc, genre, duration, access, reveal_stats, playback_count, favoritings_count,
comment_count, reposts_count, metadata_artist, label_name, release, release_year, release_month, release_day,
artwork_url}, next_href. Deliberately ignored: numeric ids (deprecated), stream and download addresses, likes of the
account itself.

Counters are null in quiet mode: a total over tracks of which one is hidden is unknown, since a sum of the others would
fall and rise with what is hidden. A total drops when a track is deleted: a drop is never negative plays.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from arti.providers.client import ProviderClient
from arti.providers.contract import (
    ArtistCredit,
    AssetRecord,
    Budget,
    Cursor,
    Observation,
    ProviderAccount,
    ResultPage,
)
from arti.providers.oauth import OAuthSpec, ProviderTokens, oauth2_token_form, require_refresh_token
from arti.providers.response_fields import parse_count, parse_time, require_field
from arti.providers.states import HIDDEN
from arti.vocabulary import Provider
from arti_core.clock import now

API: Final = "https://api.soundcloud.com"
REVOKE: Final = "https://secure.soundcloud.com/sign-out"
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

    async def revoke(self, client: ProviderClient, tokens: ProviderTokens) -> bool:
        if tokens.expires_at is not None and tokens.expires_at <= now():
            tokens = await self.refresh(client, tokens)
        await client.post_revocation(REVOKE, json={"access_token": tokens.access_token})
        return True

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
            at["plays"] = add_plays(at["plays"], observations)
            at["next"] = body.get("next_href") or ""
            if not at["next"]:
                hidden = HIDDEN if at["plays"] is None else None
                observations.append(Observation("consumption.plays", today, at["plays"], hidden))
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


def add_plays(plays: float | None, observations: Sequence[Observation]) -> float | None:
    """Return the sum of the plays so far and those of a page's tracks; None once those of a track are hidden."""
    for observation in observations:
        if observation.metric == "consumption.plays":
            plays = None if plays is None or observation.value is None else plays + observation.value
    return plays


def parse_tracks(body: dict[str, Any], today: date) -> tuple[list[AssetRecord], list[Observation]]:
    """Return the tracks of a page and today's counters; hidden ones are null with a reason."""
    assets, observations = [], []
    for track in require_field(body, "collection", list):
        urn = require_field(track, "urn", str)
        assets.append(parse_track(track, urn))
        quiet = track.get("reveal_stats") is False
        for name, slug in COUNTERS.items():
            value = parse_count(track.get(name))
            # A zero of a track that shows no counters says as little as null. Comments stay visible.
            if quiet and value == 0 and name != "comment_count":
                value = None
            observations.append(Observation(slug, today, value, HIDDEN if value is None else None, urn))
    return assets, observations


def parse_track(track: dict[str, Any], urn: str) -> AssetRecord:
    """Return one track. Artists are named only where they are not the account itself."""
    created = parse_time(require_field(track, "created_at", str), "%Y/%m/%d %H:%M:%S %z")
    isrc, artist, duration = track.get("isrc"), track.get("metadata_artist"), parse_count(track.get("duration"))
    return AssetRecord(
        urn,
        "track",
        require_field(track, "title", str),
        track.get("permalink_url"),
        parse_release(track) or created.date(),
        isrc.upper() if isrc else None,
        {
            "genre": track.get("genre"),
            "access": track.get("access"),
            "label": track.get("label_name") or None,
            "release_title": track.get("release") or None,
            "image_url": track.get("artwork_url"),
        },
        duration_ms=int(duration) if duration else None,
        artists=(ArtistCredit(artist),) if artist else (),
    )


def parse_release(track: dict[str, Any]) -> date | None:
    """Return the day of release that the uploader gave, or None when a part of it is missing or makes no day."""
    try:
        return date(*(int(track.get(f"release_{part}") or 0) for part in ("year", "month", "day")))
    except ValueError:
        return None
