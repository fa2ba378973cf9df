"""Real PostgreSQL and real Valkey, started once a session; each test gets its own database, cloned from a template.

Nothing here logs in as a superuser on behalf of the product: the API logs in as arti_api, workers as arti_worker.
"""

import asyncio
import base64
import gc
import os
import secrets
import ssl
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2 as httpx
import hypothesis
import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.datastructures import State

from arti import MIGRATIONS
from arti.api import create_app
from arti.jobs import WorkerContext
from arti.settings import Settings, open_files
from arti.vocabulary import Role
from arti_core import clock
from arti_core.crypto import Vault
from arti_core.database import Pool, open_pool
from arti_core.http_client import OutboundClient
from arti_core.migrations import apply_migrations
from arti_core.tenant_client import TenantClient
from local_stack import postgres
from local_stack.commands.definitions import apply_packaged
from tests.clock import move_database, move_to_test_now
from tests.stores import PostgresServer, ValkeyServer
from tests.stores import free_port as free_port
from tests.tmp_dirs import make_tmp_dir

# The same examples each time: a run that fails fails again. No deadline, since a loaded machine is no bug.
hypothesis.settings.register_profile("arti", derandomize=True, deadline=None)
hypothesis.settings.register_profile("seeded", derandomize=False, database=None, deadline=None, print_blob=True)
hypothesis.settings.load_profile("seeded" if os.environ.get("ARTI_TEST_SEEDED") else "arti")

move_to_test_now()

MASTER_KEY = base64.b64encode(bytes(range(32))).decode()
TEMPLATE = "arti_template"
_LONGEST_FIRST = ("local_stack", "connections", "isolation", "conformance", "orgs", "imports", "insights")
_LOST = (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)
SHARED = Path(__file__).parents[2] / "shared"


def make_world_executable(home: Path) -> None:
    """Make `home` reachable for other users: as root the database runs as `nobody`."""
    for folder in (home, *home.parents):
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real files. Tests that need it are skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("needs the real files of ../shared, which this clone does not have")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def shared_certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Trust one authority: every new client would read all trusted ones, and no test makes external requests."""
    file = tmp_path_factory.mktemp("trusted") / "one.pem"
    known = ssl.create_default_context().get_ca_certs(binary_form=True)
    file.write_text("".join(map(ssl.DER_cert_to_PEM_cert, known[:1])))
    with pytest.MonkeyPatch.context() as patch:
        if not known:  # they are looked up one by one in a folder, which costs nothing
            yield
            return
        patch.setenv("SSL_CERT_FILE", str(file))
        patch.delenv("SSL_CERT_DIR", raising=False)
        yield


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A real PostgreSQL with the roles of Supabase and our migrations in a template database."""
    with make_tmp_dir(tmp_path_factory.mktemp("postgres")) as home:
        make_world_executable(home)
        server = PostgresServer(postgres.Cluster(home / "data", free_port(), secrets.token_hex(16)))
        postgres.init_cluster(server.cluster)
        server.start()
        try:
            run_in_thread(_prepare_template(server.cluster))
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def cluster(postgres_server: PostgresServer) -> postgres.Cluster:
    return postgres_server.cluster


def run_in_thread(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end in a thread: with Playwright this thread has a loop already."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def _prepare_template(cluster: postgres.Cluster) -> None:
    await postgres.wait_for_server(cluster)
    await postgres.prepare_database(cluster, TEMPLATE)
    await postgres.set_passwords(cluster, TEMPLATE)
    await apply_migrations(cluster.dsn("postgres", TEMPLATE), MIGRATIONS)
    await apply_packaged(cluster.dsn("postgres", TEMPLATE))
    await move_database(cluster.dsn("postgres", TEMPLATE))
    await postgres.set_passwords(cluster, TEMPLATE)


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    server = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_url(valkey: ValkeyServer) -> str:
    return valkey.url


@pytest.fixture(scope="session")
def signing_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Database:
    """One test's own database. The owner's connection is kept in one event loop: opening it takes ten times a read."""

    cluster: postgres.Cluster
    name: str
    keeps_in: asyncio.AbstractEventLoop | None = field(default=None, repr=False)
    _owner: "asyncpg.Connection[asyncpg.Record] | None" = field(default=None, init=False, repr=False)

    def dsn(self, role: str) -> str:
        return self.cluster.dsn(role, self.name)

    async def pool(self, role: str, *, size: int = 1) -> Pool:
        """Return a pool that signs claims as ARTi's processes do."""
        return await open_pool(
            self.dsn(role),
            size=size,
            refuse_unsafe=role not in ("supabase_auth_admin",),
            claims_key=SecretStr(self.cluster.claims_key),
        )

    async def as_owner(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        """Write or read rows without RLS. For preparation and assertions only."""
        keeps = asyncio.get_running_loop() is self.keeps_in
        kept = None
        if keeps:
            kept, self._owner = self._owner, None  # whoever comes meanwhile has a connection of their own
        connection = kept if kept and not kept.is_closed() else await self._connect_owner()
        try:
            return await connection.fetch(sql, *values)
        except _LOST:
            if connection is not kept or not connection.is_closed():
                raise
            connection = await self._connect_owner()  # the server had ended the other one before
            return await connection.fetch(sql, *values)
        finally:
            if keeps and self._owner is None and not connection.is_closed():
                self._owner = connection
            else:
                await connection.close()

    async def _connect_owner(self) -> "asyncpg.Connection[asyncpg.Record]":
        # Tests change tables, so no statement is prepared for later.
        connection = await asyncpg.connect(self.dsn(postgres.SUPERUSER), statement_cache_size=0)
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=lambda v: orjson.dumps(v).decode(), decoder=orjson.loads
        )
        return connection

    def close(self) -> None:
        if self._owner:
            self._owner.terminate()

    async def run_script(self, sql: str) -> None:
        """Run several statements without RLS. For preparation only."""
        connection = await asyncpg.connect(self.dsn(postgres.SUPERUSER))
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


async def copy_database(cluster: postgres.Cluster, template: str = TEMPLATE) -> Database:
    name = f"t_{uuid4().hex[:12]}"
    await _administrate(cluster, f'create database "{name}" template "{template}" strategy file_copy')
    return Database(cluster, name)


async def drop_database(database: Database) -> None:
    await _administrate(database.cluster, f'drop database "{database.name}" with (force)')


@pytest.fixture
async def database(cluster: postgres.Cluster) -> AsyncIterator[Database]:
    database = await copy_database(cluster)
    database.keeps_in = asyncio.get_running_loop()
    yield database
    database.close()
    await drop_database(database)


async def _administrate(cluster: postgres.Cluster, sql: str) -> None:
    admin = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER, "postgres"))
    try:
        await admin.execute(sql)
    finally:
        await admin.close()


@pytest.fixture
def settings(database: Database, redis_url: str, signing_key: ec.EllipticCurvePrivateKey) -> Settings:
    return settings_for(database, redis_url, signing_key)


def settings_for(database: Database, redis_url: str, signing_key: ec.EllipticCurvePrivateKey) -> Settings:
    public = orjson.loads(jwt.algorithms.ECAlgorithm.to_jwk(signing_key.public_key()))
    keys = {"keys": [{**public, "kid": "test", "alg": "ES256", "use": "sig"}]}
    return Settings.model_validate(
        {
            "database_url": database.dsn("arti_api"),
            "claims_signing_key": database.cluster.claims_key,
            "worker_database_url": database.dsn("arti_worker"),
            "auth_database_url": database.dsn("supabase_auth_admin"),
            "rest_database_url": database.dsn("arti_rest"),
            "service_database_url": database.dsn("authenticator"),
            "realtime_database_url": database.dsn("supabase_replication_admin"),
            "console_database_url": database.dsn("arti_console"),
            "redis_url": redis_url,
            "supabase_jwks": orjson.dumps(keys).decode(),
            "arti_master_key": MASTER_KEY,
            "arti_webhook_secret": "whsec_" + base64.b64encode(bytes(range(24))).decode(),
        }
    )


@dataclass
class Member:
    """A person with a membership, and an HTTP client with their token and org."""

    user_id: UUID
    org_id: UUID
    email: str
    role: Role
    token: str
    http: httpx.AsyncClient = field(repr=False)


@dataclass
class World:
    """A running API over one test's database."""

    database: Database
    settings: Settings
    signing_key: ec.EllipticCurvePrivateKey
    anonymous: httpx.AsyncClient
    _transport: httpx.ASGITransport
    _api: FastAPI

    @property
    def document(self) -> dict[str, Any]:
        """The API's own description, which is made once a session: it takes seconds. Never changed."""
        return self._api.openapi()

    async def token(self, user_id: UUID, email: str) -> str:
        """Return the access token of a new session."""
        session_id = uuid4()
        await self.database.as_owner(
            "insert into auth.sessions (id, user_id, created_at, aal) values ($1, $2, clock.now(), 'aal1')",
            session_id,
            user_id,
        )
        now = int(clock.timestamp())
        claims = {
            "sub": str(user_id),
            "aud": "authenticated",
            "role": "authenticated",
            "email": email,
            "iat": now,
            "exp": now + 900,
            "iss": f"{self.settings.supabase_url}/auth/v1",
            "session_id": str(session_id),
        }
        return jwt.encode(claims, self.signing_key, algorithm="ES256", headers={"kid": "test"})

    def client(self, token: str, org_id: UUID | None = None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} | ({"X-ARTi-Org": str(org_id)} if org_id else {})
        return httpx.AsyncClient(transport=self._transport, base_url="http://api.test", headers=headers)

    async def org(self, name: str = "Night Owl Records") -> UUID:
        rows = await self.database.as_owner("insert into orgs (name) values ($1) returning id", name)
        return UUID(str(rows[0]["id"]))

    async def member(self, org_id: UUID | None = None, role: Role = Role.ADMIN, email: str | None = None) -> Member:
        """Create a person who is a member of `org_id` (a new org by default).

        A creator or guest gets a list of all artists that the org has by now.
        """
        org_id = org_id or await self.org()
        user_id, email = uuid4(), email or f"{uuid4().hex[:8]}@example.test"
        await self.database.as_owner(
            """insert into auth.users (id, email, aud, role, created_at)
               values ($1, $2, 'authenticated', 'authenticated', clock.now())""",
            user_id,
            email,
        )
        await self.database.as_owner("insert into public.users (id, email) values ($1, $2)", user_id, email)
        await self.database.as_owner(
            "insert into memberships (org_id, user_id, role) values ($1, $2, $3::text::member_role)",
            org_id,
            user_id,
            role,
        )
        await self.database.as_owner(
            """insert into member_artists (org_id, user_id, artist_id)
               select m.org_id, m.user_id, a.id from memberships m join artists a on a.org_id = m.org_id
               where m.org_id = $1 and m.user_id = $2 and m.artist_access = 'list'""",
            org_id,
            user_id,
        )
        token = await self.token(user_id, email)
        return Member(user_id, org_id, email, role, token, self.client(token, org_id))


@pytest.fixture(scope="session")
def api() -> FastAPI:
    """The API without a database: to build its routes takes longer than most tests."""
    return create_app(Settings())


@asynccontextmanager
async def open_world(
    api: FastAPI, database: Database, settings: Settings, signing_key: ec.EllipticCurvePrivateKey
) -> AsyncIterator[World]:
    api.state = State({"settings": settings})
    async with api.router.lifespan_context(api):
        transport = httpx.ASGITransport(app=api, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as anonymous:
            yield World(database, settings, signing_key, anonymous, transport, api)


@pytest.fixture
async def world(
    api: FastAPI, database: Database, settings: Settings, signing_key: ec.EllipticCurvePrivateKey
) -> AsyncIterator[World]:
    async with open_world(api, database, settings, signing_key) as opened:
        yield opened


@asynccontextmanager
async def open_worker_context(settings: Settings) -> AsyncIterator[WorkerContext]:
    """What a worker process has. Jobs are run with `tests.job_runner.work_off`."""
    opened = WorkerContext(
        pool=await open_pool(
            settings.worker_database_url.get_secret_value(), size=4, claims_key=settings.claims_signing_key
        ),
        settings=settings,
        http_client=OutboundClient(allowed_hosts=settings.private_hosts() | {"127.0.0.1"}),
        tenant_client=TenantClient(operator_hosts=settings.operator_hosts()),
        vault=(vault := Vault(settings.arti_master_key.get_secret_value())),
        file_store=open_files(settings, vault),
    )
    yield opened
    await opened.http_client.close()
    await opened.tenant_client.close()
    await opened.pool.close()


@pytest.fixture
async def worker_context(settings: Settings) -> AsyncIterator[WorkerContext]:
    async with open_worker_context(settings) as opened:
        yield opened


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest tests first, so that the workers end together."""
    items.sort(key=lambda item: min(map(_LONGEST_FIRST.index, {*item.path.parts} & {*_LONGEST_FIRST}), default=99))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep the garbage collector away from what stays until the end: modules, tests and their parameters."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
