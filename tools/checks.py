"""`./arti test`: every check and every test, each with a title, and one closing line."""

import asyncio
import os
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from arti_core.errors import ArtiError
from local_stack.data_directory import CHECKOUT
from local_stack.web_build import WEB, build_web_app, install_modules, run_node
from tools.chromium import find_chromium, install_chromium
from tools.lints.file_lengths import find_violations
from tools.openapi import OPENAPI, dump_openapi

_RESULTS = CHECKOUT / ".arti" / "test"
_NO_TESTS = 5  # pytest's exit code when it collects none
_LONG = "ARTI_TEST_LONG"
_NO_CHROMIUM = (
    "Chromium is missing and may not be installed from here: run 'sudo apt-get install chromium fonts-dejavu-core', "
    "or set ARTI_CHROMIUM to the program."
)


@dataclass(slots=True)
class Report:
    """What happened. A failed check counts as one failure, like a failed test."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: "Report") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures


@dataclass(frozen=True, slots=True)
class _Step:
    title: str
    kind: str
    run: Callable[[Report], str | None]  # returns what is wrong, or None
    writes_to_terminal: bool = False  # writes to the terminal while it runs


def run_checks(*, fast: bool = False, only: str | None = None, long: bool = False) -> int:
    """Run what is asked for, all of it even after a failure. Returns the exit code."""
    if long:
        os.environ[_LONG] = "1"
    _RESULTS.mkdir(parents=True, exist_ok=True)
    report = Report()
    kinds = {only} if only else {"lint", "types", "web", "python"} | (set() if fast else {"browser"})
    for stage in _STAGES:
        lanes = [chosen for lane in stage if (chosen := [step for step in lane if step.kind in kinds])]
        if not lanes:
            continue
        stop = threading.Event()
        with ThreadPoolExecutor(len(lanes)) as pool:
            try:
                for one in pool.map(lambda lane, stop=stop: _run_lane(lane, stop), lanes):
                    report.add(one)
            finally:
                stop.set()  # after Ctrl-C no further step begins
    print()
    for title in report.failures:
        print(f"Failed: {title}")
    print(f"{report.passed} passed, {report.failed} failed, {report.skipped} skipped", flush=True)
    return 1 if report.failures or report.failed else 0


def _run_lane(steps: Sequence[_Step], stop: threading.Event) -> Report:
    """Run steps one after another. What one says is printed in one piece: another lane may print at the same time."""
    report = Report()
    for step in steps:
        if stop.is_set():
            break
        started = time.monotonic()
        if step.writes_to_terminal:
            print(f"\n== {step.title}", flush=True)
        try:
            wrong = step.run(report)
        except ArtiError as error:
            report.failed += 1
            wrong = error.message
        if wrong:
            report.failures.append(step.title)
        output = [] if step.writes_to_terminal else [f"\n== {step.title}"]
        output += [wrong.rstrip()] if wrong else []
        output.append(f"{'FAILED' if wrong else 'ok'} ({time.monotonic() - started:.0f} s)\n")
        sys.stdout.write("\n".join(output))
        sys.stdout.flush()
    return report


def _tool(program: str, *words: str) -> Callable[[Report], str | None]:
    def run(report: Report) -> str | None:
        done = subprocess.run(
            [str(Path(sys.executable).with_name(program)), *words],
            cwd=CHECKOUT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            report.failed += 1
            return done.stdout
        return None

    return run


def _file_lengths(report: Report) -> str | None:
    violations = find_violations()
    report.failed += bool(violations)
    return "\n".join(violations) or None


def _client(report: Report) -> str | None:
    """The committed description and types must be what the API says now."""
    wrong = []
    if not OPENAPI.exists() or OPENAPI.read_text() != dump_openapi():
        wrong.append("web/openapi.json is not what the API says now. Run ./arti dump-openapi.")
    types, draft = WEB / "lib" / "api" / "schema.d.ts", _RESULTS / "schema.d.ts"
    _node("node_modules/openapi-typescript/bin/cli.js", str(OPENAPI), "-o", str(draft), what="Making the typed client")
    if not types.exists() or types.read_text() != draft.read_text():
        wrong.append("web/lib/api/schema.d.ts is not made from web/openapi.json. Run 'npm run api' in web/.")
    report.failed += bool(wrong)
    return "\n".join(wrong) or None


def _web(*words: str) -> Callable[[Report], str | None]:
    def run(report: Report) -> str | None:
        log = _RESULTS / "web.log"
        log.unlink(missing_ok=True)
        try:
            _node(*words, what="This check")
        except ArtiError:
            report.failed += 1
            return log.read_text(errors="replace")
        return None

    return run


def _packages(_: Report) -> None:
    asyncio.run(install_modules(log=_RESULTS / "web.log"))


def _web_format(report: Report) -> str | None:
    _packages(report)
    return _web("node_modules/prettier/bin/prettier.cjs", "--check", ".")(report)


def _build(_: Report) -> None:
    asyncio.run(build_web_app(log=_RESULTS / "web.log"))


def _python_tests(report: Report) -> str | None:
    _packages(report)  # the official JavaScript client is tested with the web app's own copy
    # One worker more than there are cores: many tests wait for a server, a time-out or a process.
    return _pytest(report, "python", ["--ignore=tests/browser", *_workers(8, spare=1)])


def _browser_tests(report: Report) -> str | None:
    program = find_chromium() or install_chromium()
    if program is None:
        if os.environ.get("CI"):
            report.failed += 1
            return _NO_CHROMIUM
        report.skipped += 1
        print(f"SKIPPED, nothing was tested in a browser. {_NO_CHROMIUM}")
        return None
    return _pytest(report, "browser", ["tests/browser", *_workers(2)], ARTI_CHROMIUM=program)


def _workers(most: int, *, spare: int = 0) -> list[str]:
    """A file stays with one worker, so that what its tests share is made once: a database, a running platform.

    The files come in the order of tests/conftest.py, not by how many tests are in them.
    """
    count = min((os.cpu_count() or 1) + spare, most)
    return ["-n", str(count), "--dist", "loadfile", "--no-loadscope-reorder"]


def _pytest(report: Report, name: str, words: Sequence[str], **extra: str) -> str | None:
    """Run pytest with its own output on the terminal, and add its counts to the report."""
    results = _RESULTS / f"{name}.xml"
    results.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, f"--junitxml={results}", "-r", "fEs", "--durations=10"],
        cwd=CHECKOUT,
        env=_environment() | extra,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    before = report.failed
    count_results(results, report)
    if done.returncode in (0, _NO_TESTS):
        return None
    report.failed += report.failed == before  # it ended badly without naming a test
    return f"pytest ended with {done.returncode}."


def count_results(results: Path, report: Report) -> None:
    """Add the counts of a junit file; nothing when there is none."""
    if not results.exists():
        return
    for suite in ElementTree.parse(results).getroot().iter("testsuite"):
        tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        report.passed += tests - skipped - failed
        report.skipped += skipped
        report.failed += failed


def _node(*words: str, what: str) -> None:
    asyncio.run(run_node(list(words), log=_RESULTS / "web.log", what=what))


def _environment() -> dict[str, str]:
    """Return the environment of a check. Compiled modules are kept: tests start hundreds of processes of ours."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": os.pathsep.join((str(CHECKOUT / "src"), str(CHECKOUT)))}


# A stage begins when the one before it has ended; its lanes run at the same time, since each keeps one core busy.
_STAGES = (
    (
        (
            _Step("Lint", "lint", _tool("ruff", "check", ".")),
            _Step("Format", "lint", _tool("ruff", "format", "--check", ".")),
            _Step("Who may import whom", "lint", _tool("lint-imports")),
            _Step("File lengths and names", "lint", _file_lengths),
            _Step("Lock files", "lint", _tool("python", "-m", "tools.lints.lock_files")),
            _Step("Types", "types", _tool("mypy")),
        ),
        (
            _Step("Web: format", "lint", _web_format),
            _Step("Web: packages", "web", _packages),
            _Step("Web: the typed client is what the API says", "web", _client),
            _Step("Web: lint", "web", _web("node_modules/eslint/bin/eslint.js", ".")),
            _Step("Web: types", "web", _web("node_modules/typescript/bin/tsc", "--noEmit")),
            _Step("Web: tests", "web", _web("--run", "test")),
            _Step("Web: build", "browser", _build),
        ),
    ),
    ((_Step("Python tests", "python", _python_tests, writes_to_terminal=True),),),
    ((_Step("Browser tests", "browser", _browser_tests, writes_to_terminal=True),),),
)
