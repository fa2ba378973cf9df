"""Questions in five languages against a small label with known numbers: right, refused or wrong."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.conftest import Member
from tests.insights.ask.questions import Question, read_questions


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


@pytest.mark.parametrize(
    "file",
    [
        "questions.txt",
        "costs-and-days.txt",
        "places-and-ratios.txt",
        "extremes-and-growth.txt",
        "held-out.txt",
        "royalties-and-reasons.txt",
    ],
)
async def test_questions_are_answered(label: Member, file: str) -> None:
    _, notes = await classify(label, read_questions(file))
    assert not notes, "\n".join(notes)
