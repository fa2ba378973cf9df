"""SQL of auth.audit_log_entries (GoTrue's models/audit_log_entry.go)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from arti_core.database import Connection
from supabase_local.auth.users.models import format_time

_TYPES = {
    "account": ("login", "login_failed", "logout", "invite_accepted"),
    "team": ("user_signedup", "user_invited", "user_deleted"),
    "token": ("token_revoked", "token_refreshed"),
}
_FACTOR_PREFIXES = ("factor_", "challenge_", "verification_")


def type_of(action: str) -> str:
    """Return upstream's log_type of an action."""
    if action.startswith(_FACTOR_PREFIXES):
        return "factor"
    return next((kind for kind, actions in _TYPES.items() if action in actions), "user")


async def record_entry(connection: Connection, entry: Mapping[str, Any], *, at: datetime, ip: str | None) -> None:
    await connection.execute(
        """insert into auth.audit_log_entries (instance_id, id, payload, created_at, ip_address)
           values ('00000000-0000-0000-0000-000000000000', $1, $2, $3, coalesce($4, ''))""",
        uuid4(),
        entry,
        at,
        ip,
    )


async def list_entries(connection: Connection, *, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """Return entries, newest first, and the total count."""
    rows = await connection.fetch(
        """select id, payload, created_at, ip_address, count(*) over () as total from auth.audit_log_entries
           order by created_at desc, id limit $1 offset $2""",
        limit,
        offset,
    )
    entries = [
        {
            "id": row["id"],
            "payload": row["payload"],
            "created_at": format_time(row["created_at"]),
            "ip_address": row["ip_address"],
        }
        for row in rows
    ]
    return entries, rows[0]["total"] if rows else 0
