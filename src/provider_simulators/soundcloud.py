"""Simulator of SoundCloud: OAuth with refresh tokens that work once, the account and its tracks."""

from dataclasses import replace
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
from provider_simulators.world import Timeline, Work, account_name, digits, display_name

PROVIDER: Final = SimulatedProvider.SOUNDCLOUD
AUTHORIZE: Final = "secure.soundcloud.com/authorize"
API: Final = "https://api.soundcloud.com"
QUIET_ACCOUNTS: Final = frozenset({account_name("Odessa Lane")})
_LINK: Final = "https://developers.soundcloud.com/docs/api/explorer/open-api"
_ACCESS_SECONDS: Final = 3599


def user_urn(account: str) -> str:
    return f"soundcloud:users:{digits('soundcloud', account, length=9)}"


def track_urn(account: str, index: int) -> str:
    return f"soundcloud:tracks:{digits('track', account, index, length=10)}"


async def token(request: Request, state: SimulatorState) -> Response:
    form = {key: str(value) for key, value in (await request.form()).items()}
    if not state.is_client(form.get("client_id"), form.get("client_secret")):
        return _oauth_error("invalid_client")
    if form.get("grant_type") == "authorization_code":
        code = redeem_code(state, PROVIDER, form)
        if code is None:
            return _oauth_error("invalid_grant")
        return _token_response(state, replace(code, consented_at=clock.timestamp(), challenge=""))
    refresh_grant = state.token_codec.read(form.get("refresh_token", ""), kind="refresh", provider=PROVIDER)
    if refresh_grant is None or refresh_grant.nonce in state.used_nonces or is_revoked(state, refresh_grant):
        return _oauth_error("invalid_grant")
    state.used_nonces.add(refresh_grant.nonce)
    return _token_response(state, refresh_grant)


async def sign_out(request: Request, state: SimulatorState) -> Response:
    """End a session by its access token; the answer has an empty body."""
    text = str((await request.json()).get("access_token", ""))
    grant = state.token_codec.read(text, kind="access", provider=PROVIDER)
    if grant is None or is_revoked(state, grant):
        return _oauth_error("invalid_token")
    state.revoked[PROVIDER, grant.account] = clock.timestamp()
    return Response()


def _oauth_error(word: str) -> Response:
    body = {
        "code": 401,
        "message": word,
        "link": _LINK,
        "status": "401 - Unauthorized",
        "errors": [{"error_message": word}],
        "error": None,
        "error_code": word,
    }
    return JSONResponse(body, status_code=401)


def _token_response(state: SimulatorState, grant: Grant) -> Response:
    nonce = digits(grant.nonce, clock.timestamp(), length=12)
    refresh = replace(grant, kind="refresh", expires_at=0, nonce=nonce)
    access = replace(grant, kind="access", expires_at=int(clock.timestamp()) + _ACCESS_SECONDS, nonce=nonce)
    return JSONResponse(
        {
            "access_token": state.token_codec.make(access),
            "token_type": "Bearer",
            "expires_in": _ACCESS_SECONDS,
            "refresh_token": state.token_codec.make(refresh),
            "scope": "",
        }
    )


def read_access(request: Request, state: SimulatorState) -> Grant | Response:
    """Return the caller's grant, or SoundCloud's response to an invalid token. The scheme is OAuth, not Bearer."""
    text = request.headers.get("authorization", "").removeprefix("OAuth ")
    grant = state.token_codec.read(text, kind="access", provider=PROVIDER)
    if grant is None or grant.expired or is_revoked(state, grant):
        return JSONResponse({"code": 401, "message": "invalid_token", "link": _LINK}, status_code=401)
    return grant


def me(request: Request, state: SimulatorState, grant: Grant) -> Response:
    timeline, last = state.timeline(PROVIDER, grant.account), state.last_day(PROVIDER)
    return JSONResponse(
        _user(grant.account)
        | {
            "followers_count": int(timeline.followers[timeline.index(last)]),
            "followings_count": 41,
            "track_count": len(timeline.releases),
            "playlist_count": 3,
            "private_tracks_count": 0,
            "plan": "Pro Unlimited",
            "country": None,
        }
    )


def _user(account: str) -> dict[str, Any]:
    permalink = account.removeprefix("demo:")
    return {
        "kind": "user",
        "urn": user_urn(account),
        "username": display_name(account),
        "permalink": permalink,
        "permalink_url": f"https://soundcloud.com/{permalink}",
    }


def tracks(request: Request, state: SimulatorState, grant: Grant) -> Response:
    timeline, query = state.timeline(PROVIDER, grant.account), request.query_params
    size = int(query.get("limit", "50"))
    if not 1 <= size <= 200:
        return JSONResponse({"code": 400, "message": "limit must be between 1 and 200", "link": _LINK}, status_code=400)
    size = min(size, state.page_size or size)
    start = int(query.get("cursor", "0"))
    works = list(reversed(timeline.releases))
    last = state.last_day(PROVIDER)
    items = [_track(state, timeline, grant.account, work, last) for work in works[start : start + size]]
    if query.get("linked_partitioning") != "true":
        return JSONResponse(items)
    body: dict[str, Any] = {"collection": items}
    if start + size < len(works):
        words = {"limit": query.get("limit", "50"), "linked_partitioning": "true", "cursor": str(start + size)}
        body["next_href"] = f"{API}/me/tracks?{urlencode(words)}"
    return JSONResponse(body)


def hides_counters(account: str, work: Work) -> bool:
    """Return whether the owner hides a track's counters. Most show all, so that their account has a total."""
    return work.hidden and account in QUIET_ACCOUNTS


def _track(state: SimulatorState, timeline: Timeline, account: str, work: Work, last: date) -> dict[str, Any]:
    index, urn = work.index, track_urn(account, work.index)
    shown = not hides_counters(account, work) and not state.has_data_fault(PROVIDER, "hidden_counters", urn)
    permalink = work.title.lower().replace(" ", "-")
    return {
        "kind": "track",
        "urn": urn,
        "title": work.title,
        "created_at": f"{work.released_on:%Y/%m/%d} 06:00:00 +0000",
        "duration": work.duration_ms,
        "genre": "Electronic",
        "isrc": work.isrc,
        "sharing": "public",
        "access": "playable",
        "reveal_stats": shown,
        "permalink_url": f"https://soundcloud.com/{account.removeprefix('demo:')}/{permalink}",
        "playback_count": timeline.lifetime(index, last) if shown else None,
        "favoritings_count": timeline.lifetime_reactions(index, "likes", last) if shown else None,
        "reposts_count": timeline.lifetime_reactions(index, "shares", last) if shown else None,
        "comment_count": timeline.lifetime_reactions(index, "comments", last),
        "download_count": 0,
        "user": _user(account),
    }
