"""Simulator of Instagram: Instagram Login, profile, media and insights of the Graph API."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from arti_core import clock
from provider_simulators.audience import shares as audience
from provider_simulators.consent_page import is_revoked, redeem_code
from provider_simulators.providers import PACIFIC, SimulatedProvider
from provider_simulators.state import SimulatorState
from provider_simulators.tokens import Grant
from provider_simulators.world import VIEWS_SINCE, Timeline, Work, as_reported, digits, display_name

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
    timeline, last = state.timeline(PROVIDER, grant.account), state.last_day(PROVIDER)
    everything = {
        "user_id": user_id(grant.account),
        "username": grant.account.removeprefix("demo:").replace("-", "_"),
        "name": display_name(grant.account),
        "account_type": "MEDIA_CREATOR",
        "followers_count": int(timeline.followers[timeline.index(last)]),
        "follows_count": 312,
        "media_count": len(timeline.releases),
    }
    fields = request.query_params.get("fields", "user_id").split(",")
    selected = {name: everything[name] for name in fields if name in everything}
    return JSONResponse(selected | {"id": user_id(grant.account)})


def media(request: Request, state: SimulatorState, grant: Grant) -> Response:
    if request.path_params["id"] != user_id(grant.account):
        return error(100, "Unsupported get request. Object does not exist.", subcode=33)
    timeline, query, last = state.timeline(PROVIDER, grant.account), request.query_params, state.last_day(PROVIDER)
    size = min(int(query.get("limit", "25")), state.page_size or 100)
    start = int(query.get("after", "A0")[1:])
    works = list(reversed(timeline.releases))
    items = []
    for work in works[start : start + size]:
        item: dict[str, Any] = {
            "id": media_id(grant.account, work.index),
            "caption": f"{work.title} is out now\n#newmusic",
            "media_type": "VIDEO" if work.index % 2 else "IMAGE",
            "media_product_type": _product_type(work),
            "permalink": f"https://www.instagram.com/p/{digits(grant.account, work.index, length=11)}/",
            "timestamp": f"{work.released_on}T18:00:00+0000",
            "comments_count": timeline.lifetime_reactions(work.index, "comments", last),
        }
        if not work.hidden and not state.has_data_fault(PROVIDER, "hidden_counters", item["id"]):
            item["like_count"] = timeline.lifetime_reactions(work.index, "likes", last)
        items.append(item)
    body: dict[str, Any] = {"data": items}
    if items:
        body["paging"] = {"cursors": {"before": f"B{start}", "after": f"A{start + size}"}}
    if start + size < len(works):
        words = {"fields": query.get("fields", "id"), "limit": query.get("limit", "25"), "after": f"A{start + size}"}
        body["paging"]["next"] = f"{GRAPH}/v26.0/{request.path_params['id']}/media?{urlencode(words)}"
    return JSONResponse(body)


def story_id(account: str, day: date) -> str | None:
    """Return the story of a day; there is one on one day of three."""
    return "180" + digits("story", account, day, length=14) if int(digits(account, day, length=3)) % 3 == 0 else None


def stories(request: Request, state: SimulatorState, grant: Grant) -> Response:
    """Answer the stories of the last 24 hours: in the night after a day, that of its evening."""
    last = state.last_day(PROVIDER)
    id = story_id(grant.account, last)
    item = {
        "id": id,
        "media_type": "IMAGE",
        "media_product_type": "STORY",
        "permalink": f"https://www.instagram.com/stories/{grant.account.removeprefix('demo:')}/{id}",
        "timestamp": f"{last}T17:00:00+0000",
    }
    return JSONResponse({"data": [item] if id else []})


def insights(request: Request, state: SimulatorState, grant: Grant) -> Response:
    """Answer account insights (daily series of reach, totals of one window) and lifetime insights of one post."""
    timeline, query, id = state.timeline(PROVIDER, grant.account), request.query_params, request.path_params["id"]
    names = query.get("metric", "").split(",")
    if id != user_id(grant.account):
        return _media_insights(state, timeline, grant.account, id, names)
    if names == ["follower_demographics"]:
        return _demographics(timeline, state.last_day(PROVIDER), grant.account, id, query.get("breakdown", ""))
    since, until = int(query.get("since", "0")), int(query.get("until", "0"))
    if until - since > WINDOW_SECONDS:
        return error(100, "(#100) There cannot be more than 30 days (2592000 s) between since and until")
    known = _known_names(_ACCOUNT, state.today(PROVIDER))
    if any(name not in known or _is_refused(state, name, "account") for name in names):
        return error(100, f"(#100) metric[0] must be one of the following values: {', '.join(known)}")
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
_VIEWS_BEFORE: Final = ("impressions", "plays")  # the names of views until the day of their change


def _known_names(names: tuple[str, ...], today: date) -> tuple[str, ...]:
    """Return the names of metrics that the API knows on a day: impressions and plays, or views."""
    return names if today >= VIEWS_SINCE else (*(name for name in names if name != "views"), *_VIEWS_BEFORE)


def _account_value(timeline: Timeline, name: str, day: date, age: int) -> int:
    total = timeline.total(day)
    shares = {"reach": 0.6, "accounts_engaged": 0.04, "follows_and_unfollows": 0.0}
    if name in ("views", *_VIEWS_BEFORE):
        value = timeline.total_views(day)
    elif name in shares:
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


def _demographics(timeline: Timeline, last: date, account: str, id: str, breakdown: str) -> Response:
    """Answer followers by one breakdown: the largest parts, nothing below 100 followers."""
    if breakdown not in _DEMOGRAPHICS:
        return error(100, f"(#100) breakdown must be one of the following values: {', '.join(_DEMOGRAPHICS)}")
    followers = int(timeline.followers[timeline.index(last)])
    parts = audience.cut(followers, audience.weigh(_DEMOGRAPHICS[breakdown], account, breakdown))
    results = [{"dimension_values": [value], "value": number} for value, number in parts.items() if number]
    name = "follower_demographics"
    entry = {
        "name": name,
        "period": "lifetime",
        "title": "Follower demographics",
        "total_value": {"breakdowns": [{"dimension_keys": [breakdown], "results": results}]},
        "id": f"{id}/insights/{name}/lifetime",
    }
    return JSONResponse({"data": [entry] if followers >= 100 else []})


_DEMOGRAPHICS: Final = {
    "country": audience.COUNTRIES,
    "city": audience.CITIES,
    "age": audience.AGES,
    "gender": audience.GENDERS,
}


def _end_time(day: date) -> str:
    midnight = datetime(day.year, day.month, day.day, tzinfo=PACIFIC) + timedelta(days=1)
    offset = midnight.utcoffset() or timedelta()
    return f"{day + timedelta(days=1)}T{-int(offset.total_seconds()) // 3600:02d}:00:00+0000"


def _is_refused(state: SimulatorState, metric: str, kind: str) -> bool:
    return state.has_data_fault(PROVIDER, "refused_metric", metric, kind)


def _product_type(work: Work) -> str:
    return "REELS" if work.index % 2 else "FEED"


def _media_insights(state: SimulatorState, timeline: Timeline, account: str, id: str, names: list[str]) -> Response:
    """Answer the lifetime numbers of a post or reel, or of the latest story."""
    today, last = state.today(PROVIDER), state.last_day(PROVIDER)
    seen = ("views", *_VIEWS_BEFORE, "reach")
    if id == story_id(account, last):
        product_type = "STORY"
        values = dict.fromkeys(seen, timeline.total_views(last) // 8)
        values["shares"] = timeline.reactions("shares", last) // 8
    else:
        work = next((work for work in timeline.releases if media_id(account, work.index) == id), None)
        if work is None:
            return error(100, "Unsupported get request. Object does not exist.", subcode=33)
        if work.hidden:
            return error(10, "(#10) Not enough viewers for the media to show insights")
        product_type, kinds = _product_type(work), {"likes": "likes", "comments": "comments", "shares": "shares"}
        kinds["saved"] = "saves"
        values = dict.fromkeys(seen, timeline.lifetime_views(work.index, last))
        values |= {name: timeline.lifetime_reactions(work.index, kind, last) for name, kind in kinds.items()}
    known = _known_names(tuple(name for name in values if name not in _VIEWS_BEFORE), today)
    refused = [name for name in names if name not in known or _is_refused(state, name, product_type)]
    if refused:
        text = f"(#100) The Media Insights API does not support the {refused[0]} metric for this media product type."
        return error(100, text)
    data = [
        {"name": name, "period": "lifetime", "id": f"{id}/insights/{name}/lifetime", "values": [{"value": value}]}
        for name, value in ((name, values[name]) for name in names)
    ]
    return JSONResponse({"data": data})
