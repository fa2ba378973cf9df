"""Realtime tells a tenant nothing of another: any topic, filter and presence, while rows of both come and go.

A member of the foreign org listens all the while. Once it has heard the last of its own changes, whatever the own
member could hear has been sent, for changes are told in the order of their commits.
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
from tests.isolation.seeding import SeededOrg, TenantTables
from tests.isolation.socket_messages import PUBLISHED, Push, pushes, valid_joins
from tests.isolation.trial import LONG, token_for
from tests.supabase_local.conftest import Gateway, serving
from tests.supabase_local.realtime.phoenix_client import Socket, socket

_BATCH = 10
_BATCHES = 200 if LONG else 20
_EVERYTHING = [{"event": "*", "schema": "public", "table": "*"}]
_QUIET_SECONDS = 20.0


class RealtimeTrial:
    """A gateway, two planted orgs, and the foreign member's socket."""

    def __init__(self, gateway: Gateway, seeded_database: TenantTables) -> None:
        self.gateway, self.seeded_database = gateway, seeded_database
        self.own, self.foreign = SeededOrg(seeded_database), SeededOrg(seeded_database)
        self.wrong: list[str] = []
        self.sent = 0
        self.own_heard = 0

    async def prepare(self) -> None:
        await self.own.seed()
        await self.foreign.seed()
        self.token = await token_for(self.seeded_database, self.gateway.keys, self.own, self.gateway.settings)
        self.foreign_token = await token_for(
            self.seeded_database, self.gateway.keys, self.foreign, self.gateway.settings
        )
        self.words = {
            "own": str(self.own.id),
            "foreign": str(self.foreign.id),
            "mark": self.own.mark,
            "token": self.token,
        }

    async def send_all(self, batch: list[Push], *, cut: bool) -> None:
        """Send a batch over one socket, let rows of both orgs come and go, and look at all that was heard."""
        async with AsyncExitStack() as stack:
            witness = await stack.enter_async_context(socket(self.gateway))
            config = {
                "private": True,
                "postgres_changes": _EVERYTHING,
                "presence": {"key": "witness", "enabled": True},
                "broadcast": {"self": True},
            }
            room = f"realtime:org:{self.foreign.id}"
            await witness.send(room, "phx_join", {"config": config, "access_token": self.foreign_token})
            await _receive_until(witness, lambda frame: frame["event"] == "system")
            asking = await stack.enter_async_context(socket(self.gateway))
            for number, push in enumerate(batch):
                await self._send(asking, push.filled(self.words), str(number))
            shown = {"type": "presence", "event": "track", "payload": {"who": self.foreign.mark}}
            await witness.send(room, "presence", shown)
            said = {"type": "broadcast", "event": "x", "payload": {"said": self.foreign.mark}}
            await witness.send(room, "broadcast", said)
            if cut:
                asking.connection.transport.abort()
                return
            await self.own.seed()
            await self.foreign.seed()
            last = uuid4()
            await self.seeded_database.connection.execute(
                "insert into jobs (org_id, id, name) values ($1, $2, $3)", self.foreign.id, last, self.foreign.mark
            )
            seen = await _receive_until(witness, lambda frame: str(last) in str(frame["payload"]))
            await asking.send("phoenix", "heartbeat", {}, "last")
            heard = await _receive_until(asking, lambda frame: frame["ref"] == "last")
        self._authorizer(batch, heard, seen)

    async def _send(self, asking: Socket, push: Push, ref: str) -> None:
        self.sent += 1
        if push.over_http:
            headers = {"authorization": f"Bearer {self.token}"}
            answer = await self.gateway.http.post("/realtime/v1/api/broadcast", json=push.payload, headers=headers)
            if answer.status_code >= 500:
                self.wrong.append(f"{push} broke: {answer.status_code} {answer.text}")
            return
        await asking.send(f"realtime:{push.topic}", push.event, push.payload, ref)

    def _authorizer(self, batch: list[Push], heard: list[dict[str, Any]], seen: list[dict[str, Any]]) -> None:
        for frame in heard:
            text = orjson.dumps(frame["payload"]).decode()
            told = frame["event"] in ("postgres_changes", "broadcast", "presence_state", "presence_diff")
            self.own_heard += frame["event"] == "postgres_changes"
            # A reply repeats the caller's own filters, so ids count in what is told only.
            if self.foreign.mark in text or (told and str(self.foreign.id) in text):
                self.wrong.append(f"{batch} heard {frame}")
        for frame in seen:
            if self.own.mark in orjson.dumps(frame["payload"]).decode():
                self.wrong.append(f"{batch} reached the foreign member: {frame}")


async def _receive_until(listening: Socket, last: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    heard: list[dict[str, Any]] = []
    async with asyncio.timeout(_QUIET_SECONDS):
        while not heard or not last(heard[-1]):
            heard.append(await listening.receive(_QUIET_SECONDS))
    return heard


@pytest.fixture
def realtime_trial(
    database: Database,
    gateway_settings: Callable[..., Settings],
    local_keys: LocalKeys,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], Any]:
    """Return an opener of a gateway whose pools have one connection each."""

    async def open_one(dsn: str, **how: Any) -> Pool:
        return await open_pool(dsn, **{**how, "size": 1})

    monkeypatch.setattr(gateway_module, "open_pool", open_one)

    @asynccontextmanager
    async def opened() -> AsyncIterator[RealtimeTrial]:
        own = gateway_settings(realtime_allow_public=True)
        with serving(own, int(own.supabase_url.rsplit(":", 1)[1])):
            async with (
                TenantTables.of(database) as seeded_database,
                httpx.AsyncClient(base_url=own.supabase_url, headers={"apikey": local_keys.publishable_key}) as http,
            ):
                made = RealtimeTrial(Gateway(own.supabase_url, own, local_keys, database, http, http), seeded_database)
                await made.prepare()
                yield made

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
def test_no_frame_tells_of_what_is_foreign(realtime_trial: Callable[[], Any]) -> None:
    with asyncio.Runner() as runner:
        opening = realtime_trial()
        opened = runner.run(opening.__aenter__())
        try:
            send_batches(runner, opened, _BATCHES)
        finally:
            runner.run(opening.__aexit__(None, None, None))
    assert opened.wrong == [], f"{len(opened.wrong)} wrong:\n" + "\n".join(opened.wrong[:10])
    assert opened.sent >= (2_000 if LONG else 200)
    assert opened.own_heard, "nothing was heard at all, so nothing is proven"


def test_the_trial_notices_a_policy_that_is_open(realtime_trial: Callable[[], Any]) -> None:
    """The test of the test: everyone may read every job."""
    with asyncio.Runner() as runner:
        opening = realtime_trial()
        opened = runner.run(opening.__aenter__())
        try:
            connection = opened.seeded_database.connection
            policies = "select policyname from pg_policies where tablename = 'jobs' and cmd in ('SELECT', 'ALL')"
            for policy in runner.run(connection.fetch(policies)):
                runner.run(connection.execute(f'alter policy "{policy["policyname"]}" on jobs using (true)'))
            send_batches(runner, opened, 4, tables=("jobs",))
        finally:
            runner.run(opening.__aexit__(None, None, None))
    assert any("heard" in line for line in opened.wrong)
