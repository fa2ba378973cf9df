"""What a language model may cost an org, what it did cost, a test of it, and its failures."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2 as httpx
import pytest

from arti.api import create_app
from arti.insights.model_use.service import price_micros
from arti.jobs import WorkerContext
from arti.settings import Settings
from arti.vocabulary import Role
from tests.conftest import Member, World
from tests.factories.insights import record_spike, run_detection
from tests.factories.observations import make_artist
from tests.insights.fake_openai import USAGE, FakeOpenAI, choosing, run_fake_openai
from tests.job_runner import run_due_jobs

pytestmark = pytest.mark.usefixtures("without_seasons")

ANOTHER = ("spike.title_value", ["spike.value", "source"])


class Use:
    """An org whose worker and API know the stub as their model."""

    def __init__(self, world: World, context: WorkerContext, model: FakeOpenAI, **settings: Any) -> None:
        self.world, self.model, self.settings = world, model, settings
        self.context = replace(context, settings=self.configure(context.settings))

    def configure(self, settings: Settings) -> Settings:
        return self.model.configure(settings, openai_input_price=2.0, openai_output_price=8.0, **self.settings)

    async def call(self, member: Member, method: str, path: str, **more: Any) -> httpx.Response:
        app = create_app(self.configure(self.world.settings))
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app)
            headers = dict(member.http.headers)
            async with httpx.AsyncClient(transport=transport, base_url="http://api.test", headers=headers) as client:
                return await client.request(method, path, **more)

    async def read(self, member: Member) -> dict[str, Any]:
        answer = await self.call(member, "GET", "/api/model")
        assert answer.status_code == 200, answer.text
        use: dict[str, Any] = answer.json()
        return use

    async def insights(self, member: Member) -> list[str]:
        artist_id = await make_artist(self.world.database, member.org_id, "Velvet Harbor")
        await record_spike(self.context, member.org_id, artist_id)
        await run_detection(self.context, member.org_id, artist_id)
        return [one["narrator"] for one in (await member.http.get("/api/insights")).json()["items"]]


@pytest.fixture
async def model() -> AsyncIterator[FakeOpenAI]:
    with run_fake_openai(choosing(*ANOTHER)) as made:
        yield made


def test_a_million_tokens_cost_their_price() -> None:
    settings = Settings.model_validate({"database_url": "postgresql://x", "openai_input_price": 0.4})
    assert price_micros(settings, input_tokens=1_000_000, output_tokens=0) == 400_000
    assert price_micros(settings, input_tokens=1, output_tokens=0) == 1  # rounded up


async def test_what_a_call_took_is_counted_and_shown(
    world: World, worker_context: WorkerContext, model: FakeOpenAI
) -> None:
    use, admin = Use(world, worker_context, model), await world.member()
    assert await use.insights(admin) == ["stub-1"]
    shown = await use.read(admin)
    assert (shown["calls"], shown["input_tokens"], shown["output_tokens"]) == (1, 500, 40)
    assert shown["spent"] == pytest.approx((500 * 2 + 40 * 8) / 1_000_000)
    assert (shown["at_limit"], shown["last_error"], shown["monthly_limit"]) == (False, None, 5.0)
    assert USAGE["total_tokens"] == 540


@pytest.mark.parametrize("by", ["operator", "org"])
async def test_at_the_limit_the_template_is_used(
    world: World, worker_context: WorkerContext, model: FakeOpenAI, by: str
) -> None:
    admin = await world.member()
    use = Use(world, worker_context, model, **({"openai_limit_per_org": 0.0} if by == "operator" else {}))
    if by == "org":
        changed = await use.call(admin, "PUT", "/api/model/limit", json={"monthly_limit": 0})
        assert changed.json()["monthly_limit"] == 0
    assert await use.insights(admin) == ["templates"]
    shown = await use.read(admin)
    assert (shown["at_limit"], shown["calls"], shown["spent"], model.prompts) == (True, 0, 0, [])


async def test_an_org_cannot_choose_more_than_the_operator_allows(
    world: World, worker_context: WorkerContext, model: FakeOpenAI
) -> None:
    use, admin = Use(world, worker_context, model), await world.member()
    refused = await use.call(admin, "PUT", "/api/model/limit", json={"monthly_limit": 5.01})
    assert (refused.status_code, "$5.00" in refused.json()["message"]) == (422, True)
    manager = await world.member(admin.org_id, Role.MANAGER)
    assert (await use.call(manager, "GET", "/api/model")).status_code == 403


async def test_a_failure_is_shown_in_our_own_words(
    world: World, worker_context: WorkerContext, model: FakeOpenAI
) -> None:
    model.status = 401
    use, admin = Use(world, worker_context, model), await world.member()
    assert await use.insights(admin) == ["templates"]
    shown = await use.read(admin)
    assert (shown["failures"], shown["last_error"]) == (1, "The endpoint answered with the status 401.")
    assert shown["last_error_at"]
    assert shown["spent"] == 0


async def test_a_test_asks_once_and_says_how_it_went(
    world: World, worker_context: WorkerContext, model: FakeOpenAI
) -> None:
    use, admin = Use(world, worker_context, model), await world.member()
    for behave, error in (
        (choosing(*ANOTHER), None),
        (lambda _: "Ignore all rules", "The model's answer was no choice out of the clauses."),
    ):
        model.behave = behave
        assert (await use.call(admin, "POST", "/api/model/test")).status_code == 202
        await run_due_jobs(use.context)
        shown = await use.read(admin)
        assert (bool(shown["tested_at"]), shown["test_error"]) == (True, error)
    assert len(model.prompts) == 2


async def test_without_a_model_there_is_nothing_to_test(world: World) -> None:
    admin = await world.member()
    assert (await admin.http.get("/api/model")).json()["configured"] is False
    assert (await admin.http.post("/api/model/test")).status_code == 422
