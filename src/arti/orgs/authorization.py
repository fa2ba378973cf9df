"""Authentication and authorization of every endpoint: token or key, org header, membership, permission.

An endpoint declares the permission that it needs; `tests/test_routes.py` walks all routes and fails on one without.
The series endpoint and the OAuth callback use the same functions.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from arti.language.messages.reader import set_profile
from arti.orgs import store
from arti.orgs.idempotency.service import begin
from arti.orgs.isolation.probe import IsolationMonitor
from arti.orgs.key_principal import KeyPrincipal, admit_key, authenticate_key
from arti.settings import Settings
from arti.vocabulary import ArtistAccess, KeyScope, Permission, Role, effective_permissions
from arti_core.crypto import Vault
from arti_core.database import Connection, Pool, Principal, Row, member_transaction
from arti_core.errors import Forbidden, Invalid, NotFound, Unauthorized
from arti_core.files.file_store import FileStore
from arti_core.http_client import OutboundClient
from arti_core.single_statements import SingleStatements
from supabase_local.keys.token_verifier import TokenVerifier

ORG_HEADER = "X-ARTi-Org"
_bearer = HTTPBearer(auto_error=False, description="The access token of the auth service, or an org's API key.")


@dataclass(frozen=True, slots=True)
class ApiContext:
    """What the API process opened once, kept on `app.state.context`."""

    settings: Settings
    pool: Pool
    statements: SingleStatements
    http_client: OutboundClient
    vault: Vault
    tokens: TokenVerifier
    file_store: FileStore
    isolation: IsolationMonitor = field(default_factory=IsolationMonitor)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts in an org, and in which transaction. `principal` is None for the system itself.

    `vault` seals the details that the audit log keeps of the act.
    """

    connection: Connection
    org_id: UUID
    principal: Principal | None
    vault: Vault


@dataclass(frozen=True, slots=True)
class Membership:
    """What an active member of an org may do and see."""

    role: Role
    artist_access: ArtistAccess = ArtistAccess.ALL
    money_access: bool | None = None  # None: the role decides

    @property
    def permissions(self) -> frozenset[Permission]:
        return effective_permissions(self.role, self.money_access)

    def require(self, permission: Permission) -> None:
        """Raise Forbidden without `permission`."""
        if permission not in self.permissions:
            denied = permission in effective_permissions(self.role, None)
            who = "An admin has denied you" if denied else f"Your role ({self.role}) does not have"
            raise Forbidden(f"{who} {permission}. Ask an admin of the org.")


@dataclass(frozen=True, slots=True)
class Access(Actor):
    """An authorized request: principal, org, membership, and the transaction that it runs in."""

    principal: Principal
    membership: Membership
    context: ApiContext
    end: Callable[[], Awaitable[None]]  # commits early, before an endpoint calls another system

    @property
    def role(self) -> Role:
        return self.membership.role

    @property
    def permissions(self) -> frozenset[Permission]:
        return self.membership.permissions

    @property
    def sees_all_artists(self) -> bool:
        return self.membership.artist_access is ArtistAccess.ALL

    def need(self, permission: Permission) -> None:
        """Raise Forbidden unless the caller has `permission`."""
        self.membership.require(permission)


def get_context(request: Request) -> ApiContext:
    context: ApiContext = request.app.state.context
    return context


async def authenticate(context: ApiContext, authorization: str, *, request_id: str = "") -> Principal:
    """Return who sent a request, by the access token or API key in its Authorization header. Raises Unauthorized."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized("Sign in first: send an access token as `Authorization: Bearer ...`.")
    if token.startswith("sb_"):
        return await authenticate_key(context.pool, token, request_id=request_id)
    return await context.tokens.verify(token, request_id=request_id)


def read_org_id(org: str | None) -> UUID:
    """Return the org of an X-ARTi-Org header. `require_permission` checks membership. Raises Invalid, NotFound."""
    if not org:
        raise Invalid(f"Name the org in the {ORG_HEADER} header; GET /auth/me lists yours.", field=ORG_HEADER)
    try:
        return UUID(org)
    except ValueError:
        raise NotFound("org") from None


def require_permission(role: str | None, permission: Permission) -> Role:
    """Return the role, for a permission that it alone decides, so not for money.

    Raises NotFound for None, which is no member, and Forbidden.
    """
    if role is None:
        raise NotFound("org")
    membership = Membership(Role(role))
    membership.require(permission)
    return membership.role


def read_membership(row: Mapping[str, Any] | Row) -> Membership:
    """Return the membership of a row with role, artist_access and money_access."""
    return Membership(Role(row["role"]), ArtistAccess(row["artist_access"]), row["money_access"])


async def authorize(connection: Connection, org_id: UUID, permission: Permission) -> Membership:
    """Return the membership of the caller, who has `permission`. Raises NotFound, Forbidden."""
    row = await store.find_own_membership(connection, org_id)
    if row is None:
        raise NotFound("org")
    set_profile(row["language"], row["number_form"])
    membership = read_membership(row)
    membership.require(permission)
    return membership


async def current_caller(
    request: Request, _declared: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    authorization = request.headers.get("authorization", "")
    principal = await authenticate(get_context(request), authorization, request_id=request.state.request_id)
    # Not in `authenticate`: the series route pays for no log line that it does not write.
    structlog.contextvars.bind_contextvars(user_id=str(principal.user_id))
    return principal


async def current_person(caller: Annotated[Principal, Depends(current_caller)]) -> Principal:
    """Return the caller of an endpoint that is about a person. Raises Forbidden for a key."""
    if isinstance(caller, KeyPrincipal):
        raise Forbidden("An API key may not do this: it acts in its org only. Sign in as a person.")
    return caller


async def _find_person(
    request: Request, token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal | None:
    return await current_person(await current_caller(request, token)) if token else None


SignedIn = Annotated[Principal, Depends(current_person)]
MaybeSignedIn = Annotated[Principal | None, Depends(_find_person)]


def needs(permission: Permission, *, key_scope: KeyScope | None = None) -> Any:
    """Return the dependency of an endpoint that needs `permission` in the org named by the X-ARTi-Org header.

    An API key may read as its role may; an endpoint that writes takes keys of `key_scope` only.
    Opens the request's transaction and commits it before the response is sent. Safe methods run read only.
    """
    admit = admit_key(permission, key_scope)

    async def open_access(
        request: Request,
        principal: Annotated[Principal, Depends(current_caller)],
        _org: Annotated[str | None, Header(alias=ORG_HEADER, description="Id of the active org.")] = None,
    ) -> AsyncIterator[Access]:
        admit(principal, request.method)
        org_id = read_org_id(request.headers.get(ORG_HEADER))
        context = get_context(request)
        async with AsyncExitStack() as transaction:
            connection = await transaction.enter_async_context(
                member_transaction(context.pool, principal, read_only=request.method in ("GET", "HEAD"))
            )
            membership = await authorize(connection, org_id, permission)
            # Stored by ApiRoute when the endpoint has answered, before this transaction is committed.
            request.state.idempotent = await begin(request, connection, principal, context.vault, org_id)
            request.state.access = access = Access(
                connection, org_id, principal, context.vault, membership, context, transaction.aclose
            )
            yield access

    open_access.permission = permission  # type: ignore[attr-defined]  # read by tests/test_routes.py
    open_access.admit = admit  # type: ignore[attr-defined]  # ApiRoute asks before it reads a file
    return Depends(open_access, scope="function")


def public(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Mark an endpoint that needs no sign-in, or no org."""
    endpoint.public = True  # type: ignore[attr-defined]
    return endpoint
