"""Simulator of YouTube: OAuth of Google, Data API v3, Analytics API v2."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from arti_core import clock
from provider_simulators.audience import youtube as breakdowns
from provider_simulators.consent_page import is_revoked, redeem_code
from provider_simulators.providers import SimulatedProvider
from provider_simulators.state import SimulatorState
from provider_simulators.tokens import Grant
from provider_simulators.world import as_reported, characters, digits, display_name

PROVIDER: Final = SimulatedProvider.YOUTUBE
AUTHORIZE: Final = "accounts.google.com/o/oauth2/v2/auth"
LAG_DAYS: Final = 2
SETTLED_AFTER_DAYS: Final = 8
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_ACCESS_SECONDS: Final = 3599


def channel_id(account: str) -> str:
    return "UC" + characters("youtube", account, length=22, alphabet=_ALPHABET)


def video_id(account: str, index: int) -> str:
    return characters("video", account, index, length=11, alphabet=_ALPHABET)


async def token(request: Request, state: SimulatorState) -> Response:
    form = {key: str(value) for key, value in (await request.form()).items()}
    if not state.is_client(form.get("client_id"), form.get("client_secret")):
        return JSONResponse({"error": "invalid_client", "error_description": "Unauthorized"}, status_code=401)
    if form.get("grant_type") == "authorization_code":
        grant = redeem_code(state, PROVIDER, form)
        if grant is None:
            return JSONResponse(
                {"error": "invalid_grant", "error_description": "Malformed auth code."}, status_code=400
            )
        grant = replace(grant, kind="refresh", expires_at=0, consented_at=clock.timestamp(), challenge="")
        return _token_response(state, grant, {"refresh_token": "1//" + state.token_codec.make(grant)})
    refresh = form.get("refresh_token", "").removeprefix("1//")
    refresh_grant = state.token_codec.read(refresh, kind="refresh", provider=PROVIDER)
    if refresh_grant is None or is_revoked(state, refresh_grant):
        text = "Token has been expired or revoked."
        return JSONResponse({"error": "invalid_grant", "error_description": text}, status_code=400)
    return _token_response(state, refresh_grant, {})


async def revoke(request: Request, state: SimulatorState) -> Response:
    """End a grant by its refresh or access token; the answer has an empty body."""
    text = str((await request.form()).get("token", "")).removeprefix("1//").removeprefix("ya29.")
    grant = state.token_codec.read(text, kind="refresh", provider=PROVIDER) or state.token_codec.read(
        text, kind="access", provider=PROVIDER
    )
    if grant is None or is_revoked(state, grant):
        return JSONResponse({"error": "invalid_token"}, status_code=400)
    state.revoked[PROVIDER, grant.account] = clock.timestamp()
    return Response()


def _token_response(state: SimulatorState, grant: Grant, more: dict[str, str]) -> Response:
    access = replace(grant, kind="access", expires_at=int(clock.timestamp()) + _ACCESS_SECONDS)
    body = {
        "access_token": "ya29." + state.token_codec.make(access),
        "expires_in": _ACCESS_SECONDS,
        **more,
        "scope": " ".join(grant.scopes),
        "token_type": "Bearer",
    }
    return JSONResponse(body)


def read_access(request: Request, state: SimulatorState) -> Grant | Response:
    """Return the caller's grant, or Google's response to an invalid token."""
    text = request.headers.get("authorization", "").removeprefix("Bearer ").removeprefix("ya29.")
    grant = state.token_codec.read(text, kind="access", provider=PROVIDER)
    if grant is None or grant.expired or is_revoked(state, grant):
        return error(401, "Invalid Credentials", "authError", "global", status="UNAUTHENTICATED")
    return grant


def error(code: int, message: str, reason: str, domain: str, **more: str) -> Response:
    errors = [{"message": message, "domain": domain, "reason": reason}]
    return JSONResponse({"error": {"code": code, "message": message, "errors": errors, **more}}, status_code=code)


def channels(request: Request, state: SimulatorState, grant: Grant) -> Response:
    timeline, last = state.timeline(PROVIDER, grant.account), state.last_day(PROVIDER)
    id, name = channel_id(grant.account), display_name(grant.account)
    query = request.query_params
    items = []
    if query.get("mine") == "true" or query.get("id") == id:
        followers = int(timeline.followers[timeline.index(last)])
        views = sum(timeline.lifetime_views(release.index, last) for release in timeline.releases)
        item: dict[str, Any] = {"kind": "youtube#channel", "etag": digits(id, last, length=12), "id": id}
        parts = query.get("part", "").split(",")
        if "snippet" in parts:
            handle = "@" + grant.account.removeprefix("demo:").replace("-", "")
            item["snippet"] = {
                "title": name,
                "description": "",
                "customUrl": handle,
                "publishedAt": "2019-03-01T12:00:00Z",
            }
        if "contentDetails" in parts:
            item["contentDetails"] = {"relatedPlaylists": {"likes": "", "uploads": "UU" + id[2:]}}
        if "statistics" in parts:
            item["statistics"] = {
                "viewCount": str(views),
                "subscriberCount": str(three_significant_digits(followers)),
                "hiddenSubscriberCount": state.has_data_fault(PROVIDER, "hidden_counters", id),
                "videoCount": str(len(timeline.releases)),
            }
        items.append(item)
    page = {"totalResults": len(items), "resultsPerPage": 5}
    return JSONResponse({"kind": "youtube#channelListResponse", "etag": "e", "pageInfo": page, "items": items})


def three_significant_digits(number: int) -> int:
    """Round down to three digits, as YouTube does with subscribers."""
    scale = 10 ** max(0, len(str(number)) - 3)
    return int(number // scale * scale)


def playlist_items(request: Request, state: SimulatorState, grant: Grant) -> Response:
    query = request.query_params
    if query.get("playlistId") != "UU" + channel_id(grant.account)[2:]:
        return error(
            404,
            "The playlist identified with the request's playlistId parameter cannot be found.",
            "playlistNotFound",
            "youtube.playlistItem",
        )
    works = list(reversed(state.timeline(PROVIDER, grant.account).releases))
    size = min(int(query.get("maxResults", "5")), state.page_size or 50)
    start = int(query.get("pageToken", "P0")[1:])
    items = [
        {
            "kind": "youtube#playlistItem",
            "id": digits(grant.account, work.index, length=16),
            "contentDetails": {
                "videoId": video_id(grant.account, work.index),
                "videoPublishedAt": f"{work.released_on}T15:00:00Z",
            },
        }
        for work in works[start : start + size]
    ]
    body: dict[str, Any] = {"kind": "youtube#playlistItemListResponse", "etag": "e", "items": items}
    if start + size < len(works):
        body["nextPageToken"] = f"P{start + size}"
    return JSONResponse(body | {"pageInfo": {"totalResults": len(works), "resultsPerPage": size}})


def videos(request: Request, state: SimulatorState, grant: Grant) -> Response:
    timeline, last = state.timeline(PROVIDER, grant.account), state.last_day(PROVIDER)
    wanted = request.query_params.get("id", "").split(",")
    if len(wanted) > 50:
        return error(400, "The request specifies an invalid filter parameter.", "invalidFilters", "youtube.parameter")
    by_id = {video_id(grant.account, work.index): work for work in timeline.releases}
    items = []
    for id in wanted:
        work = by_id.get(id)
        if work is None:
            continue
        statistics = {"viewCount": str(timeline.lifetime_views(work.index, last)), "favoriteCount": "0"}
        if not work.hidden and not state.has_data_fault(PROVIDER, "hidden_counters", id):
            statistics["likeCount"] = str(timeline.lifetime_reactions(work.index, "likes", last))
            statistics["commentCount"] = str(timeline.lifetime_reactions(work.index, "comments", last))
        items.append(
            {
                "kind": "youtube#video",
                "id": id,
                "snippet": {
                    "publishedAt": f"{work.released_on}T15:00:00Z",
                    "channelId": channel_id(grant.account),
                    "title": f"{work.title} (Official Video)",
                    "categoryId": "10",
                },
                "contentDetails": {"duration": _iso_duration(work.duration_ms), "definition": "hd"},
                "statistics": statistics,
            }
        )
    return JSONResponse({"kind": "youtube#videoListResponse", "etag": "e", "items": items})


def _iso_duration(milliseconds: int) -> str:
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"PT{minutes}M{seconds}S"


def reports(request: Request, state: SimulatorState, grant: Grant) -> Response:
    """Answer by day, and by the parts of breakdowns. There are no rows for days that are late or missing."""
    query = request.query_params
    if query.get("ids") not in ("channel==MINE", f"channel=={channel_id(grant.account)}"):
        return error(403, "Forbidden", "forbidden", "global")
    names, dimensions = query.get("metrics", "").split(","), query.get("dimensions", "").split(",")
    by_day = dimensions == ["day"] and set(names) <= set(_DAILY)
    if not by_day and not breakdowns.is_supported(dimensions, names):
        text = (
            "The query is not supported. Check the documentation at https://developers.google.com/youtube/analytics/v2/"
            "available_reports for a list of supported queries."
        )
        return error(400, text, "badRequest", "global")
    timeline, today = state.timeline(PROVIDER, grant.account), state.today(PROVIDER)
    day, end = date.fromisoformat(query["startDate"]), date.fromisoformat(query["endDate"])
    end = min(end, today - timedelta(days=LAG_DAYS))
    days = [day + timedelta(days=n) for n in range((end - day).days + 1)]
    days = [day for day in days if not timeline.missing[timeline.index(day)]]

    def value_of(name: str, day: date) -> int:
        if name == "views" and state.has_data_fault(PROVIDER, "negative_day", day.isoformat()):
            return -17
        return int(_DAILY[name](timeline, day, (today - day).days))

    if by_day:
        rows = [[day.isoformat(), *(value_of(name, day) for name in names)] for day in days]
    else:
        rows = breakdowns.list_rows(grant.account, dimensions, names, days, value_of)
    columns = [{"name": name, "columnType": "DIMENSION", "dataType": "STRING"} for name in dimensions]
    columns += [{"name": name, "columnType": "METRIC", "dataType": "INTEGER"} for name in names]
    body: dict[str, Any] = {"kind": "youtubeAnalytics#resultTable", "columnHeaders": columns}
    return JSONResponse(body | ({"rows": rows} if rows else {}))


def _as_reported(value: int, age: int) -> int:
    return as_reported(value, age_days=age, settled_after_days=SETTLED_AFTER_DAYS)


_DAILY: Final[dict[str, Any]] = {
    "views": lambda timeline, day, age: _as_reported(timeline.total_views(day), age),
    "engagedViews": lambda timeline, day, age: _as_reported(timeline.total(day), age),
    "estimatedMinutesWatched": lambda timeline, day, age: _as_reported(timeline.total(day) * 9 // 4, age),
    "likes": lambda timeline, day, age: _as_reported(timeline.reactions("likes", day), age),
    "comments": lambda timeline, day, age: _as_reported(timeline.reactions("comments", day), age),
    "shares": lambda timeline, day, age: _as_reported(timeline.reactions("shares", day), age),
    "subscribersGained": lambda timeline, day, age: _as_reported(int(timeline.gained[timeline.index(day)]), age),
    "subscribersLost": lambda timeline, day, age: _as_reported(int(timeline.lost[timeline.index(day)]), age),
}
