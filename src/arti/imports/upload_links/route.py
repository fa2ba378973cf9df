"""The route class of what a link may do: the token is looked up before one byte of a body is read."""

import re
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from arti.imports.readers.csv_reader import MAX_BYTES
from arti.imports.upload_links.service import open_link
from arti.orgs.authorization import get_context
from arti_core.errors import Conflict, Unauthorized
from arti_core.request_body import ANONYMOUS_BYTES, body_of
from arti_core.request_rates import RequestRates

SCHEME: Final = "UploadLink"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_FORM_BYTES: Final = 64 * 1024
_FORM_LIMITS: Final[Any] = {"max_files": 1, "max_fields": 2, "max_part_size": 4096}
# Whoever polls for a result asks every few seconds; whoever guesses tokens asks much more.
_BURST, _PER_SECOND = 120, 2.0


class UploadRoute(APIRoute):
    """Answers 401 without a token, 404 for one that does not work, 429 above the rate of a network."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **{**options, "form_limits": _FORM_LIMITS})

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def admit_and_handle(request: Request) -> Response:
            _rates(request).take(request.client.host if request.client else "")
            context, body = get_context(request), body_of(request.scope)
            token = read_token(request)
            link = await open_link(context.pool, token)
            if body.exists:
                most = min(context.settings.arti_upload_max_bytes, MAX_BYTES, link["bytes_left"])
                if link["files_left"] < 1 or most < 1:
                    raise Conflict("This link has taken all files that it was made for. Ask for a new one.")
                body.allow(
                    max(most + _FORM_BYTES, ANONYMOUS_BYTES + 1),
                    caller=str(link["id"]),
                    org=str(link["org_id"]),
                    advice=f"The file is larger than the {max(most // 1048576, 1)} MB that this link takes.",
                )
            request.state.upload_link = link
            return await handle(request)

        return admit_and_handle


def read_token(request: Request) -> str:
    """Return the token of a request. It stands in a header, so that no address and no log holds it."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() != SCHEME.casefold() or not _TOKEN.fullmatch(token):
        raise Unauthorized(f"Send the token of the upload link as `Authorization: {SCHEME} ...`.")
    return token


def _rates(request: Request) -> RequestRates:
    state = request.app.state
    if getattr(state, "upload_rates", None) is None:
        state.upload_rates = RequestRates(burst=_BURST, per_second=_PER_SECOND)
    rates: RequestRates = state.upload_rates
    return rates


class UploadRouter(APIRouter):
    """A router whose endpoints are UploadRoutes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=UploadRoute, **options)
