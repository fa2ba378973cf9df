"""A database of its own for backups: with rows, an archive, and a folder for backups."""

import asyncio
import base64
import secrets
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from arti import MIGRATIONS
from arti_core import clock
from arti_core.database import Connection
from arti_core.migrations import apply_migrations
from arti_core.object_store import open_object_store
from arti_core.sealed_stream import StreamKey
from local_stack import postgres
from local_stack.backup import wal_archive
from local_stack.backup.base_backup import take_base_backup
from local_stack.backup.recovery.ledger import ship_deletions
from local_stack.backup.repository import Manifest, Repository
from local_stack.backup.wal_archive import Spool, WalArchive
from local_stack.binaries import postgres_bin
from local_stack.commands.definitions import apply_packaged
from tests.conftest import free_port, run_in_thread
from tests.eventually import eventually
from tests.tmp_dirs import make_tmp_dir

KEY = StreamKey(base64.b64encode(bytes(range(32))).decode())


@dataclass
class Installation:
    """A cluster that runs, with where it is backed up."""

    root: Path
    cluster: postgres.Cluster
    server: subprocess.Popen[bytes] | None = None
    repository: Repository = field(init=False)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.repository = Repository(open_object_store(str(self.root / "backups")), [KEY])
        self.spool = Spool(self.root / "spool")

    @property
    def dsn(self) -> str:
        return self.cluster.dsn("arti_backup")

    def start(self) -> None:
        self.server = postgres.start_server(self.cluster, fast_and_unsafe=True)

    def destroy(self) -> None:
        """Kill the server and delete its files, as a broken disk would."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.cluster.folder)

    def stop(self, number: int = signal.SIGINT) -> None:
        if self.server is not None:
            self.server.send_signal(number)
            self.server.wait()
            self.server = None

    @asynccontextmanager
    async def connect(self, role: str = postgres.SUPERUSER) -> AsyncIterator[Connection]:
        connection = await asyncpg.connect(self.cluster.dsn(role))
        try:
            yield connection
        finally:
            await connection.close()

    async def back_up(self, archive: WalArchive) -> Manifest:
        """Take a base backup of the stream that `archive` receives."""
        await asyncio.wait_for(archive.needs_base.wait(), 60)
        return await take_base_backup(self.repository, self.dsn, postgres_bin(), stream=self.spool.stream)

    async def ship_ledger(self) -> int:
        connection = await asyncpg.connect(self.dsn)
        try:
            return await ship_deletions(connection, self.repository, kept=timedelta(days=400))
        finally:
            await connection.close()

    @asynccontextmanager
    async def archiving(self, repository: Repository | None = None) -> AsyncIterator[WalArchive]:
        """Archive the log meanwhile."""
        archive = WalArchive(repository or self.repository, self.spool, self.dsn, postgres_bin(), self.errors.append)
        task = asyncio.create_task(archive.run())
        try:
            yield archive
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(autouse=True)
def ship_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wal_archive, "SHIP_SECONDS", 0.2)
    monkeypatch.setattr(wal_archive, "_LOOK_SECONDS", 0.1)
    monkeypatch.setattr(wal_archive, "_RETRY_SECONDS", 0.2)


@pytest.fixture(autouse=True)
def real_clock() -> Iterator[None]:
    """Use the real time, as the server does for the moments of commits, whatever ARTI_TEST_NOW says."""
    ahead = clock.ahead()
    clock.move(timedelta(0))
    yield
    clock.move(ahead)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The files of a migrated cluster that was stopped, to be copied."""
    with make_tmp_dir(tmp_path_factory.mktemp("migrated")) as home:
        home.chmod(0o755)
        cluster = postgres.Cluster(home / "data", free_port(), PASSWORD)
        postgres.init_cluster(cluster)
        server = postgres.start_server(cluster, fast_and_unsafe=True)
        try:
            run_in_thread(_migrate(cluster))
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()
        yield cluster.folder


PASSWORD = secrets.token_hex(16)


async def _migrate(cluster: postgres.Cluster) -> None:
    await postgres.wait_for_server(cluster)
    await postgres.prepare_database(cluster)
    await postgres.set_passwords(cluster)
    await apply_migrations(cluster.dsn("postgres"), MIGRATIONS)
    await apply_packaged(cluster.dsn("postgres"))
    await postgres.set_passwords(cluster)


@pytest.fixture
def make_installation(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Installation]]:
    """Make installations with a running server, each of its own files."""
    made: list[Installation] = []
    with make_tmp_dir(tmp_path_factory.mktemp("installation")) as home:
        home.chmod(0o755)

        def make() -> Installation:
            root = home / uuid4().hex[:8] / ("a-folder-that-lies-deep-" * 4)  # too deep for the path of a socket
            root.mkdir(parents=True)
            cluster = postgres.Cluster(root / "postgres", free_port(), PASSWORD)
            subprocess.run(["cp", "-a", str(migrated), str(cluster.folder)], check=True)
            installation = Installation(root, cluster)
            made.append(installation)
            installation.start()
            run_in_thread(postgres.wait_for_server(cluster))
            return installation

        yield make
        for installation in made:
            installation.stop(signal.SIGQUIT)


@pytest.fixture
def installation(make_installation: Callable[[], Installation]) -> Installation:
    return make_installation()


@dataclass
class People:
    """An org with an admin who is signed in and another member, an artist with an account, and a key."""

    org_id: UUID
    admin_id: UUID
    member_id: UUID
    artist_id: UUID
    account_id: UUID
    key_id: UUID


async def add_people(connection: Connection, name: str) -> People:
    people = People(*(uuid4() for _ in range(6)))
    await connection.execute("insert into orgs (id, name) values ($1, $2)", people.org_id, name)
    for user_id, role in ((people.admin_id, "admin"), (people.member_id, "manager")):
        await connection.execute(
            """insert into auth.users (id, email, aud, role, created_at)
               values ($1, $2, 'authenticated', 'authenticated', clock.now())""",
            user_id,
            f"{user_id}@example.test",
        )
        await connection.execute("insert into users (id, email) values ($1, $2)", user_id, f"{user_id}@example.test")
        await connection.execute(
            "insert into memberships (org_id, user_id, role) values ($1, $2, $3::text::member_role)",
            people.org_id,
            user_id,
            role,
        )
        await connection.execute(
            """insert into auth.sessions (id, user_id, created_at, aal)
               values (gen_random_uuid(), $1, clock.now(), 'aal1')""",
            user_id,
        )
        await connection.execute(
            """insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to)
               values (gen_random_uuid(), $1, 'recovery_token', 'hash', 'somebody')""",
            user_id,
        )
    await connection.execute(
        "insert into artists (org_id, id, name) values ($1, $2, $3)", people.org_id, people.artist_id, name
    )
    await connection.execute(
        """insert into invitations (org_id, email, role, token_hash, expires_at)
           values ($1, 'ada@example.test', 'manager', sha256('link'), clock.now() + interval '7 days')""",
        people.org_id,
    )
    await connection.execute(
        """insert into accounts (org_id, id, artist_id, provider, external_id, display_name)
           values ($1, $2, $3, 'youtube', 'UC1', $4)""",
        people.org_id,
        people.account_id,
        people.artist_id,
        name,
    )
    await connection.execute(
        """insert into private.vault (org_id, kind, ref, sealed, key_version)
           values ($1, 'account', $2, '\\x00', 1)""",
        people.org_id,
        str(people.account_id),
    )
    await connection.execute(
        """insert into private.org_keys (org_id, id, user_id, name, hash, start)
           values ($1, $2, $3, 'n8n', sha256($2::uuid::text::bytea), 'sb_secret_')""",
        people.org_id,
        people.key_id,
        people.member_id,
    )
    return people


async def hash_tables(connection: Connection) -> dict[str, str]:
    """Return the number of rows and a hash of all rows of each table."""
    tables = await connection.fetch(
        """select format('%I.%I', n.nspname, c.relname) as name
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname !~ '^(pg_|information_schema)'"""
    )
    return {
        row["name"]: await connection.fetchval(
            f"select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') "
            f"from {row['name']} t"
        )
        for row in tables
    }


async def wait_until_archived(archive: WalArchive, since: object) -> None:
    """Wait until everything that was committed before `since` is in the archive."""

    async def archived() -> bool:
        return archive.archived_until is not None and archive.archived_until > since  # type: ignore[operator]

    assert await eventually(archived, seconds=60)
