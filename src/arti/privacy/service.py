"""Decisions about exports and deletions: who may, how sure they must be, and when it happens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any, Final
from uuid import UUID, uuid4

import asyncpg
import structlog

from arti.orgs import store as orgs
from arti.orgs.audit import audit
from arti.orgs.authorization import Access, Actor, ApiContext
from arti.orgs.service import get_provider_permissions
from arti.privacy import store
from arti.privacy.archive import pack
from arti.privacy.exports import own_entries
from arti.privacy.schemas import ExportState
from arti_core import clock
from arti_core.crypto import Vault
from arti_core.database import Connection, Principal, Row, member_transaction
from arti_core.errors import Conflict, Forbidden, Invalid, NotFound, RateLimited, SignInTooOld
from arti_core.jobs import enqueue_job

EXPORT_JOB: Final = "privacy.export_org"
ERASE_JOB: Final = "privacy.erase_org"
EXPORT_LIFE: Final = timedelta(days=3)
# To notice and to cancel. With the job after it, an org is gone within a day.
GRACE: Final = timedelta(hours=12)
# How long the deletion waits for an n8n that does not answer: GRACE, this and the pause of an attempt are under a day.
N8N_PATIENCE: Final = timedelta(hours=6)
_ERASE_ATTEMPTS: Final = 20  # what was promised happens, however busy the database is
RECENT: Final = timedelta(minutes=15)

log = structlog.get_logger()


async def request_export(access: Access) -> dict[str, Any]:
    """Enqueue an export of the active org.

    Raises Conflict while another one is made, Forbidden for an admin to whom a platform is closed.
    """
    platforms = await get_provider_permissions(access.connection, access.org_id, access.principal.user_id)
    if closed := [name for name, may in platforms.items() if not may["can_read"]]:
        raise Forbidden(f"An export has everything, and an admin has closed {closed[0]} to you. Ask another admin.")
    export_id = uuid4()
    job_id = await enqueue_job(
        access.connection,
        access.org_id,
        EXPORT_JOB,
        {},
        dedupe_key=EXPORT_JOB,
        requested_by=access.principal.user_id,
    )
    if job_id is None:
        raise Conflict("An export of this organisation is being made. Wait until it is ready.")
    await store.insert_export(
        access.connection,
        access.org_id,
        export_id,
        requested_by=access.principal.user_id,
        job_id=job_id,
        expires_at=clock.now() + EXPORT_LIFE,
    )
    await audit(access, "org.export_requested", access.org_id)
    return await get_export(access, export_id)


async def list_exports(access: Access) -> list[dict[str, Any]]:
    return [_export(row) for row in await store.list_exports(access.connection, access.org_id)]


async def get_export(access: Access, export_id: UUID) -> dict[str, Any]:
    """Return one export. Raises NotFound, also for one that has expired."""
    row = await store.find_export(access.connection, access.org_id, export_id)
    if row is None or row["expires_at"] <= clock.now():
        raise NotFound("export")
    return _export(row)


async def stream_export(
    context: ApiContext, principal: Principal, org_id: UUID, export_id: UUID
) -> AsyncIterator[bytes]:
    """Yield the zip. Each piece is read as the member, so whoever is removed meanwhile gets no more of it."""
    position = 0
    while True:
        async with member_transaction(context.pool, principal, read_only=True) as connection:
            piece = await store.find_piece(connection, org_id, export_id, position)
        if piece is None:
            return
        yield piece
        position += 1


def _export(row: Row) -> dict[str, Any]:
    status, progress = row["job_status"], row["progress"] or {}
    if row["finished_at"] is not None:
        state = ExportState.READY
    elif status in ("dead", "done", None):  # the job ended without a result, or its row is gone
        state = ExportState.FAILED
    else:
        state = ExportState.RUNNING if status == "running" else ExportState.WAITING
    total = progress.get("total") or 0
    percent = 100 if state is ExportState.READY else int(100 * progress.get("done", 0) / total) if total else 0
    problem = (row["last_error"] or "It could not be made. Try again.") if state is ExportState.FAILED else None
    return {**dict(row), "state": state, "percent": percent, "problem": problem}


@asynccontextmanager
async def own_archive(context: ApiContext, principal: Principal) -> AsyncIterator[IO[bytes]]:
    """Make the zip of the caller's own data, on disk. Raises RateLimited while another one of theirs is made."""
    with TemporaryFile() as file:
        async with member_transaction(context.pool, principal) as connection:
            if not await orgs.try_lock_user(connection, principal.user_id):
                raise RateLimited("Your last export is still being made. Wait for it.", retry_after_seconds=5)
            async for piece in pack(own_entries(connection, principal.email)):
                file.write(piece)
        file.seek(0)
        yield file


async def request_org_erasure(access: Access, name: str) -> Row:
    """Have the active org deleted after the grace period.

    Raises Invalid for another name, SignInTooOld, Conflict when it is requested already.
    """
    await _require_recent_sign_in(access.connection)
    names = {org["id"]: org["name"] for org in await orgs.list_orgs(access.connection, access.principal.user_id)}
    if name.strip() != names[access.org_id].strip():
        raise Invalid("This is not the name of the organisation. Type it exactly as it is shown.", field="name")
    return await schedule_org_erasure(access, clock.now() + GRACE)


async def schedule_org_erasure(actor: Actor, due_at: datetime) -> Row:
    """Have an org deleted at a time. Raises Conflict when it is requested already."""
    if await store.find_erasure(actor.connection, actor.org_id) is not None:
        raise Conflict("This organisation will be deleted already. Cancel that first.")
    erasure_id, requested_by = uuid4(), actor.principal.user_id if actor.principal else None
    erasure = await store.insert_erasure(
        actor.connection, actor.org_id, erasure_id, requested_by=requested_by, due_at=due_at
    )
    await enqueue_job(
        actor.connection,
        actor.org_id,
        ERASE_JOB,
        {},
        dedupe_key=f"{ERASE_JOB}:{erasure_id}",
        run_at=due_at,
        requested_by=requested_by,
        max_attempts=_ERASE_ATTEMPTS,
    )
    await audit(actor, "org.deletion_requested", actor.org_id)
    return erasure


async def cancel_org_erasure(actor: Actor) -> None:
    """Keep the org after all. Raises NotFound when nobody has requested its deletion."""
    if not await store.delete_erasure(actor.connection, actor.org_id):
        raise NotFound("deletion")
    await audit(actor, "org.deletion_cancelled", actor.org_id)


async def erase_account(context: ApiContext, principal: Principal, email: str) -> None:
    """Delete the caller everywhere, at once. What they wrote in orgs stays there.

    Raises Invalid for another address, SignInTooOld, Conflict for an org's only admin.
    """
    async with member_transaction(context.pool, principal) as connection:
        await _require_recent_sign_in(connection)
        if email.strip().lower() != principal.email.lower():
            raise Invalid("This is not the address of your account. Type it as it is shown.", field="email")
        if names := await store.list_orgs_of_only_admin(connection, principal.user_id):
            raise _only_admin(", ".join(names))
        await record_departure(connection, context.vault, principal.user_id, principal)
        await store.allow_long_statements(connection)
        try:
            await store.erase_own_account(connection)
        except asyncpg.CheckViolationError:  # another admin has left a moment ago
            raise _only_admin("an organisation") from None
        except asyncpg.InsufficientPrivilegeError:
            raise Forbidden("An API key has no account of its own. Revoke the key instead.") from None
    log.info("account deleted", user_id=str(principal.user_id))


async def record_departure(connection: Connection, vault: Vault, user_id: UUID, by: Principal | None) -> None:
    """Write into the audit log of each of a person's orgs that they leave."""
    for org in await orgs.list_orgs(connection, user_id):
        await audit(Actor(connection, org["id"], by, vault), "member.left", user_id)


def _only_admin(names: str) -> Conflict:
    return Conflict(
        f"You are the only admin of {names}. Make somebody else an admin there, or delete it first; then delete your "
        "account."
    )


async def _require_recent_sign_in(connection: Connection) -> None:
    at = await store.find_sign_in(connection)
    if at is None or clock.now() - at > RECENT:
        raise SignInTooOld(
            f"This cannot be undone, so it needs a sign-in of the last {int(RECENT.total_seconds() // 60)} minutes. "
            "Sign in again, then repeat it."
        )
