"""The small label is filled once a session; each test gets a copy of its database."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import Database, Member, World
from tests.insights.ask.small_label import make_label
from tests.seeds import Seeds
from tests.seeds import seeds as seeds


@pytest.fixture
async def database(request: pytest.FixtureRequest, seeds: Seeds) -> AsyncIterator[Database]:
    async with seeds.copy(make_label if "label" in request.fixturenames else None) as copied:
        yield copied


@pytest.fixture
async def label(world: World, seeds: Seeds) -> Member:
    """A manager of the small label."""
    return await seeds.member(world, make_label)
