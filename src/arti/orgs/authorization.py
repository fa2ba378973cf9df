"""Authentication and authorization of every endpoint: token, org header, membership, permission.

An endpoint declares the permission that it needs; `tests/test_routes.py` walks all routes and fails on one without.
The series endpoint and the OAuth callback use the same functions.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from arti.orgs import store
from arti.settings import Settings
from arti.vocabulary import ROLE_PERMISSIONS, Permission, Role
from arti_core.crypto import Vault
from arti_core.database import Connection, Pool, Principal, member_transaction
from arti_core.errors import Forbidden, Invalid, NotFound, Unauthorized
from arti_core.http_client import OutboundClient
from supabase_local.keys.token_verifier import TokenVerifier

ORG_HEADER = "X-ARTi-Org"
_bearer = HTTPBearer(auto_error=False, description="The access token of the auth service.")


@dataclass(frozen=True, slots=True)
class ApiContext:
    """What the API process opened once, kept on `app.state.context`."""

    settings: Settings
    pool: Pool
    http_client: OutboundClient
    vault: Vault
    tokens: TokenVerifier


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts in an org, and in which transaction. `principal` is None for the system itself."""

    connection: Connection
    org_id: UUID
    principal: Principal | None


@dataclass(frozen=True, slots=True)
class Access(Actor):
    """An authorized request: principal, org, role, and the transaction that it runs in."""

    principal: Principal
    role: Role
    context: ApiContext
    end: Callable[[], Awaitable[None]]  # commits early, before an endpoint calls another system

    @property
    def permissions(self) -> frozenset[Permission]:
        return ROLE_PERMISSIONS[self.role]

    def need(self, permission: Permission) -> None:
        """Raise Forbidden unless the caller's role has `permission`."""
        require_permission(self.role, permission)


def get_context(request: Request) -> ApiContext:
    context: ApiContext = request.app.state.context
    return context


async def authenticate(request: Request) -> Principal:
    """Return who sent the request, by its access token. Raises Unauthorized."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized("Sign in first: send an access token as `Authorization: Bearer ...`.")
    return await get_context(request).tokens.verify(token, request_id=request.state.request_id)


def read_org_id(request: Request) -> UUID:
    """Return the org that the request names. `require_permission` checks membership. Raises Invalid, NotFound."""
    org = request.headers.get(ORG_HEADER)
    if not org:
        raise Invalid(f"Name the org in the {ORG_HEADER} header; GET /auth/me lists yours.", field=ORG_HEADER)
    try:
        return UUID(org)
    except ValueError:
        raise NotFound("org") from None


def require_permission(role: str | None, permission: Permission) -> Role:
    """Return the role. Raises NotFound when it is None (no member), Forbidden without `permission`."""
    if role is None:
        raise NotFound("org")
    member_role = Role(role)
    if permission not in ROLE_PERMISSIONS[member_role]:
        raise Forbidden(f"Your role ({member_role}) does not have {permission}. Ask an admin of the org.")
    return member_role


async def authorize(connection: Connection, org_id: UUID, user_id: UUID, permission: Permission) -> Role:
    """Return the role of a member who has `permission`. Raises NotFound, Forbidden."""
    return require_permission(await store.find_role(connection, org_id, user_id), permission)


async def current_principal(
    request: Request, _declared: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    principal = await authenticate(request)
    # Not in `authenticate`: the series route pays for no log line that it does not write.
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

    Opens the request's transaction and commits it before the response is sent. Safe methods run read only.
    """

    async def open_access(
        request: Request,
        principal: SignedIn,
        _org: Annotated[str | None, Header(alias=ORG_HEADER, description="Id of the active org.")] = None,
    ) -> AsyncIterator[Access]:
        org_id = read_org_id(request)
        context = get_context(request)
        async with AsyncExitStack() as transaction:
            connection = await transaction.enter_async_context(
                member_transaction(context.pool, principal, read_only=request.method in ("GET", "HEAD"))
            )
            role = await authorize(connection, org_id, principal.user_id, permission)
            yield Access(connection, org_id, principal, role, context, transaction.aclose)

    open_access.permission = permission  # type: ignore[attr-defined]  # read by tests/test_routes.py
    return Depends(open_access, scope="function")


def public(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Mark an endpoint that needs no sign-in, or no org."""
    endpoint.public = True  # type: ignore[attr-defined]
    return endpoint
