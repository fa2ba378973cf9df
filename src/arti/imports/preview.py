"""Recognise and parse a file. Pure; used by the preview, the commit and the list of rows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from arti.imports.parsers import registry
from arti.imports.readers.csv_reader import read_table
from arti.imports.types import Answers, FileQuestion, FileRejected, Hints, ParsedFile, Parser, SourceTable

_MAX_MISSING_DAYS = 100
_MAX_CELL_LENGTH = 200


@dataclass(frozen=True, slots=True)
class RecognisedFile:
    """The table of a file, its parser, and the questions that the user has to answer."""

    table: SourceTable
    parser: Parser
    questions: list[FileQuestion]

    def with_hints(self, hints: Hints) -> "RecognisedFile":
        """Return the same file with the questions under other hints."""
        return replace(self, questions=self.parser.questions(self.table, hints))


def recognise_file(content: bytes, hints: Hints) -> RecognisedFile:
    """Recognise a file. Raises FileRejected."""
    table = read_table(content)
    parser = registry.recognise(table)
    return RecognisedFile(table, parser, parser.questions(table, hints))


def parse_file(recognised: RecognisedFile, answers: Answers, hints: Hints) -> ParsedFile:
    """Parse a file with the answers to its questions. Raises FileRejected."""
    return registry.parse(recognised.parser, recognised.table, answers, hints)


def provisional_answers(questions: list[FileQuestion]) -> dict[str, str]:
    """Return placeholder answers with which rows can be parsed before the user answers."""
    return {
        question.key: question.default or (question.choices[0] if question.choices else "?") for question in questions
    }


def check_answers(questions: list[FileQuestion], answered: Mapping[str, str]) -> dict[str, str]:
    """Return the answers to `questions`. Raises FileRejected for one that is missing or too long."""
    answers = {}
    for question in questions:
        answer = answered.get(question.key, "").strip()
        if not answer or len(answer) > 300 or "\x00" in answer:
            choices = f" One of: {', '.join(question.choices[:8])}." if question.choices else ""
            raise FileRejected(f"Answer {question.key} first: {question.text}{choices}")
        answers[question.key] = answer
    return answers


def build_summary(recognised: RecognisedFile, parsed: ParsedFile) -> dict[str, Any]:
    """Return the summary of a parsed file, in the form of schemas.ImportSummary."""
    counts = Counter(result.status for result in parsed.row_results)
    days = registry.find_day_range(parsed)
    return {
        "rows": len(recognised.table.rows),
        "accepted": counts["accepted"],
        "warnings": counts["warning"],
        "rejected": counts["rejected"],
        "observations": len(parsed.observations),
        "assets": len(parsed.assets),
        "days": days and _describe_days(*days),
        "metrics": sorted({observation.metric for observation in parsed.observations}),
        "totals_check": [asdict(check) for check in parsed.totals],
        "notes": parsed.notes[:50],
    }


def _describe_days(first: date, last: date, missing: list[date]) -> dict[str, Any]:
    listed = [str(day) for day in missing[:_MAX_MISSING_DAYS]]
    return {"first": str(first), "last": str(last), "missing": listed, "missing_count": len(missing)}


def get_row_values(table: SourceTable, row: int) -> dict[str, str]:
    """Return the cells of a row by column name."""
    cells = table.rows[row - 1]
    indexes = {name or f"column {index + 1}": index for index, name in enumerate(table.header)}
    return {name: cells[index][:_MAX_CELL_LENGTH] for name, index in indexes.items() if index < len(cells)}
