"""The golden table: every published export of ../shared, its rows, the sums of its columns, its first and last day.

What is expected is counted here with Python's csv module (`independent`), without the product. A file is equal to that,
or it asks a question; nothing differs in silence, and nothing is imported empty.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from arti.imports.preview import parse_file, provisional_answers, recognise_file
from arti.imports.readers.archive import unpack
from arti.imports.types import FileRejected, Hints, ParsedFile
from tests.conftest import SHARED
from tests.imports.independent import (
    FOLDERS,
    META,
    NOT_AN_EXPORT,
    SPOTIFY,
    TITLES,
    YOUTUBE,
    Table,
    days_of,
    exact,
    metrics_of,
    number,
    read_tables,
)

PERIOD = {"period", "period_to"}
# The questions of each kind of export; all other files ask nothing.
QUESTIONS: dict[str, set[str]] = {
    f"{SPOTIFY}/blue-frog/Blue Frog-songs-all.csv": PERIOD,
    f"{SPOTIFY}/la-ramona/listenersbycity.csv": PERIOD,
    f"{SPOTIFY}/la-ramona/playlists.csv": PERIOD,
    f"{SPOTIFY}/la-ramona/songs.csv": PERIOD,
    f"{SPOTIFY}/la-ramona/top_ten_dailystreams.csv": {"columns"},
    f"{YOUTUBE}/all-metrics-one-row/Table data.csv": PERIOD,
    f"{YOUTUBE}/coding-train-geography/Table data.csv": PERIOD,
    f"{YOUTUBE}/coding-train-geography/Totals.csv": {"platform"},
    f"{YOUTUBE}/danger-tv/DangerTV_Content.csv": PERIOD,
    f"{YOUTUBE}/danger-tv/Subscription_status.csv": PERIOD,
    f"{YOUTUBE}/danger-tv/Viewer_Cities.csv": PERIOD,
    f"{YOUTUBE}/danger-tv/Viewer_gender.csv": PERIOD,
    f"{YOUTUBE}/danger-tv/viewer_age.csv": PERIOD,
    f"{YOUTUBE}/keith-galli/Table data.csv": PERIOD,
    f"{YOUTUBE}/keith-galli/Totals.csv": {"platform"},
    f"{YOUTUBE}/ken-jee-content/Aggregated_Metrics_By_Video.csv": PERIOD,
    f"{YOUTUBE}/tim-a-ghost-content/Table data.csv": PERIOD,
    f"{META}/oigetit-sa/Mar-18-2025_Apr-14-2025_1019826952924933.csv": {"period_to"},
    f"{META}/oigetit-sa/Mar-18-2025_Apr-14-2025_553302954456165.csv": {"period_to"},
    f"{META}/vintage-bg/Oct-31-2025_Dec-30-2025_1664278361210560.csv": {"period_to"},
    f"{META}/vintage-bg/INSTAGRAM_RAW.csv": {"period_to"},
    # The second day of January or the first of February: only these two fit each cell.
    "exports-distributors/royaltyapp-fixtures/bandcamp_utf16.csv": {"month_first"},
    "exports-distributors/trackshift-fixtures/prs-simple-3-songs.csv": {"month"},
}
# Titles of small tables of Meta that are refused by name, and why: no numbers of the artist, or not by one dimension.
REFUSED = {"Top Pages", "Views", "Content interactions", "Published content"}
AMOUNTS = {
    "Earnings (USD)": "Quantity",
    "Total Earned": "# Units Sold",
    "Subtotal": "Quantity",
    "net amount": "quantity",
    "Reported Royalty": "Quantity",
    "Label Net Total": "Quantity",
    "Amount (performance revenue)": "",
    "earnings_usd": "quantity",
}


def paths() -> list[str]:
    found = (path for folder in FOLDERS for path in sorted((SHARED / "data" / folder).rglob("*.*")))
    names = (str(path.relative_to(SHARED / "data")) for path in found if path.suffix in (".csv", ".tsv", ".txt"))
    return [name for name in names if name != NOT_AN_EXPORT]


def parse(path: Path) -> Iterator[tuple[str, set[str], ParsedFile | str, int]]:
    """Yield (title, questions, what was read or why not, rows) of each table of a file."""
    for member in unpack(path.name, path.read_bytes()):
        title = member.name.removeprefix(f"{path.name}/").removeprefix(path.name)
        hints = Hints(path.name, date(2026, 11, 20))
        try:
            recognised = recognise_file(member.content, hints)
            answers = provisional_answers(recognised.questions) | {"platform": "YouTube", "columns": "streams"}
            parsed = parse_file(recognised, answers, hints)
        except FileRejected as error:
            yield title, set(), str(error), 0
            continue
        keys = {question.key for question in recognised.questions}
        yield title, keys, parsed, len(recognised.table.rows)


def test_the_golden_table_covers_every_file(shared: Path) -> None:
    assert len(paths()) == 64
    assert set(QUESTIONS) <= set(paths())


@pytest.mark.parametrize("name", paths() or ["none"])
def test_a_file_is_equal_to_an_independent_count(shared: Path, name: str) -> None:
    path = shared / "data" / name
    tables = read_tables(path)
    read = list(parse(path))
    assert len(read) == len(tables)
    for table, (title, questions, parsed, rows) in zip(tables, read, strict=True):
        if isinstance(parsed, str):
            assert title in REFUSED, parsed
            assert "Meta Business Suite" in parsed
            continue
        accounted = Counter(result.row for result in parsed.row_results)
        assert rows == len(table.body) == len(accounted)
        if "Primary" in table.header[1]:
            _compare_series(table, parsed, questions)
        elif title:
            _compare_audience(table, parsed, questions)
        elif parsed.money:
            _compare_money(table, parsed)
            assert questions == QUESTIONS.get(name, set())
        else:
            _compare_columns(name, table, parsed)
            assert questions == QUESTIONS.get(name, set())


def _sums(parsed: ParsedFile) -> dict[str, float]:
    """Return the sum of each metric over what is about a part: a day, a video, a place."""
    whole = {one.dimension for one in parsed.observations if not one.asset_external_id} if not parsed.daily else set()
    only_period = {dimension for dimension in whole if dimension.startswith("period=") and "," not in dimension}
    has_parts = len({(one.asset_external_id, one.dimension) for one in parsed.observations}) > 1
    sums: dict[str, float] = defaultdict(float)
    for one in parsed.observations:
        if not (has_parts and not one.asset_external_id and one.dimension in only_period):
            sums[one.metric] += one.value or 0
    return sums


def _compare_columns(name: str, table: Table, parsed: ParsedFile) -> None:
    expected: dict[str, float] = defaultdict(float)
    seen: set[str] = set()
    metrics = metrics_of(name)
    if "top_ten" in name:
        metrics = dict.fromkeys(table.header[1:], "consumption.streams")
    for column, header in enumerate(table.header):
        if header in metrics and header not in seen:
            seen.add(header)
            expected[metrics[header]] += sum(table.numbers(column))
        elif header == "Seconds viewed":
            expected["consumption.watch_hours"] = sum(table.numbers(column)) / 3600
    assert expected
    assert _sums(parsed) == pytest.approx(expected, rel=1e-9)
    if parsed.daily:
        days = [str(one.observed_on) for one in parsed.observations]
        column = next(at for at, header in enumerate(table.header) if header.casefold() == "date")
        assert [min(days), max(days)] == days_of(table, column)


def _compare_series(table: Table, parsed: ParsedFile, questions: set[str]) -> None:
    metric = TITLES[table.title.split()[-1].casefold()]
    assert _sums(parsed) == {metric: sum(table.numbers(1))}
    assert len(parsed.observations) == len(table.body)
    days = [str(one.observed_on) for one in parsed.observations]
    assert [min(days), max(days)] == days_of(table, 0)
    assert questions <= {"network"}


def _compare_audience(table: Table, parsed: ParsedFile, questions: set[str]) -> None:
    """Compare the shares of a small table. What a spreadsheet has turned into a day is named, and is no number."""
    first = 0 if len(table.body) == 1 else 1
    cells = [cell for row in table.body for cell in row[first:]]
    numbers = [value for cell in cells if (value := number(cell)) is not None]
    assert numbers
    assert sum(one.value or 0 for one in parsed.observations) == pytest.approx(sum(numbers))
    assert len(parsed.observations) == len(numbers)
    unread = [
        cell for row in table.body for cell in row[first:] if any(c.isdigit() for c in cell) and number(cell) is None
    ]
    named = " ".join(result.reason or "" for result in parsed.row_results)
    assert named.count("is not a number") == len(unread)
    assert questions in ({"period_to"}, {"network", "period_to"})


def _compare_money(table: Table, parsed: ParsedFile) -> None:
    amount = next(header for header in AMOUNTS if header in table.header)
    quantity = next((name for name in (AMOUNTS[amount], "signedQuantity") if name in table.header), None)
    column = table.header.index(amount)
    assert sum(parsed.money.amount) == sum(exact(row[column]) for row in table.body)
    assert len(parsed.money) == len(table.body)
    if quantity:
        at = table.header.index(quantity)
        assert sum(one or Decimal(0) for one in parsed.money.quantity) == sum(exact(row[at]) for row in table.body)
