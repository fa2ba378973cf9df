"""Who may do what: the dependency that opens each request's one transaction and checks the membership in it.

An endpoint says which permission it needs; `tests/test_routes.py` walks all routes and fails on one that says none.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from arti.settings import Settings
from arti.vocabulary import ROLE_PERMISSIONS, Permission, Role
from arti_core.crypto import Vault
from arti_core.database import Connection, Pool, Principal, member_transaction
from arti_core.errors import Forbidden, Invalid, NotFound, Unauthorized
from arti_core.http_client import OutboundClient
from supabase_local.keys.token_verifier import TokenVerifier

_bearer = HTTPBearer(auto_error=False, description="The access token of the auth service.")


@dataclass(frozen=True, slots=True)
class ApiContext:
    """What the API process opened once, kept on `app.state.doors`."""

    settings: Settings
    pool: Pool
    http_client: OutboundClient
    vault: Vault
    tokens: TokenVerifier


@dataclass(frozen=True, slots=True)
class Access:
    """A checked request: who, in which org, with which role, in which transaction."""

    principal: Principal
    org_id: UUID
    role: Role
    connection: Connection
    context: ApiContext
    end: Callable[[], Awaitable[None]]  # commits at once: for who then waits for others and needs no more rows

    @property
    def permissions(self) -> frozenset[Permission]:
        return ROLE_PERMISSIONS[self.role]

    def need(self, permission: Permission) -> None:
        """Raise Forbidden unless the caller's role has `permission`."""
        if permission not in self.permissions:
            raise Forbidden(f"Your role ({self.role}) may not do this: it needs {permission}. Ask an admin of the org.")


def get_context(request: Request) -> ApiContext:
    context: ApiContext = request.app.state.context
    return context


async def current_principal(
    request: Request, token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    """Return who is signed in. Raises Unauthorized."""
    if token is None:
        raise Unauthorized("Sign in first: send an access token as `Authorization: Bearer ...`.")
    principal = await get_context(request).tokens.verify(token.credentials, request_id=request.state.request_id)
    structlog.contextvars.bind_contextvars(user_id=str(principal.user_id))
    return principal


async def _find_principal(
    request: Request, token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal | None:
    return await current_principal(request, token) if token else None


SignedIn = Annotated[Principal, Depends(current_principal)]
MaybeSignedIn = Annotated[Principal | None, Depends(_find_principal)]


def needs(permission: Permission) -> Any:
    """Return the dependency of an endpoint that needs `permission` in the org named by the X-ARTi-Org header.

    Opens the request's transaction and commits it before the answer is sent. Safe methods run read only.
    """

    async def open_access(
        request: Request,
        principal: SignedIn,
        org: Annotated[str | None, Header(alias="X-ARTi-Org", description="Id of the active org.")] = None,
    ) -> AsyncIterator[Access]:
        if not org:
            raise Invalid("Name the org in the X-ARTi-Org header; GET /auth/me lists yours.", field="X-ARTi-Org")
        try:
            org_id = UUID(org)
        except ValueError:
            raise NotFound("org") from None
        context = get_context(request)
        async with AsyncExitStack() as transaction:
            connection = await transaction.enter_async_context(
                member_transaction(context.pool, principal, read_only=request.method in ("GET", "HEAD"))
            )
            role = await connection.fetchval(
                "select role from memberships where org_id = $1 and user_id = $2 and status = 'active'",
                org_id,
                principal.user_id,
            )
            if role is None:
                raise NotFound("org")
            access = Access(principal, org_id, Role(role), connection, context, transaction.aclose)
            access.need(permission)
            yield access

    open_access.permission = permission  # type: ignore[attr-defined]  # read by tests/test_routes.py
    return Depends(open_access, scope="function")


def public(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Mark an endpoint that nobody needs to be signed in for, or that needs no org."""
    endpoint.public = True  # type: ignore[attr-defined]
    return endpoint
