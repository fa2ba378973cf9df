"""A read that arti_reader answers says what the caller's own policies say, whoever calls."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from arti.jobs import WorkerContext
from arti.orgs.isolation.baseline import OPENED_READS
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider, Role
from arti_core.clock import today
from arti_core.database import Connection, Pool, Principal, job_transaction, member_transaction
from arti_core.errors import SessionNotFound
from tests.claims import claim, claims_of, sign
from tests.conftest import Database, World
from tests.factories.keys import make_org_key
from tests.factories.observations import backdate, make_artist, store_observations

STREAMS, REVENUE = "consumption.streams", "money.estimated_revenue"
# Whether arti_reader answers them: who sees the whole org, money or not.
CALLERS = {
    "manager": True,
    "analyst, without money": True,
    "manager, money denied": True,
    "of a list": False,
    "of an empty list": False,
    "of a group": False,
    "without a platform": False,
    "creator": False,
    "guest": False,
    "disabled": False,
    "of another org": False,
    "stranger": False,
}


@dataclass
class Label:
    """An org with two artists, one of whom is featured on a song of the other, on two platforms and with money."""

    org_id: UUID
    mira: UUID
    vera: UUID
    recordings: list[UUID]
    series: list[UUID]

    def arguments(self, known_on: date | None) -> dict[str, tuple[Any, ...]]:
        """Return what each read is called with."""
        days = [[today() - timedelta(days=ago)] * len(self.series) for ago in (7, 1)]
        return {
            "private.best_series": (self.org_id, [self.mira, self.vera], None, None, None, known_on),
            "private.charts_around_days": (
                *(self.org_id, self.series, self.series, days[1], [1] * len(self.series)),
                *([number % 2 == 0 for number in range(len(self.series))], known_on),
            ),
            "private.columns_of_roster": (self.org_id, [STREAMS, REVENUE], 4, known_on),
            "private.recordings_with_parts": (self.org_id, self.recordings),
            "private.series_figures": (self.org_id, self.series, today(), 7, True, known_on, 7),
            "private.series_of_recordings": (self.org_id, self.recordings, None, None),
            "private.tiles_of_artist": (self.org_id, self.vera, 7, 7, known_on),
            "private.values_of_periods": (self.org_id, self.series, *days),
        }


async def read(connection: Connection, name: str, arguments: tuple[Any, ...]) -> list[str]:
    parameters = ", ".join(f"${number}" for number in range(1, len(arguments) + 1))
    return sorted([row[0] for row in await connection.fetch(f"select t::text from {name}({parameters}) t", *arguments)])


async def is_opened(connection: Connection, org_id: UUID) -> bool:
    """Return whether the last read was answered by arti_reader."""
    noted_id: str | None = await connection.fetchval("select current_setting('app.opened_org_id', true)")
    return noted_id == str(org_id)


@pytest.fixture
async def label(world: World, worker_context: WorkerContext) -> Label:
    database, org_id = world.database, await world.org()
    mira, vera = [await make_artist(database, org_id, name) for name in ("Mira Sol", "Vera Lumen")]
    for restated in (0, 1):
        for artist in (mira, vera):
            for provider in (Provider.SPOTIFY, Provider.YOUTUBE):
                page = [
                    Observation(metric, today() - timedelta(days=ago), 100 + ago + restated, asset_external_id=asset)
                    for metric in (STREAMS, REVENUE)
                    for asset in (None, "t1")
                    for ago in range(1, 15)
                ]
                await store_observations(
                    worker_context, org_id, artist, page, [AssetRecord("t1", "track", "Song")], provider=provider
                )
        await backdate(database, org_id, 10)
    rows = await database.as_owner(
        """with made as (
             insert into recordings (org_id, title)
             select $1, t from unnest(array['of Mira', 'of Vera', 'of Vera with Mira']) t returning id, title
           ), merged as (
             insert into recordings (org_id, title, merged_into)
             select $1, 'merged', id from made where title = 'of Vera' returning id
           ), credited as (
             insert into credits (org_id, recording_id, artist_id, name, role)
             select $1, made.id, c.artist, c.name, c.role
             from made join (values ('of Mira', $2::uuid, 'Mira Sol', 'main'),
               ('of Vera', $3::uuid, 'Vera Lumen', 'main'), ('of Vera with Mira', $3, 'Vera Lumen', 'main'),
               ('of Vera with Mira', $2, 'Mira Sol', 'featured'))
               c (title, artist, name, role) using (title)
           ), released as (
             insert into releases (org_id, title) values ($1, 'Album') returning id
           ), tracks as (
             insert into release_tracks (org_id, release_id, position, recording_id)
             select $1, released.id, row_number() over (), made.id from released, made
           )
           select id, title from made union all select id, 'merged' from merged""",
        *(org_id, mira, vera),
    )
    await database.as_owner(
        """update assets a set recording_id = r.id from recordings r
           where a.org_id = $1 and r.org_id = $1 and r.title = case
             when a.artist_id = $2 then 'of Mira'
             when a.provider = 'spotify' then 'of Vera' else 'of Vera with Mira' end""",
        *(org_id, mira),
    )
    series = await database.as_owner("select id from series where org_id = $1", org_id)
    return Label(org_id, mira, vera, [row["id"] for row in rows], [row["id"] for row in series])


async def make_caller(world: World, label: Label, kind: str) -> UUID:
    """Return the id of a new person of this kind."""
    if kind == "stranger":
        return uuid4()
    roles = {"analyst, without money": Role.ANALYST, "creator": Role.CREATOR, "guest": Role.GUEST}
    person = await world.member(None if kind == "of another org" else label.org_id, roles.get(kind, Role.MANAGER))
    user_id = person.user_id
    keys = (label.org_id, user_id)
    if kind in ("of a list", "of an empty list", "of a group"):
        await world.database.as_owner("update memberships set artist_access = 'list' where user_id = $1", user_id)
    if kind in ("creator", "guest"):
        await world.database.as_owner(
            "delete from member_artists where user_id = $1 and artist_id <> $2", user_id, label.mira
        )
    elif kind == "of a list":
        await world.database.as_owner("insert into member_artists values ($1, $2, $3)", *keys, label.mira)
    elif kind == "of a group":
        await world.database.as_owner(
            """with made as (insert into artist_groups (org_id, name) values ($1, 'Pop') returning id),
                 artists as (insert into artist_group_members (org_id, group_id, artist_id) select $1, id, $3 from made)
               insert into member_groups (org_id, user_id, group_id) select $1, $2, id from made""",
            *(*keys, label.vera),
        )
    elif kind == "without a platform":
        await world.database.as_owner(
            "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'youtube', false)",
            *keys,
        )
    elif kind == "disabled":
        await world.database.as_owner("update memberships set status = 'disabled' where user_id = $1", user_id)
    elif kind == "manager, money denied":
        await world.database.as_owner("update memberships set money_access = false where user_id = $1", user_id)
    return user_id


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    opened = await database.pool("arti_api")
    yield opened
    await opened.close()


@pytest.mark.parametrize("kind", CALLERS)
async def test_the_answer_is_that_of_the_policies(world: World, label: Label, pool: Pool, kind: str) -> None:
    user_id = await make_caller(world, label, kind)
    for known_on in (None, today() - timedelta(days=5), today() - timedelta(days=15), today() - timedelta(days=40)):
        arguments = label.arguments(known_on)
        assert arguments.keys() == set(OPENED_READS)
        for name, values in arguments.items():
            async with member_transaction(pool, Principal(user_id, None), read_only=True) as connection:
                answer = await read(connection, name, values)
                assert await is_opened(connection, label.org_id) is CALLERS[kind], name
                assert await read(connection, f"{name}_by_policies", values) == answer, name
                read_opened = await read(connection, f"{name}_of_reader", values)
                assert read_opened == (answer if CALLERS[kind] else []), name
                if kind == "manager" and known_on is None:
                    assert answer, name


async def test_a_platform_money_and_artists_are_missing_from_what_is_answered(
    world: World, label: Label, pool: Pool
) -> None:
    """The reads do have rows of all of them: else equal answers would say nothing."""
    counts = {}
    for kind in CALLERS:
        user_id = await make_caller(world, label, kind)
        async with member_transaction(pool, Principal(user_id, None)) as connection:
            arguments = label.arguments(None)
            names = ("private.series_figures", "private.recordings_with_parts", "private.tiles_of_artist")
            counts[kind] = tuple([len(await read(connection, name, arguments[name])) for name in names])
    # 16 series: of two artists and a track of each, on two platforms, of two metrics.
    assert counts == {
        "manager": (16, 3, 4),
        "analyst, without money": (8, 3, 2),
        "manager, money denied": (8, 3, 2),
        "of a list": (10, 2, 0),  # with the YouTube track that Mira is featured on
        "of an empty list": (0, 0, 0),
        "of a group": (8, 2, 4),
        "without a platform": (8, 3, 2),
        "creator": (5, 2, 0),
        "guest": (5, 2, 0),
        "disabled": (0, 0, 0),
        "of another org": (0, 0, 0),
        "stranger": (0, 0, 0),
    }


async def test_a_worker_reads_by_its_job(label: Label, database: Database) -> None:
    workers = await database.pool("arti_worker")
    for name, values in label.arguments(None).items():
        async with job_transaction(workers, label.org_id) as connection:
            answer = await read(connection, name, values)
            assert answer, name
            assert answer == await read(connection, f"{name}_by_policies", values)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with job_transaction(workers, label.org_id) as connection:
                await read(connection, f"{name}_of_reader", values)
        async with job_transaction(workers, uuid4()) as connection:
            assert await read(connection, name, values) == []
    await workers.close()


@asynccontextmanager
async def noted(database: Database, label: Label) -> AsyncIterator[Connection]:
    """Yield the transaction of a login that has noted the org as if it had been checked."""
    connection = await asyncpg.connect(database.dsn("arti_api"))
    async with connection.transaction():
        await connection.execute(
            "select set_config('app.opened_org_id', $1, true), set_config('app.opened_with_money', 'true', true)",
            str(label.org_id),
        )
        yield connection
    await connection.close()


@pytest.mark.parametrize("name", OPENED_READS)
async def test_claims_that_do_not_count_open_nothing(world: World, label: Label, name: str) -> None:
    database, values = world.database, label.arguments(None)[name]
    manager = claims_of(await make_caller(world, label, "manager"))
    foreign = claims_of(await make_caller(world, label, "of another org"))
    for form in (name, f"{name}_of_reader"):
        async with noted(database, label) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await read(connection, form, values)  # as the login itself, without a role
            own, others = [await sign(connection, database.cluster, text) for text in (manager, foreign)]
            for claims, signature in (("", ""), (manager, ""), (manager, others), (manager, "x"), (foreign, others)):
                await connection.execute("select set_config('app.opened_org_id', $1, true)", str(label.org_id))
                await claim(connection, claims, signature=signature)
                assert await read(connection, form, values) == []
            await claim(connection, manager, signature=own)
            assert await read(connection, form, values) != []
            # The note that this read left is believed by no other statement.
            await claim(connection, foreign, signature=others)
            assert await connection.fetchval("select count(*) from public.series") == 0
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.fetch("select private.open_own_org($1)", label.org_id)


async def test_pages_are_closed_with_the_session_and_the_key(world: World, label: Label, pool: Pool) -> None:
    pages = [f"/api/recordings/{label.recordings[0]}", f"/api/artists/{label.mira}/summary"]
    member = await world.member(label.org_id, Role.MANAGER)
    key = world.client(await make_org_key(world.database, label.org_id, "data"), label.org_id)
    for page in pages:
        found = await member.http.get(page)
        assert (found.status_code, (await key.get(page)).json()) == (200, found.json())
    await world.database.as_owner("update private.org_keys set revoked_at = clock.now()")
    await world.database.as_owner("delete from auth.sessions where user_id = $1", member.user_id)
    for page in pages:
        assert [(await http.get(page)).status_code for http in (member.http, key)] == [401, 401]
    with pytest.raises(SessionNotFound):
        async with member_transaction(pool, Principal(member.user_id, uuid4())):
            raise AssertionError("a session that has ended")


@pytest.mark.parametrize("name", OPENED_READS)
async def test_opened_reads_keep_their_plans(database: Database, name: str) -> None:
    """Planning what reads songs takes longer than running it."""
    rows = await database.as_owner(
        """select proname from pg_proc where oid::regproc::text in ($1, $1 || '_of_reader')
             and proconfig @> '{plan_cache_mode=force_generic_plan}'""",
        name,
    )
    assert len(rows) == 2
