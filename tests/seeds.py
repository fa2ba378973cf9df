"""Databases that are filled once a session for many tests, each of which gets its own copy."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI

from arti.jobs import WorkerContext
from arti_core import clock
from local_stack import postgres
from tests.conftest import (
    Database,
    Member,
    World,
    copy_database,
    drop_database,
    open_worker_context,
    open_world,
    settings_for,
)

# Fills a new database and returns a member of the org in it.
Seed = Callable[[World, WorkerContext], Awaitable[Member]]


@dataclass
class Seeds:
    """What was filled in this session, by who fills it. A day later it is filled anew: tests end on yesterday."""

    cluster: postgres.Cluster
    redis_url: str
    signing_key: ec.EllipticCurvePrivateKey
    api: FastAPI
    filled: dict[Seed, tuple[date, Database, Member]] = field(default_factory=dict)

    @asynccontextmanager
    async def copy(self, seed: Seed | None) -> AsyncIterator[Database]:
        """Yield a copy of what a seed filled, or an empty database."""
        if seed is None:
            database = await copy_database(self.cluster)
        else:
            if seed not in self.filled or self.filled[seed][0] != clock.today():
                self.filled[seed] = (clock.today(), *await self._fill(seed))
            database = await copy_database(self.cluster, self.filled[seed][1].name)
        yield database
        await drop_database(database)

    async def member(self, world: World, seed: Seed) -> Member:
        """Return the member whom the seed made, signed in to a world over a copy."""
        made = self.filled[seed][2]
        token = await world.token(made.user_id, made.email)
        return Member(made.user_id, made.org_id, made.email, made.role, token, world.client(token, made.org_id))

    async def _fill(self, seed: Seed) -> tuple[Database, Member]:
        database = await copy_database(self.cluster)
        settings = settings_for(database, self.redis_url, self.signing_key)
        async with (
            open_world(self.api, database, settings, self.signing_key) as world,
            open_worker_context(settings) as context,
        ):
            return database, await seed(world, context)


@pytest.fixture(scope="session")
def seeds(cluster: postgres.Cluster, redis_url: str, signing_key: ec.EllipticCurvePrivateKey, api: FastAPI) -> Seeds:
    return Seeds(cluster, redis_url, signing_key, api)
