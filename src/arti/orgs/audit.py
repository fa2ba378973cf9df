"""The audit log: each entry is written in the transaction of the action that it records."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from arti.orgs import store
from arti.orgs.authorization import Actor


async def audit(actor: Actor, action: str, subject_id: UUID | str, details: Mapping[str, Any] | None = None) -> None:
    """Write one entry of the audit log.

    `action` is `subject.past_tense`, e.g. member.role_changed. A member can only write their own id (by a policy).
    `details` must hold no secret.
    """
    principal = actor.principal
    await store.insert_audit_entry(
        actor.connection,
        actor.org_id,
        # Not by `returning`: who may act may not always read the log, so it would be refused.
        uuid4(),
        actor_id=principal.user_id if principal else None,
        action=action,
        subject_kind=action.partition(".")[0],
        subject_id=str(subject_id),
        details=dict(details or {}),
        request_id=(principal.request_id or None) if principal else None,
    )
