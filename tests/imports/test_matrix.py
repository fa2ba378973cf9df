"""Every published export in 45 forms and six languages: read as the original is, or one question that has two answers.

`./arti test` runs a fixed sample, `./arti test --long imports` the whole; both print their counts. Of a table with more
rows the first 250 are taken: the forms are about cells and lines.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arti.imports.cells.cell_parsers import ColumnKind, normalise_whitespace
from arti.imports.cells.day_format import parse_day
from arti.imports.preview import RecognisedFile, parse_file, provisional_answers, recognise_file
from arti.imports.readers.archive import unpack
from arti.imports.types import FileQuestion, FileRejected, Hints, ParsedFile
from tests.imports.independent import read_tables
from tests.imports.matrix.forms import FORMS, Sheet
from tests.imports.matrix.languages import LANGUAGES, translate
from tests.imports.test_golden import paths
from tools.long_runs import LONG_RUNS

LONG = os.environ.get("ARTI_TEST_LONG") == "1"
# The exports of one folder alone, which is a part of the long run.
FOLDER = os.environ.get("ARTI_TEST_EXPORT_FOLDER", "")
# A prime, so that the sample meets each form and each language.
STEP = 1 if LONG else 97
MOST_ROWS = 250
MOST_QUESTIONS = 0.05
TODAY = date(2026, 11, 20)
# Answers to what a file does not say in any form.
ANSWERS = {"platform": "YouTube", "columns": "streams", "network": "Instagram"}
_ROW_IN_PLACE = re.compile(r" \(\d+\)(?=[|,]|$)")
_TWO_DAYS = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/]\d{2,4}.*")
_TWO_NUMBERS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}|\d{1,3}")

Values = Counter[tuple[Any, ...]]


@dataclass(slots=True)
class Original:
    """A table as it was published: what is read of it, and the questions that it asks."""

    sheet: Sheet
    values: Values
    keys: frozenset[str]
    answers: Mapping[str, str]


@dataclass(slots=True)
class Counts:
    results: Counter[str] = field(default_factory=Counter)
    questions: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def read_original(path: Path, name: str) -> Iterator[Original]:
    for table in read_tables(path):
        rows = table.rows[: MOST_ROWS + 1]
        sheet = Sheet(
            name, "en", table.title, rows, {}, {}, positional=bool(table.title) and "Primary" not in rows[0][1:]
        )
        try:
            recognised = recognise_file(sheet.write().encode(), Hints(path.name, TODAY))
        except FileRejected:
            continue  # the golden table says of which files that is right
        answers = provisional_answers(recognised.questions) | ANSWERS
        values = values_of(parse_file(recognised, answers, Hints(path.name, TODAY)))
        kinds = recognised.parser.kinds(recognised.table)
        first = {header: kinds[index] for index, header in reversed([*enumerate(rows[0])]) if index in kinds}
        kinds = {index: first[header] for index, header in enumerate(rows[0]) if header in first} | kinds
        sheet = replace(sheet, kinds=kinds, days=find_days(recognised, answers, kinds))
        yield Original(sheet, values, frozenset(question.key for question in recognised.questions), answers)


def find_days(
    recognised: RecognisedFile, answers: Mapping[str, str], kinds: Mapping[int, ColumnKind]
) -> dict[str, date]:
    formats = recognised.formats.apply(answers).day_formats
    days = {}
    for index, kind in kinds.items():
        if kind in (ColumnKind.DAY, ColumnKind.OTHER_DAY):
            for cell in recognised.table.column(index):
                try:
                    day = parse_day(cell, formats[index]) if len(cell) > 7 or "/" in cell else None
                except ValueError:
                    continue
                if day:
                    days[cell] = day
    return days


def values_of(parsed: ParsedFile) -> Values:
    found: Values = Counter(
        (one.metric, one.observed_on, one.asset_external_id, _ROW_IN_PLACE.sub("", one.dimension),
         None if one.value is None else round(one.value, 9))
        for one in parsed.observations
    )  # fmt: skip
    money = parsed.money
    columns = (money.month, money.store, money.country, money.quantity, money.amount, money.currency, money.title)
    found.update(("money", *line) for line in zip(*columns, money.isrc, money.upc, strict=True))
    return found


def in_language(sheet: Sheet, language: str) -> Sheet | None:
    header = translate(sheet.path, sheet.rows[0], language)
    if header is None:
        return None
    title = (translate(sheet.path, [sheet.title], language) or [sheet.title])[0]
    total = {"en": "Total", "de": "Gesamt", "sv": "Totalt"}.get(language, "Total")
    body = [[total if cell == "Total" else cell for cell in row[:1]] + row[1:] for row in sheet.rows[1:]]
    return replace(sheet, language=language, title=title, rows=[header, *body])


def compare(original: Original, form: str, content: bytes, file_name: str) -> tuple[str, str]:
    """Return the result of a form, and what there is to say about it."""
    hints, values = Hints(file_name, TODAY), Values()
    try:
        [member] = unpack(file_name, content)
        recognised = recognise_file(member.content, hints)
        new = [question for question in recognised.questions if question.key not in original.keys]
        for answers in _ways(original, recognised, new):
            try:
                values = values_of(parse_file(recognised, answers, hints))
            except FileRejected:
                if not new:
                    raise
                continue
            if _is_equal(values, original.values, form):
                return _check_question(recognised, new)
    except (FileRejected, ValueError) as error:
        return "refused", str(error)[:150]
    missing, more = original.values - values, values - original.values
    return (
        "different",
        f"{sum(missing.values())} missing {list(missing)[:2]}, {sum(more.values())} more {list(more)[:2]}",
    )


def _ways(original: Original, recognised: RecognisedFile, new: list[FileQuestion]) -> Iterator[dict[str, str]]:
    """Yield the answers that a person may give: those of the original, and each choice of what is asked besides."""
    known = provisional_answers(recognised.questions) | {**original.answers}
    if not new:
        yield known
    for question in new:
        for choice in question.choices or (question.default or "",):
            yield known | {question.key: choice}


def _is_equal(values: Values, expected: Values, form: str) -> bool:
    if values == expected:
        return True
    # A row of sums may also be kept as the artist's own number.
    more = values - expected
    return "total" in form and not expected - values and all(key[2] is None and key[3].count("=") <= 1 for key in more)


def _check_question(recognised: RecognisedFile, new: list[FileQuestion]) -> tuple[str, str]:
    """Return "equal", or "asked" where both readings fit each cell of the column; else the question is wrong."""
    if not new:
        return "equal", ""
    if len(new) > 1:
        return "asked for more", ", ".join(question.key for question in new)
    [question] = new
    quoted = re.search(r"in the column '(.+?)'", question.text)
    pattern = {"month_first": _TWO_DAYS, "decimal_mark": _TWO_NUMBERS}.get(question.key)
    if quoted is None or pattern is None:
        return "asked in vain", f"{question.key}: {question.text}"
    index = recognised.table.header.index(quoted[1])
    cells = {normalise_whitespace(cell) for cell in recognised.table.column(index)} - {"", "n/a", "-"}
    for cell in cells:
        match = pattern.fullmatch(cell)
        parts = [part for part in match.groups() if part] if match else ["99"]
        if not match or any(int(part) > 12 for part in parts):
            return "asked in vain", f"{question.text} But {cell!r} has one reading."
    return "asked", f"{question.text} Either {' or '.join(question.choices)}."


def test_there_are_45_forms() -> None:
    assert len(FORMS) == 45
    assert len(LANGUAGES) == 6


FILES = Path(__file__).parent / "files"
# Hand-made files, and whose exports they are like.
HAND_MADE = {
    "Night Drive-timeline_20260304_081500.csv": "exports-spotify-for-artists",
    "Mira Sol-songs-28day.csv": "exports-spotify-for-artists",
    "Mira Sol-audience-timeline.csv": "exports-spotify-for-artists",
    "Table data.csv": "exports-youtube-studio",
    "Chart data.csv": "exports-youtube-studio",
    "Totals.csv": "exports-youtube-studio",
    "cities.csv": "exports-spotify-for-artists",
    "posts.csv": "exports-meta-business-suite",
    "Reach.csv": "exports-meta-business-suite",
    "earnings.csv": "exports-distributors",
}


@pytest.mark.parametrize("name", HAND_MADE)
def test_every_form_of_a_hand_made_file_is_read_as_the_original_or_asks(name: str) -> None:
    counts = Counts()
    for original in read_original(FILES / name, f"{HAND_MADE[name]}/{name}"):
        compare_all(original, name, counts)
    assert not counts.wrong, "\n".join(counts.wrong[:20])
    assert counts.results["equal"] > 30


def test_the_parts_of_the_long_run_are_all_folders(shared: Path) -> None:
    [run] = [run for run in LONG_RUNS if run.name == "imports"]
    assert run.parts == tuple(sorted({name.rpartition("/")[0] for name in paths()}))


@pytest.mark.timeout(3600 if LONG else 180)
def test_every_form_of_every_file_is_read_as_the_original_or_asks(
    shared: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    counts = Counts()
    for name in paths():
        if FOLDER and name.rpartition("/")[0] != FOLDER:
            continue
        for original in read_original(shared / "data" / name, name):
            compare_all(original, name, counts, step=STEP)
    _print(counts)
    for result in ("equal", "asked", "refused", "different"):
        record_testsuite_property(result, counts.results[result])
    compared = counts.results["equal"] + counts.results["asked"]
    assert not counts.wrong, "\n".join(counts.wrong[:40])
    assert compared > (0 if FOLDER else 10_000 if LONG else 100)
    assert counts.results["asked"] <= MOST_QUESTIONS * compared


def compare_all(original: Original, name: str, counts: Counts, *, step: int = 1) -> None:
    """Compare the forms of a table in all languages, each `step`th of all that were counted before and now."""
    for language in LANGUAGES:
        sheet = in_language(original.sheet, language)
        for form, change in FORMS.items():
            if counts.results.total() % step:
                counts.results["not in the sample"] += 1
                continue
            content = change(sheet) if sheet else None
            if content is None:
                counts.results["not applicable"] += 1
                continue
            result, said = compare(original, form, content, name.rpartition("/")[2])
            counts.results[result] += 1
            if result == "asked":
                counts.questions.setdefault(f"{name}, {form}", said)
            elif result != "equal":
                counts.wrong.append(f"{result}: {name} [{original.sheet.title}], {form}, {language}: {said}")


def _print(counts: Counts) -> None:
    print()
    for result, number in sorted(counts.results.items()):
        print(f"{result}: {number:,}")
    for where, said in [*counts.questions.items()][:12]:
        print(f"asked, {where}: {said}")
    for line in counts.wrong[:60]:
        print(line)
