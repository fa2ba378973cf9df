"""The audit log: each entry is written in the transaction of the action that it records."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from arti.orgs import store
from arti.orgs.authorization import Access
from arti_core.database import Connection, Principal


async def audit(access: Access, action: str, subject_id: UUID | str, details: Mapping[str, Any] | None = None) -> None:
    """Record an action of the caller. See `record_audit`."""
    await record_audit(access.connection, access.org_id, access.principal, action, subject_id, details)


async def record_audit(
    connection: Connection,
    org_id: UUID,
    principal: Principal | None,
    action: str,
    subject_id: UUID | str,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one entry of the audit log.

    `action` is `subject.past_tense`, e.g. member.role_changed. `principal` is None for the system itself; a member can
    only write their own id (by a policy). `details` must hold no secret.
    """
    await store.insert_audit_entry(
        connection,
        org_id,
        # Not by `returning`: who may act may not always read the log, so it would be refused.
        uuid4(),
        actor_id=principal.user_id if principal else None,
        action=action,
        subject_kind=action.partition(".")[0],
        subject_id=str(subject_id),
        details=dict(details or {}),
        request_id=(principal.request_id or None) if principal else None,
    )
