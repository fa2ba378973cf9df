"""What the environment of each process opens in the database."""

import asyncio
from urllib.parse import urlsplit

import asyncpg
import psutil

from local_stack.environment import role_of_dsn
from local_stack.postgres import CONSOLE_ROLE, LOGIN_ROLES, SUPERUSER

# The logins that the work of a service needs; every other service needs none.
LOGINS = {
    "api": {"arti_api"},
    "worker": {"arti_worker"},
    "gateway": {"supabase_auth_admin", "arti_rest", "authenticator", "supabase_replication_admin"},
    "console": {CONSOLE_ROLE},
    "backup": {"arti_backup"},
}


def read_dsns(pid: int) -> dict[str, str]:
    """Return the database URLs in the environment of a process and of its children, by role."""
    process = psutil.Process(pid)
    values = [value for one in (process, *process.children(recursive=True)) for value in one.environ().values()]
    return {role_of_dsn(value): value for value in values if value.startswith(("postgresql://", "postgres://"))}


async def list_opened(dsn: str) -> set[str]:
    """Return the roles that the password of `dsn` logs in as."""
    parts = urlsplit(dsn)
    opened = set()
    for role in (*LOGIN_ROLES, SUPERUSER):
        try:
            connection = await asyncpg.connect(
                host=parts.hostname,
                port=parts.port,
                user=role,
                password=parts.password,
                database=parts.path.strip("/"),
            )
        except asyncpg.InvalidPasswordError:
            continue
        opened.add(role)
        await connection.close()
    return opened


def assert_logins_apart(pids: dict[str, int]) -> None:
    """Fail unless each service holds its own logins, whose passwords open no other role. `pids`: by service."""
    dsns = {service: read_dsns(pid) for service, pid in pids.items()}
    assert {service: set(held) for service, held in dsns.items() if held} == LOGINS
    for held in dsns.values():
        for role, dsn in held.items():
            assert asyncio.run(list_opened(dsn)) == {role}
