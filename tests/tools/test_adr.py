from pathlib import Path

import pytest

from tools.lints.adr import find_violations

FIRST = """# 1. Rows are jobs

- Status: accepted
- Date: 2026-11-22
- Supersedes: none
- Superseded by: none

**Context.** Queues lose work.

**Held by** `tests/base`, `test_jobs.py`, `test_a_job_survives`, `tools.lints.adr` and `Layers point down`.
"""
SECOND = """# 2. Jobs are rows

- Status: accepted
- Date: 2026-11-28
- Supersedes: [0001](0001-rows.md)
- Superseded by: none

**Held by** `base/test_jobs.py`.
"""
SUPERSEDED = FIRST.replace("accepted", "superseded").replace("by: none", "by: [0002](0002-jobs.md)")


def checkout(folder: Path, first: str, second: str | None = None, *, name: str = "0001-rows.md") -> Path:
    """Write a checkout with one or two records and the checks that they name."""
    for place in ("docs/adr", "tests/base", "tools/lints"):
        (folder / place).mkdir(parents=True)
    (folder / "tests/base/test_jobs.py").write_text("async def test_a_job_survives() -> None: ...\n")
    (folder / "tools/lints/adr.py").write_text("")
    (folder / "pyproject.toml").write_text('[[tool.importlinter.contracts]]\nname = "Layers point down"\n')
    (folder / "docs/adr" / name).write_text(first)
    if second:
        (folder / "docs/adr/0002-jobs.md").write_text(second)
    return folder


def test_sound_records_pass(tmp_path: Path) -> None:
    assert find_violations(checkout(tmp_path, SUPERSEDED, SECOND)) == []


@pytest.mark.parametrize(
    "missing",
    ["tests/rest", "test_rest.py", "test_a_job_dies", "tools.lints.clock", "Layers point up", "rest/test_jobs.py"],
)
def test_a_check_that_does_not_exist_is_refused(tmp_path: Path, missing: str) -> None:
    violations = find_violations(checkout(tmp_path, FIRST.replace("tests/base", missing)))
    assert violations == [f"0001-rows.md: 'Held by' names `{missing}`, which does not exist."]


def test_a_module_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    folder = checkout(tmp_path, FIRST)
    (folder / "tests/rest").mkdir()
    (folder / "tests/rest/test_jobs.py").write_text("")
    assert find_violations(folder) == ["0001-rows.md: 'Held by' names `test_jobs.py`, which does not exist."]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("# 1. ", "# ", "the title"),
        ("- Date: 2026-11-22\n", "", "the four lines"),
        ("2026-11-22", "22 November", "the date"),
        ("accepted", "decided", "the status"),
        ("accepted", "superseded", "'superseded' exactly where"),
        ("Supersedes: none", "Supersedes: the queue", "neither 'none' nor a link"),
        ("Supersedes: none", "Supersedes: [0009](0009-gone.md)", "does not exist"),
        ("**Held by**", "**Kept by**", "names no check"),
    ],
)
def test_a_faulty_record_is_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    (violation,) = find_violations(checkout(tmp_path, FIRST.replace(old, new)))
    assert violation.startswith("0001-rows.md: ")
    assert complaint in violation


def test_a_link_goes_both_ways(tmp_path: Path) -> None:
    assert find_violations(checkout(tmp_path, FIRST, SECOND)) == [
        "0002-jobs.md: 'Supersedes' links 0001-rows.md, whose 'Superseded by' does not link back."
    ]


@pytest.mark.parametrize("name", ["1-rows.md", "0001_rows.md"])
def test_a_file_name_of_another_form_is_refused(tmp_path: Path, name: str) -> None:
    assert any("the file name" in each for each in find_violations(checkout(tmp_path, FIRST, name=name)))


def test_a_gap_in_the_numbers_is_refused(tmp_path: Path) -> None:
    assert any("gap" in each for each in find_violations(checkout(tmp_path, FIRST, name="0003-rows.md")))
