"""Turn the one row of a statement into PostgREST's status, headers and body."""

from dataclasses import dataclass
from urllib.parse import quote as quote_url

import orjson
from starlette.responses import Response

from supabase_local.rest.api_request.request import ApiRequest, PreparedStatement
from supabase_local.rest.errors import RestError, is_header


@dataclass(frozen=True, slots=True)
class Result:
    """What the statement answered."""

    total: int | None
    page: int
    body: str
    headers: str | None = None  # what a function set in response.headers: a JSON array
    status: str | None = None
    inserted: int | None = None
    location: tuple[str, ...] = ()


def check_result(api_request: ApiRequest, prepared: PreparedStatement, result: Result) -> None:
    """Refuse what the request said it does not want, while the transaction can still be taken back.

    Raises RestError: PGRST116 not one row, PGRST115 a PUT of another key, PGRST124 more rows than allowed.
    """
    if prepared.kind == "put" and result.page != 1:
        raise RestError(400, "PGRST115", "Payload values do not match URL in primary key column(s)")
    if api_request.media.kind == "object" and result.page != 1 and not prepared.void:
        raise RestError(
            406,
            "PGRST116",
            "Cannot coerce the result to a single JSON object",
            details=f"The result contains {result.page} rows",
        )
    most = api_request.preferences.max_affected
    counted = prepared.kind in ("update", "delete") or (prepared.kind == "call" and prepared.returns_set)
    if most is not None and api_request.preferences.strict and counted and result.page > most:
        raise RestError(
            400,
            "PGRST124",
            "Query result exceeds max-affected preference constraint",
            details=f"The query affects {result.page} rows",
        )


def show(api_request: ApiRequest, prepared: PreparedStatement, result: Result) -> Response:
    """Return the answer."""
    if prepared.kind in ("read", "call"):
        status, headers, body = _read_response(api_request, prepared, result)
    else:
        status, headers, body = _write_response(api_request, prepared, result)
    if body is not None:
        headers["Content-Type"] = api_request.media.told
        if api_request.profiled:
            headers["Content-Profile"] = api_request.schema
    said = _guc_headers(result.headers) if result.headers else []
    overridden = {name.lower() for name, _ in said}
    kept = {name: value for name, value in headers.items() if name.lower() not in overridden}
    response = Response(body or "", _status(status, result), kept)
    for name, value in said:  # one may stand there twice: Set-Cookie
        response.headers.append(name, value)
    if api_request.method == "HEAD":  # what a GET would answer is as long as its body
        del response.headers["content-length"]
    return response


def _read_response(
    api_request: ApiRequest, prepared: PreparedStatement, result: Result
) -> tuple[int, dict[str, str], str | None]:
    offset, total = prepared.window.offset, result.total
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
    if prepared.kind == "read":
        query = f"?{api_request.query_string}" if api_request.query_string else ""
        headers |= {"Content-Location": f"/{api_request.path}{query}"} | api_request.preferences.applied()
    else:
        headers |= api_request.preferences.applied("max-affected")
        if prepared.void:
            return 204, headers, None
    return status, headers, "" if api_request.method == "HEAD" else result.body


def _write_response(
    api_request: ApiRequest, prepared: PreparedStatement, result: Result
) -> tuple[int, dict[str, str], str | None]:
    preferences = api_request.preferences
    full = preferences.returns == "representation"
    total = str(result.page) if preferences.counts else "*"
    names = ["return"]
    headers: dict[str, str] = {}
    if prepared.kind == "put":
        status = (201 if result.inserted else 200) if full else 204
    elif prepared.kind == "insert":
        merged = preferences.resolution == "merge-duplicates"
        status = 200 if merged and prepared.keyed and not result.inserted else 201
        names += ["missing", *(["resolution"] if prepared.keyed else [])]
        headers["Content-Range"] = f"*/{total}"
        if result.location:
            headers["Location"] = f"/{quote_url(api_request.path)}?{_query(result.location)}"
    else:
        status = 200 if full else 204
        names.append("max-affected")
        if prepared.kind == "update":
            names.append("missing")
        span = f"0-{result.page - 1}" if prepared.kind == "update" and result.page else "*"
        headers["Content-Range"] = f"{span}/{total}"
    return status, headers | preferences.applied(*names), result.body if full else None


def _query(pairs: tuple[str, ...]) -> str:
    split = (pair.partition("=") for pair in pairs)
    return "&".join(f"{quote_url(name, safe='')}={quote_url(value, safe='')}" for name, _, value in split)


def _status(status: int, result: Result) -> int:
    """Return the status, or what a function said in response.status. Raises RestError PGRST112."""
    if not result.status:
        return status
    if not result.status.isdigit() or not 200 <= int(result.status) <= 599:
        raise RestError(500, "PGRST112", "response.status guc must be a valid status code")
    return int(result.status)


def _guc_headers(text: str) -> list[tuple[str, str]]:
    """Return what a function said in response.headers. Raises RestError PGRST111."""
    try:
        said = [(str(name), value) for one in orjson.loads(text) for name, value in one.items()]
        if not all(isinstance(value, str) and is_header(name, value) for name, value in said):
            raise ValueError
    except (ValueError, TypeError, AttributeError):
        raise RestError(
            500,
            "PGRST111",
            "response.headers guc must be a JSON array composed of objects with a single key and a string value",
        ) from None
    return said
