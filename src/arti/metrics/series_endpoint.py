"""GET …/series, the most frequent read, without FastAPI's dependency injection and response validation.

It is in the OpenAPI file like any other endpoint. It reads its parameters itself, calls the functions of
`arti.orgs.authorization` directly, and returns the database's JSON unchanged. Measured by bench/api.
"""

from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from arti.metrics.catalogue import METRICS
from arti.metrics.schemas import SeriesResponse
from arti.metrics.series_store import SeriesQuery, read_artist_series
from arti.orgs.authorization import authenticate, get_context, needs, read_org_id, require_permission
from arti.vocabulary import Permission, Provider
from arti_core.errors import Invalid, NotFound

_BUCKETS = ("day", "week", "month")
_MAX_PERIOD = timedelta(days=3660)
_FIRST_DAY = date(1990, 1, 1)


class _DirectRoute(APIRoute):
    """Calls its endpoint with the request only. Its dependencies are documentation; the endpoint checks them itself."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        return cast(Callable[[Request], Coroutine[Any, Any, Response]], self.endpoint)


router = APIRouter(route_class=_DirectRoute)


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
            _parameter(
                "provider", {"type": "array", "items": {"type": "string", "enum": list(Provider)}}, "May be repeated."
            ),
            _parameter("from", _DAY, "First day. Default: 90 days before the last."),
            _parameter("to", _DAY, "Last day. Default: the newest day with a value."),
            _parameter(
                "bucket", {"type": "string", "enum": list(_BUCKETS), "default": "day"}, "Weeks begin on Monday."
            ),
            _parameter("asset_id", _ID, "An asset of the artist instead of the artist."),
        ]
    },
)
async def get_artist_series(request: Request) -> Response:
    """Return an artist's series with gaps, definition breaks, and growth against the days before."""
    principal, org_id = await authenticate(request), read_org_id(request)
    role, body = await read_artist_series(get_context(request).pool, principal, org_id, _read_query(request))
    require_permission(role, Permission.METRICS_READ)
    if body is None:
        raise NotFound("artist")
    return Response(body, media_type="application/json")


def _read_query(request: Request) -> SeriesQuery:
    query = request.query_params
    try:
        artist_id = UUID(request.path_params["artist_id"])
    except ValueError:
        raise NotFound("artist") from None
    metrics = query.getlist("metric") or None
    for metric in metrics or ():
        if metric not in METRICS:
            raise Invalid("There is no such metric. GET /api/metrics lists them.", field="metric")
    try:
        providers = [Provider(name) for name in query.getlist("provider")] or None
    except ValueError:
        raise Invalid(f"provider must be one of {', '.join(Provider)}.", field="provider") from None
    bucket = query.get("bucket", "day")
    if bucket not in _BUCKETS:
        raise Invalid(f"bucket must be one of {', '.join(_BUCKETS)}.", field="bucket")
    from_on, to_on = _parse_day(query.get("from"), "from"), _parse_day(query.get("to"), "to")
    if from_on and to_on and not timedelta(0) <= to_on - from_on <= _MAX_PERIOD:
        raise Invalid("from must not be later than to, or more than ten years before it.", field="from")
    asset = query.get("asset_id")
    try:
        asset_id = UUID(asset) if asset else None
    except ValueError:
        raise NotFound("asset") from None
    return SeriesQuery(artist_id, asset_id, metrics, providers, from_on, to_on, bucket)


def _parse_day(text: str | None, field: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{field} must be a day like 2026-05-31.", field=field) from None
    if not _FIRST_DAY <= day <= date(2200, 1, 1):
        raise Invalid(f"{field} is out of range.", field=field)
    return day
