"""Simulator of Spotify: accounts service and what Development Mode still offers of the Web API."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from arti_core import clock
from provider_simulators.consent_page import is_revoked, redeem_code
from provider_simulators.providers import SimulatedProvider
from provider_simulators.state import SimulatorState
from provider_simulators.tokens import Grant
from provider_simulators.world import (
    Work,
    account_name,
    characters,
    digits,
    display_name,
    featured_name,
    make_upc,
)

PROVIDER: Final = SimulatedProvider.SPOTIFY
AUTHORIZE: Final = "accounts.spotify.com/authorize"
API: Final = "https://api.spotify.com/v1"
_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ACCESS_SECONDS: Final = 3600
_CONSENT_SECONDS: Final = 180 * 86400


def artist_id(account: str) -> str:
    return characters("spotify", account, length=22, alphabet=_BASE62)


def album_id(account: str, index: int) -> str:
    return characters("album", account, index, length=22, alphabet=_BASE62)


def track_id(account: str, index: int) -> str:
    return characters("track", account, index, length=22, alphabet=_BASE62)


async def token(request: Request, state: SimulatorState) -> Response:
    form = {key: str(value) for key, value in (await request.form()).items()}
    if not _is_client(request, state):
        return JSONResponse({"error": "invalid_client", "error_description": "Invalid client"}, status_code=400)
    if form.get("grant_type") == "authorization_code":
        code = redeem_code(state, PROVIDER, form)
        if code is None:
            body = {"error": "invalid_grant", "error_description": "Invalid authorization code"}
            return JSONResponse(body, status_code=400)
        now = clock.timestamp()
        until = int(now) + _CONSENT_SECONDS
        refresh = replace(code, kind="refresh", expires_at=until, consented_at=now, challenge="")
        return _token_response(state, refresh, {"refresh_token": "AQ" + state.token_codec.make(refresh)})
    text = form.get("refresh_token", "").removeprefix("AQ")
    refresh_grant = state.token_codec.read(text, kind="refresh", provider=PROVIDER)
    if refresh_grant is None or refresh_grant.expired or is_revoked(state, refresh_grant):
        body = {"error": "invalid_grant", "error_description": "Refresh token revoked"}
        return JSONResponse(body, status_code=400)
    return _token_response(state, refresh_grant, {})


def _is_client(request: Request, state: SimulatorState) -> bool:
    credentials = base64.b64encode(f"{state.client_id}:{state.client_secret}".encode()).decode()
    return request.headers.get("authorization") == f"Basic {credentials}"


def _token_response(state: SimulatorState, grant: Grant, more: dict[str, str]) -> Response:
    access = replace(grant, kind="access", expires_at=int(clock.timestamp()) + _ACCESS_SECONDS)
    body = {
        "access_token": "BQ" + state.token_codec.make(access),
        "token_type": "Bearer",
        "expires_in": _ACCESS_SECONDS,
    }
    return JSONResponse(body | {"scope": " ".join(grant.scopes), **more})


def read_access(request: Request, state: SimulatorState) -> Grant | Response:
    """Return the caller's grant, or Spotify's response to an invalid token."""
    text = request.headers.get("authorization", "").removeprefix("Bearer ").removeprefix("BQ")
    grant = state.token_codec.read(text, kind="access", provider=PROVIDER)
    if grant is None:
        return error(401, "Invalid access token")
    if grant.expired or is_revoked(state, grant):
        return error(401, "The access token expired")
    state.artists[artist_id(grant.account)] = grant.account
    return grant


def error(status: int, message: str) -> Response:
    return JSONResponse({"error": {"status": status, "message": message}}, status_code=status)


def me(request: Request, state: SimulatorState, grant: Grant) -> Response:
    id = digits("listener", grant.account, length=12)
    body = {"account_id": id, "id": id, "display_name": display_name(grant.account), "type": "user"}
    return JSONResponse(body | {"uri": f"spotify:user:{id}"})


def search(request: Request, state: SimulatorState, grant: Grant) -> Response:
    query = request.query_params
    if not 1 <= int(query.get("limit", "5")) <= 10:
        return error(400, "Invalid limit")
    name = query.get("q", "").removeprefix("artist:").strip('"')
    account = account_name(name)
    state.artists[artist_id(account)] = account
    found = [_artist(account) | {"name": name}]
    page = {
        "href": f"{API}/search",
        "items": found,
        "limit": 5,
        "next": None,
        "offset": 0,
        "previous": None,
        "total": 1,
    }
    return JSONResponse({"artists": page})


def _artist(account: str) -> dict[str, Any]:
    id = artist_id(account)
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/artist/{id}"},
        "href": f"{API}/artists/{id}",
        "id": id,
        "images": [],
        "name": display_name(account),
        "type": "artist",
        "uri": f"spotify:artist:{id}",
    }


def artist(request: Request, state: SimulatorState, grant: Grant) -> Response:
    account = state.artists.get(request.path_params["id"])
    return JSONResponse(_artist(account)) if account else error(404, "Resource not found")


@dataclass(frozen=True, slots=True)
class Album:
    """A single, or works that came out before as an album or a compilation: the same recordings, other tracks."""

    index: int
    kind: str
    title: str
    released_on: date
    works: tuple[Work, ...]
    upc: str

    def track_id(self, account: str, place: int) -> str:
        return track_id(account, self.index + place)


_COLLECTIONS: Final = (
    ("album", 1000, "Night Rooms", (1, 3, 5)),
    ("compilation", 2000, "The First Years", (0, 1, 2, 3)),
)
_COLLECTOR: Final = account_name("Static Bloom")


def list_albums(account: str, works: Sequence[Work]) -> list[Album]:
    """Return what an artist has released, newest first. One of the demo's artists has more than singles."""
    albums = [Album(work.index, "single", work.title, work.released_on, (work,), work.upc) for work in works]
    for kind, index, title, chosen in _COLLECTIONS if account == _COLLECTOR else ():
        if len(works) > chosen[-1] + 1:
            day = works[chosen[-1] + 1].released_on
            own = tuple(works[place] for place in chosen)
            albums.append(Album(index, kind, title, day, own, make_upc(account, index)))
    return sorted(albums, key=lambda album: (album.released_on, album.index), reverse=True)


def artist_albums(request: Request, state: SimulatorState, grant: Grant) -> Response:
    id, query = request.path_params["id"], request.query_params
    account = state.artists.get(id)
    if account is None:
        return error(404, "Resource not found")
    limit, offset = int(query.get("limit", "5")), int(query.get("offset", "0"))
    if not 1 <= limit <= 10:
        return error(400, "Invalid limit")
    groups = query.get("include_groups", "album,single,compilation,appears_on").split(",")
    albums = [album for album in list_albums(account, _works(state, account)) if album.kind in groups]
    words = {"include_groups": ",".join(groups), "limit": limit, "offset": offset + limit}
    more = offset + limit < len(albums)
    body = {
        "href": str(request.url.path),
        "items": [_album(account, album) for album in albums[offset : offset + limit]],
        "limit": limit,
        "next": f"{API}/artists/{id}/albums?{urlencode(words)}" if more else None,
        "offset": offset,
        "previous": None,
        "total": len(albums),
    }
    return JSONResponse(body)


def _works(state: SimulatorState, account: str) -> Sequence[Work]:
    return state.timeline(PROVIDER, account).releases


def _album(account: str, album: Album) -> dict[str, Any]:
    id = album_id(account, album.index)
    return {
        "album_type": album.kind,
        "artists": [_artist(account)],
        "external_urls": {"spotify": f"https://open.spotify.com/album/{id}"},
        "id": id,
        "name": album.title,
        "release_date": album.released_on.isoformat(),
        "release_date_precision": "day",
        "total_tracks": len(album.works),
        "type": "album",
        "uri": f"spotify:album:{id}",
    }


def album(request: Request, state: SimulatorState, grant: Grant) -> Response:
    found = _find_album(state, request.path_params["id"])
    if found is None:
        return error(404, "Resource not found")
    account, one = found
    image = {"url": f"https://i.scdn.co/image/{digits('cover', account, one.index, length=40)}", "height": 640}
    more = {"external_ids": {"upc": one.upc}, "images": [image | {"width": 640}], "tracks": _tracks(account, one)}
    return JSONResponse(_album(account, one) | more)


def album_tracks(request: Request, state: SimulatorState, grant: Grant) -> Response:
    found = _find_album(state, request.path_params["id"])
    return JSONResponse(_tracks(*found)) if found else error(404, "Resource not found")


def _tracks(account: str, album: Album) -> dict[str, Any]:
    items = [
        {"id": album.track_id(account, place), "name": work.title, "track_number": place + 1, "type": "track"}
        for place, work in enumerate(album.works)
    ]
    return {"items": items, "limit": 50, "next": None, "offset": 0, "previous": None, "total": len(items)}


def track(request: Request, state: SimulatorState, grant: Grant) -> Response:
    id = request.path_params["id"]
    for account, one in _all_albums(state):
        for place, work in enumerate(one.works):
            if one.track_id(account, place) == id:
                return JSONResponse(_track(id, account, one, work, place))
    return error(404, "Resource not found")


def _track(id: str, account: str, album: Album, work: Work, place: int) -> dict[str, Any]:
    guest = featured_name(account, work.index)
    return {
        "album": _album(account, album),
        "artists": [_artist(account), *([_artist(account_name(guest))] if guest else [])],
        "disc_number": 1,
        "duration_ms": work.duration_ms,
        "explicit": False,
        "external_ids": {"isrc": work.isrc},
        "external_urls": {"spotify": f"https://open.spotify.com/track/{id}"},
        "id": id,
        "name": f"{work.title} (feat. {guest})" if guest else work.title,
        "track_number": place + 1,
        "type": "track",
    }


def _all_albums(state: SimulatorState) -> Iterator[tuple[str, Album]]:
    for account in state.artists.values():
        for one in list_albums(account, _works(state, account)):
            yield account, one


def _find_album(state: SimulatorState, id: str) -> tuple[str, Album] | None:
    return next((found for found in _all_albums(state) if album_id(found[0], found[1].index) == id), None)
