"""`./arti test`: every check and every test, each with a title, and one closing line."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from arti_core.errors import ArtiError
from local_stack.data_directory import CHECKOUT
from local_stack.web.build import WEB, run_node
from tools.advisories import check_advisories
from tools.lints.file_lengths import find_violations, find_warnings
from tools.openapi import OPENAPI, dump_openapi
from tools.pytest_runs import (
    RESULTS,
    build_web,
    check_environment,
    install_web_packages,
    run_browser_tests,
    run_python_tests,
    split_paths,
)
from tools.report import Report, print_summary


@dataclass(frozen=True, slots=True)
class _Step:
    title: str
    kind: str
    run: Callable[[Report], str | None]  # returns what is wrong, or None
    writes_to_terminal: bool = False  # writes to the terminal while it runs


def run_checks(*, fast: bool = False, only: str | None = None) -> int:
    """Run what is asked for, all of it even after a failure. Returns the exit code."""
    kinds = {only} if only else {"lint", "types", "web", "python"} | (set() if fast else {"browser"})
    return _run_stages(
        [[[step for step in lane if step.kind in kinds] for lane in stage] for stage in _STAGES],
    )


def run_paths(words: Sequence[str]) -> int:
    """Run the tests that `words` name: PATH or PATH::name, then pytest's own options. Returns the exit code."""
    python, browser = split_paths(words)
    steps = []
    if python:
        steps.append(_Step("Python tests", "python", lambda report: run_python_tests(report, python), True))
    if browser:
        steps.append(_Step("Web: build", "browser", build_web))
        steps.append(_Step("Browser tests", "browser", lambda report: run_browser_tests(report, browser), True))
    return _run_stages([[steps]])


def _run_stages(stages: Sequence[Sequence[Sequence[_Step]]]) -> int:
    """Run stages one after another, and the lanes of a stage at the same time. Returns the exit code."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    report, started = Report(), time.monotonic()
    for stage in stages:
        lanes = [lane for lane in stage if lane]
        if not lanes:
            continue
        stop = threading.Event()
        with ThreadPoolExecutor(len(lanes)) as pool:
            try:
                for lane_report in pool.map(lambda lane, stop=stop: _run_lane(lane, stop), lanes):
                    report.add(lane_report)
            finally:
                stop.set()  # after Ctrl-C no further step begins
    return print_summary(report, time.monotonic() - started)


def _run_lane(steps: Sequence[_Step], stop: threading.Event) -> Report:
    """Run steps one after another. A step's output is printed in one piece: another lane may print at the same time."""
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
        seconds = time.monotonic() - started
        report.add_seconds(step.kind, seconds)
        output = [] if step.writes_to_terminal else [f"\n== {step.title}"]
        output += [wrong.rstrip()] if wrong else []
        output.append(f"{'FAILED' if wrong else 'ok'} ({seconds:.0f} s)\n")
        sys.stdout.write("\n".join(output))
        sys.stdout.flush()
    return report


def _tool(program: str, *words: str) -> Callable[[Report], str | None]:
    def run(report: Report) -> str | None:
        done = subprocess.run(
            [str(Path(sys.executable).with_name(program)), *words],
            cwd=CHECKOUT,
            env=check_environment(),
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
    for warning in find_warnings():
        print(f"Warning: {warning}")
    violations = find_violations()
    report.failed += bool(violations)
    return "\n".join(violations) or None


def _client(report: Report) -> str | None:
    """The committed description and types must be what the API says now."""
    wrong = []
    if not OPENAPI.exists() or OPENAPI.read_text() != dump_openapi():
        wrong.append("web/openapi.json is not what the API says now. Run ./arti dump-openapi.")
    types, draft = WEB / "lib" / "api" / "schema.d.ts", RESULTS / "schema.d.ts"
    _node("node_modules/openapi-typescript/bin/cli.js", str(OPENAPI), "-o", str(draft), what="Making the typed client")
    if not types.exists() or types.read_text() != draft.read_text():
        wrong.append("web/lib/api/schema.d.ts is not made from web/openapi.json. Run 'npm run api' in web/.")
    report.failed += bool(wrong)
    return "\n".join(wrong) or None


def _web(*words: str) -> Callable[[Report], str | None]:
    def run(report: Report) -> str | None:
        log = RESULTS / "web.log"
        log.unlink(missing_ok=True)
        try:
            _node(*words, what="This check")
        except ArtiError:
            report.failed += 1
            return log.read_text(errors="replace")
        return None

    return run


def _web_format(report: Report) -> str | None:
    install_web_packages(report)
    return _web("node_modules/prettier/bin/prettier.cjs", "--check", ".")(report)


def _node(*words: str, what: str) -> None:
    asyncio.run(run_node(list(words), log=RESULTS / "web.log", what=what))


# A stage begins when the one before it has ended; its lanes run at the same time, since each keeps one core busy.
_STAGES = (
    (
        (
            _Step("Lint", "lint", _tool("ruff", "check", ".")),
            _Step("Format", "lint", _tool("ruff", "format", "--check", ".")),
            _Step("Imports between packages", "lint", _tool("lint-imports")),
            _Step("Files and folders", "lint", _file_lengths),
            _Step("Words in names", "lint", _tool("python", "-m", "tools.lints.names")),
            _Step("Table ownership", "lint", _tool("python", "-m", "tools.lints.table_ownership")),
            _Step("One clock", "lint", _tool("python", "-m", "tools.lints.clock")),
            _Step("Decision records", "lint", _tool("python", "-m", "tools.lints.adr")),
            _Step("Commit subjects", "lint", _tool("python", "-m", "tools.lints.commit_subjects")),
            _Step("Released migrations", "lint", _tool("python", "-m", "tools.lints.applied_migrations")),
            _Step("Lock files", "lint", _tool("python", "-m", "tools.lints.lock_files")),
            _Step("Class names", "lint", _tool("python", "-m", "tools.lints.class_names")),
            _Step("Runtime pins", "lint", _tool("python", "-m", "tools.lints.runtime_pins")),
            _Step("Settings page", "lint", _tool("python", "-m", "tools.settings_page")),
            _Step("Licences", "lint", _tool("python", "-m", "tools.licences")),
            _Step("Known advisories", "lint", check_advisories),
            _Step("Types", "types", _tool("mypy")),
        ),
        (
            _Step("Web: format", "lint", _web_format),
            _Step("Web: packages", "web", install_web_packages),
            _Step("Web: the typed client is what the API says", "web", _client),
            _Step("Web: lint", "web", _web("node_modules/eslint/bin/eslint.js", ".")),
            _Step("Web: types", "web", _web("node_modules/typescript/bin/tsc", "--noEmit")),
            _Step("Web: tests", "web", _web("--run", "test")),
            _Step("Web: build", "browser", build_web),
        ),
    ),
    ((_Step("Python tests", "python", run_python_tests, writes_to_terminal=True),),),
    ((_Step("Browser tests", "browser", run_browser_tests, writes_to_terminal=True),),),
)
