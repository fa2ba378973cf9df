"""`./arti test --long [NAME...]`: names, results and the record."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from arti_core.errors import Invalid
from local_stack.data_directory import CHECKOUT
from tools import long_runs
from tools.long_runs import LONG_RUNS, LongRun, run_long
from tools.report import Report


def passes(report: Report) -> None:
    report.passed += 2


def counts_paths(report: Report, paths: Sequence[str] = ()) -> None:
    report.passed += len(paths)


def fails(report: Report) -> None:
    report.failed += 1


RUNS = (
    LongRun("dates", "some dates", passes),
    LongRun("loads", "some loads", fails),
    LongRun("n8n", "an n8n", fails, requires="ARTI_TEST_NOT_SET"),
)
ROW = re.compile(r"\| \d{4}-\d\d-\d\d \| (?:[0-9a-f]{7,}(?: \+ changes)?|unknown) \| (.*) \| (.*) \| 0 \|")


def rows(record: Path) -> list[tuple[str, ...]]:
    found = [ROW.fullmatch(line) for line in record.read_text().splitlines()]
    return [match.groups() for match in found if match]


def test_each_run_is_recorded_and_a_failure_is_the_exit_code(tmp_path: Path) -> None:
    record = tmp_path / "long-runs.md"
    assert run_long(["dates"], runs=RUNS, record=record) == 0
    assert run_long([], runs=RUNS, record=record) == 1
    assert rows(record) == [
        ("dates", "2 passed, 0 failed, 0 skipped"),
        ("dates", "2 passed, 0 failed, 0 skipped"),
        ("loads", "0 passed, 1 failed, 0 skipped"),
        ("n8n", "skipped: ARTI_TEST_NOT_SET is not set"),
    ]
    assert record.read_text().startswith("# Long runs\n")


def test_an_unknown_name_is_refused_before_anything_runs(tmp_path: Path) -> None:
    record = tmp_path / "long-runs.md"
    with pytest.raises(Invalid, match=r"There is no long run 'weather'\. There are: dates, loads, n8n"):
        run_long(["dates", "weather"], runs=RUNS, record=record)
    assert not record.exists()


def test_paths_narrow_a_run_and_stand_in_its_row(tmp_path: Path) -> None:
    record = tmp_path / "long-runs.md"
    runs = (LongRun("dates", "some dates", counts_paths, takes_paths=True), *RUNS[1:])
    assert run_long(["dates"], ["tests/metrics", "tests/music"], runs=runs, record=record) == 0
    assert rows(record) == [("dates tests/metrics tests/music", "2 passed, 0 failed, 0 skipped")]
    with pytest.raises(Invalid, match=r"A path narrows these long runs only: dates\."):
        run_long(["loads"], ["tests/metrics"], runs=runs, record=record)


def test_the_suite_runs_at_each_date_and_in_each_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, str]] = []
    words: list[Sequence[str]] = []

    def run(report: Report, chosen: Sequence[str] = (), **extra: str) -> None:
        words.append(chosen)
        given.append(extra)

    dates = SimpleNamespace(DATES=("a", "b", "c", "d"), ZONES=("x", "y", "z"))
    monkeypatch.setitem(sys.modules, "tests.clock", dates)
    monkeypatch.setattr(long_runs, "run_python_tests", run)
    next(run for run in LONG_RUNS if run.name == "dates").run(Report())
    assert given.pop(0) == {"name": "long-days", "ARTI_TEST_LONG": "1"}
    assert (CHECKOUT / words.pop(0)[0]).is_file()
    assert not any(words)
    assert [(extra["ARTI_TEST_NOW"], extra["TZ"]) for extra in given] == [
        ("a", "x"),
        ("b", "y"),
        ("c", "z"),
        ("d", "x"),
    ]
    assert len({extra["name"] for extra in given}) == 4


def test_a_run_of_parts_goes_on_where_it_ended(tmp_path: Path) -> None:
    """Killed, failed or out of time: what passed is not run again, what did not is."""
    ran: list[str] = []
    broken = {"b": KeyboardInterrupt(), "c": None}

    def run(report: Report, part: str) -> None:
        ran.append(part)
        if isinstance(error := broken.get(part), KeyboardInterrupt):
            raise error
        report.failed += part in broken
        report.passed += part not in broken

    record, runs = tmp_path / "long-runs.md", (LongRun("faults", "some faults", run, parts=("a", "b", "c", "d")),)
    begin: dict[str, Any] = {"runs": runs, "record": record, "progress_in": tmp_path / "progress"}
    with pytest.raises(KeyboardInterrupt):
        run_long(["faults"], **begin)
    del broken["b"]
    assert run_long(["faults"], **begin) == 1
    del broken["c"]
    assert run_long(["faults"], minutes=0, **begin) == 0
    assert run_long(["faults"], **begin) == 0
    assert ran == ["a", "b", "b", "c", "d", "c"]
    assert [result for _, result in rows(record)] == [
        "2 passed, 1 failed, 0 skipped: parts b, c, d; 3 of 4 parts have passed",
        "0 passed, 0 failed, 0 skipped: parts none; 3 of 4 parts have passed",
        "1 passed, 0 failed, 0 skipped: parts c; 4 of 4 parts have passed",
    ]
    assert run_long(["faults"], **begin) == 0  # from the beginning
    assert run_long(["faults"], minutes=1, anew=True, **begin) == 0
    assert ran[6:] == ["a", "b", "c", "d"] * 2


def test_names_are_unique() -> None:
    names = [run.name for run in LONG_RUNS]
    assert len(names) == len(set(names))
