"""Migrate the database, the embedded one or that of DATABASE_URL, to the present schema."""

import os
from urllib.parse import unquote, urlsplit

import asyncpg

from arti import MIGRATIONS
from arti_core.claims_signature import store_keys
from arti_core.errors import Misconfigured, Unavailable
from arti_core.login_passwords import set_password
from arti_core.migrations import apply_migrations, list_migrations
from local_stack import postgres
from local_stack.commands.definitions import apply_packaged
from local_stack.data_directory import find_data_directory
from local_stack.environment import GATEWAY_LOGINS, Environment, load_environment, role_of_dsn
from local_stack.run_state import running_pid
from local_stack.terminal import print_status
from supabase_local.bootstrap import apply_steps, missing_steps

# With which another Supabase's own services log in: PostgREST and Realtime. They sign nothing.
SUPABASE_LOGINS = ("authenticator", "supabase_admin", "supabase_realtime_admin")
_REMEDY = "Give DATABASE_URL of the database's owner alone, or set SUPABASE_URL with its keys."


async def migrate_database(environment: Environment) -> list[str]:
    """Apply what is missing and set the passwords of our logins. Returns the names of the migrations applied now."""
    owner = environment.values.get("OWNER_DATABASE_URL", "")
    if environment.cluster is not None:
        await postgres.wait_for_server(environment.cluster)
        await postgres.prepare_database(environment.cluster)
        claims_keys = environment.values["CLAIMS_SIGNING_KEY"]
        await postgres.set_passwords(environment.cluster, claims_keys=claims_keys)
        applied = await apply_migrations(owner, MIGRATIONS, print_status)
        await apply_packaged(owner)
        await postgres.set_passwords(environment.cluster, claims_keys=claims_keys)
        if environment.ahead is not None:
            await postgres.move_clock(environment.cluster, environment.ahead)
        return applied
    if not owner:
        await _require_applied(environment.values["DATABASE_URL"])
        return []
    return await _prepare_external(environment, owner)


async def _prepare_external(environment: Environment, owner: str) -> list[str]:
    connection = await _connect(owner)
    try:
        superuser = await connection.fetchval("select rolsuper from pg_roles where rolname = current_user")
        missing = await missing_steps(connection)
        if missing:
            if not superuser:
                lacks = "no schema auth" if "20_auth" in missing else "an old schema auth"
                raise Misconfigured(
                    f"The database has {lacks}, and {role_of_dsn(owner)} may not create it. "
                    "Give DATABASE_URL of a superuser once, or use a Supabase project with SUPABASE_URL."
                )
            try:
                await apply_steps(connection)
            except asyncpg.FeatureNotSupportedError:
                raise Misconfigured(
                    "This PostgreSQL has no pgvector. Install the extension vector on its server."
                ) from None
    finally:
        await connection.close()
    applied = await apply_migrations(owner, MIGRATIONS, print_status)
    await apply_packaged(owner)
    connection = await _connect(owner)
    try:
        for setting in ("DATABASE_URL", "WORKER_DATABASE_URL", *GATEWAY_LOGINS):
            dsn = environment.values.get(setting, "")
            if dsn:
                await _set_password(connection, dsn)
        await _let_backup_read(connection, environment.values.get("BACKUP_DATABASE_URL", ""))
        if superuser and (console := environment.values.get("CONSOLE_DATABASE_URL", "")):
            await postgres.make_console_login(connection)
            await _set_password(connection, console)
        reader = environment.values.get("REALTIME_DATABASE_URL", "")
        if reader and await connection.fetchval("select 1 from pg_roles where rolname = $1", role_of_dsn(reader)):
            await _set_password(connection, reader)
        await store_keys(
            connection,
            environment.values["CLAIMS_SIGNING_KEY"],
            unsigned_logins=() if environment.own_gateway else SUPABASE_LOGINS,
        )
    finally:
        await connection.close()
    return applied


async def _let_backup_read(connection: "asyncpg.Connection[asyncpg.Record]", dsn: str) -> None:
    """Let arti_backup read every row, which a dump needs, and write none."""
    if role_of_dsn(dsn) != "arti_backup":
        return
    try:
        await connection.execute("alter role arti_backup inherit bypassrls; grant pg_read_all_data to arti_backup")
    except asyncpg.InsufficientPrivilegeError:
        print_status(
            "This login may not make a role that reads every row, so no backups are made. Set BACKUP_DATABASE_URL to "
            "one with BYPASSRLS and pg_read_all_data, or ARTI_BACKUP_URL=external where the host makes backups."
        )
        return
    await _set_password(connection, dsn)


async def _set_password(connection: "asyncpg.Connection[asyncpg.Record]", dsn: str) -> None:
    role, password = role_of_dsn(dsn), unquote(urlsplit(dsn).password or "")
    try:
        await set_password(connection, role, password)
    except asyncpg.PostgresError:
        raise Misconfigured(
            f"The password of the database role {role} may not be set by this login. {_REMEDY}"
        ) from None


async def _require_applied(dsn: str) -> None:
    connection = await _connect(dsn)
    try:
        is_migrated = await connection.fetchval("select to_regclass('public.observation_months') is not null")
    finally:
        await connection.close()
    if not is_migrated:
        raise Misconfigured(
            f"The {len(list_migrations(MIGRATIONS))} migrations are not applied to this database. "
            "Set OWNER_DATABASE_URL to its owner's URL and run ./arti migrate."
        )


async def _connect(dsn: str) -> "asyncpg.Connection[asyncpg.Record]":
    try:
        return await asyncpg.connect(dsn, statement_cache_size=0, timeout=10)
    except asyncpg.InvalidPasswordError:
        raise Misconfigured(f"The database refuses the password of {role_of_dsn(dsn)}. Check DATABASE_URL.") from None
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable(f"The database does not answer ({type(error).__name__}). Check DATABASE_URL.") from None


async def migrate_now() -> list[str]:
    """Apply what is missing to the database of OWNER_DATABASE_URL, or of the running `./arti up`."""
    folder = find_data_directory()
    named = os.environ.get("OWNER_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if not named and running_pid(folder) is None:
        raise Unavailable(
            "ARTi is not running here, so there is no database. Start ./arti up, or set OWNER_DATABASE_URL."
        )
    folder.prepare()
    return await migrate_database(load_environment(folder))
