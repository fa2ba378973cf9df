"""GET …/series, the most frequent read, as plain ASGI: without the router, dependency injection and validation.

`SeriesRoute` stands before the router. It reads the request itself, calls the functions of `arti.orgs.authorization`
directly, and makes the JSON of the packed months. In the OpenAPI file it is like any other endpoint. Measured by
bench/api: of a request's processor time two thirds went into the layers that it leaves out.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args
from urllib.parse import parse_qs
from uuid import UUID

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from arti.language.reader_locale import WeekStart
from arti.metrics.catalogue import METRICS
from arti.metrics.schemas import SeriesResponse
from arti.metrics.series.answer import ChosenSeries, choose_series, find_period, list_continued, write_series
from arti.metrics.series.store import SeriesQuery, read_artist_series
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import ApiContext, authenticate, get_context, needs, read_org_id, require_permission
from arti.orgs.schemas import FIRST_DAY, LAST_DAY
from arti.vocabulary import OWN_PREFIX, PLATFORM_NAMES, Permission
from arti_core.errors import Invalid, NotFound
from arti_core.text_cache import cache_short

_BUCKETS = ("day", "week", "month")
_WEEK_STARTS: tuple[WeekStart, ...] = get_args(WeekStart)
_MAX_PERIOD = timedelta(days=3660)
_PATH = re.compile(r"/api/artists/([^/]+)/series")


router = ApiRouter()


def _parameter(name: str, schema: dict[str, Any], description: str, *, location: str = "query") -> dict[str, Any]:
    return {"name": name, "in": location, "required": location == "path", "schema": schema, "description": description}


_STRINGS = {"type": "array", "items": {"type": "string"}}
_DAY = {"type": "string", "format": "date"}
_ID = {"type": "string", "format": "uuid"}


@router.get(
    "/api/artists/{artist_id}/series",
    response_model=SeriesResponse,
    dependencies=[needs(Permission.METRICS_READ)],
    openapi_extra={
        "parameters": [
            _parameter("artist_id", _ID, "The artist.", location="path"),
            _parameter("metric", _STRINGS, "Slug of a metric; may be repeated. Default: all."),
            _parameter("provider", _STRINGS, "Slug of a platform or an own source; may be repeated."),
            _parameter("from", _DAY, "First day. Default: 90 days before the last."),
            _parameter("to", _DAY, "Last day. Default: the newest day with a value."),
            _parameter("bucket", {"type": "string", "enum": list(_BUCKETS), "default": "day"}, "What is one point."),
            _parameter(
                "week_start", {"type": "string", "enum": list(_WEEK_STARTS), "default": "monday"}, "Of bucket=week."
            ),
            _parameter("asset_id", _ID, "An asset of the artist instead of the artist."),
            _parameter("known_on", _DAY, "What was known at the end of this day (UTC). Default: what is known now."),
        ]
    },
)
async def get_artist_series(request: Request) -> Response:
    """Return an artist's series with gaps, definition breaks, and growth against the days before."""
    scope = request.scope
    body = await _read_series(
        get_context(request), dict(scope["headers"]), request.path_params["artist_id"], scope["query_string"]
    )
    return Response(body, media_type="application/json")


_ROUTE = next(route for route in router.routes if isinstance(route, APIRoute))


class SeriesRoute:
    """Answers the requests for series itself and hands all others to the app that it wraps."""

    def __init__(self, app: ASGIApp, answer_error: Callable[[Request, Exception], Awaitable[Response]]) -> None:
        self._app = app
        self._answer_error = answer_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not (found := _PATH.fullmatch(scope["path"])):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if b"content-length" in headers or b"transfer-encoding" in headers:  # a body is for the app to bound
            await self._app(scope, receive, send)
            return
        scope["route"] = _ROUTE
        try:
            body = await _read_series(scope["app"].state.context, headers, found[1], scope["query_string"])
        except Exception as error:
            response = await self._answer_error(Request(scope), error)
            await response(scope, receive, send)
            return
        said = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": said})
        await send({"type": "http.response.body", "body": body})


async def _read_series(context: ApiContext, headers: dict[bytes, bytes], artist: str, query_string: bytes) -> bytes:
    principal = await authenticate(context, headers.get(b"authorization", b"").decode("latin-1"))
    org_id = read_org_id(headers.get(b"x-arti-org", b"").decode("latin-1"))
    try:
        artist_id = UUID(artist)
    except ValueError:
        raise NotFound("artist") from None
    query = _parse_query(query_string)
    role, rows = await read_artist_series(context.statements, principal, org_id, artist_id, query)
    require_permission(role, Permission.METRICS_READ)
    if rows is None:
        raise NotFound("artist")
    chosen = choose_series(rows)
    first_day, last_day = find_period(chosen, query.from_on, query.to_on)
    unbroken: list[ChosenSeries] = []
    if query.metrics and (continued := list_continued(chosen, first_day, last_day)):
        providers, metrics = (sorted(set(names)) for names in zip(*continued, strict=True))
        wanted = replace(query, providers=providers, metrics=metrics)
        _, others = await read_artist_series(context.statements, principal, org_id, artist_id, wanted)
        unbroken = choose_series([row for row in others or () if (row["provider"], row["metric"]) in continued])
    return write_series(chosen, query.bucket, first_day, last_day, unbroken=unbroken, week_start=query.week_start)


@cache_short(maxsize=1024)  # a page asks the same for every artist
def _parse_query(text: bytes) -> SeriesQuery:
    """Return which series and days are asked for. Raises Invalid, NotFound."""
    query = parse_qs(text.decode("latin-1"), keep_blank_values=True, errors="replace")
    last = {name: values[-1] for name, values in query.items()}
    metrics = query.get("metric")
    for metric in metrics or ():
        if metric not in METRICS and not metric.startswith(OWN_PREFIX):
            raise Invalid("There is no such metric. GET /api/metrics lists them.", field="metric")
    providers = query.get("provider")
    for provider in providers or ():
        if provider not in PLATFORM_NAMES and not provider.startswith(OWN_PREFIX):
            raise Invalid("There is no such platform or source. GET /api/sources lists them.", field="provider")
    bucket = last.get("bucket", "day")
    if bucket not in _BUCKETS:
        raise Invalid(f"bucket must be one of {', '.join(_BUCKETS)}.", field="bucket")
    week_start = next((each for each in _WEEK_STARTS if each == last.get("week_start", "monday")), None)
    if week_start is None:
        raise Invalid(f"week_start must be one of {', '.join(_WEEK_STARTS)}.", field="week_start")
    from_on, to_on = _parse_day(last.get("from"), "from"), _parse_day(last.get("to"), "to")
    if from_on and to_on and not timedelta(0) <= to_on - from_on <= _MAX_PERIOD:
        raise Invalid("from must not be later than to, or more than ten years before it.", field="from")
    asset = last.get("asset_id")
    try:
        asset_id = UUID(asset) if asset else None
    except ValueError:
        raise NotFound("asset") from None
    known_on = _parse_day(last.get("known_on"), "known_on")
    return SeriesQuery(asset_id, metrics, providers, from_on, to_on, bucket, known_on, week_start)


def _parse_day(text: str | None, field: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{field} must be a day like 2026-05-31.", field=field) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Invalid(f"{field} is out of range.", field=field)
    return day
