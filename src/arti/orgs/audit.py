"""Who did what, written in the transaction of the act: no act without its row, no row without its act."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from arti_core.database import Connection


async def record_audit(
    connection: Connection,
    *,
    org_id: UUID,
    actor_id: UUID | None,
    action: str,
    subject_kind: str,
    subject_id: UUID | str,
    details: Mapping[str, Any] | None = None,
    request_id: str | None = None,
) -> UUID:
    """Write one row of the audit log and return its id.

    `action` is `subject.past_tense`, e.g. member.role_changed. `actor_id` is None for the system itself; a person can
    only write their own id (a policy holds it). `details` must hold no secret.
    """
    # Made here: those who may act may not all read the log, so `returning` would be refused.
    audit_id = uuid4()
    await connection.execute(
        """insert into audit_log (org_id, id, actor_id, action, subject_kind, subject_id, details, request_id)
           values ($1, $2, $3, $4, $5, $6, $7, $8)""",
        org_id,
        audit_id,
        actor_id,
        action,
        subject_kind,
        str(subject_id),
        dict(details or {}),
        request_id,
    )
    return audit_id
