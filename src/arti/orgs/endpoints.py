"""The caller, their permissions and orgs; members and the audit log of an org."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Query, Request, Response
from fastapi.responses import JSONResponse

from arti.language.catalogue import DEFAULT_LANGUAGE
from arti.orgs import members, schemas, service, store
from arti.orgs.api_route import ApiRouter
from arti.orgs.audit.log import list_entries
from arti.orgs.authorization import Access, Membership, SignedIn, get_context, needs, public, read_membership
from arti.orgs.idempotency.service import begin
from arti.orgs.isolation.probe import probe_isolation
from arti.orgs.logo.store import find_logo_id
from arti.orgs.member_access import AccessChange
from arti.vocabulary import MemberStatus, Permission, Role
from arti_core.database import member_transaction
from arti_core.errors import RateLimited
from arti_core.paging import MAX_PAGE, Page, make_page_by_creation, read_cursor

router = ApiRouter(tags=["orgs"])

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
EveryMember = Annotated[Access, needs(Permission.ROSTER_READ)]  # which every role has
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before.")]


@router.get("/auth/me")
@public
async def get_me(
    request: Request,
    principal: SignedIn,
    org: Annotated[str | None, Header(alias="X-ARTi-Org", description="Id of the active org.")] = None,
) -> schemas.Me:
    """Return the caller and their orgs. The first call creates the user."""
    async with member_transaction(get_context(request).pool, principal) as connection:
        user, orgs = await service.record_sign_in(connection, principal, org)
    active = next((row for row in orgs if str(row["id"]) == org), None)
    return schemas.Me(
        user=schemas.User(**user),
        orgs=[schemas.Org(**row) for row in orgs],
        active=schemas.Active(org_id=active["id"], **_effective(read_membership(active))) if active else None,
        token_expires_at=datetime.fromtimestamp(principal.expires_at, UTC),
    )


def _effective(membership: Membership) -> dict[str, Any]:
    return {
        "role": membership.role,
        "artist_access": membership.artist_access,
        "permissions": service.sorted_permissions(membership),
    }


@router.patch("/auth/me")
@public
async def update_me(request: Request, body: schemas.UserChange, principal: SignedIn) -> schemas.User:
    """Change the caller's display name, language, time zone, currency of new amounts, week or form of numbers."""
    changes = body.model_dump(exclude_unset=True)
    if changes.get("display_name", "") is None:
        del changes["display_name"]
    async with member_transaction(get_context(request).pool, principal) as connection:
        return schemas.User(**await service.update_user(connection, principal, changes))


@router.get("/auth/permissions")
async def get_permissions(access: EveryMember) -> schemas.Permissions:
    """Return the caller's permissions in the active org and on each platform."""
    platforms = await service.get_provider_permissions(access.connection, access.org_id, access.principal.user_id)
    return schemas.Permissions.model_validate({**_effective(access.membership), "platforms": platforms})


@router.post("/auth/permissions")
async def ask_permission(question: schemas.PermissionQuestion, access: EveryMember) -> schemas.PermissionAnswer:
    """Return whether the caller has one permission, and why."""
    allowed, reason = await service.explain_permission(access, question.permission, question.provider)
    return schemas.PermissionAnswer(allowed=allowed, reason=reason)


_LEAK: Any = {500: {"model": schemas.IsolationReport, "description": "Isolation is broken."}}


@router.get("/auth/test-isolation", responses=_LEAK, operation_id="get_isolation_report")
@router.post("/auth/test-isolation", responses=_LEAK, operation_id="run_isolation_test")
@public
async def run_isolation_test(request: Request, response: Response, principal: SignedIn) -> schemas.IsolationReport:
    """Try, with the caller's own claims, to read and write a foreign org in every table. 500 when one succeeds."""
    async with member_transaction(get_context(request).pool, principal) as connection:
        if not await store.try_lock_user(connection, principal.user_id):
            raise RateLimited("Your last test is still running. Wait for it.", retry_after_seconds=1)
        report = await probe_isolation(connection)
    if not report.passed:
        response.status_code = 500
    return report


@router.get("/api/orgs")
@public
async def list_orgs(request: Request, principal: SignedIn) -> list[schemas.Org]:
    """List the caller's orgs by name."""
    async with member_transaction(get_context(request).pool, principal, read_only=True) as connection:
        rows = await store.list_orgs(connection, principal.user_id)
    return [schemas.Org(**row) for row in rows]


@router.post("/api/orgs", status_code=201)
@public
async def create_org(request: Request, body: schemas.NewOrg, principal: SignedIn) -> schemas.Org:
    """Create an org. The caller is its first admin."""
    context = get_context(request)
    async with member_transaction(context.pool, principal) as connection:
        idempotent = await begin(request, connection, principal, context.vault, None)
        org_id = await service.create_org(connection, principal, context.vault, body.name)
        org = schemas.Org(id=org_id, name=body.name, language=DEFAULT_LANGUAGE, role=Role.ADMIN)
        if idempotent is not None:
            await idempotent.store(connection, org.id, JSONResponse(org.model_dump(mode="json"), 201))
    return org


@router.patch("/api/orgs/current")
async def update_org(body: schemas.OrgChange, access: Annotated[Access, needs(Permission.ORG_MANAGE)]) -> schemas.Org:
    """Rename the active org, or change its language, time zone, currency of new amounts, week or form of numbers."""
    row = await service.update_org(access, body.model_dump(exclude_none=True))
    logo_id = await find_logo_id(access.connection, access.org_id)
    return schemas.Org(id=access.org_id, role=access.role, logo_id=logo_id, **row)


@router.get("/api/orgs/current/retention")
async def get_retention(access: Annotated[Access, needs(Permission.IMPORTS_READ)]) -> schemas.Retention:
    """Return how long the active org keeps files that could not be imported."""
    days = await store.read_refused_file_days(access.connection, access.org_id)
    return schemas.Retention(refused_file_days=days)


@router.put("/api/orgs/current/retention")
async def put_retention(
    body: schemas.RetentionChange, access: Annotated[Access, needs(Permission.ORG_MANAGE)]
) -> schemas.Retention:
    """Say how long files that could not be imported are kept. Older ones are deleted within the hour."""
    await service.change_retention(access, body.refused_file_days)
    return schemas.Retention(refused_file_days=body.refused_file_days)


@router.get("/api/orgs/current/quotas")
async def list_quotas(access: Annotated[Access, needs(Permission.ORG_MANAGE)]) -> list[schemas.QuotaUse]:
    """Return what the active org uses of each quota, the fullest first."""
    rows = await store.list_quota_use(access.connection, access.org_id)
    return [schemas.QuotaUse.model_validate(dict(row)) for row in rows]


@router.get("/api/admin/users")
async def list_members(
    access: Annotated[Access, needs(Permission.MEMBERS_READ)],
    q: Annotated[str | None, Query(max_length=200, description="Part of a name or an address.")] = None,
    role: Role | None = None,
    status: MemberStatus | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[schemas.Member]:
    """List the members of the active org in the order in which they joined."""
    rows = await members.list_members(
        access, text=q, role=role, status=status, after=read_cursor(cursor), limit=limit + 1
    )
    return make_page_by_creation([schemas.Member.model_validate(row) for row in rows], limit)


def _read_access_change(body: schemas.MemberChange) -> AccessChange:
    return AccessChange(
        body.artist_access,
        body.artist_ids,
        body.group_ids,
        (body.money_access,) if "money_access" in body.model_fields_set else None,
    )


@router.put("/api/admin/users/{user_id}")
async def update_member(
    user_id: UUID, body: schemas.MemberChange, access: Annotated[Access, needs(Permission.MEMBERS_MANAGE)]
) -> schemas.Member:
    """Change a member's role, status, platforms, artists or money.

    A disabled member is refused from the next request on, and an artist taken off the list is not there any more.
    """
    platforms = {provider: may.model_dump() for provider, may in (body.platforms or {}).items()}
    return schemas.Member.model_validate(
        await members.update_member(
            access,
            user_id,
            role=body.role,
            status=body.status,
            platforms=platforms,
            change=_read_access_change(body),
        )
    )


@router.delete("/api/admin/users/{user_id}", status_code=204)
async def delete_member(user_id: UUID, access: Annotated[Access, needs(Permission.MEMBERS_MANAGE)]) -> None:
    """Remove a person from the active org. Their user stays."""
    await members.delete_member(access, user_id)


_AUDIT_FIELDS = ("id", "action", "subject_kind", "subject_id", "details", "details_erased", "created_at")


@router.get("/api/audit")
async def list_audit(
    access: Annotated[Access, needs(Permission.AUDIT_READ)], limit: Limit = 50, cursor: Cursor = None
) -> Page[schemas.AuditEntry]:
    """List the audit log of the active org, the newest first."""
    rows = await list_entries(access, after=read_cursor(cursor), limit=limit + 1)
    items = [
        schemas.AuditEntry(
            actor=schemas.AuditActor(id=row["actor_id"], email=row["actor_email"], key=row["actor_key"])
            if row["actor_id"]
            else None,
            **{name: row[name] for name in _AUDIT_FIELDS},
        )
        for row in rows
    ]
    return make_page_by_creation(items, limit)
