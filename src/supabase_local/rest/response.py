"""Build the response from the row of the main query: status, headers and body."""

from dataclasses import dataclass
from urllib.parse import quote as quote_url

import orjson
from starlette.responses import Response

from supabase_local.rest.api_request.request import ApiRequest
from supabase_local.rest.errors import RestError, is_header
from supabase_local.rest.query.statements import MainQuery


@dataclass(frozen=True, slots=True)
class ResultSet:
    """The row of the main query."""

    total: int | None
    page: int
    body: str
    headers: str | None = None  # the setting response.headers: a JSON array
    status: str | None = None
    inserted: int | None = None
    location: tuple[str, ...] = ()


def check_result(api_request: ApiRequest, main_query: MainQuery, result: ResultSet) -> None:
    """Check the result while the transaction can still be rolled back.

    Raises RestError: PGRST116 not one row, PGRST115 a PUT of another key, PGRST124 more than max-affected rows.
    """
    if main_query.kind == "put" and result.page != 1:
        raise RestError(400, "PGRST115", "Payload values do not match URL in primary key column(s)")
    if api_request.media_type.kind == "object" and result.page != 1 and not main_query.void:
        raise RestError(
            406,
            "PGRST116",
            "Cannot coerce the result to a single JSON object",
            details=f"The result contains {result.page} rows",
        )
    max_affected = api_request.preferences.max_affected
    affects_rows = main_query.kind in ("update", "delete") or (main_query.kind == "call" and main_query.returns_set)
    if max_affected is not None and api_request.preferences.strict and affects_rows and result.page > max_affected:
        raise RestError(
            400,
            "PGRST124",
            "Query result exceeds max-affected preference constraint",
            details=f"The query affects {result.page} rows",
        )


def build_response(api_request: ApiRequest, main_query: MainQuery, result: ResultSet) -> Response:
    """Return the response."""
    if main_query.kind in ("read", "call"):
        status, headers, body = _read_response(api_request, main_query, result)
    else:
        status, headers, body = _write_response(api_request, main_query, result)
    if body is not None:
        headers["Content-Type"] = api_request.media_type.content_type
        if api_request.has_profile:
            headers["Content-Profile"] = api_request.schema
    guc_headers = _guc_headers(result.headers) if result.headers else []
    overridden = {name.lower() for name, _ in guc_headers}
    kept = {name: value for name, value in headers.items() if name.lower() not in overridden}
    response = Response(body or "", _status(status, result), kept)
    for name, value in guc_headers:  # a name may be repeated: Set-Cookie
        response.headers.append(name, value)
    if api_request.method == "HEAD":  # of a GET it would be the length of its body
        del response.headers["content-length"]
    return response


def _read_response(
    api_request: ApiRequest, main_query: MainQuery, result: ResultSet
) -> tuple[int, dict[str, str], str | None]:
    offset, total = main_query.range.offset, result.total
    if total is not None and offset > total:
        raise RestError(
            416,
            "PGRST103",
            "Requested range not satisfiable",
            details=f"An offset of {offset} was requested, but there are only {total} rows.",
            headers={"Content-Range": f"*/{total}"},
        )
    span = f"{offset}-{offset + result.page - 1}" if result.page and total != 0 else "*"
    headers = {"Content-Range": f"{span}/{'*' if total is None else total}"}
    status = 206 if total is not None and result.page < total else 200
    if main_query.kind == "read":
        query = f"?{api_request.query_string}" if api_request.query_string else ""
        headers |= {"Content-Location": f"/{api_request.path}{query}"} | api_request.preferences.applied()
    else:
        headers |= api_request.preferences.applied("max-affected")
        if main_query.void:
            return 204, headers, None
    return status, headers, "" if api_request.method == "HEAD" else result.body


def _write_response(
    api_request: ApiRequest, main_query: MainQuery, result: ResultSet
) -> tuple[int, dict[str, str], str | None]:
    preferences = api_request.preferences
    returns_rows = preferences.returns == "representation"
    total = str(result.page) if preferences.counts else "*"
    names = ["return"]
    headers: dict[str, str] = {}
    if main_query.kind == "put":
        status = (201 if result.inserted else 200) if returns_rows else 204
    elif main_query.kind == "insert":
        merges = preferences.resolution == "merge-duplicates"
        status = 200 if merges and main_query.keyed and not result.inserted else 201
        names += ["missing", *(["resolution"] if main_query.keyed else [])]
        headers["Content-Range"] = f"*/{total}"
        if result.location:
            headers["Location"] = f"/{quote_url(api_request.path)}?{_query(result.location)}"
    else:
        status = 200 if returns_rows else 204
        names.append("max-affected")
        if main_query.kind == "update":
            names.append("missing")
        span = f"0-{result.page - 1}" if main_query.kind == "update" and result.page else "*"
        headers["Content-Range"] = f"{span}/{total}"
    return status, headers | preferences.applied(*names), result.body if returns_rows else None


def _query(pairs: tuple[str, ...]) -> str:
    split = (pair.partition("=") for pair in pairs)
    return "&".join(f"{quote_url(name, safe='')}={quote_url(value, safe='')}" for name, _, value in split)


def _status(status: int, result: ResultSet) -> int:
    """Return the status, or that of the setting response.status. Raises RestError PGRST112."""
    if not result.status:
        return status
    if not result.status.isdigit() or not 200 <= int(result.status) <= 599:
        raise RestError(500, "PGRST112", "response.status guc must be a valid status code")
    return int(result.status)


def _guc_headers(text: str) -> list[tuple[str, str]]:
    """Return the headers of the setting response.headers. Raises RestError PGRST111."""
    try:
        guc_headers = [(str(name), value) for header in orjson.loads(text) for name, value in header.items()]
        if not all(isinstance(value, str) and is_header(name, value) for name, value in guc_headers):
            raise ValueError
    except (ValueError, TypeError, AttributeError):
        raise RestError(
            500,
            "PGRST111",
            "response.headers guc must be a JSON array composed of objects with a single key and a string value",
        ) from None
    return guc_headers
