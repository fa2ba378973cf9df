"""Backups of a database by URL: a dump of one moment, checked by the number of rows of each table.

`pg_dump` under a role that row-level security restricts can succeed with no row in it. So the role must bypass it
(`row_security = off` is an error otherwise), rows are counted in the snapshot of the dump, and a verification counts
them in the dump.
"""

import re
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

from arti import __version__
from arti_core.clock import now
from arti_core.database import Connection
from arti_core.errors import Conflict, Misconfigured, Unavailable
from arti_core.files.file_store import FileStore
from arti_core.sealed_stream import Damaged
from local_stack.backup.base_backup import ByteCounter, new_backup_id
from local_stack.backup.file_copies import bring_back
from local_stack.backup.programs import Program, login_without_tls, read_version
from local_stack.backup.recovery.after_restore import Cleared, clear_restored
from local_stack.backup.recovery.ledger import read_ledger
from local_stack.backup.repository import Manifest, Repository, write_manifest

_TABLES: Final = """
  select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
  order by 1"""
# The roles that a dump names and a new server lacks. Passwords are not read; `up` sets those of our own.
_ROLES: Final = """
  select format('create role %I %s %s %s %s %s %s %s', rolname,
      case when rolcanlogin then 'login' else 'nologin' end, case when rolinherit then 'inherit' else 'noinherit' end,
      case when rolsuper then 'superuser' else 'nosuperuser' end,
      case when rolbypassrls then 'bypassrls' else 'nobypassrls' end,
      case when rolcreaterole then 'createrole' else 'nocreaterole' end,
      case when rolcreatedb then 'createdb' else 'nocreatedb' end,
      case when rolreplication then 'replication' else 'noreplication' end) as statement, rolname as name
  from pg_roles where rolname !~ '^pg_' order by rolname"""
_MEMBERS: Final = """
  select format('grant %I to %I', r.rolname, m.rolname) ||
    case when a.admin_option then ' with admin option' else '' end
  from pg_auth_members a join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member
  where r.rolname !~ '^pg_' and m.rolname !~ '^pg_'"""


async def take_dump(repository: Repository, dsn: str, programs: Path) -> Manifest:
    """Dump the database of `dsn` as it is at one moment. Raises Misconfigured, Unavailable."""
    backup_id, started_at = new_backup_id(), now()
    connection = await _connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            snapshot = await connection.fetchval("select pg_export_snapshot()")
            counts = await _count_rows(connection)
            _refuse_older(programs, await connection.fetchval("select current_setting('server_version_num')::integer"))
            postgres = await connection.fetchval("select current_setting('server_version')")
            schema_version = await connection.fetchval("select max(version) from private.applied_migrations()")
            roles = [row["statement"] for row in await connection.fetch(_ROLES)]
            members = [row[0] for row in await connection.fetch(_MEMBERS)]
            counter = ByteCounter()
            path = f"backups/{backup_id}/data"
            async with login_without_tls(dsn) as login:
                program = Program(
                    [
                        str(programs / "pg_dump"),
                        "--format=custom",
                        "--compress=0",  # it is compressed when it is sealed
                        f"--snapshot={snapshot}",
                        "--no-password",
                        f"--dbname={login.address}",
                    ],
                    login.environment,
                )
                try:
                    await repository.put_stream(path, counter.count(program.read()))
                except BaseException:
                    await repository.delete(path)
                    raise
    finally:
        await connection.close()
    manifest = Manifest(
        id=backup_id,
        kind="logical",
        started_at=started_at,
        ended_at=now(),
        plain_bytes=counter.bytes,
        postgres=postgres,
        arti=__version__,
        schema_version=schema_version,
        counts=counts,
        roles=[*roles, *members],
    )
    await repository.put(f"backups/{backup_id}/manifest", write_manifest(manifest))
    return manifest


async def restore_dump(
    repository: Repository,
    manifest: Manifest,
    dsn: str,
    programs: Path,
    *,
    undelete: Collection[UUID] = (),
    file_store: FileStore | None = None,
) -> Cleared:
    """Restore a dump into the empty database of `dsn`, a superuser's URL. Raises Conflict, Damaged, Unavailable."""
    ledger = await read_ledger(repository)
    connection = await _connect(dsn)
    try:
        if await connection.fetchval(f"select exists ({_TABLES.partition('order by')[0]})"):
            raise Conflict("The database of --into has tables. Give the URL of an empty one, so that nothing is lost.")
        known = {row["rolname"] for row in await connection.fetch("select rolname from pg_roles")}
        for statement in manifest.roles:
            created = re.match(r'create role "?([^" ]+)', statement)
            if created is None or created[1] not in known:
                await connection.execute(statement)
        async with login_without_tls(dsn) as login:
            program = Program(
                [
                    str(programs / "pg_restore"),
                    "--exit-on-error",
                    "--single-transaction",
                    "--no-password",
                    f"--dbname={login.address}",
                ],
                login.environment,
            )
            await _drain(program.read(feed=repository.stream(manifest.data_path)))
        counts = await _count_rows(connection)
        wrong = sorted(name for name, count in manifest.counts.items() if counts.get(name) != count)
        if wrong:
            raise Damaged(f"The restored database has other rows than the dump: {', '.join(wrong[:5])}.")
        cleared = await clear_restored(connection, ledger, undelete=undelete)
        _, lost = await bring_back(connection, repository, file_store or FileStore(), is_copy=True)
        cleared.problems += lost
        return cleared
    finally:
        await connection.close()


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    async for _ in chunks:
        pass


async def _count_rows(connection: Connection) -> dict[str, int]:
    """Return the rows of each table. Raises Misconfigured for a role that row-level security restricts."""
    await connection.execute("set row_security = off")
    counts = {}
    try:
        for row in await connection.fetch(_TABLES):
            counts[row["name"]] = await connection.fetchval(f"select count(*) from {row['name']}")  # noqa: S608
    except asyncpg.InsufficientPrivilegeError as error:
        raise Misconfigured(
            f"BACKUP_DATABASE_URL logs in as a role that may not read every row ({error}), so a dump would lack some. "
            "Give it a role with BYPASSRLS and pg_read_all_data."
        ) from None
    return counts


def _refuse_older(programs: Path, server: int) -> None:
    version = read_version(programs)
    if version < server // 10000:
        raise Misconfigured(
            f"pg_dump in {programs} is older than the server ({version or 'no version'}, {server // 10000}). "
            f"Install postgresql-client-{server // 10000}."
        )


async def _connect(dsn: str) -> Connection:
    try:
        return await asyncpg.connect(dsn, statement_cache_size=0, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable(f"The database does not answer ({type(error).__name__}). Check its URL.") from None
