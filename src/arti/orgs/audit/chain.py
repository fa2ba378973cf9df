"""Verify the chain of an org's audit log, without trusting the database's own functions.

A link's hash is SHA-256 over the fields of its entry, its position, the digest of its details and the hash before it,
each as `<length in bytes>:<value>` (null: `-`), joined by commas. As private.audit_hash().
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from arti.orgs.audit.log import open_details, open_key
from arti_core.crypto import Vault
from arti_core.database import Row
from arti_core.errors import ArtiError


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last link of a chain at some moment, as an operator keeps it elsewhere. `hash` is hexadecimal."""

    org_id: UUID
    position: int
    hash: str


@dataclass(slots=True)
class ChainReport:
    """What was verified in the log of one org. `problems` is empty when nothing was changed, deleted or reordered."""

    org_id: UUID
    entries: int = 0
    erased: int = 0  # entries whose details went with a person
    problems: list[str] = field(default_factory=list)


def verify_chain(
    org_id: UUID, rows: Sequence[Row], *, vault: Vault | None = None, heads: Sequence[ChainHead] = ()
) -> ChainReport:
    """Verify the rows of `store.read_chain`: links, entries, and details as far as their keys exist.

    Without `vault` sealed details are not opened. `heads` are earlier heads: the chain must still contain them.
    """
    report, previous, hashes = ChainReport(org_id), b"", {}
    for place, row in enumerate((row for row in rows if row["position"] is not None), start=1):
        if row["position"] != place:
            report.problems.append(f"Link {place} is missing: the next one is {row['position']}.")
            break
        report.entries += 1
        if row["id"] is None:
            report.problems.append(f"Entry {row['entry_id']} at {place} was deleted.")
        elif compute_hash(org_id, row, place, previous) != row["hash"]:
            report.problems.append(f"Entry {row['id']} at {place} was changed, or is not where it was.")
        else:
            report.problems += _verify_details(org_id, row, vault, report)
        previous = row["hash"]
        hashes[place] = row["hash"].hex()
    report.problems += [f"Entry {row['entry_id']} is in no link." for row in rows if row["position"] is None]
    for head in heads:
        if head.org_id == org_id and hashes.get(head.position) != head.hash:
            report.problems.append(f"The chain does not contain the head that was kept at {head.position}.")
    return report


def compute_hash(org_id: UUID, entry: Row, position: int, previous: bytes) -> bytes:
    """Return the hash of a link."""
    fields = (
        org_id,
        position,
        entry["id"],
        *(entry[name] for name in ("actor_id", "action", "subject_kind", "subject_id", "request_id", "created_at")),
        entry["details_digest"].hex() if entry["details_digest"] is not None else None,
        previous.hex(),
    )
    parts = [None if value is None else str(value).encode() for value in fields]
    text = b",".join(b"-" if part is None else b"%d:%b" % (len(part), part) for part in parts)
    return hashlib.sha256(text).digest()


def _verify_details(org_id: UUID, row: Row, vault: Vault | None, report: ChainReport) -> Iterator[str]:
    if row["details_digest"] is None:
        return
    content = None
    if row["plain"] is not None:
        content = row["salt"] + row["plain"].encode()
    elif row["sealed"] is None or row["sealed_key"] is None:
        report.erased += 1
    elif vault is not None:
        try:
            key = open_key(vault, org_id, row["person_id"], row["sealed_key"])
            content = open_details(key, org_id, row["id"], row["sealed"])
        except ArtiError as error:
            yield f"The details of entry {row['id']} do not open: {error.message}"
    if content is not None and hashlib.sha256(content).digest() != row["details_digest"]:
        yield f"The details of entry {row['id']} were changed."
