"""What is refused of a database and of the login to it, before it is used."""

from datetime import timedelta

import asyncpg

from arti_core import clock
from arti_core.errors import Misconfigured


async def refuse_unsafe_role(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Refuse a login that row-level security does not bind. Raises Misconfigured."""
    row = await connection.fetchrow(
        """select current_user as name, r.rolsuper, r.rolbypassrls,
                  exists (select from pg_class c where c.relowner = r.oid and c.relkind in ('r', 'p')) as owns
           from pg_roles r where r.rolname = current_user"""
    )
    assert row is not None  # every login role is in pg_roles
    reasons = [
        text
        for text, bad in (
            ("is a superuser", row["rolsuper"]),
            ("bypasses row-level security", row["rolbypassrls"]),
            ("owns tables", row["owns"]),
        )
        if bad
    ]
    if reasons:
        raise Misconfigured(
            f"The database role {row['name']} {' and '.join(reasons)}. Log in as a role without that right."
        )


async def refuse_other_clock(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Refuse a database whose clock is moved otherwise than this process's: their times are compared."""
    has_clock = await connection.fetchval(
        """select exists (select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                          where n.nspname = 'clock' and p.proname = 'ahead')"""
    )
    ahead = await connection.fetchval("select clock.ahead()") if has_clock else timedelta(0)
    if abs(ahead - clock.ahead()) > timedelta(seconds=1):
        raise Misconfigured(
            f"The clock of this process is ahead by {clock.ahead()}, that of the database by {ahead}. "
            f"Set {clock.ENVIRONMENT_VARIABLE} to {ahead.total_seconds():.0f}, or leave it out in production."
        )
