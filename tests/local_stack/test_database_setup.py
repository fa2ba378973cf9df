"""The owner's URL of a plain PostgreSQL is enough to make it a database of ARTi."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from arti_core.database import open_pool
from arti_core.errors import Misconfigured
from local_stack.data_directory import DataDirectory
from local_stack.database_setup import migrate_database
from local_stack.environment import compose_environment
from local_stack.postgres import SUPERUSER, Cluster
from local_stack.secrets import LocalSecrets, generate_secrets
from tests.clock import move_database


@pytest.fixture
async def empty_database(cluster: Cluster) -> AsyncIterator[str]:
    """The superuser's URL of a database without any schema of ours."""
    name = f"own_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    await admin.execute(f'create database "{name}"')
    yield cluster.dsn(SUPERUSER, name)
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


@pytest.fixture
def secrets(cluster: Cluster) -> LocalSecrets:
    # Roles belong to the whole server: their password must stay what the other tests use.
    return replace(generate_secrets(), database_password=cluster.secret)


async def test_the_owners_url_is_enough(empty_database: str, secrets: LocalSecrets, tmp_path: Path) -> None:
    environment = compose_environment(DataDirectory(tmp_path), secrets, {"DATABASE_URL": empty_database})
    assert environment.cluster is None
    assert "observations" not in await migrate_database(environment)
    assert await migrate_database(environment) == []
    await move_database(empty_database)
    for setting in ("DATABASE_URL", "WORKER_DATABASE_URL"):
        pool = await open_pool(environment.values[setting], size=1)  # refuses a role that may do too much
        await pool.close()
    for setting in ("AUTH_DATABASE_URL", "REST_DATABASE_URL", "SERVICE_DATABASE_URL"):
        connection = await asyncpg.connect(environment.values[setting])
        await connection.close()


async def test_a_bare_database_of_a_plain_owner_is_refused(
    empty_database: str, cluster: Cluster, secrets: LocalSecrets, tmp_path: Path
) -> None:
    name = empty_database.rpartition("/")[2]
    environment = compose_environment(DataDirectory(tmp_path), secrets, {"DATABASE_URL": cluster.dsn("postgres", name)})
    with pytest.raises(Misconfigured, match="no schema auth"):
        await migrate_database(environment)


async def test_without_an_owner_the_migrations_must_be_there(
    empty_database: str, cluster: Cluster, secrets: LocalSecrets, tmp_path: Path
) -> None:
    name = empty_database.rpartition("/")[2]
    urls = {
        "DATABASE_URL": cluster.dsn("arti_api", name),
        "WORKER_DATABASE_URL": cluster.dsn("arti_worker", name),
        "SUPABASE_URL": "https://project.example",
        "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x",
        "SUPABASE_SECRET_KEY": "sb_secret_x",
    }
    with pytest.raises(Misconfigured, match="OWNER_DATABASE_URL"):
        await migrate_database(compose_environment(DataDirectory(tmp_path), secrets, urls))
