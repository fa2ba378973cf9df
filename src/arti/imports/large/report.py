"""Read a report of any size once: lines go to a staged file, and of the rows what the preview shows is kept.

How the columns are written is found while the rows are read, by the first ones; if later rows say otherwise, the file
is read once more.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from itertools import islice
from typing import Any, BinaryIO, Final

from arti.imports.cells.column_evidence import ColumnEvidence
from arti.imports.large.repeats import RepeatFinder, TooManyRepeats
from arti.imports.large.staged_lines import iterate_lines, write_lines, write_results
from arti.imports.large.text_rows import Rows, TextTable
from arti.imports.parsers.royalties.currencies import describe_currencies
from arti.imports.parsers.royalties.months import describe_spans
from arti.imports.parsers.royalties.statement import REPEATED_IDS
from arti.imports.preview import (
    RecognisedFile,
    cell_names,
    cut_cells,
    find_questions,
    provisional_answers,
)
from arti.imports.readers.artist_name import check_artist_answer
from arti.imports.readers.column_formats import ColumnFormats
from arti.imports.readers.csv_reader import describe_cut
from arti.imports.types import FileRejected, Hints, ParsedFile, Parser, RowResults, SourceTable
from arti.metrics.money.lines import RoyaltyLines

BLOCK_LINES: Final = 4000
SHOWN_ROWS: Final = 1000
SHOWN_PROBLEMS: Final = 10_000
_SHOWN_CHARACTERS: Final = 20_000_000
_PRECISION: Final = 100

Progress = Callable[[int], None]


@dataclass(slots=True)
class Staged:
    """What was read. `blocks`, `results_at`, `results_length`: of the staged file; `answers`: those that were used."""

    file: RecognisedFile
    answers: dict[str, str]
    rows: int = 0
    lines: int = 0
    blocks: int = 0
    results_at: int = 0
    results_length: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    money: dict[str, tuple[Decimal, int]] = field(default_factory=dict)
    ids_repeat: bool = False
    money_source: str = ""


def stage_report(
    table: TextTable,
    parser: Parser,
    head: SourceTable,
    hints: Hints,
    answered: Mapping[str, str],
    target: BinaryIO,
    progress: Progress,
) -> Staged:
    """Read the rows of a report into lines. `head`: the table's, with the parser's names. Raises FileRejected."""
    kinds = parser.kinds(head)
    first = ColumnEvidence(kinds)
    for rows in islice(table.batches(), 1):
        first.add_rows(rows)
    formats = ColumnFormats(head, kinds, hints, first)
    evidence: ColumnEvidence | None = ColumnEvidence(kinds)
    while True:
        questions = find_questions(parser, formats, hints)
        file = RecognisedFile(head, parser, formats, questions)
        answers = provisional_answers(questions) | {
            question.key: answered[question.key] for question in questions if question.key in answered
        }
        check_artist_answer(questions, answers)
        written = formats.apply(answers)
        staged = _Pass(table, file, written, answers, hints, target, evidence, progress).run()
        if evidence is None:
            return staged
        formats = ColumnFormats(head, kinds, hints, evidence)
        final = find_questions(parser, formats, hints)
        again = provisional_answers(final) | {
            question.key: answered[question.key] for question in final if question.key in answered
        }
        if final == questions and _same_formats(formats.apply(again), written):
            return staged
        evidence = None


def _same_formats(one: SourceTable, other: SourceTable) -> bool:
    return one.marks == other.marks and one.day_formats == other.day_formats


class _Pass:
    """One reading of all rows."""

    def __init__(
        self,
        table: TextTable,
        file: RecognisedFile,
        written: SourceTable,
        answers: dict[str, str],
        hints: Hints,
        target: BinaryIO,
        evidence: ColumnEvidence | None,
        progress: Progress,
    ) -> None:
        self._table, self._written, self._target, self._evidence = table, written, target, evidence
        self._progress = progress
        self._parsed = ParsedFile()
        assert file.parser.open_lines is not None  # the caller has asked for it
        self._reader = file.parser.open_lines(written, answers, hints, self._parsed)
        self._staged = Staged(file, answers, money_source=self._parsed.money_source)
        self._names = cell_names(written)
        self._shown: list[list[Any]] = []
        self._problems: Counter[str] = Counter()
        self._characters_left = _SHOWN_CHARACTERS
        self._ids: RepeatFinder | None = None

    def run(self) -> Staged:
        staged, target = self._staged, self._target
        target.seek(0)
        target.truncate()
        pending = RoyaltyLines()
        for rows in self._table.batches():
            if self._evidence is not None:
                self._evidence.add_rows(rows)
            lines = self._reader.read(staged.rows + 1, rows)
            pending.extend(lines)
            if len(pending) >= BLOCK_LINES:
                self._write(pending)
                pending = RoyaltyLines()
            self._keep_results(rows)
            staged.rows += len(rows)
            self._progress(self._table.bytes_read)
        self._write(pending)
        if not staged.lines:
            reason = next((f" Row {row}: {said}." for row, _, said, _ in self._shown if said), "")
            title = staged.file.parser.title
            raise FileRejected(f"This is an export of {title}, but none of its rows could be read.{reason}")
        staged.ids_repeat = staged.ids_repeat or self._has_repeated_ids()
        target.seek(staged.results_at)
        staged.results_length = write_results(target, self._shown)
        left_out = sum(max(0, count - SHOWN_PROBLEMS) for count in self._problems.values())
        if left_out:
            staged.notes.append(
                f"Of rows with a warning or a rejection the first {SHOWN_PROBLEMS:,} of each kind are listed; "
                f"{left_out:,} more are counted."
            )
        if staged.ids_repeat:
            staged.notes.append(REPEATED_IDS)
        staged.notes += self._parsed.notes
        staged.notes += describe_spans(self._parsed.spans)
        staged.notes += describe_currencies(staged.money)
        if self._table.cut_line:
            staged.notes.insert(0, describe_cut(self._table.cut_line))
        return staged

    def _write(self, lines: RoyaltyLines) -> None:
        if not len(lines):
            return
        staged = self._staged
        staged.results_at += write_lines(self._target, lines)
        staged.blocks += 1
        staged.lines += len(lines)
        self._total(lines.totals())
        self._look_at_ids(lines.external_id)

    def _total(self, totals: Mapping[str, tuple[Decimal, int]]) -> None:
        with localcontext(prec=_PRECISION):
            for currency, (amount, lines) in totals.items():
                before = self._staged.money.get(currency, (Decimal(0), 0))
                self._staged.money[currency] = (before[0] + amount, before[1] + lines)

    def _look_at_ids(self, ids: Sequence[str | None]) -> None:
        if self._staged.ids_repeat or not any(ids):
            return
        self._ids = self._ids or RepeatFinder()
        try:
            self._ids.add(id for id in ids if id)
        except TooManyRepeats:
            self._staged.ids_repeat = True

    def _has_repeated_ids(self) -> bool:
        """Return whether an id comes twice, among those that may."""
        if self._ids is None or not self._ids.repeated:
            return self._staged.ids_repeat
        seen: set[str] = set()
        for lines in iterate_lines(self._target, self._staged.blocks):
            for id in lines.external_id:
                if id and hash(id) in self._ids.repeated:
                    if id in seen:
                        return True
                    seen.add(id)
        return False

    def _keep_results(self, rows: Rows) -> None:
        """Count the results of a batch, and keep those that the preview shows, with their cells."""
        results, self._parsed.row_results = self._parsed.row_results, RowResults()
        self._staged.counts.update(results.count())
        first_row = self._staged.rows + 1
        shown = results if first_row <= SHOWN_ROWS else results.named
        for result in shown:
            if result.status != "accepted":
                self._problems[result.status] += 1
                if self._problems[result.status] > SHOWN_PROBLEMS:
                    continue
            elif result.row > SHOWN_ROWS:
                continue
            cells = cut_cells(self._names, rows[result.row - first_row])
            self._characters_left -= sum(map(len, cells.values()))
            if self._characters_left > 0:
                self._shown.append([result.row, result.status, result.reason, cells])
