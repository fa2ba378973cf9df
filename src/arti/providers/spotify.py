"""Spotify Web API: who the artist is and what they have released, with ISRC. No numbers at all.

Development Mode, the only kind of app that a self-hoster can make, lost followers and popularity; policy III.13 and
III.14 forbid derived metrics and models on what is left. Streams and listeners come from Spotify for Artists files.

Fields read: search artists.items[].{id,name,external_urls.spotify}; artists id, name; artists/albums items[].{id, name,
album_type, release_date, release_date_precision, external_urls.spotify, total_tracks}, next; albums the same and
external_ids.{upc,ean}, label (gone for new apps), images[].url, artists[].{id,name}, tracks.{items[].id, next};
tracks id, name, external_ids.isrc, duration_ms, disc_number, track_number, artists[].{id,name}, external_urls.spotify.
Deliberately ignored: followers, popularity, genres (deprecated: missing or null), available_markets, preview_url.
"""

import re
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from arti.providers.client import ProviderClient
from arti.providers.contract import ArtistCredit, AssetRecord, Budget, Cursor, ProviderAccount, ResultPage
from arti.providers.errors import NoData
from arti.providers.oauth import OAuthSpec, ProviderTokens, oauth2_token_form, require_refresh_token
from arti.providers.response_fields import parse_count, require_field
from arti.vocabulary import Provider
from arti_core.clock import now

API: Final = "https://api.spotify.com/v1"
CONSENT_DAYS: Final = 180  # six months from the authorization; refreshes do not extend it
ALBUM_PAGE: Final = 10
_ARTIST_URL: Final = re.compile(r"(?:open\.spotify\.com/(?:intl-\w+/)?artist/|spotify:artist:)([0-9A-Za-z]{22})")


class Spotify:
    provider: ClassVar[Provider] = Provider.SPOTIFY
    oauth: ClassVar[OAuthSpec] = OAuthSpec(
        authorize_url="https://accounts.spotify.com/authorize",
        exchange_url="https://accounts.spotify.com/api/token",
        scopes=(),
        pkce=True,
    )
    hosts: ClassVar[frozenset[str]] = frozenset({"api.spotify.com", "accounts.spotify.com"})
    time_zone: ClassVar[str] = "UTC"
    terms: ClassVar[str] = "spotify_api"
    metrics: ClassVar[frozenset[str]] = frozenset()
    budget: ClassVar[Budget | None] = None  # a rolling window of unpublished size
    probe_url: ClassVar[str] = f"{API}/me"

    async def exchange(self, client: ProviderClient, *, code: str, verifier: str, redirect_uri: str) -> ProviderTokens:
        form = oauth2_token_form(None, code=code, redirect_uri=redirect_uri, verifier=verifier)
        return parse_tokens(await self._request_tokens(client, form), None)

    async def refresh(self, client: ProviderClient, tokens: ProviderTokens) -> ProviderTokens:
        form = oauth2_token_form(None, refresh_token=require_refresh_token(self.provider, tokens))
        return parse_tokens(await self._request_tokens(client, form), tokens)

    async def _request_tokens(self, client: ProviderClient, form: dict[str, str]) -> dict[str, Any]:
        return await client.post_form(
            self.oauth.exchange_url, form, auth=(client.app.client_id, client.app.client_secret)
        )

    async def revoke(self, client: ProviderClient, tokens: ProviderTokens) -> bool:
        return False

    def refresh_due_at(self, tokens: ProviderTokens) -> datetime | None:
        return tokens.expires_at - timedelta(minutes=5) if tokens.expires_at else None

    async def identify(self, client: ProviderClient, *, artist_name: str, profile_url: str | None) -> ProviderAccount:
        """Return the artist page: the one of `profile_url`, else the only one of exactly this name.

        A sign-in proves a listener, not an artist (the API does not know who runs an artist page), so this is a claim.
        """
        if profile_url:
            match = _ARTIST_URL.search(profile_url)
            if match is None:
                raise NoData("This is not the address of a Spotify artist. Copy it from the artist's page.")
            return parse_artist(await client.get(f"{API}/artists/{match[1]}"))
        query = {"q": f'artist:"{artist_name}"', "type": "artist", "limit": "10"}
        return parse_search(await client.get(f"{API}/search", query), artist_name)

    async def pull(
        self, client: ProviderClient, account_id: str, since: Cursor | None, *, today: date
    ) -> AsyncIterator[ResultPage]:
        """Yield the catalogue. The cursor holds the albums that were read: each track costs a call."""
        at: dict[str, Any] = dict(since or {})
        read: list[str] = list(at.get("read", ()))
        url = at.get("next") or (
            f"{API}/artists/{account_id}/albums?include_groups=album,single,compilation&limit={ALBUM_PAGE}&offset=0"
        )
        while url:
            body = await client.get(url)
            url = body.get("next")
            assets = parse_albums(body)
            for album in list(assets):
                if album.external_id not in read:
                    assets += await self._album(client, album.external_id)
                    read.append(album.external_id)
            cursor = {"read": read} | ({"step": "albums", "next": url} if url else {})
            yield ResultPage((), assets, cursor)

    async def _album(self, client: ProviderClient, id: str) -> list[AssetRecord]:
        """Return an album with its codes, and its tracks. The list of albums has neither."""
        body = await client.get(f"{API}/albums/{id}")
        album = parse_album(body)
        page = require_field(body, "tracks", dict)
        ids = parse_ids(page)
        while page.get("next"):
            page = await client.get(page["next"])
            ids += parse_ids(page)
        # The batch of several tracks in one call is gone for new apps.
        return [album, *[parse_track(await client.get(f"{API}/tracks/{id}"), album) for id in ids]]


def parse_tokens(body: dict[str, Any], old: ProviderTokens | None) -> ProviderTokens:
    """Return the tokens of a token response; without a new refresh token the old one is kept."""
    return ProviderTokens(
        access_token=require_field(body, "access_token", str),
        refresh_token=body.get("refresh_token") or (old.refresh_token if old else None),
        expires_at=now() + timedelta(seconds=require_field(body, "expires_in", int)),
        consent_expires_at=old.consent_expires_at if old else now() + timedelta(days=CONSENT_DAYS),
        scopes=tuple(str(body.get("scope") or "").split()) or (old.scopes if old else ()),
    )


def parse_artist(body: dict[str, Any]) -> ProviderAccount:
    """Return one artist."""
    url = (body.get("external_urls") or {}).get("spotify")
    return ProviderAccount(require_field(body, "id", str), require_field(body, "name", str), url)


def parse_search(body: dict[str, Any], artist_name: str) -> ProviderAccount:
    """Return the only artist of exactly this name. Raises NoData when there is none, or more than one."""
    items = require_field(require_field(body, "artists", dict), "items", list)
    matches = [item for item in items if require_field(item, "name", str).casefold() == artist_name.casefold()]
    if len(matches) != 1:
        found = "no artist" if not matches else f"{len(matches)} artists"
        raise NoData(f"Spotify has {found} of exactly this name. Give the address of the artist's Spotify page.")
    return parse_artist(matches[0])


def parse_albums(body: dict[str, Any]) -> list[AssetRecord]:
    """Return the albums, singles and compilations of one page."""
    return [parse_album(item) for item in require_field(body, "items", list)]


def parse_album(item: dict[str, Any]) -> AssetRecord:
    """Return one album, with UPC and label where they are given: the list of albums has neither."""
    codes = item.get("external_ids") or {}
    details = {"album_type": item.get("album_type"), "total_tracks": item.get("total_tracks")}
    more = {"label": item.get("label"), "image_url": next((image["url"] for image in item.get("images") or ()), None)}
    return AssetRecord(
        require_field(item, "id", str),
        "album",
        require_field(item, "name", str),
        (item.get("external_urls") or {}).get("spotify"),
        parse_release(item),
        details=details | {name: value for name, value in more.items() if value},
        upc=codes.get("upc") or codes.get("ean"),
        artists=parse_artists(item),
    )


def parse_artists(item: dict[str, Any]) -> tuple[ArtistCredit, ...]:
    """Return who is named on an album or a track. Spotify tells no roles; the title of a track may."""
    return tuple(
        ArtistCredit(artist["name"], external_id=artist.get("id"))
        for artist in item.get("artists") or ()
        if artist.get("name")
    )


def parse_ids(page: dict[str, Any]) -> list[str]:
    """Return the ids of the tracks of a page."""
    return [require_field(item, "id", str) for item in require_field(page, "items", list)]


def parse_release(body: dict[str, Any]) -> date | None:
    """Return the day of release, or None when only its month or year is known."""
    if body.get("release_date_precision") != "day":
        return None
    return date.fromisoformat(require_field(body, "release_date", str))


def parse_track(body: dict[str, Any], album: AssetRecord) -> AssetRecord:
    """Return one track, released with its album."""
    isrc = (body.get("external_ids") or {}).get("isrc")
    duration = parse_count(body.get("duration_ms"))
    return AssetRecord(
        require_field(body, "id", str),
        "track",
        require_field(body, "name", str),
        (body.get("external_urls") or {}).get("spotify"),
        album.released_on,
        isrc.upper() if isrc else None,
        {
            "album_id": album.external_id,
            "disc_number": body.get("disc_number"),
            "track_number": body.get("track_number"),
        },
        duration_ms=int(duration) if duration else None,
        artists=parse_artists(body),
    )
