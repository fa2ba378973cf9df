"""Read request bodies and write JSON responses, for all services of the gateway."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response

from arti_core.errors import Invalid
from arti_core.request_body import JSON_BYTES, check_json

MAX_BODY_BYTES = JSON_BYTES
# orjson reads 1024 levels and writes 254; what is read here is written again inside of other levels.
_ENCLOSING_LEVELS = 54


class BodyRefused(Exception):
    """The body is too large or is not valid JSON."""


class BodyTooLarge(BodyRefused):
    """The body is larger than this route takes."""


async def read_body(request: Request, *, at_most: int = MAX_BODY_BYTES) -> bytes:
    """Return the request's body. Raises BodyRefused when it is larger than `at_most` bytes."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > at_most:
            raise BodyTooLarge(f"The body is larger than {at_most // 1024} KiB")
    return bytes(body)


async def read_json(request: Request) -> dict[str, Any]:
    """Return the body as a JSON object; an empty body is an empty object. Raises BodyRefused."""
    body = await read_body(request)
    if not body.strip():
        return {}
    try:
        check_json(body)
    except Invalid as error:
        raise BodyRefused(error.message) from None
    try:
        value = orjson.loads(body)
    except ValueError:
        raise BodyRefused("Could not parse request body as JSON") from None
    if not isinstance(value, dict):
        raise BodyRefused("Could not parse request body as JSON: it must be an object")
    if is_too_deep(value):
        raise BodyRefused("Could not parse request body as JSON: it is nested too deep")
    return value


def is_too_deep(value: Any) -> bool:
    """Return whether `value` has more than 200 levels, so that orjson could not write it again."""
    for _ in range(_ENCLOSING_LEVELS):
        value = [value]
    try:
        orjson.dumps(value)
    except TypeError:
        return True
    return False


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of an url-encoded body, each once. Raises BodyRefused."""
    body = await read_body(request)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))
    except ValueError:
        raise BodyRefused("Could not parse request body as a form") from None


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers, media_type="application/json")
