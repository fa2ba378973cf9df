"""The calls that bench/scale measures, each with the time that the server spends on all of its statements."""

import http.client
import json
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from plain_rows import upsert_page
from scale_data import METRICS, PROVIDERS, YEAR, Org, last_day
from throwaway_server import ProcessorClock, StatementClock, percentile

from arti.insights.detection import detect_for_artist
from arti.jobs import WorkerContext
from arti.metrics.service import record_observations
from arti.metrics.summary_store import list_headlines
from arti.music.store import find_asset_ids
from arti.providers.contract import Observation
from arti.vocabulary import Provider
from arti_core.database import Pool, Principal, job_transaction, member_transaction
from arti_core.jobs import JobRun

Owner = "asyncpg.Connection[asyncpg.Record]"
NIGHT_DAYS = 7  # as many days as a platform is asked for again each night


@dataclass
class Times:
    """Milliseconds of the database, one figure a call, and of the processor of the server and of who called."""

    database_ms: list[float] = field(default_factory=list)
    server_ms: float = 0  # of the processor, all processes of the server, the mean of a call
    caller_ms: float = 0

    @property
    def p50(self) -> float:
        return percentile(self.database_ms, 50)

    @property
    def p99(self) -> float:
        return percentile(self.database_ms, 99)


@dataclass(frozen=True)
class Subject:
    """An artist with a year of history, one of their songs, and who asks."""

    org: Org
    artist_id: UUID
    recording_id: UUID


async def list_subjects(owner: Owner, orgs: Sequence[Org], count: int) -> list[Subject]:
    """Return artists of even number (with the longest history) that an org's analyst sees too, of all orgs in turn."""
    found = []
    for org in orgs:
        rows = await owner.fetch(
            """select l.artist_id, min(s.recording_id::text)::uuid as recording_id
               from member_artists l
               join artists a on a.org_id = l.org_id and a.id = l.artist_id and split_part(a.name, ' ', 2)::int % 2 = 0
               join assets s on s.org_id = l.org_id and s.artist_id = l.artist_id
               where l.org_id = $1 group by l.artist_id""",
            org.id,
        )
        found += [Subject(org, row["artist_id"], row["recording_id"]) for row in rows]
    random.Random(7).shuffle(found)
    return found[:count]


@dataclass
class Way:
    """One of several ways to do the same, which are measured in turns: `before` prepares it, `do` runs number N."""

    do: Callable[[int], Awaitable[Any]]
    before: Callable[[], Awaitable[Any]] | None = None
    times: Times = field(default_factory=Times)


async def measure_in_turns(clock: StatementClock, ways: Sequence[Way], count: int) -> None:
    """Measure each way `count` times, each after two runs that warm it, in an order that is turned round each time."""
    for number in range(count):
        for way in ways if number % 2 else reversed(ways):
            if way.before:
                await way.before()
            for _ in range(2):
                await way.do(number)
            before = await clock.read()
            await way.do(number)
            way.times.database_ms.append(await clock.read() - before)


class ApiCaller:
    """Calls the API, one call at a time."""

    def __init__(self, clock: StatementClock, port: int, pid: int, tokens: dict[UUID, str], server: int) -> None:
        self._clock, self._port, self._pid, self._tokens, self._server = clock, port, pid, tokens, server

    async def measure(self, calls: Sequence[tuple[UUID, UUID, Sequence[str]]], count: int) -> Times:
        """Make each call once to warm, then `count` calls in turn. A call: user, org, paths that are asked together."""
        times, connection = Times(), http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        for call in calls:
            self._ask(connection, *call)
        cpu, server = ProcessorClock(self._pid), ProcessorClock(self._server)
        for number in range(count):
            before = await self._clock.read()
            self._ask(connection, *calls[number % len(calls)])
            times.database_ms.append(await self._clock.read() - before)
        times.caller_ms, times.server_ms = cpu.seconds() * 1000 / count, server.seconds() * 1000 / count
        connection.close()
        return times

    def repeat(self, calls: Sequence[tuple[UUID, UUID, Sequence[str]]]) -> Callable[[int], Awaitable[None]]:
        """Return what makes the call of a number, for measure_in_turns."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)

        async def ask(number: int) -> None:
            self._ask(connection, *calls[number % len(calls)])

        return ask

    def _ask(self, connection: http.client.HTTPConnection, user: UUID, org: UUID, paths: Sequence[str]) -> None:
        for path in paths:
            headers = {"Authorization": f"Bearer {self._tokens[user]}", "X-ARTi-Org": str(org)}
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise SystemExit(f"bench/scale: GET {path} answered {answer.status}: {body[:500]!r}")


def artist_page(subject: Subject) -> list[str]:
    first, last = last_day() - timedelta(days=YEAR - 1), last_day()
    artist = f"/api/artists/{subject.artist_id}"
    return [f"{artist}/summary?days=28", f"{artist}/series?from={first}&to={last}"]


def series_call(subject: Subject) -> list[str]:
    first, last = last_day() - timedelta(days=89), last_day()
    metrics = "metric=consumption.streams&metric=consumption.views"
    return [f"/api/artists/{subject.artist_id}/series?{metrics}&provider=spotify&from={first}&to={last}"]


def song_page(subject: Subject) -> list[str]:
    return [f"/api/recordings/{subject.recording_id}"]


async def roster_pages(caller: ApiCaller, org: Org) -> list[str]:
    """Return the paths of all pages of a roster, which name each other."""
    connection, paths, cursor = http.client.HTTPConnection("127.0.0.1", caller._port), [], ""
    headers = {"Authorization": f"Bearer {caller._tokens[org.manager]}", "X-ARTi-Org": str(org.id)}
    while True:
        paths.append(f"/api/artists?limit=100{cursor}")
        connection.request("GET", paths[-1], headers=headers)
        page = json.loads(connection.getresponse().read())
        if not page["next_cursor"]:
            return paths
        cursor = f"&cursor={quote(page['next_cursor'])}"


async def measure(clock: StatementClock, do: Callable[[int], Awaitable[Any]], count: int) -> Times:
    """Measure the calls of the numbers below `count`, each for the first time."""
    times, cpu = Times(), time.process_time()
    for number in range(count):
        before = await clock.read()
        await do(number)
        times.database_ms.append(await clock.read() - before)
    times.caller_ms = (time.process_time() - cpu) * 1000 / count
    return times


def read_growth(pool: Pool, user: UUID, org: Org, artists: Sequence[UUID]) -> Callable[[int], Awaitable[None]]:
    """Return what reads the growth of the headline numbers of all artists of an org, as one statement."""

    async def read(number: int) -> None:
        async with member_transaction(pool, Principal(user, user, aal="aal1"), read_only=True) as connection:
            rows = await list_headlines(connection, org.id, artists, days=28, known_on=None)
        assert len(rows) > len(artists), "not every artist has numbers"

    return read


async def run_detection(
    context: WorkerContext, owner: Owner, subjects: Sequence[Subject]
) -> Callable[[int], Awaitable[None]]:
    """Return what runs the detectors over an artist, with all that is written about what they find."""
    runs = []
    for subject in subjects:
        job, lease = uuid4(), uuid4()
        await owner.execute(
            """insert into jobs (org_id, id, name, status, lease_token, lease_until)
               values ($1, $2, 'insights.detect', 'running', $3, clock.now() + interval '1 hour')""",
            *(subject.org.id, job, lease),
        )
        runs.append(JobRun(subject.org.id, job, "insights.detect", {}, 1, lease, context))

    async def detect(number: int) -> None:
        place = number % len(subjects)
        await detect_for_artist(runs[place], subjects[place].artist_id)

    return detect


@dataclass(frozen=True)
class NightlyPage:
    """What a platform tells in one night about an artist and their songs: a new day, and six known ones."""

    org_id: UUID
    artist_id: UUID
    provider: str
    observations: Sequence[Observation]
    values: Sequence[tuple[UUID, date, float]]  # the same for the plain rows


async def nightly_pages(owner: Owner, subjects: Sequence[Subject]) -> list[NightlyPage]:
    """Return the next night's pages. One of the known days is restated in each series."""
    new_day, pages = last_day() + timedelta(days=1), []
    for subject in subjects:
        for provider in PROVIDERS:
            rows = await owner.fetch(
                """select s.id, s.metric, a.external_id, o.observed_on, o.value
                   from series s left join assets a on a.org_id = s.org_id and a.id = s.asset_id
                   join observations o on o.org_id = s.org_id and o.series_id = s.id and o.observed_on > $4
                   where s.org_id = $1 and s.artist_id = $2 and s.provider = $3 order by s.id, o.observed_on""",
                *(subject.org.id, subject.artist_id, provider, new_day - timedelta(days=NIGHT_DAYS)),
            )
            reported = [
                (row, row["observed_on"], row["value"] + (row["observed_on"] == new_day - timedelta(days=3)))
                for row in rows
            ]
            newest = {row["id"]: row for row in rows}
            reported += [(row, new_day, row["value"] + 1) for row in newest.values()]
            pages.append(
                NightlyPage(
                    subject.org.id,
                    subject.artist_id,
                    provider,
                    [
                        Observation(row["metric"], day, value, asset_external_id=row["external_id"])
                        for row, day, value in reported
                    ],
                    [(row["id"], day, value) for row, day, value in reported],
                )
            )
    return pages


class _Undone(Exception):
    """Rolls a transaction back."""


def write_night(pool: Pool, pages: Sequence[NightlyPage]) -> Callable[[int], Awaitable[None]]:
    """Return what writes a page as a sync does, and rolls it back, so that it can be written again."""

    async def write(number: int) -> None:
        page = pages[number % len(pages)]
        async with job_transaction(pool, page.org_id) as connection:
            counts = await record_observations(
                connection,
                page.org_id,
                artist_id=page.artist_id,
                provider=Provider(page.provider),
                observations=page.observations,
                assets=(),
                terms=f"{page.provider}_api",
                time_zone="UTC",
                sync_run_id=uuid4(),
            )
            assert counts.restated > 0 < counts.new, counts
            raise _Undone

    return _undone(write)


def write_plain_night(pool: Pool, pages: Sequence[NightlyPage]) -> Callable[[int], Awaitable[None]]:
    """Return what writes a page into plain rows, as version 0.2 did, and rolls it back."""

    async def write(number: int) -> None:
        page = pages[number % len(pages)]
        async with job_transaction(pool, page.org_id) as connection:
            titles = list({o.asset_external_id for o in page.observations if o.asset_external_id})
            await find_asset_ids(
                connection, page.org_id, artist_id=page.artist_id, provider=Provider(page.provider), external_ids=titles
            )
            await connection.fetch(_FIND_PLAIN_SERIES, page.org_id, page.artist_id, page.provider, list(METRICS))
            new, restated = await upsert_page(connection, page.org_id, page.provider, uuid4(), page.values)
            assert restated > 0 < new, (new, restated)
            raise _Undone

    return _undone(write)


def _undone(write: Callable[[int], Awaitable[None]]) -> Callable[[int], Awaitable[None]]:
    async def run(number: int) -> None:
        with suppress(_Undone):
            await write(number)

    return run


_FIND_PLAIN_SERIES = """
select id, metric, asset_id, dimension from plain.series
where org_id = $1 and artist_id = $2 and provider = $3 and terms = $3 || '_api' and metric = any ($4)
"""


async def copy_to_plain_rows(owner: Owner, subjects: Sequence[Subject]) -> None:
    """Copy the history of artists into the plain rows."""
    for subject in subjects:
        keys = (subject.org.id, subject.artist_id)
        await owner.execute(
            """insert into plain.series (org_id, id, artist_id, asset_id, provider, metric, dimension, terms)
               select org_id, id, artist_id, asset_id, provider, metric, dimension, terms from series
               where org_id = $1 and artist_id = $2 on conflict do nothing""",
            *keys,
        )
        await owner.execute(
            """insert into plain.observations (org_id, series_id, observed_on, provider, value, sync_run_id, known_at)
               select m.org_id, m.series_id, m.month + d.on_day::int - 1, m.provider, d.value, gen_random_uuid(),
                 clock.now()
               from observation_months m cross join lateral unnest(m.values) with ordinality d (value, on_day)
               where m.org_id = $1 and m.artist_id = $2 and d.value is not null""",
            *keys,
        )
