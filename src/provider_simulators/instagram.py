"""Simulator of Instagram: Instagram Login, profile, media and insights of the Graph API."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from arti_core import clock
from provider_simulators.consent_page import is_revoked, redeem_code
from provider_simulators.providers import PACIFIC, SimulatedProvider
from provider_simulators.state import SimulatorState
from provider_simulators.tokens import Grant
from provider_simulators.world import Timeline, as_reported, digits, display_name

PROVIDER: Final = SimulatedProvider.INSTAGRAM
AUTHORIZE: Final = "www.instagram.com/oauth/authorize"
GRAPH: Final = "https://graph.instagram.com"
SETTLED_AFTER_DAYS: Final = 3
WINDOW_SECONDS: Final = 2_592_000
_SHORT_SECONDS: Final = 3600
_LONG_SECONDS: Final = 5_183_944
_TRACE: Final = {"fbtrace_id": "ASimulatedTraceId"}


def user_id(account: str) -> str:
    return "17841" + digits("instagram", account, length=12)


def media_id(account: str, index: int) -> str:
    return "179" + digits("media", account, index, length=14)


async def short_token(request: Request, state: SimulatorState) -> Response:
    form = {key: str(value) for key, value in (await request.form()).items()}
    grant = redeem_code(state, PROVIDER, form)
    if grant is None or not state.is_client(form.get("client_id"), form.get("client_secret")):
        body = {"error_type": "OAuthException", "code": 400, "error_message": "Invalid authorization code"}
        return JSONResponse(body, status_code=400)
    now = clock.timestamp()
    access = replace(grant, kind="access", expires_at=int(now) + _SHORT_SECONDS, consented_at=now, redirect_uri="")
    body = {
        "access_token": "IGAA" + state.token_codec.make(access),
        "user_id": int(user_id(grant.account)),
        "permissions": list(grant.scopes),
    }
    return JSONResponse(body)


def long_token(request: Request, state: SimulatorState) -> Response:
    """Exchange a short token, or refresh a long one that has not expired: 60 days from now."""
    query = request.query_params
    grant = _read(query.get("access_token", ""), state)
    exchange = query.get("grant_type") == "ig_exchange_token"
    if grant is None or (exchange and query.get("client_secret") != state.client_secret):
        return error(190, "Error validating access token: Session has expired.", subcode=463)
    nonce = digits(grant.nonce, clock.timestamp(), length=12)
    access = replace(grant, expires_at=int(clock.timestamp()) + _LONG_SECONDS, nonce=nonce)
    body = {
        "access_token": "IGAA" + state.token_codec.make(access),
        "token_type": "bearer",
        "expires_in": _LONG_SECONDS,
    }
    return JSONResponse(body)


def _read(token: str, state: SimulatorState) -> Grant | None:
    grant = state.token_codec.read(token.removeprefix("IGAA"), kind="access", provider=PROVIDER)
    return None if grant is None or grant.expired or is_revoked(state, grant) else grant


def read_access(request: Request, state: SimulatorState) -> Grant | Response:
    """Return the caller's grant, or Meta's response to an invalid token: HTTP 400, code 190."""
    text = request.headers.get("authorization", "").removeprefix("Bearer ")
    grant = _read(text or request.query_params.get("access_token", ""), state)
    if grant is None:
        return error(190, "Error validating access token: Session has expired.", subcode=463)
    return grant


def error(code: int, message: str, *, subcode: int | None = None) -> Response:
    body: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, **_TRACE}
    return JSONResponse({"error": body | ({"error_subcode": subcode} if subcode else {})}, status_code=400)


def me(request: Request, state: SimulatorState, grant: Grant) -> Response:
    timeline, today = state.timeline(PROVIDER, grant.account), state.today(PROVIDER)
    everything = {
        "user_id": user_id(grant.account),
        "username": grant.account.removeprefix("demo:").replace("-", "_"),
        "name": display_name(grant.account),
        "account_type": "MEDIA_CREATOR",
        "followers_count": int(timeline.followers[timeline.index(today)]),
        "follows_count": 312,
        "media_count": len(timeline.releases),
    }
    fields = request.query_params.get("fields", "user_id").split(",")
    selected = {name: everything[name] for name in fields if name in everything}
    return JSONResponse(selected | {"id": user_id(grant.account)})


def media(request: Request, state: SimulatorState, grant: Grant) -> Response:
    if request.path_params["id"] != user_id(grant.account):
        return error(100, "Unsupported get request. Object does not exist.", subcode=33)
    timeline, query, today = state.timeline(PROVIDER, grant.account), request.query_params, state.today(PROVIDER)
    size = min(int(query.get("limit", "25")), state.page_size or 100)
    start = int(query.get("after", "A0")[1:])
    works = list(reversed(timeline.releases))
    items = []
    for work in works[start : start + size]:
        item: dict[str, Any] = {
            "id": media_id(grant.account, work.index),
            "caption": f"{work.title} is out now\n#newmusic",
            "media_type": "VIDEO" if work.index % 2 else "IMAGE",
            "media_product_type": "REELS" if work.index % 2 else "FEED",
            "permalink": f"https://www.instagram.com/p/{digits(grant.account, work.index, length=11)}/",
            "timestamp": f"{work.released_on}T18:00:00+0000",
            "comments_count": timeline.lifetime_reactions(work.index, "comments", today),
        }
        if not work.hidden:
            item["like_count"] = timeline.lifetime_reactions(work.index, "likes", today)
        items.append(item)
    body: dict[str, Any] = {"data": items}
    if items:
        body["paging"] = {"cursors": {"before": f"B{start}", "after": f"A{start + size}"}}
    if start + size < len(works):
        words = {"fields": query.get("fields", "id"), "limit": query.get("limit", "25"), "after": f"A{start + size}"}
        body["paging"]["next"] = f"{GRAPH}/v26.0/{request.path_params['id']}/media?{urlencode(words)}"
    return JSONResponse(body)


def insights(request: Request, state: SimulatorState, grant: Grant) -> Response:
    """Answer account insights (daily series of reach, totals of one window) and lifetime insights of one post."""
    timeline, query, id = state.timeline(PROVIDER, grant.account), request.query_params, request.path_params["id"]
    names = query.get("metric", "").split(",")
    if id != user_id(grant.account):
        return _media_insights(timeline, state.today(PROVIDER), grant.account, id, names)
    since, until = int(query.get("since", "0")), int(query.get("until", "0"))
    if until - since > WINDOW_SECONDS:
        return error(100, "(#100) There cannot be more than 30 days (2592000 s) between since and until")
    unknown = [name for name in names if name not in _ACCOUNT]
    if unknown:
        return error(100, f"(#100) metric[0] must be one of the following values: {', '.join(_ACCOUNT)}")
    day, end = (datetime.fromtimestamp(at, PACIFIC).date() for at in (since, until))
    days = [day + timedelta(days=n) for n in range((end - day).days)]
    today = state.today(PROVIDER)
    reported = [day for day in days if day < today and not timeline.missing[timeline.index(day)]]
    data = []
    for name in names if reported else ():
        entry: dict[str, Any] = {"name": name, "period": "day", "title": name, "id": f"{id}/insights/{name}/day"}
        per_day = {day: _account_value(timeline, name, day, (today - day).days) for day in reported}
        if query.get("metric_type") == "total_value":
            entry["total_value"] = {"value": sum(per_day.values())}
            if name == "follows_and_unfollows":
                entry["total_value"] = {"breakdowns": [_follows(timeline, reported)]}
        else:
            entry["values"] = [{"value": value, "end_time": _end_time(day)} for day, value in per_day.items()]
        data.append(entry)
    spent = '"call_count":3,"total_cputime":2,"total_time":2,"estimated_time_to_regain_access":0'
    usage = f'{{"{id}":[{{"type":"instagram",{spent}}}]}}'
    return JSONResponse({"data": data}, headers={"X-Business-Use-Case-Usage": usage})


_ACCOUNT: Final = (
    *("reach", "views", "likes", "comments", "shares", "saves", "accounts_engaged"),
    *("total_interactions", "follows_and_unfollows"),
)


def _account_value(timeline: Timeline, name: str, day: date, age: int) -> int:
    total = timeline.total(day)
    shares = {"reach": 0.6, "views": 1.0, "accounts_engaged": 0.04, "follows_and_unfollows": 0.0}
    if name in shares:
        value = int(total * shares[name])
    else:
        kinds = ("likes", "comments", "shares", "saves") if name == "total_interactions" else (name,)
        value = sum(timeline.reactions(kind, day) for kind in kinds)
    return as_reported(value, age_days=age, settled_after_days=SETTLED_AFTER_DAYS)


def _follows(timeline: Timeline, days: list[date]) -> dict[str, Any]:
    gained = sum(int(timeline.gained[timeline.index(day)]) for day in days)
    lost = sum(int(timeline.lost[timeline.index(day)]) for day in days)
    results = [
        {"dimension_values": ["FOLLOWER"], "value": gained},
        {"dimension_values": ["NON_FOLLOWER"], "value": lost},
    ]
    return {"dimension_keys": ["follow_type"], "results": results}


def _end_time(day: date) -> str:
    midnight = datetime(day.year, day.month, day.day, tzinfo=PACIFIC) + timedelta(days=1)
    offset = midnight.utcoffset() or timedelta()
    return f"{day + timedelta(days=1)}T{-int(offset.total_seconds()) // 3600:02d}:00:00+0000"


def _media_insights(timeline: Timeline, today: date, account: str, id: str, names: list[str]) -> Response:
    work = next((work for work in timeline.releases if media_id(account, work.index) == id), None)
    if work is None:
        return error(100, "Unsupported get request. Object does not exist.", subcode=33)
    if work.hidden:
        return error(10, "(#10) Not enough viewers for the media to show insights")
    kinds = {"likes": "likes", "comments": "comments", "shares": "shares", "saved": "saves"}
    data = []
    for name in names:
        if name not in kinds and name not in ("views", "reach"):
            return error(
                100, f"(#100) The Media Insights API does not support the {name} metric for this media product type."
            )
        views = timeline.lifetime(work.index, today)
        value = timeline.lifetime_reactions(work.index, kinds[name], today) if name in kinds else views
        entry = {
            "name": name,
            "period": "lifetime",
            "values": [{"value": value}],
            "id": f"{id}/insights/{name}/lifetime",
        }
        data.append(entry)
    return JSONResponse({"data": data})
