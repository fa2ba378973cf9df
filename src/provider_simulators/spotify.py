"""Simulator of Spotify: accounts service and what Development Mode still offers of the Web API."""

import base64
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from arti_core import clock
from provider_simulators.consent_page import is_revoked, redeem_code
from provider_simulators.providers import SimulatedProvider
from provider_simulators.state import SimulatorState
from provider_simulators.tokens import Grant
from provider_simulators.world import Release, account_name, characters, digits, display_name

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


def artist_albums(request: Request, state: SimulatorState, grant: Grant) -> Response:
    id, query = request.path_params["id"], request.query_params
    account = state.artists.get(id)
    if account is None:
        return error(404, "Resource not found")
    limit, offset = int(query.get("limit", "5")), int(query.get("offset", "0"))
    if not 1 <= limit <= 10:
        return error(400, "Invalid limit")
    works = list(reversed(state.timeline(PROVIDER, account).releases))
    words = {"include_groups": query.get("include_groups", ""), "limit": limit, "offset": offset + limit}
    more = offset + limit < len(works)
    body = {
        "href": str(request.url.path),
        "items": [_album(account, work) for work in works[offset : offset + limit]],
        "limit": limit,
        "next": f"{API}/artists/{id}/albums?{urlencode(words)}" if more else None,
        "offset": offset,
        "previous": None,
        "total": len(works),
    }
    return JSONResponse(body)


def _album(account: str, work: Release) -> dict[str, Any]:
    id = album_id(account, work.index)
    return {
        "album_type": "single",
        "artists": [_artist(account)],
        "external_urls": {"spotify": f"https://open.spotify.com/album/{id}"},
        "id": id,
        "name": work.title,
        "release_date": work.released_on.isoformat(),
        "release_date_precision": "day",
        "total_tracks": 1,
        "type": "album",
        "uri": f"spotify:album:{id}",
    }


def album_tracks(request: Request, state: SimulatorState, grant: Grant) -> Response:
    found = _find(state, request.path_params["id"], album_id)
    if found is None:
        return error(404, "Resource not found")
    account, work = found
    item = {"id": track_id(account, work.index), "name": work.title, "track_number": 1, "type": "track"}
    return JSONResponse({"items": [item], "limit": 50, "next": None, "offset": 0, "previous": None, "total": 1})


def track(request: Request, state: SimulatorState, grant: Grant) -> Response:
    found = _find(state, request.path_params["id"], track_id)
    if found is None:
        return error(404, "Resource not found")
    account, work = found
    id = request.path_params["id"]
    body = {
        "album": _album(account, work),
        "duration_ms": 180_000 + work.index * 1_700,
        "explicit": False,
        "external_ids": {"isrc": work.isrc},
        "external_urls": {"spotify": f"https://open.spotify.com/track/{id}"},
        "id": id,
        "name": work.title,
        "type": "track",
    }
    return JSONResponse(body)


def _find(state: SimulatorState, id: str, make: Any) -> tuple[str, Release] | None:
    for account in state.artists.values():
        for work in state.timeline(PROVIDER, account).releases:
            if make(account, work.index) == id:
                return account, work
    return None
