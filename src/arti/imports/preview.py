"""A file, recognised and parsed: the same pure work for a preview, a commit, and the list of its rows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from arti.imports.csv_reader import read_table
from arti.imports.parsers import registry
from arti.imports.types import Answers, FileRejected, Hints, ParsedFile, Parser, Question, SourceTable

_MISSING_SHOWN = 100
_CELL_SHOWN = 200


@dataclass(frozen=True, slots=True)
class RecognisedFile:
    """The table of a file, the parser that reads it, and what a person must be asked first."""

    table: SourceTable
    parser: Parser
    questions: list[Question]

    def with_hints(self, hints: Hints) -> "RecognisedFile":
        """Return the same file with the questions that remain under other hints."""
        return replace(self, questions=self.parser.questions(self.table, hints))


def recognise_file(content: bytes, hints: Hints) -> RecognisedFile:
    """Recognise a file. Raises Refused."""
    table = read_table(content)
    parser = registry.recognise(table)
    return RecognisedFile(table, parser, parser.questions(table, hints))


def read(found: RecognisedFile, answers: Answers, hints: Hints) -> ParsedFile:
    """Read a file with the answers to its questions. Raises Refused."""
    return registry.read(found.parser, found.table, answers, hints)


def provisional(questions: list[Question]) -> dict[str, str]:
    """Return answers under which rows can be parsed before anybody has answered."""
    return {
        question.key: question.default or (question.choices[0] if question.choices else "?") for question in questions
    }


def check_answers(questions: list[Question], given: Mapping[str, str]) -> dict[str, str]:
    """Return the answers that the questions ask for. Raises Refused that names a missing one, or one too long."""
    answers = {}
    for question in questions:
        answer = given.get(question.key, "").strip()
        if not answer or len(answer) > 300 or "\x00" in answer:
            choices = f" One of: {', '.join(question.choices[:8])}." if question.choices else ""
            raise FileRejected(f"Answer {question.key} first: {question.text}{choices}")
        answers[question.key] = answer
    return answers


def summarise(found: RecognisedFile, reading: ParsedFile) -> dict[str, Any]:
    """Return the summary of a reading, in the form of schemas.ImportSummary."""
    counts = Counter(result.status for result in reading.row_results)
    days = registry.days_of(reading)
    return {
        "rows": len(found.table.rows),
        "accepted": counts["accepted"],
        "warnings": counts["warning"],
        "rejected": counts["rejected"],
        "observations": len(reading.observations),
        "assets": len(reading.assets),
        "days": days and _days(*days),
        "metrics": sorted({seen.metric for seen in reading.observations}),
        "totals_check": [asdict(check) for check in reading.totals],
        "notes": reading.notes[:50],
    }


def _days(first: date, last: date, missing: list[date]) -> dict[str, Any]:
    shown = [str(day) for day in missing[:_MISSING_SHOWN]]
    return {"first": str(first), "last": str(last), "missing": shown, "missing_count": len(missing)}


def values_of(table: SourceTable, row: int) -> dict[str, str]:
    """Return the cells of a row by the names in the header."""
    cells = table.rows[row - 1]
    named = {name or f"column {place + 1}": place for place, name in enumerate(table.header)}
    return {name: cells[place][:_CELL_SHOWN] for name, place in named.items() if place < len(cells)}
