"""Runs of pytest: the whole suite, the browser tests, or the paths that somebody names."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from arti_core.errors import Invalid
from local_stack.data_directory import CHECKOUT
from local_stack.web.build import build_web_app, install_modules
from tools.chromium import find_chromium, install_chromium
from tools.report import Report, count_results

RESULTS = CHECKOUT / ".arti" / "test"
_BROWSER = CHECKOUT / "tests" / "browser"
_NO_TESTS = 5  # pytest's exit code when it collects none
_NO_CHROMIUM = (
    "Chromium is missing and may not be installed from here: run 'sudo apt-get install chromium fonts-dejavu-core', "
    "or set ARTI_CHROMIUM to the program."
)


def check_environment() -> dict[str, str]:
    """Return the environment of a check. Compiled modules are kept: tests start hundreds of processes of ours."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": os.pathsep.join((str(CHECKOUT / "src"), str(CHECKOUT)))}


def run_pytest(report: Report, name: str, words: Sequence[str], **extra: str) -> str | None:
    """Run pytest with its own output on the terminal, and add its counts to the report. Returns what is wrong."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    results = RESULTS / f"{name}.xml"
    results.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, f"--junitxml={results}", "-r", "fEs", "--durations=10"],
        cwd=CHECKOUT,
        env=check_environment() | extra,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    before = report.failed
    count_results(results, report)
    if done.returncode in (0, _NO_TESTS):
        return None
    report.failed += report.failed == before  # it ended badly without naming a test
    return f"pytest ended with {done.returncode}."


def install_web_packages(_: Report) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    asyncio.run(install_modules(log=RESULTS / "web.log"))


def build_web(_: Report) -> None:
    asyncio.run(build_web_app(log=RESULTS / "web.log"))


def run_python_tests(report: Report, words: Sequence[str] = (), *, name: str = "python", **extra: str) -> str | None:
    """Run everything but the browser tests, or only `words`."""
    install_web_packages(report)  # the official JavaScript client is tested with the web app's own copy
    # One worker more than there are cores: many tests wait for a server, a time-out or a process.
    chosen = list(words) or ["--ignore=tests/browser", *workers(8, spare=1)]
    return run_pytest(report, name, chosen, **extra)


def run_browser_tests(report: Report, words: Sequence[str] = ()) -> str | None:
    """Run the browser tests, or only `words`. Skipped, and said so, where there is no Chromium; a failure in CI."""
    program = find_chromium() or install_chromium()
    if program is None:
        if os.environ.get("CI"):
            report.failed += 1
            return _NO_CHROMIUM
        report.skipped += 1
        print(f"SKIPPED, nothing was tested in a browser. {_NO_CHROMIUM}")
        return None
    return run_pytest(report, "browser", list(words) or ["tests/browser", *workers(2)], ARTI_CHROMIUM=program)


def workers(most: int, *, spare: int = 0) -> list[str]:
    """Return the options of pytest-xdist.

    A file stays with one worker, so that what its tests share is made once: a database, a running platform. The files
    come in the order of tests/conftest.py, not by how many tests are in them.
    """
    count = min((os.cpu_count() or 1) + spare, most)
    return ["-n", str(count), "--dist", "loadfile", "--no-loadscope-reorder"]


def split_paths(words: Sequence[str], cwd: Path | None = None) -> tuple[list[str], list[str]]:
    """Return pytest's arguments for the Python tests and those for the browser tests, among `words`.

    `words` are PATH or PATH::name, relative to `cwd` or to the checkout, then pytest's own options from the first word
    that begins with "-". Raises Invalid naming a path that does not exist.
    """
    first_option = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
    options = list(words[first_option:])
    python, browser, folders = [], [], False
    for word in words[:first_option]:
        name, separator, test = word.partition("::")
        path = next(
            (path for base in (cwd or Path.cwd(), CHECKOUT) if (path := (base / name).resolve()).exists()), None
        )
        if path is None:
            raise Invalid(
                f"There is no {name} to test. Give a file or folder below tests/, or PATH::name.", field="path"
            )
        folders |= path.is_dir()
        if path.is_relative_to(_BROWSER):
            browser.append(f"{path}{separator}{test}")
            continue
        python.append(f"{path}{separator}{test}")
        if _BROWSER.is_relative_to(path):
            python.append("--ignore=tests/browser")
            browser.append(str(_BROWSER))
    if python and folders:
        python += workers(8, spare=1)
    return [*python, *options] if python else [], [*browser, *options] if browser else []
