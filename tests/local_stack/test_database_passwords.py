"""A password for each database role, also in a data folder of version 0.1.0, where one opened all."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from arti_core.errors import Misconfigured
from arti_core.login_passwords import derive_password
from local_stack import postgres
from local_stack.data_directory import DataDirectory
from local_stack.environment import compose_environment
from local_stack.postgres import LOGIN_ROLES, SUPERUSER, Cluster
from local_stack.secrets import generate_secrets
from local_stack.services import list_services
from tests.conftest import free_port, make_world_executable
from tests.local_stack.database_passwords import list_opened
from tests.tmp_dirs import make_tmp_dir

SECRET = "the one password of an installation of version 0.1.0"


@pytest.fixture
async def old_cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    """A running cluster whose roles all have SECRET as their password."""
    with make_tmp_dir(tmp_path) as home:
        make_world_executable(home)
        made = Cluster(home / "data", free_port(), SECRET)
        postgres.init_cluster(made)
        server = postgres.start_server(made, fast_and_unsafe=True)
        try:
            await postgres.wait_for_server(made)
            await postgres.prepare_database(made)
            connection = await asyncpg.connect(made.dsn(SUPERUSER))
            for role in (*LOGIN_ROLES, SUPERUSER):
                if await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
                    await connection.execute(f"alter role {role} password '{SECRET}'")
            await connection.close()
            yield made
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()


async def test_the_passwords_of_an_old_folder_are_changed_once(old_cluster: Cluster) -> None:
    old = f"postgresql://any:{SECRET.replace(' ', '%20')}@127.0.0.1:{old_cluster.port}/{postgres.DATABASE}"
    connection = await asyncpg.connect(old.replace("any", SUPERUSER))
    existing = {row["rolname"] for row in await connection.fetch("select rolname from pg_roles where rolcanlogin")}
    await connection.close()
    for _ in range(2):
        await postgres.wait_for_server(old_cluster)
        await postgres.set_passwords(old_cluster)
        connection = await asyncpg.connect(old_cluster.dsn(SUPERUSER))
        for role in existing:
            await (await asyncpg.connect(old_cluster.dsn(role))).close()
        with_password = await connection.fetch("select rolname from pg_authid where rolpassword is not null")
        await connection.close()
        # No role has a password that is not one of ours, and none the old one.
        assert {row["rolname"] for row in with_password} <= {*LOGIN_ROLES, SUPERUSER}
        for role in existing:
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(user=role, password=SECRET, host="127.0.0.1", port=old_cluster.port)


async def test_a_password_opens_its_own_role_only(cluster: Cluster) -> None:
    for role in (*LOGIN_ROLES, SUPERUSER):
        assert await list_opened(cluster.dsn(role, "postgres")) == {role}


async def test_the_console_is_no_superuser_and_reaches_none(cluster: Cluster) -> None:
    connection = await asyncpg.connect(cluster.dsn(postgres.CONSOLE_ROLE, "postgres"))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"set role {SUPERUSER}")
        await connection.execute("set role postgres")
        for statement in ("select pg_read_file('/etc/passwd')", "copy (select 1) to program 'true'"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


def test_passwords_reveal_nothing_of_each_other() -> None:
    roles = (*LOGIN_ROLES, SUPERUSER)
    passwords = {derive_password(secret, role) for secret in ("one", "two") for role in roles}
    assert len(passwords) == 2 * len(roles)
    assert {len(password) for password in passwords} == {43}


@pytest.mark.parametrize("owner", ["", "postgresql://owner:hush@db.test:5433/arti"], ids=["embedded", "external"])
def test_no_service_gets_the_owners_url_or_a_secret_that_is_not_its_own(tmp_path: Path, owner: str) -> None:
    (tmp_path / "valkey").mkdir()
    secrets = generate_secrets()
    environment = compose_environment(DataDirectory(tmp_path), secrets, {"DATABASE_URL": owner} if owner else {})
    for service in list_services(DataDirectory(tmp_path), environment):
        texts = "\n".join(service.env.values())
        assert environment.values["OWNER_DATABASE_URL"] not in texts, service.name
        assert secrets.database_password not in texts, service.name
        assert derive_password(secrets.database_password, SUPERUSER) not in texts, service.name


def test_urls_of_ones_own_with_one_password_are_refused(tmp_path: Path) -> None:
    roles = {
        "DATABASE_URL": "arti_api",
        "WORKER_DATABASE_URL": "arti_worker",
        "AUTH_DATABASE_URL": "supabase_auth_admin",
        "REST_DATABASE_URL": "arti_rest",
        "SERVICE_DATABASE_URL": "authenticator",
    }
    given = {name: f"postgresql://{role}:word-of-{role}@db/arti" for name, role in roles.items()}
    compose_environment(DataDirectory(tmp_path), generate_secrets(), given)
    shared = given | {"WORKER_DATABASE_URL": "postgresql://arti_worker:word-of-arti_api@db/arti"}
    with pytest.raises(Misconfigured, match="arti_worker and arti_api"):
        compose_environment(DataDirectory(tmp_path), generate_secrets(), shared)
