"""`./arti test` itself: lengths and names are checked, counts and seconds are summed, logs stay small."""

import threading
from pathlib import Path

import pytest

from local_stack.logs import cap_log, last_line, tail
from local_stack.web.build import source_hash
from tools import checks
from tools.lints.file_lengths import find_violations, find_warnings
from tools.report import BUDGET_SECONDS, Report, count_results, describe_seconds

JUNIT = """<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest"
errors="1" failures="2" skipped="3" tests="10" time="0.1"></testsuite></testsuites>"""


def write(folder: Path, name: str, lines: int) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x\n" * lines)


@pytest.mark.parametrize(
    ("name", "lines", "allowed"),
    [
        ("src/arti/long.py", 301, 300),
        ("tests/test_long.py", 501, 500),
        ("web/app/page.tsx", 251, 250),
        ("bench/startup", 501, 500),
        ("tools/lints/long.py", 501, 500),
    ],
)
def test_a_file_over_its_limit_is_named(tmp_path: Path, name: str, lines: int, allowed: int) -> None:
    write(tmp_path, name, lines)
    assert find_violations(tmp_path) == [f"{name} has {lines} lines, {allowed} are allowed: split it by noun."]
    write(tmp_path, name, allowed)
    assert find_violations(tmp_path) == []


def test_generated_files_may_be_long(tmp_path: Path) -> None:
    for name in ("web/lib/api/schema.d.ts", "web/node_modules/x/index.ts", "web/out/app.css", "tests/x/files/a.py"):
        write(tmp_path, name, 5000)
    assert find_violations(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["src/arti/utils.py", "src/arti/helpers/spike.py", "web/lib/date-helper.ts", "tests/common/test_x.py"]
)
def test_a_vague_name_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, 1)
    assert len(find_violations(tmp_path)) == 1


def test_names_that_only_contain_such_a_word_are_fine(tmp_path: Path) -> None:
    for name in ("src/arti/commons_sense.py", "src/arti/miscount.py", "web/features/management/page.tsx"):
        write(tmp_path, name, 1)
    assert [violation.split(":")[0] for violation in find_violations(tmp_path)] == ["src/arti/commons_sense.py"]


def test_a_folder_of_too_many_modules_is_refused(tmp_path: Path) -> None:
    for number in range(12):
        write(tmp_path, f"src/arti/music/x{number}.py", 1)
        write(tmp_path, f"src/arti_core/x{number}.py", 1)
    write(tmp_path, "src/arti/music/__init__.py", 1)
    assert find_violations(tmp_path) == []
    write(tmp_path, "src/arti_core/more.py", 1)  # an exception of the lint
    write(tmp_path, "src/arti/music/more.py", 1)
    assert find_violations(tmp_path) == [
        "src/arti/music has 13 modules side by side, 12 are allowed: make sub-packages."
    ]


@pytest.mark.parametrize(
    ("code", "warned"),
    [
        ('def f(x):\n    """Do f."""\n    return g(x)\n', True),
        ("async def f(x):\n    return await g(x)\n", True),
        ("def f(x):\n    return x + 1\n", False),
        ("def f(x):\n    y = g(x)\n    return h(y)\n", False),
        ("LIMIT = 3\ndef f(x):\n    return g(x)\n", False),
        ("def f(x):\n    return g(x)\n" + 30 * "# why\n", False),
    ],
)
def test_a_small_module_that_only_passes_on_is_a_warning(tmp_path: Path, code: str, warned: bool) -> None:
    write(tmp_path, "src/arti/x.py", 0)
    (tmp_path / "src/arti/x.py").write_text(code)
    assert bool(find_warnings(tmp_path)) is warned
    assert find_violations(tmp_path) == []


def test_counts_of_two_runs_are_summed(tmp_path: Path) -> None:
    report = Report()
    results = tmp_path / "junit.xml"
    results.write_text(JUNIT)
    for _ in range(2):
        count_results(results, report)
    count_results(tmp_path / "absent.xml", report)
    assert (report.passed, report.failed, report.skipped) == (8, 6, 6)


def test_lanes_run_side_by_side_and_everything_is_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    both = threading.Barrier(2, timeout=30)

    def pass_two(report: Report) -> str | None:
        both.wait()
        report.passed += 2
        return None

    def fail_one(report: Report) -> str | None:
        both.wait()
        report.failed += 1
        return "this is wrong"

    lanes = ((checks._Step("One", "lint", pass_two),), (checks._Step("Two", "types", fail_one),))
    monkeypatch.setattr(checks, "RESULTS", tmp_path)
    monkeypatch.setattr(checks, "_STAGES", (lanes, ((checks._Step("Last", "lint", lambda report: None),),)))
    assert checks.run_checks() == 1
    output = capsys.readouterr().out
    assert [line[3:] for line in output.splitlines() if line.startswith("==")][-1] == "Last"
    assert "== Two\nthis is wrong\nFAILED" in output
    seconds, counts = output.splitlines()[-2:]
    assert seconds.startswith("Seconds: lint 0, types 0; ")
    assert "Failed: Two\n" in output
    assert counts == "2 passed, 1 failed, 0 skipped"


def test_seconds_are_summed_per_kind_and_a_run_over_budget_is_warned_about() -> None:
    report, lane = Report(), Report()
    lane.add_seconds("lint", 1.4)
    lane.add_seconds("lint", 2.4)
    lane.add_seconds("python", 600)
    report.add(lane)
    report.add(Report(seconds={"web": 20}))
    within = describe_seconds(report, BUDGET_SECONDS)
    assert within == ["Seconds: lint 4, python 600, web 20; 1500 in all."]
    over = describe_seconds(report, BUDGET_SECONDS + 61)
    assert over[0].endswith("1561 in all.")
    assert over[1].startswith("Warning: over the budget of 25 minutes by 61 s.")
    assert report.failed == 0


def test_a_log_over_its_cap_moves_aside_and_the_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"old line\n" * 100)
        cap_log(log, cap_bytes=500)
        writer.write(b"new line\n")
    assert log.read_text() == "new line\n"
    assert (tmp_path / "api.log.1").read_text().count("old line") == 100


def test_the_last_line_is_of_this_start(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("of the last start\n")
    since = log.stat().st_size
    assert last_line(log, since=since) == ""
    log.write_text("of the last start\nwhy it ended\n\n")
    assert last_line(log, since=since) == "why it ended"
    assert tail(log, lines=1) == [""]


def test_the_web_app_is_built_again_only_when_a_source_changed(tmp_path: Path) -> None:
    write(tmp_path, "app/page.tsx", 3)
    first = source_hash(tmp_path)
    for made in ("node_modules/x.js", ".next/x", "out/index.html", "next-env.d.ts"):
        write(tmp_path, made, 1)
    assert source_hash(tmp_path) == first
    write(tmp_path, "app/page.tsx", 4)
    second = source_hash(tmp_path)
    assert second != first
    (tmp_path / "app/page.tsx").rename(tmp_path / "app/other.tsx")
    assert source_hash(tmp_path) not in (first, second)
