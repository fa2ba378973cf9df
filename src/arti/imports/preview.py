"""Recognise and parse a file. Pure; used by the preview, the commit and the list of rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final

from arti.dimensions.text import UNKNOWN_PLACE, parse_dimension, split_unknown_place
from arti.imports.parsers import registry
from arti.imports.readers.archive import UploadedTable
from arti.imports.readers.artist_name import artist_questions, check_artist_answer
from arti.imports.readers.column_formats import ColumnFormats
from arti.imports.readers.csv_reader import describe_cut, read_table
from arti.imports.teams.scope import check_scope, scope_questions
from arti.imports.types import Answers, FileQuestion, FileRejected, Hints, ParsedFile, Parser, SourceTable
from arti.metrics.places.resolution import resolve_place
from arti.vocabulary import OWN_PREFIX, Provider
from arti_core.garbage import pause_collection
from arti_core.text_cache import forget_files

CADENCE: Final = "cadence"
ONE_DAY: Final = "one day"
ALL_DAYS: Final = "all days up to the next"
# Who counts by day; of an org's own sources the rows may be as far apart as they like.
_DAILY: Final = frozenset({*Provider, "tiktok", "facebook"})
_MAX_MISSING_DAYS = 100
_MAX_CELL_LENGTH = 200


@dataclass(frozen=True, slots=True)
class RecognisedFile:
    """The table of a file, its parser, and the questions that the user has to answer."""

    table: SourceTable
    parser: Parser
    formats: ColumnFormats
    questions: list[FileQuestion]

    def with_hints(self, hints: Hints) -> "RecognisedFile":
        """Return the same file with the questions under other hints."""
        return replace(self, questions=find_questions(self.parser, self.formats, hints))

    @property
    def provider(self) -> str:
        """The provider of the file's numbers. Raises FileRejected while the user has not said it."""
        if self.parser.provider is None:
            raise FileRejected("Say first which platform counted these numbers.")
        return self.parser.provider

    def with_answers(self, answers: Answers) -> "RecognisedFile":
        """Return the file with the parser of the platform that the answers name. Raises FileRejected."""
        return replace(self, parser=self.parser.choose(self.table, answers)) if self.parser.choose else self


@pause_collection()
def recognise_file(
    content: bytes,
    hints: Hints,
    parser: Parser | None = None,
    *,
    prefer: Collection[str] = (),
    is_beginning: bool = False,
) -> RecognisedFile:
    """Recognise a file, also by its beginning alone; one of an own source has its `parser`. Raises FileRejected.

    `prefer`: as for the registry.
    """
    table = read_table(content, is_beginning=is_beginning)
    if parser is None:
        parser, table = registry.recognise(table, prefer)
    formats = ColumnFormats(table, parser.kinds(table), hints.in_zone(parser.time_zone))
    return RecognisedFile(table, parser, formats, find_questions(parser, formats, hints))


def recognise_together(
    tables: Sequence[UploadedTable], hints: Sequence[Hints], parser: Parser | None = None
) -> list[RecognisedFile | str]:
    """Recognise files that were uploaded together; one that is refused comes back as the reason.

    A table that every platform has is of the platform of the other files of its folder, where they agree.
    """
    files: list[RecognisedFile | str] = []
    platforms: dict[str, set[str]] = {}
    for table, own in zip(tables, hints, strict=True):
        try:
            if table.refusal:
                raise FileRejected(table.refusal)
            file = recognise_file(table.content, own, parser)
            if file.parser.provider:
                platforms.setdefault(own.folder, set()).add(file.parser.provider)
            files.append(file)
        except FileRejected as error:
            files.append(str(error))
    for index, found in enumerate(files):
        around = platforms.get(hints[index].folder, set())
        if isinstance(found, RecognisedFile) and found.parser.provider is None and len(around) == 1:
            files[index] = recognise_file(tables[index].content, hints[index], prefer=registry.sources_of(*around))
    return files


def find_questions(parser: Parser, formats: ColumnFormats, hints: Hints) -> list[FileQuestion]:
    """Return what a file leaves open."""
    of_parser = parser.questions(formats.known, hints.in_zone(parser.time_zone))
    scope = scope_questions(parser, formats.known, hints)
    # A royalty report names many artists, and its lines go to each by name.
    artist = [] if registry.is_royalties(parser.source) else artist_questions(formats.known, hints)
    return [*artist, *of_parser, *scope, *formats.questions, *_cadence_questions(parser, formats)]


def _cadence_questions(parser: Parser, formats: ColumnFormats) -> list[FileQuestion]:
    """Ask of numbers a week or a month apart: the sum of a week would be stored as that of its first day."""
    if parser.provider is None or parser.provider not in _DAILY or not formats.are_apart:
        return []
    text = "The days of this file are a week or a month apart. Does each row count one day, or all up to the next?"
    return [FileQuestion(CADENCE, text, "choice", None, (ONE_DAY, ALL_DAYS))]


@pause_collection()
def parse_file(recognised: RecognisedFile, answers: Answers, hints: Hints) -> ParsedFile:
    """Parse a file with the answers to its questions. Raises FileRejected."""
    check_artist_answer(recognised.questions, answers)
    check_scope(answers)
    if answers.get(CADENCE) == ALL_DAYS:
        raise FileRejected("ARTi keeps numbers by day, so sums of weeks and months are not read. Export them by day.")
    parser = recognised.with_answers(answers).parser
    try:
        parsed = registry.parse(parser, recognised.formats.apply(answers), answers, hints.in_zone(parser.time_zone))
        note_unknown_places(parsed)
    finally:
        forget_files()
    if recognised.table.cut_line:
        parsed.notes.insert(0, describe_cut(recognised.table.cut_line))
    return parsed


def parse_provisionally(recognised: RecognisedFile, answers: Answers, hints: Hints) -> ParsedFile:
    """Parse a file before all questions are answered. Raises FileRejected for a file that no answer can save.

    Of an own source's file nothing may be mapped yet: then a note says what is missing.
    """
    try:
        return parse_file(recognised, answers, hints)
    except FileRejected as error:
        if not (recognised.parser.provider or "").startswith(OWN_PREFIX):
            raise
        return ParsedFile(notes=[str(error)])


def note_unknown_places(parsed: ParsedFile) -> None:
    """Add a note that names the cities of which it is not clear which places they are."""
    dimensions = {observation.dimension for observation in parsed.observations}
    cities = {parse_dimension(dimension).get("city", "") for dimension in dimensions}
    texts = sorted(city for city in cities if city.startswith(UNKNOWN_PLACE) and resolve_place(city) is None)
    if texts:
        names = ", ".join(", ".join(part for part in split_unknown_place(text) if part) for text in texts[:5])
        parsed.notes.append(
            f"1 place is not known or not clear, and is kept as text ({names}). Say which place it is under Sources "
            "and metrics."
            if len(texts) == 1
            else f"{len(texts)} places are not known or not clear, and are kept as text ({names}"
            f"{', ...' if len(texts) > 5 else ''}). Say which places they are under Sources and metrics."
        )


def provisional_answers(questions: list[FileQuestion]) -> dict[str, str]:
    """Return placeholder answers with which rows can be parsed before the user answers."""
    return {
        question.key: question.default or (question.choices[0] if question.choices else question.example)
        for question in questions
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
    counts = parsed.row_results.count()
    days = registry.find_day_range(parsed)
    return {
        "rows": len(recognised.table.rows),
        "accepted": counts.get("accepted", 0),
        "warnings": counts.get("warning", 0),
        "rejected": counts.get("rejected", 0),
        "observations": len(parsed.observations),
        "assets": len(parsed.assets),
        "money_lines": len(parsed.money),
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
    return name_cells(table, table.rows[row - 1])


def name_cells(table: SourceTable, cells: Sequence[str]) -> dict[str, str]:
    """Return cells of a row of the table by column name, the longest ones cut."""
    return cut_cells(cell_names(table), cells)


def cell_names(table: SourceTable) -> list[str]:
    """Return the names of the columns, also of those that have none."""
    return [name or f"column {index}" for index, name in enumerate(table.header, start=1)]


def cut_cells(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Return cells by name, the longest ones cut; cells without a name, and names without a cell, are left out."""
    named = dict(zip(names, cells, strict=False))
    if max(map(len, cells), default=0) > _MAX_CELL_LENGTH:
        return {name: cell[:_MAX_CELL_LENGTH] for name, cell in named.items()}
    return named
