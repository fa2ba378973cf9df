"""`./arti test PATH[::name]`: which arguments pytest gets."""

import subprocess
import sys
from pathlib import Path

import pytest

from arti.cli import main
from arti_core.errors import Invalid
from local_stack.data_directory import CHECKOUT
from tools import checks
from tools.pytest_runs import split_paths

TESTS = CHECKOUT / "tests"


def test_a_file_is_run_in_one_process() -> None:
    assert split_paths(["tests/tools/test_paths.py"]) == ([f"{TESTS}/tools/test_paths.py"], [])


def test_a_name_and_options_are_passed_on() -> None:
    python, browser = split_paths(["tests/tools/test_paths.py::test_x[a b]", "-k", "name", "-x"])
    assert python == [f"{TESTS}/tools/test_paths.py::test_x[a b]", "-k", "name", "-x"]
    assert browser == []


def test_paths_are_relative_to_the_current_folder_first() -> None:
    assert split_paths(["test_paths.py"], TESTS / "tools")[0] == [f"{TESTS}/tools/test_paths.py"]


def test_a_folder_is_run_by_several_workers() -> None:
    assert "-n" in split_paths(["tests/tools"])[0]


def test_browser_tests_are_run_apart() -> None:
    assert split_paths(["tests/browser/conftest.py"]) == ([], [f"{TESTS}/browser/conftest.py"])
    python, browser = split_paths(["tests"])
    assert "--ignore=tests/browser" in python
    assert browser == [f"{TESTS}/browser"]


def test_a_path_that_does_not_exist_is_named() -> None:
    with pytest.raises(Invalid, match=r"There is no tests/absent\.py to test"):
        split_paths(["tests/absent.py"])


def test_words_after_two_dashes_are_options(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(checks, "run_paths", given.extend)
    with pytest.raises(SystemExit) as ended:
        main(["test", "tests/tools/test_paths.py", "--", "-k", "name"])
    assert ended.value.code == 0
    assert given == ["tests/tools/test_paths.py", "-k", "name"]


def test_one_test_by_its_name(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ONE_TEST, str(tmp_path)], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "1 passed, 0 failed, 0 skipped"
    assert done.stdout.splitlines()[-2].startswith("Seconds: python ")


_ONE_TEST = """
import sys
from pathlib import Path
sys.path[:0] = ["src", "."]
from tools import checks, pytest_runs
checks.RESULTS = pytest_runs.RESULTS = Path(sys.argv[1])
pytest_runs.install_web_packages = lambda report: None
sys.exit(checks.run_paths(["tests/tools/test_paths.py::test_a_file_is_run_in_one_process"]))
"""
