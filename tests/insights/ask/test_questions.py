"""Questions in five languages against a small label with known numbers: right, refused or wrong."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from arti.jobs import WorkerContext
from tests.conftest import Member, World
from tests.insights.ask.questions import Question, read_questions
from tests.insights.ask.small_label import make_label


async def classify(member: Member, questions: Sequence[Question]) -> tuple[Counter[tuple[str, str]], list[str]]:
    """Return how many answers of each language are right, refused and wrong, and those that are not right."""
    counts: Counter[tuple[str, str]] = Counter()
    notes = []
    for question in questions:
        response = await member.http.post("/api/ask", json={"question": question.text})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        if not answer["enough_data"]:
            outcome = "refused" if question.has else "right"
        elif question.has is None:
            outcome = "wrong"
        else:
            outcome = "right" if all(part in answer["answer"] for part in question.has) else "wrong"
        counts[question.language, outcome] += 1
        if outcome != "right":
            notes.append(f"{outcome}: {question.text}\n   wanted {question.has}\n   got {answer['answer']}")
    return counts, notes


async def test_questions_are_answered(world: World, worker_context: WorkerContext) -> None:
    member = await make_label(world, worker_context)
    _, notes = await classify(member, read_questions("questions.txt"))
    assert not notes, "\n".join(notes)


async def test_questions_about_costs_shares_and_days_are_answered(world: World, worker_context: WorkerContext) -> None:
    member = await make_label(world, worker_context)
    _, notes = await classify(member, read_questions("costs-and-days.txt"))
    assert not notes, "\n".join(notes)


async def test_questions_about_places_and_ratios_are_answered(world: World, worker_context: WorkerContext) -> None:
    member = await make_label(world, worker_context)
    _, notes = await classify(member, read_questions("places-and-ratios.txt"))
    assert not notes, "\n".join(notes)


async def test_questions_about_extremes_and_growth_are_answered(world: World, worker_context: WorkerContext) -> None:
    member = await make_label(world, worker_context)
    _, notes = await classify(member, read_questions("extremes-and-growth.txt"))
    assert not notes, "\n".join(notes)


async def test_held_out_questions_are_answered(world: World, worker_context: WorkerContext) -> None:
    member = await make_label(world, worker_context)
    _, notes = await classify(member, read_questions("held-out.txt"))
    assert not notes, "\n".join(notes)
