"""Rows that are divided and read column by column say what the same rows say one by one."""

import csv
import gc
import io
import random
from datetime import date, timedelta

import pytest

from arti.imports.large.text_rows import TextTable
from arti.imports.preview import parse_file, recognise_file
from arti.imports.types import Hints, ParsedFile
from arti_core.garbage import pause_collection

HEADER = ["Day", "Song", "Streams", "Note"]
# Cells with which a line divides otherwise, or not at all.
ODD_LINES = ["", "a\tb", "a\tb\tc\td\te", "a\tb\tc\t", "\tb\tc\td", '"a\tb"\tc\td\te', " a\tb\tc\td", "a\t b\tc\td"]


@pytest.mark.parametrize("seed", range(12))
def test_rows_are_divided_as_by_the_csv_module(seed: int) -> None:
    dice = random.Random(seed)
    width = dice.choice((30, 300))
    lines = ["\t".join(HEADER)]
    for row in range(2_500):
        line = "\t".join((str(row), f"Song {dice.randrange(99)}", str(dice.randrange(10**6)), "x" * width))
        lines.append(dice.choice(ODD_LINES) if seed and not dice.randrange(60 * seed) else line)
    text = "\n".join(lines) + "\n" * dice.randrange(3)
    expected = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t", skipinitialspace=True))[1:]
    while expected and not any(map(str.strip, expected[-1])):
        expected.pop()
    found = [row for rows in TextTable(io.BytesIO(text.encode())).batches() for row in rows]
    assert found == expected


def chart(lines: list[str]) -> ParsedFile:
    header = "Date,Content,Video title,Video publish time,Duration,Views,Watch time (hours)"
    hints = Hints("Chart data.csv", date(2026, 4, 30))
    return parse_file(recognise_file("\n".join([header, *lines]).encode(), hints), {}, hints)


def test_a_chart_of_many_rows_is_read_as_in_small_parts() -> None:
    """Rows of which there is something to say stand between those that are read together."""
    dice = random.Random(3)
    lines = []
    for row in range(1_900):
        day = date(2026, 4, 20) - timedelta(row // 19)
        views = dice.choice(("12", "0", "1234", "", "1.5", "-3")) if not row % 97 else str(row)
        lines.append(f"{day},videoNum{row % 19:03},Song {row % 19},,212,{views},{row / 8}")
    lines[400] = "2026-13-40,videoNum001,Song 1,,212,5,1"
    lines[777] = lines[776]
    lines[1200] = "2026-04-01,Total,,,,5,1"
    lines[1500] = "2026-01-01,videoNum001"
    whole = chart(lines)
    alone = [chart([lines[0], line]) if line != lines[0] else None for line in lines[1::53]]
    read_alone = {one._replace(source_row=None) for each in alone if each for one in each.observations}
    assert read_alone <= {one._replace(source_row=None) for one in whole.observations}
    results = {result.row: (result.status, result.reason or "") for result in whole.row_results}
    assert len(results) == len(lines)
    assert results[401] == ("rejected", "'2026-13-40' is not a day of the calendar")
    assert results[778][1].endswith("is already in row 777")
    assert results[1201][0] == "warning"
    assert results[1501] == ("rejected", "the row has 2 cells, the header has 7")
    by_row: dict[int | None, list[str]] = {}
    for one in whole.observations:
        by_row.setdefault(one.source_row, []).append(one.metric)
    assert {401, 778, 1201, 1501}.isdisjoint(by_row)
    assert len(by_row) == len(lines) - 4
    assert [one.source_row for one in whole.observations] == sorted(one.source_row or 0 for one in whole.observations)


def test_the_first_of_two_rows_of_a_day_stays_also_in_another_batch() -> None:
    days = [date(2024, 1, 1) + timedelta(day) for day in range(800)]
    lines = [f"{day},videoNum001,Song,,212,{number},1" for number, day in enumerate(days)]
    parsed = chart([*lines, f"{days[5]},videoNum001,Song,,212,99999,1"])
    views = {one.observed_on: one.value for one in parsed.observations if one.metric == "consumption.views"}
    assert views[days[5]] == 5
    assert parsed.row_results.count() == {"accepted": 800, "rejected": 1}


def test_the_search_for_garbage_goes_on_after_pauses() -> None:
    assert gc.isenabled()
    with pause_collection():
        with pause_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="wrong"), pause_collection():
        raise ValueError("wrong")
    assert gc.isenabled()
