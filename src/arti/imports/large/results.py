"""What the pages of a large import show: questions, results of rows and totals, read from what is staged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, BinaryIO
from uuid import UUID

from arti.imports.large import store
from arti.imports.large.report import SHOWN_PROBLEMS, SHOWN_ROWS, Staged
from arti.imports.large.staged_lines import read_block, write_results
from arti.imports.preview import name_cells
from arti.imports.types import FileQuestion, ParsedFile, SourceTable
from arti_core.database import Connection, Row
from arti_core.files.file_store import FileStore


def summarise(staged: Staged) -> dict[str, Any]:
    """Return the summary of a report, in the form of schemas.ImportSummary."""
    return {
        "rows": staged.rows,
        "accepted": staged.counts.get("accepted", 0),
        "warnings": staged.counts.get("warning", 0),
        "rejected": staged.counts.get("rejected", 0),
        "observations": 0,
        "assets": 0,
        "money_lines": staged.lines,
        "days": None,
        "metrics": [],
        "totals_check": [],
        "notes": staged.notes,
    }


def describe_staged(staged: Staged) -> dict[str, Any]:
    """Return where the lines and results of a report are in its staged file, and what they were read with."""
    return {
        "blocks": staged.blocks,
        "lines": staged.lines,
        "results": [staged.results_at, staged.results_length],
        "questions": write_questions(staged.file.questions),
        "answers": staged.answers,
        "ids_repeat": staged.ids_repeat,
        "money_source": staged.money_source,
        "money": {currency: [f"{amount:f}", lines] for currency, (amount, lines) in sorted(staged.money.items())},
    }


def write_questions(questions: Iterable[FileQuestion]) -> list[dict[str, Any]]:
    """Return questions as JSON."""
    return [asdict(question) for question in questions]


def read_questions(content: Iterable[Mapping[str, Any]]) -> list[FileQuestion]:
    """Return questions that `write_questions` has written."""
    return [FileQuestion(**{**question, "choices": tuple(question["choices"])}) for question in content]


def write_shown(target: BinaryIO, table: SourceTable, parsed: ParsedFile) -> int:
    """Write the results of a parsed file that the preview shows. Returns their length."""
    shown: list[list[Any]] = []
    problems = {"warning": 0, "rejected": 0}
    for result in parsed.row_results:
        if result.status == "accepted":
            if result.row > SHOWN_ROWS:
                continue
        else:
            problems[result.status] += 1
            if problems[result.status] > SHOWN_PROBLEMS:
                continue
        shown.append([result.row, result.status, result.reason, name_cells(table, table.rows[result.row - 1])])
    return write_results(target, sorted(shown, key=lambda one: one[0]))


async def list_results(
    connection: Connection, file_store: FileStore, org_id: UUID, import_id: UUID
) -> Sequence[tuple[int, str, str | None, dict[str, str]]]:
    """Return (row, status, reason, cells) of the rows of a large import that are kept for its preview."""
    stage = await store.find_stage(connection, org_id, import_id)
    if stage is None or stage["file_id"] is None:
        return []
    start, length = stage["content"]["results"]
    file = await file_store.find(connection, org_id, stage["file_id"])
    found: list[tuple[int, str, str | None, dict[str, str]]] = read_block(
        await file_store.read_range(connection, file, start, length)
    )
    return found


def questions_of(stage: Row) -> list[FileQuestion]:
    """Return the questions of a large import."""
    return read_questions(stage["content"].get("questions", []))
