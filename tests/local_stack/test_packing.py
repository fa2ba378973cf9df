"""The rows of 0.1.0's observations become packed months while ARTi runs, and none is lost or changed on the way."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from arti import MIGRATIONS
from arti_core import clock
from arti_core.migrations import apply_migrations, list_migrations
from local_stack import postgres
from local_stack.postgres import SUPERUSER, Cluster
from supabase_local.bootstrap import apply_steps, list_steps
from tests.local_stack.test_upgrade import FILES, STEPS

SWITCH = "20261129001010"
DAY = date(2026, 2, 20)
SERIES, DAYS = 130, 100  # more series than one batch packs
METRICS = ("consumption.streams", "audience.followers", "consumption.views", "engagement.likes")

# Every column that both layouts have, in one order. The definition of a day is that of its metric on that day.
VALUES = """
  select md5(string_agg(o::text, '|' order by o.org_id, o.series_id, o.observed_on)) as hash, count(*) as rows from (
    select org_id, series_id, observed_on, provider::text, value, null_reason, sync_run_id, import_id, source_row,
      known_at, revisions from observations) o"""
DEFINITIONS = """
  select md5(string_agg(o::text, '|' order by o.series_id, o.observed_on)) as hash from (
    select o.series_id, o.observed_on, o.definition from observations o
    join series s on s.org_id = o.org_id and s.id = o.series_id where s.metric = 'consumption.streams') o"""
REVISIONS = """
  select md5(string_agg(r::text, '|' order by r.series_id, r.observed_on, r.superseded_at)) as hash, count(*) as rows
  from (select org_id, series_id, observed_on, superseded_at, value, null_reason, sync_run_id, import_id, source_row,
          known_at from observation_revisions) r"""
# As 0.1.0 wrote a page of a sync.
UPSERT = """
  insert into observations as o (org_id, series_id, observed_on, provider, value, null_reason, definition, source_row,
    sync_run_id, import_id)
  select $1, u.series_id, u.observed_on, 'spotify', u.value, case when u.value is null then 'not_reported' end, 1,
    u.source_row, $2, $3
  from unnest($4::uuid[], $5::date[], $6::float8[], $7::int[]) as u (series_id, observed_on, value, source_row)
  on conflict (org_id, series_id, observed_on) do update
  set value = excluded.value, null_reason = excluded.null_reason, source_row = excluded.source_row,
    sync_run_id = excluded.sync_run_id, import_id = excluded.import_id, known_at = $8,
    revisions = least(o.revisions + 1, 32767)
  where o.value is distinct from excluded.value"""


class OldDatabase:
    """A database of 0.1.0, brought to the state before the rows are packed."""

    def __init__(self, cluster: Cluster, name: str, owner: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.cluster, self.name, self.owner = cluster, name, owner
        self.org_id = uuid4()
        self.series: list[UUID] = []
        self.random = random.Random(7)

    async def fill(self) -> None:
        artist = await self.owner.fetchval(
            """with org as (insert into orgs (id, name) values ($1, 'Blue') returning id)
               insert into artists (org_id, name) select id, 'Mira Sol' from org returning id""",
            self.org_id,
        )
        for number in range(SERIES):
            self.series.append(
                await self.owner.fetchval(
                    """insert into series (org_id, artist_id, provider, metric, dimension)
                       values ($1, $2, 'spotify', $3, $4) returning id""",
                    self.org_id,
                    artist,
                    METRICS[number % len(METRICS)],
                    f"country={number}" if number >= len(METRICS) else "",
                )
            )

    async def write(self, series: list[UUID], first: date, days: int, *, import_id: UUID | None = None) -> None:
        """Write some of these days, now and then without a value, as a sync or an import did."""
        chosen = [
            (id, first + timedelta(days=day)) for id in series for day in range(days) if self.random.random() < 0.8
        ]
        await self.owner.execute(
            UPSERT,
            self.org_id,
            None if import_id else uuid4(),
            import_id,
            [id for id, _ in chosen],
            [day for _, day in chosen],
            [None if self.random.random() < 0.1 else self.random.randrange(1, 500) for _ in chosen],
            [number if import_id else None for number in range(len(chosen))],
            clock.now(),
        )

    async def hashes(self) -> list[str]:
        found = [await self.owner.fetchrow(sql) for sql in (VALUES, DEFINITIONS, REVISIONS)]
        return [str(dict(row)) for row in found if row]

    async def migrate(self, folder: Path = MIGRATIONS) -> list[str]:
        return await apply_migrations(self.cluster.dsn("postgres", self.name), folder)


@pytest.fixture
async def old(cluster: Cluster, tmp_path: Path) -> AsyncIterator[OldDatabase]:
    name = f"v010_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    await admin.execute(f'create database "{name}"')
    owner = await asyncpg.connect(cluster.dsn(SUPERUSER, name))
    try:
        await apply_steps(owner, {step: list_steps()[step] for step in STEPS})
        await postgres.set_passwords(cluster, name)
        for file in FILES:
            shutil.copy(MIGRATIONS / f"{file}.sql", tmp_path)
        database = OldDatabase(cluster, name, owner)
        await database.migrate(tmp_path)
        await database.fill()
        await database.write(database.series, DAY, 5)
        await postgres.prepare_database(cluster, name)
        for migration in list_migrations(MIGRATIONS):
            if migration.version < SWITCH:
                shutil.copy(MIGRATIONS / f"{migration.version}_{migration.name}.sql", tmp_path)
        await database.migrate(tmp_path)
        yield database
    finally:
        await owner.close()
        await admin.execute(f'drop database "{name}" with (force)')
        await admin.close()


async def test_rows_are_packed_while_they_are_read_and_written(old: OldDatabase) -> None:
    await old.write(old.series, DAY, DAYS)
    await old.write(old.series[::3], DAY + timedelta(days=50), 70, import_id=uuid4())
    await old.write(old.series[::2], DAY + timedelta(days=90), 20)
    stopped = asyncio.Event()

    async def read() -> int:
        """Read as a page does, until told to stop: never fewer values.

        At the switch a read may meet a deadlock, which it loses; the API answers 503 then, and the page asks again.
        """
        reader = await asyncpg.connect(old.cluster.dsn(SUPERUSER, old.name))
        seen = 0
        try:
            while not stopped.is_set():
                try:
                    now = await reader.fetchval("select count(*) from observations")
                except asyncpg.DeadlockDetectedError:
                    continue
                assert now >= seen
                seen = now
                await asyncio.sleep(0.01)
        finally:
            await reader.close()
        return seen

    reading = asyncio.create_task(read())
    # The first run is killed in its second batch; a sync writes meanwhile, also to what is packed already.
    runner = await asyncpg.connect(old.cluster.dsn("postgres", old.name))
    assert await runner.fetchval(f"select private.prepare_{SWITCH}()") > 0
    assert 0 < await old.owner.fetchval("select count(distinct series_id) from observation_months") < SERIES
    await old.write(old.series[:40], DAY + timedelta(days=80), 40)
    await runner.execute("begin")
    await runner.fetchval(f"select private.prepare_{SWITCH}()")
    runner.terminate()
    await old.write(old.series[60:], DAY + timedelta(days=95), 10)

    before = await old.hashes()
    assert "observations_view" in await old.migrate()
    assert await old.hashes() == before
    stopped.set()
    assert await reading > SERIES * 20
    assert await old.owner.fetchval("select relkind = 'v' from pg_class where oid = 'public.observations'::regclass")


async def test_a_writer_that_has_not_committed_is_not_missed(old: OldDatabase) -> None:
    writer = await asyncpg.connect(old.cluster.dsn(SUPERUSER, old.name))
    transaction = writer.transaction()
    await transaction.start()
    await writer.execute(UPSERT, old.org_id, uuid4(), None, [old.series[0]], [DAY], [77], [None], clock.now())
    while await old.owner.fetchval(f"select private.prepare_{SWITCH}()"):
        pass
    packed = "select values[20] from observation_months where series_id = $1"
    assert await old.owner.fetchval(packed, old.series[0]) != 77
    await transaction.commit()
    await writer.close()
    before = await old.hashes()
    await old.migrate()
    assert await old.owner.fetchval(packed, old.series[0]) == 77
    assert await old.hashes() == before


async def test_a_value_that_is_not_packed_would_be_found(old: OldDatabase) -> None:
    """The hashes see a lost value, a changed source and a lost revision."""
    await old.write(old.series, DAY, 5)
    before = await old.hashes()
    for change in (
        "delete from observations where ctid = (select ctid from observations limit 1)",
        "update observations set sync_run_id = gen_random_uuid() where ctid = (select ctid from observations limit 1)",
        "delete from observation_revisions where ctid = (select ctid from observation_revisions limit 1)",
    ):
        async with old.owner.transaction():
            await old.owner.execute(change)
            after = await old.hashes()
            assert after != before
            before = after
