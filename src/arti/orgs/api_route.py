"""The route class of every endpoint: who sends a body is known before one byte of it is read."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import asyncpg
from fastapi import APIRouter, Request, Response, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.formparsers import MultiPartParser

from arti.orgs.authorization import (
    ORG_HEADER,
    Access,
    authenticate,
    authorize,
    current_caller,
    get_context,
    read_org_id,
)
from arti.orgs.idempotency.service import AnswerReplayed, IdempotentRequest
from arti.vocabulary import Permission
from arti_core.database import Connection, Principal, member_transaction
from arti_core.request_body import JSON_BYTES, body_of, check_json

EndpointT = TypeVar("EndpointT", bound=Callable[..., Any])

# The fields beside the file of an upload.
_FORM_BYTES = 64 * 1024
MultiPartParser.spool_max_size = 64 * 1024  # what is larger is on disk, not in memory
_FORM_LIMITS: Any = {"max_files": 1, "max_fields": 10, "max_part_size": 32 * 1024}


class ApiRoute(APIRoute):
    """Authenticates from the headers, then allows a body: 1 MiB of JSON, or a file.

    An endpoint that needs no sign-in keeps the small limit of `RequestBodyMiddleware`. The sender of a file is a member
    with the endpoint's permission, and the file is read to disk. Raises Unauthorized, NotFound, Forbidden, TooLarge,
    Invalid.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        limits = options.get("form_limits") or getattr(endpoint, "form_limits", _FORM_LIMITS)
        super().__init__(path, endpoint, **{**options, "form_limits": limits})
        self._most_bytes: int | None = getattr(endpoint, "most_bytes", None)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        calls = [dependant.call for dependant in walk_dependants(self.dependant)]
        if current_caller not in calls:
            return handle
        open_access: Any = next((call for call in calls if hasattr(call, "permission")), None)
        takes_file = self.body_field is not None and isinstance(self.body_field.field_info, params.Form)

        async def admit_and_handle(request: Request) -> Response:
            body = body_of(request.scope)
            if body.exists:
                principal = await authenticate(get_context(request), request.headers.get("authorization", ""))
                caller, org_id = str(principal.user_id), ""
                if open_access is not None and (takes_file or body.is_large):
                    open_access.admit(principal, request.method)
                    org_id = await _authorize_sender(request, principal, open_access.permission)
                if org_id and takes_file:
                    most = self._most_bytes or get_context(request).settings.arti_upload_max_bytes
                    advice = f"The file is larger than {most // 1048576} MB. Export a shorter period."
                    if self._most_bytes:
                        advice = f"The file is larger than {most // 1024} KB. Make it smaller."
                    body.allow(most + _FORM_BYTES, caller=caller, org=org_id, advice=advice)
                else:
                    body.allow(JSON_BYTES, caller=caller, org=org_id)
                    check_json(await request.body())
            try:
                response = await handle(request)
            except AnswerReplayed as replayed:
                return replayed.response
            idempotent: IdempotentRequest | None = getattr(request.state, "idempotent", None)
            if idempotent is not None and response.status_code < 400:
                await _store_answer(request.state.access, idempotent, response)
            return response

        return admit_and_handle


def form_of(*, files: int, most_bytes: int | None = None) -> Callable[[EndpointT], EndpointT]:
    """Return the decorator of an endpoint whose form holds up to `files` files; together as large as one may be.

    `most_bytes`: a smaller bound than that of uploads.
    """

    def mark(endpoint: EndpointT) -> EndpointT:
        endpoint.most_bytes = most_bytes  # type: ignore[attr-defined]  # as below
        endpoint.form_limits = _FORM_LIMITS | {"max_files": files}  # type: ignore[attr-defined]  # read by ApiRoute
        return endpoint

    return mark


class ApiRouter(APIRouter):
    """A router whose endpoints are ApiRoutes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=ApiRoute, **options)


def walk_dependants(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from walk_dependants(inner)


async def _store_answer(access: Access, idempotent: IdempotentRequest, response: Response) -> None:
    """Store the answer in the request's transaction; in one of its own where the endpoint has ended that."""
    if _is_open(access.connection):
        await idempotent.store(access.connection, access.org_id, response)
        return
    async with member_transaction(access.context.pool, access.principal) as connection:
        await idempotent.store(connection, access.org_id, response)


def _is_open(connection: Connection) -> bool:
    try:
        return connection.is_in_transaction()
    except asyncpg.InterfaceError:  # given back to the pool
        return False


async def _authorize_sender(request: Request, principal: Principal, permission: Permission) -> str:
    """Return the org for which the caller may send a large body. Raises NotFound, Forbidden."""
    org_id = read_org_id(request.headers.get(ORG_HEADER))
    async with member_transaction(get_context(request).pool, principal, read_only=True) as connection:
        await authorize(connection, org_id, permission)
    return str(org_id)
