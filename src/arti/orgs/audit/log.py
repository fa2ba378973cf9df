"""The audit log: each entry is written in the transaction of the action that it records.

The database chains the entries by a hash (`chain.py`). The details of an entry lie beside it, sealed with a key
for the person whom it is about, in this org; when that person is deleted the key is destroyed.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID, uuid4

import orjson

from arti.orgs.audit import store
from arti.orgs.authorization import Access, Actor
from arti_core.crypto import DataKey, Vault
from arti_core.database import Connection, Row

# Whom an entry is about that is about no person.
NO_PERSON: Final = UUID(int=0)
_ABOUT_SUBJECT: Final = ("member", "sign_in")
_KEY_KIND: Final = "audit_key"
_SALT_BYTES: Final = 16


async def audit(
    actor: Actor,
    action: str,
    subject_id: UUID | str,
    details: Mapping[str, Any] | None = None,
    *,
    about: UUID | None = None,
) -> None:
    """Write one entry of the audit log.

    `action` is `subject.past_tense`, e.g. member.role_changed. A member can only write their own id (by a policy).
    `details` must hold no secret. They are erased with the person `about` whom they are: by default the member who is
    the subject, else who acts.
    """
    principal = actor.principal
    # Not by `returning`: who may act may not always read the log, so it would be refused.
    entry_id, kind = uuid4(), action.partition(".")[0]
    digest = sealed = None
    person = about or find_person(kind, subject_id, principal.user_id if principal else None)
    if details:
        key = await _get_key(actor, person)
        content = os.urandom(_SALT_BYTES) + orjson.dumps(details, option=orjson.OPT_NON_STR_KEYS)
        digest = hashlib.sha256(content).digest()
        sealed = DataKey(key).seal(content, associated=_associated(actor.org_id, entry_id))
    await store.insert_entry(
        actor.connection,
        actor.org_id,
        entry_id,
        actor_id=principal.user_id if principal else None,
        action=action,
        subject_kind=kind,
        subject_id=str(subject_id),
        request_id=(principal.request_id or None) if principal else None,
        details_digest=digest,
    )
    if sealed is not None:
        await store.insert_details(actor.connection, actor.org_id, entry_id, person_id=person, sealed=sealed)


def changed_values(before: Mapping[str, Any] | Row, after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what differs as {field: {from, to}}, for the details of an entry: by the fields of `after`."""
    return {field: {"from": before[field], "to": value} for field, value in after.items() if before[field] != value}


async def audit_everywhere(connection: Connection, action: str, subject_id: str, details: Mapping[str, Any]) -> None:
    """Write one entry into the audit log of each org, as the database's owner: the installation changed something."""
    await store.insert_entry_of_each_org(
        connection,
        action=action,
        subject_kind=action.partition(".")[0],
        subject_id=subject_id,
        details=json.dumps(details),
    )


async def list_entries(access: Access, *, after: tuple[datetime, UUID] | None, limit: int) -> list[dict[str, Any]]:
    """Return the newest entries first, with their details as far as their keys exist, and `details_erased`."""
    rows = await store.list_entries(access.connection, access.org_id, after=after, limit=limit)
    persons = {row["person_id"] for row in rows if row["sealed"] is not None}
    sealed_keys = await store.list_keys(access.connection, access.org_id, persons) if persons else {}
    keys = {person: open_key(access.vault, access.org_id, person, key) for person, key in sealed_keys.items()}
    return [_entry(access.org_id, row, keys) for row in rows]


def find_person(subject_kind: str, subject_id: UUID | str, actor_id: UUID | None) -> UUID:
    """Return whom an entry is about. As private.audit_person()."""
    if subject_kind in _ABOUT_SUBJECT:
        try:
            return UUID(str(subject_id))
        except ValueError:
            pass
    return actor_id or NO_PERSON


def find_invitee(org_id: UUID, address: str) -> UUID:
    """Return whom an entry about an invitation is about: an address, in one org. As private.invitee_id()."""
    return UUID(hashlib.md5(f"{org_id} {address.lower()}".encode(), usedforsecurity=False).hexdigest())


def open_entry_details(vault: Vault, org_id: UUID, row: Row) -> Any:
    """Return the details of a row of (id, person_id, sealed, plain, sealed_key); None when their key is destroyed.

    `plain` is JSON text.
    """
    if row["sealed"] is None:
        return orjson.loads(row["plain"])
    if row["sealed_key"] is None:
        return None
    key = open_key(vault, org_id, row["person_id"], row["sealed_key"])
    return orjson.loads(open_details(key, org_id, row["id"], row["sealed"])[_SALT_BYTES:])


def open_key(vault: Vault, org_id: UUID, person_id: UUID, sealed: bytes) -> bytes:
    """Return the key of a person's details. Raises Misconfigured with another master key."""
    return base64.b64decode(cast(str, vault.open(sealed, owner_id=org_id, kind=_KEY_KIND, ref=str(person_id))))


def open_details(key: bytes, org_id: UUID, entry_id: UUID, sealed: bytes) -> bytes:
    """Return salt and details, whose digest is in the chain. Raises Misconfigured when a bit differs."""
    return DataKey(key).open(sealed, associated=_associated(org_id, entry_id))


async def _get_key(actor: Actor, person_id: UUID) -> bytes:
    sealed = await store.find_key(actor.connection, actor.org_id, person_id)
    if sealed is None:
        fresh = base64.b64encode(DataKey.generate()).decode()
        sealed = await store.add_key(
            actor.connection,
            actor.org_id,
            person_id,
            actor.vault.seal(fresh, owner_id=actor.org_id, kind=_KEY_KIND, ref=str(person_id)),
        )
    return open_key(actor.vault, actor.org_id, person_id, sealed)


def _entry(org_id: UUID, row: Row, keys: Mapping[UUID, bytes]) -> dict[str, Any]:
    details: Mapping[str, Any] | None = row["plain"]
    if row["details_digest"] is None:
        details = {}
    elif row["sealed"] is not None and row["person_id"] in keys:
        details = orjson.loads(open_details(keys[row["person_id"]], org_id, row["id"], row["sealed"])[_SALT_BYTES:])
    return {**dict(row), "details": details or {}, "details_erased": details is None}


def _associated(org_id: UUID, entry_id: UUID) -> bytes:
    return f"{org_id}|{entry_id}".encode()
