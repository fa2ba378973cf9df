"""Realtime sends a tenant nothing of another: any topic, filter and presence, while rows of both change.

A member of the foreign org is subscribed all the while. Once it has received the last of its own changes, whatever the
own member could receive has been sent, since changes are pushed in the order of their commits.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import hypothesis
import orjson
import pytest
from hypothesis import strategies as st

import supabase_local.app as gateway_module
from arti.settings import Settings
from arti_core.database import Pool, open_pool
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database
from tests.isolation.seeding import SeededArtist, SeededOrg, TenantTables
from tests.isolation.socket_messages import PUBLISHED, Push, pushes, valid_joins
from tests.isolation.trial import LONG, token_for
from tests.supabase_local.conftest import Gateway, serving
from tests.supabase_local.realtime.phoenix_client import Socket, socket

_BATCH = 10
_BATCHES = 200 if LONG else 20
_EVERYTHING = [{"event": "*", "schema": "public", "table": "*"}]
_TIMEOUT_SECONDS = 20.0


class RealtimeTrial:
    """A gateway, two seeded orgs, and the foreign member's socket."""

    def __init__(self, gateway: Gateway, seeded_database: TenantTables) -> None:
        self.gateway, self.seeded_database = gateway, seeded_database
        self.own: SeededOrg | SeededArtist = SeededOrg(seeded_database)
        self.foreign: SeededOrg | SeededArtist = SeededOrg(seeded_database)
        self.orgs = {self.own.id: self.own, self.foreign.id: self.foreign}
        self.wrong: list[str] = []
        self.sent = 0
        self.own_changes = 0

    async def prepare(self, *, by_artist: bool = False) -> None:
        """Sign both members in: of two orgs, or of one, each with a list of one artist."""
        if by_artist:
            org = SeededOrg(self.seeded_database)
            org.artists = [SeededArtist(), SeededArtist()]
            self.own, self.foreign = org.artists
            self.orgs = {org.id: org}
        await self.seed()
        self.token = await token_for(self.seeded_database, self.gateway.keys, self.own, self.gateway.settings)
        self.foreign_token = await token_for(
            self.seeded_database, self.gateway.keys, self.foreign, self.gateway.settings
        )
        org_ids = [str(org_id) for org_id in self.orgs]
        self.foreign_org = org_ids[-1]
        self.words = {
            "own": str(self.own.id),
            "foreign": str(self.foreign.id),
            "org": org_ids[0],
            "foreign-org": self.foreign_org,
            "mark": self.own.mark,
            "token": self.token,
        }

    @property
    def in_one_org(self) -> bool:
        """Whether both are members of one org, who meet in its channels."""
        return len(self.orgs) == 1

    async def seed(self) -> None:
        """Restore all rows, and update each that is published."""
        for org in self.orgs.values():
            await org.seed()
        published = "select tablename from pg_publication_tables where pubname = 'supabase_realtime'"
        for row in await self.seeded_database.connection.fetch(published):
            await self.seeded_database.connection.execute(f"update {row['tablename']} set org_id = org_id")

    async def send_all(self, batch: list[Push], *, cut: bool) -> None:
        """Send a batch over one socket, insert rows in both orgs, and check every frame received."""
        async with AsyncExitStack() as stack:
            witness = await stack.enter_async_context(socket(self.gateway))
            config = {
                "private": True,
                "postgres_changes": _EVERYTHING,
                "presence": {"key": "witness", "enabled": True},
                "broadcast": {"self": True},
            }
            topic = f"realtime:org:{self.foreign_org}"
            await witness.send(topic, "phx_join", {"config": config, "access_token": self.foreign_token})
            await _receive_until(witness, lambda frame: frame["event"] == "system")
            sender = await stack.enter_async_context(socket(self.gateway))
            for number, push in enumerate(batch):
                await self._send(sender, push.filled(self.words), str(number))
            if not self.in_one_org:
                presence = {"type": "presence", "event": "track", "payload": {"who": self.foreign.mark}}
                await witness.send(topic, "presence", presence)
                broadcast = {"type": "broadcast", "event": "x", "payload": {"text": self.foreign.mark}}
                await witness.send(topic, "broadcast", broadcast)
            if cut:
                sender.connection.transport.abort()
                return
            await self.seed()
            last = uuid4()
            artist = self.foreign.id if self.in_one_org else None
            await self.seeded_database.connection.execute(
                "insert into jobs (org_id, id, name, args) values ($1, $2, $3, $4)",
                self.foreign_org,
                last,
                self.foreign.mark,
                orjson.dumps({"artist_id": artist} if artist else {}).decode(),
            )
            foreign_frames = await _receive_until(witness, lambda frame: str(last) in str(frame["payload"]))
            await sender.send("phoenix", "heartbeat", {}, "last")
            own_frames = await _receive_until(sender, lambda frame: frame["ref"] == "last")
        self._check_frames(batch, own_frames, foreign_frames)

    async def _send(self, sender: Socket, push: Push, ref: str) -> None:
        self.sent += 1
        if push.over_http:
            headers = {"authorization": f"Bearer {self.token}"}
            response = await self.gateway.http.post("/realtime/v1/api/broadcast", json=push.payload, headers=headers)
            if response.status_code >= 500:
                self.wrong.append(f"{push} broke: {response.status_code} {response.text}")
            return
        await sender.send(f"realtime:{push.topic}", push.event, push.payload, ref)

    def _check_frames(
        self, batch: list[Push], own_frames: list[dict[str, Any]], foreign_frames: list[dict[str, Any]]
    ) -> None:
        for frame in own_frames:
            text = orjson.dumps(frame["payload"]).decode()
            pushed = frame["event"] in ("postgres_changes", "broadcast", "presence_state", "presence_diff")
            self.own_changes += frame["event"] == "postgres_changes"
            # A reply repeats the caller's own filters, so ids count in pushed frames only.
            if self.foreign.mark in text or (pushed and str(self.foreign.id) in text):
                self.wrong.append(f"{batch} received {frame}")
        for frame in foreign_frames:
            if self.in_one_org and frame["event"] != "postgres_changes":
                continue
            if self.own.mark in orjson.dumps(frame["payload"]).decode():
                self.wrong.append(f"{batch} reached the foreign member: {frame}")


async def _receive_until(receiver: Socket, last: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    async with asyncio.timeout(_TIMEOUT_SECONDS):
        while not frames or not last(frames[-1]):
            frames.append(await receiver.receive(_TIMEOUT_SECONDS))
    return frames


@pytest.fixture
def realtime_trial(
    database: Database,
    gateway_settings: Callable[..., Settings],
    local_keys: LocalKeys,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], Any]:
    """Return an opener of a gateway whose pools have one connection each."""

    async def open_one(dsn: str, **options: Any) -> Pool:
        return await open_pool(dsn, **{**options, "size": 1})

    monkeypatch.setattr(gateway_module, "open_pool", open_one)

    @asynccontextmanager
    async def opened(*, by_artist: bool = False) -> AsyncIterator[RealtimeTrial]:
        settings = gateway_settings(realtime_allow_public=True)
        with serving(settings, int(settings.supabase_url.rsplit(":", 1)[1])):
            async with (
                TenantTables.of(database) as seeded_database,
                httpx.AsyncClient(
                    base_url=settings.supabase_url, headers={"apikey": local_keys.publishable_key}
                ) as http,
            ):
                trial = RealtimeTrial(
                    Gateway(settings.supabase_url, settings, local_keys, database, http, http), seeded_database
                )
                await trial.prepare(by_artist=by_artist)
                yield trial

    return opened


def send_batches(
    runner: asyncio.Runner, realtime_trial: RealtimeTrial, batches: int, *, tables: tuple[str, ...] = PUBLISHED
) -> None:
    numbers = iter(range(batches))

    @hypothesis.settings(
        max_examples=batches,
        phases=(hypothesis.Phase.generate,),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(valid_joins(tables), st.lists(pushes(), min_size=_BATCH - 1, max_size=_BATCH - 1, unique_by=repr))
    def generated(join: Push, others: list[Push]) -> None:
        runner.run(realtime_trial.send_all([join, *others], cut=next(numbers, 0) % 5 == 4))

    generated()


@pytest.mark.timeout(3600 if LONG else 180)
@pytest.mark.parametrize("by_artist", [False, True], ids=["two orgs", "one org"])
def test_no_frame_contains_foreign_data(realtime_trial: Callable[..., Any], by_artist: bool) -> None:
    with asyncio.Runner() as runner:
        opening = realtime_trial(by_artist=by_artist)
        opened = runner.run(opening.__aenter__())
        try:
            send_batches(runner, opened, _BATCHES)
        finally:
            runner.run(opening.__aexit__(None, None, None))
    assert opened.wrong == [], f"{len(opened.wrong)} wrong:\n" + "\n".join(opened.wrong[:10])
    assert opened.sent >= (2_000 if LONG else 200)
    assert opened.own_changes, "no change was received, so nothing is verified"


@pytest.mark.parametrize(
    ("by_artist", "table", "policy"),
    [
        (False, "jobs", "%"),
        *[(True, table, "visible_artists_only") for table in PUBLISHED if table != "*"],
    ],
)
def test_the_trial_detects_an_open_policy(
    realtime_trial: Callable[..., Any], by_artist: bool, table: str, policy: str
) -> None:
    """Verify the test itself: everyone may read every row of a table, or every member those of every artist."""
    with asyncio.Runner() as runner:
        opening = realtime_trial(by_artist=by_artist)
        opened = runner.run(opening.__aenter__())
        try:
            connection = opened.seeded_database.connection
            policies = """select policyname from pg_policies
                          where tablename = $1 and cmd in ('SELECT', 'ALL') and policyname like $2"""
            for found in runner.run(connection.fetch(policies, table, policy)):
                runner.run(connection.execute(f'alter policy "{found["policyname"]}" on {table} using (true)'))
            send_batches(runner, opened, 4, tables=(table,))
        finally:
            runner.run(opening.__aexit__(None, None, None))
    assert any("received" in line for line in opened.wrong)


async def test_every_published_table_of_an_org_is_among_the_bindings(database: Database) -> None:
    rows = await database.as_owner("select tablename from pg_publication_tables where pubname = 'supabase_realtime'")
    assert {row["tablename"] for row in rows} == {*PUBLISHED} - {"*"}
