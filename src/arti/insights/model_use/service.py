"""Ask a language model within what an org may spend: reserve, call, settle. And show it."""

from dataclasses import dataclass
from typing import Any, Final

from arti.insights.knowledge.openai_client import has_model
from arti.insights.model_use import store
from arti.insights.model_use.schemas import ModelUse
from arti.insights.narration.narrator import MAX_ANSWER_TOKENS, prompt_size, request_choice
from arti.insights.narration.offers import Narration, Offer
from arti.jobs import JobRun
from arti.orgs import store as orgs
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti.settings import Settings
from arti_core import clock
from arti_core.errors import Invalid
from arti_core.jobs import enqueue_job

TEST_JOB: Final = "insights.test_model"
AT_LIMIT: Final = "The month's limit is reached."
_MICROS_OF_CENT: Final = 10_000
_COUNTS: Final = ("spent_micros", "calls", "input_tokens", "output_tokens", "failures")
_STATES: Final = ("last_error", "last_error_at", "tested_at", "test_error")
# What a test chooses out of.
_TEST_OFFER: Final = Offer(("spike.title", "spike.title_value"), ("spike.value", "source"))


@dataclass(frozen=True, slots=True)
class ChosenClauses:
    """A model's choice, or why there is none."""

    narration: Narration | None
    error: str | None = None


def price_micros(settings: Settings, *, input_tokens: int, output_tokens: int) -> int:
    """Return what tokens cost in millionths of a dollar, which is dollars of a million tokens, rounded up."""
    return -int(-(input_tokens * settings.openai_input_price + output_tokens * settings.openai_output_price) // 1)


async def choose_clauses(job: JobRun, offer: Offer) -> ChosenClauses:
    """Let the model choose, if the org may still spend as much as the call can cost."""
    settings, month = job.worker_context.settings, clock.today().replace(day=1)
    # No token is shorter than a byte, so this is the most that a call can cost.
    reserved = price_micros(settings, input_tokens=prompt_size(offer), output_tokens=MAX_ANSWER_TOKENS)
    async with job.transaction() as connection:
        limit = limit_cents(settings, await orgs.read_model_limit(connection, job.org_id)) * _MICROS_OF_CENT
        if not await store.reserve(connection, job.org_id, month, micros=reserved, limit_micros=limit):
            return ChosenClauses(None, AT_LIMIT)
    answer = await request_choice(offer, settings)
    cost = price_micros(settings, input_tokens=answer.input_tokens, output_tokens=answer.output_tokens)
    async with job.transaction() as connection:
        await store.settle(
            connection,
            job.org_id,
            month,
            reserved_micros=reserved,
            spent_micros=cost if answer.is_counted else reserved,
            input_tokens=answer.input_tokens,
            output_tokens=answer.output_tokens,
            error=answer.error,
        )
    return ChosenClauses(answer.narration, answer.error)


def limit_cents(settings: Settings, own_limit: int | None) -> int:
    """Return what an org may spend in a month: its own limit, and never more than the operator's."""
    highest = round(settings.openai_limit_per_org * 100)
    return highest if own_limit is None else min(own_limit, highest)


async def read_use(access: Access) -> ModelUse:
    """Return what the active org used this month."""
    settings, month = access.context.settings, clock.today().replace(day=1)
    row = await store.find_use(access.connection, access.org_id, month)
    limit = limit_cents(settings, await orgs.read_model_limit(access.connection, access.org_id))
    used: dict[str, Any] = dict(row) if row else {**dict.fromkeys(_COUNTS, 0), **dict.fromkeys(_STATES)}
    next_call = price_micros(settings, input_tokens=prompt_size(_TEST_OFFER), output_tokens=MAX_ANSWER_TOKENS)
    return ModelUse(
        configured=has_model(settings),
        model=settings.openai_model,
        input_price=settings.openai_input_price,
        output_price=settings.openai_output_price,
        month=month,
        monthly_limit=limit / 100,
        highest_limit=settings.openai_limit_per_org,
        spent=used["spent_micros"] / 1_000_000,
        at_limit=used["spent_micros"] + next_call > limit * _MICROS_OF_CENT,
        **{name: used[name] for name in (*_COUNTS[1:], *_STATES)},
    )


async def set_limit(access: Access, dollars: float | None) -> None:
    """Set how much the org wants to spend in a month. Raises Invalid for more than the operator allows."""
    highest = access.context.settings.openai_limit_per_org
    if dollars is not None and dollars > highest:
        raise Invalid(f"The operator allows ${highest:,.2f} a month at most.", field="monthly_limit")
    cents = None if dollars is None else round(dollars * 100)
    await orgs.set_model_limit(access.connection, access.org_id, cents)
    await audit(access, "org.model_limit_changed", access.org_id, {"cents": cents})


async def request_test(access: Access) -> None:
    """Let a worker ask the model once. Raises Invalid where none is configured."""
    if not has_model(access.context.settings):
        raise Invalid("No model is configured: the operator sets OPENAI_BASE_URL or OPENAI_API_KEY.")
    user_id = access.principal.user_id
    await enqueue_job(access.connection, access.org_id, TEST_JOB, {}, dedupe_key=TEST_JOB, requested_by=user_id)


async def test_model(job: JobRun) -> None:
    """Ask the model once, and record whether it answered as it should."""
    chosen = await choose_clauses(job, _TEST_OFFER)
    async with job.transaction() as connection:
        await store.record_test(connection, job.org_id, clock.today().replace(day=1), chosen.error)
