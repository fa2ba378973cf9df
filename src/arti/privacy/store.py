"""SQL of exports and deletions. What they read and delete is said by the subject map in the database."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from arti_core.database import Connection, Row, fetch_one

_ROWS: Final = 500
# A condition may leave a value out, and a statement says the type of each.
_HAS_VALUES: Final = {"org": "$1::uuid is not null", "person": "$1::uuid is not null and $2::text[] is not null"}
_LONG_SECONDS: Final = 3600
_EXPORT: Final = """
  select e.id, e.requested_at, e.finished_at, e.byte_size, e.expires_at, j.status as job_status, j.progress,
    j.last_error
  from private.org_exports e left join jobs j on j.org_id = e.org_id and j.id = e.job_id"""


async def allow_long_statements(connection: Connection) -> None:
    """Lift the time limit of statements until the transaction ends: some read or delete all of an org."""
    await connection.execute(f"set local statement_timeout = '{_LONG_SECONDS}s'")


async def list_exported_tables(connection: Connection, subject: str) -> list[Row]:
    """Return (relation, statement, is_open) of the tables of an export. `subject` is org or person."""
    return await connection.fetch("select relation, statement, is_open from private.exported_tables($1)", subject)


def stream_org_rows(connection: Connection, table: Row, org_id: UUID) -> AsyncIterator[bytes]:
    """Yield an org's rows of one of `list_exported_tables` as lines of JSON."""
    if table["is_open"]:
        return _stream(connection, table["statement"], org_id)
    return _stream(connection, "select private.rows_of_leased_org($1) as line", table["relation"])


def stream_own_rows(connection: Connection, table: Row) -> AsyncIterator[bytes]:
    """Yield the caller's own rows of a table as lines of JSON."""
    return _stream(connection, "select private.own_rows($1) as line", table["relation"])


def stream_person_rows(connection: Connection, table: Row, person: Row) -> AsyncIterator[bytes]:
    """Yield the rows of a person of (id, addresses) as lines of JSON, as the database's owner."""
    statement = "select private.rows_of_subject('person', $1, $2, $3) as line"
    return _stream(connection, statement, person["id"], person["addresses"], table["relation"])


async def _stream(connection: Connection, statement: str, *values: object) -> AsyncIterator[bytes]:
    """Yield some hundred rows at a time, in the caller's transaction."""
    await connection.fetch(f"declare exported no scroll cursor for {statement}", *values)
    while rows := await connection.fetch(f"fetch {_ROWS} from exported"):
        yield "".join(f"{row['line']}\n" for row in rows).encode()
    await connection.execute("close exported")


async def list_details(connection: Connection, org_id: UUID | None, *, after: UUID) -> list[Row]:
    """Return the next details of the audit log, by the id of the entry, with their sealed keys.

    Of the org of this job; as the database's owner of the org that is given.
    """
    source = "private.details_of_leased_org()" if org_id is None else "private.details_of_org($3)"
    return await connection.fetch(
        f"select id, person_id, sealed, plain, sealed_key from {source} where id > $1 order by id limit $2",  # noqa: S608
        after,
        _ROWS,
        *(() if org_id is None else (org_id,)),
    )


async def find_person(connection: Connection, address: str) -> Row | None:
    """Return (id, addresses) of the person with an address, as the database's owner."""
    return await connection.fetchrow(
        "select u.id, private.addresses_of(u.id) as addresses from users u where lower(u.email) = lower($1)", address
    )


async def insert_export(
    connection: Connection, org_id: UUID, export_id: UUID, *, requested_by: UUID, job_id: UUID, expires_at: datetime
) -> None:
    await connection.execute(
        """insert into private.org_exports (org_id, id, requested_by, job_id, expires_at)
           values ($1, $2, $3, $4, $5)""",
        org_id,
        export_id,
        requested_by,
        job_id,
        expires_at,
    )


async def list_exports(connection: Connection, org_id: UUID) -> list[Row]:
    """Return the newest first."""
    return await connection.fetch(f"{_EXPORT} where e.org_id = $1 order by e.requested_at desc, e.id", org_id)


async def find_export(connection: Connection, org_id: UUID, export_id: UUID) -> Row | None:
    return await connection.fetchrow(f"{_EXPORT} where e.org_id = $1 and e.id = $2", org_id, export_id)


async def find_export_of_job(connection: Connection, org_id: UUID, job_id: UUID) -> Row | None:
    """Return (id, requested_by, name of the org, whether the requester is an admin still)."""
    return await connection.fetchrow(
        """select e.id, e.requested_by, o.name, exists (
             select from memberships m where m.org_id = e.org_id and m.user_id = e.requested_by
               and m.role = 'admin' and m.status = 'active') as may_export
           from private.org_exports e join orgs o on o.id = e.org_id where e.org_id = $1 and e.job_id = $2""",
        org_id,
        job_id,
    )


async def delete_pieces(connection: Connection, org_id: UUID, export_id: UUID) -> None:
    await connection.execute(
        "delete from private.org_export_pieces where org_id = $1 and export_id = $2", org_id, export_id
    )


async def insert_piece(connection: Connection, org_id: UUID, export_id: UUID, position: int, content: bytes) -> None:
    await connection.execute(
        "insert into private.org_export_pieces (org_id, export_id, position, content) values ($1, $2, $3, $4)",
        org_id,
        export_id,
        position,
        content,
    )


async def find_piece(connection: Connection, org_id: UUID, export_id: UUID, position: int) -> bytes | None:
    content: bytes | None = await connection.fetchval(
        "select content from private.org_export_pieces where org_id = $1 and export_id = $2 and position = $3",
        org_id,
        export_id,
        position,
    )
    return content


async def finish_export(connection: Connection, org_id: UUID, export_id: UUID, *, byte_size: int) -> None:
    """Mark an export as ready, and delete the org's older ones."""
    await connection.execute(
        "update private.org_exports set finished_at = clock.now(), byte_size = $3 where org_id = $1 and id = $2",
        org_id,
        export_id,
        byte_size,
    )
    await connection.execute(
        "delete from private.org_exports where org_id = $1 and id <> $2 and finished_at is not null",
        org_id,
        export_id,
    )


async def delete_expired_exports(connection: Connection) -> None:
    """Delete the exports of all orgs that have expired. For a worker's transaction without org."""
    await connection.execute("select private.delete_expired_exports()")


async def count_rows_to_erase(connection: Connection, subject: str, *values: object) -> list[tuple[str, int]]:
    """Return (relation, rows) of what goes with an org of (id), or with a person of (id, addresses). As the owner."""
    tables = await connection.fetch(
        f"""select relation, of_{subject} as condition from private.subject_tables
            where with_{subject} in ('delete', 'anonymise') and to_regclass(relation) is not null order by relation"""  # noqa: S608
    )
    counts = [
        await connection.fetchval(
            f"select count(*) from {table['relation']} where {_HAS_VALUES[subject]} and ({table['condition']})",  # noqa: S608
            *values,
        )
        for table in tables
    ]
    return [(table["relation"], count) for table, count in zip(tables, counts, strict=True) if count]


async def erase_person(connection: Connection, person_id: UUID) -> None:
    """Delete a person everywhere, as the database's owner. Raises as erase_own_account."""
    await connection.execute("select private.erase_person($1)", person_id)


async def is_machine(connection: Connection, user_id: UUID) -> bool:
    """Return whether a user is the member of an API key, as the database's owner."""
    machine: bool = await connection.fetchval(
        "select exists (select from private.org_keys where user_id = $1)", user_id
    )
    return machine


async def find_erasure(connection: Connection, org_id: UUID) -> Row | None:
    return await connection.fetchrow(
        "select id, requested_by, requested_at, due_at from private.org_erasures where org_id = $1", org_id
    )


async def insert_erasure(
    connection: Connection, org_id: UUID, erasure_id: UUID, *, requested_by: UUID | None, due_at: datetime
) -> Row:
    return await fetch_one(
        connection,
        """insert into private.org_erasures (org_id, id, requested_by, due_at) values ($1, $2, $3, $4)
           returning id, requested_by, requested_at, due_at""",
        org_id,
        erasure_id,
        requested_by,
        due_at,
    )


async def delete_erasure(connection: Connection, org_id: UUID) -> bool:
    """Return whether there was one."""
    done = await connection.execute("delete from private.org_erasures where org_id = $1", org_id)
    return not done.endswith(" 0")


async def erase_org(connection: Connection) -> bool:
    """Delete the org of this job, if its time has come. Returns whether it was deleted."""
    erased: bool = await connection.fetchval("select private.erase_leased_org()", timeout=_LONG_SECONDS)
    return erased


async def erase_own_account(connection: Connection) -> None:
    """Delete the caller everywhere. Raises asyncpg.CheckViolationError while they are an org's only admin."""
    await connection.execute("select private.erase_own_account()", timeout=_LONG_SECONDS)


async def find_sign_in(connection: Connection) -> datetime | None:
    """Return when the caller last proved who they are in this session; None without a session."""
    at: datetime | None = await connection.fetchval("select private.signed_in_at()")
    return at


async def list_orgs_of_only_admin(connection: Connection, user_id: UUID) -> Sequence[str]:
    """Return the names of the orgs in which a person is the only active admin."""
    rows = await connection.fetch(
        """select o.name from memberships m join orgs o on o.id = m.org_id
           where m.user_id = $1 and m.role = 'admin' and m.status = 'active' and not exists (
             select from memberships other where other.org_id = m.org_id and other.user_id <> $1
               and other.role = 'admin' and other.status = 'active')
           order by lower(o.name)""",
        user_id,
    )
    return [row["name"] for row in rows]


async def find_orgs_by_name(connection: Connection, name: str) -> list[Row]:
    """Return (id, name) of the orgs of this name or id, as the database's owner."""
    return await connection.fetch(
        """select id, name from orgs
           where (lower(name) = lower($1) or id::text = $1) and id <> private.canary_org_id() order by name, id""",
        name,
    )
