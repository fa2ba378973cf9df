"""`./arti test --long [NAME...]`: whole matrices, of which `./arti test` runs a fixed sample.

Each run appends a line with date, commit and result to docs/long-runs.md. One that takes hours has parts: killed, or at
the end of its `--minutes`, it is gone on with by the next `./arti test --long NAME`.
"""

import asyncio
import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from arti_core import clock
from arti_core.errors import Invalid
from local_stack.data_directory import CHECKOUT
from local_stack.n8n.install import install_n8n
from tools.long_parts import FOLDER, Progress, run_parts
from tools.pytest_runs import check_environment, run_python_tests, split_paths, workers
from tools.report import Report

RECORD = CHECKOUT / "docs" / "long-runs.md"
TRANSCRIPT = CHECKOUT / "docs" / "operator-run.txt"
_HEADER = """# Long runs

Results of `./arti test --long [NAME...]`, the latest last. `tools/long_runs.py` lists the names and writes the lines.
`faults` (10 parts of 30 seeds), `fuzz` (27 parts of 38,000 requests) and `imports` (a part for each folder of published
exports) go on where the last run ended, killed or at the end of its `--minutes N`; what failed is run again. `--anew`
begins anew, as after the last part. Which parts have passed stands in `.arti/long-runs`. The last transcript of
`operator`: [operator-run.txt](operator-run.txt).

| Date | Commit | Run | Result | Minutes |
| --- | --- | --- | --- | --- |
"""
_FUZZ = (
    "tests/isolation/test_protocols_rest.py",
    "tests/isolation/test_protocols_auth.py",
    "tests/isolation/test_protocols_realtime.py",
    "tests/supabase_local/rest/test_query_fuzz.py",
)
_SEEDED = (
    "tests/imports/test_cell_parsers.py",
    "tests/imports/test_parsers.py",
    "tests/insights",
    "tests/isolation/test_protocols_rest.py",
    "tests/isolation/test_protocols_auth.py",
    "tests/supabase_local/realtime/test_socket_fuzz.py",
    "tests/supabase_local/rest/test_query_fuzz.py",
)
_DAYS = "tests/connections/test_main_job_on_days.py"
_FAULTS = "tests/connections/test_faults.py"
_MUTANTS = "tests/isolation/test_policy_mutants.py"
# Tests that repeat one thing: ten thousand times instead of fewer.
_COUNTS = (
    "tests/arti_core/test_database.py",
    "tests/arti_core/test_tenant_client.py",
    "tests/automation/test_long_outage.py",
)
_SEEDS = (1, 2, 3, 5, 8)
# Of 38,000 generated requests each, a million together; of 30 seeds of faults each.
_FUZZ_PARTS = tuple(f"seed {seed}" for seed in range(1, 28))
_FAULT_PARTS = tuple(f"{first}-{first + 29}" for first in range(0, 300, 30))
# Of the published exports each folder; tests/imports/test_matrix.py says when one is missing.
_IMPORT_PARTS = (
    "exports-distributors/royaltyapp-fixtures",
    "exports-distributors/trackshift-fixtures",
    "exports-meta-business-suite/facebook-page-ua",
    "exports-meta-business-suite/oigetit-sa",
    "exports-meta-business-suite/vintage-bg",
    "exports-spotify-for-artists/blue-frog",
    "exports-spotify-for-artists/la-ramona",
    "exports-youtube-studio/all-metrics-one-row",
    "exports-youtube-studio/coding-train-geography",
    "exports-youtube-studio/danger-tv",
    "exports-youtube-studio/keith-galli",
    "exports-youtube-studio/ken-jee-content",
    "exports-youtube-studio/tim-a-ghost-content",
    "series-royalties-by-store-month",
)
_BENCHES = ("startup", "api", "scale", "rest", "realtime", "main_job", "fairness", "load", "webhooks")


@dataclass(frozen=True, slots=True)
class LongRun:
    """One matrix. `requires` is a setting without which it is skipped; `run` gets the paths when it `takes_paths`.

    With `parts`, `run` gets one after the other.
    `named_only`: it does not run without its name, because naming it accepts something.
    """

    name: str
    summary: str
    run: Callable[..., object]
    requires: str = ""
    takes_paths: bool = False
    parts: tuple[str, ...] = ()
    named_only: bool = False


def _run_fuzz(report: Report, part: str) -> None:
    seed = part.removeprefix("seed ")
    words = [*_FUZZ, *workers(8, spare=1), f"--hypothesis-seed={seed}"]
    run_python_tests(report, words, name=f"long-fuzz-{seed}", ARTI_TEST_LONG="1", ARTI_TEST_SEEDED="1")


def _run_seeds(report: Report) -> None:
    for seed in _SEEDS:
        print(f"\n-- seed {seed}", flush=True)
        run_python_tests(
            report,
            [*_SEEDED, *workers(8, spare=1), f"--hypothesis-seed={seed}"],
            name=f"long-seed-{seed}",
            ARTI_TEST_SEEDED="1",
        )


def _run_dates(report: Report, paths: Sequence[str] = ()) -> None:
    """Run the main job on days of every kind, and the whole Python suite at each date of tests/clock.py.

    The suite is in one of the time zones of tests/clock.py after another. `paths` replace both.
    """
    words = split_paths(paths)[0]
    if not paths:
        run_python_tests(report, [_DAYS, "-n", "0"], name="long-days", ARTI_TEST_LONG="1")
    days = importlib.import_module("tests.clock")
    for place, date in enumerate(days.DATES):
        zone = days.ZONES[place % len(days.ZONES)]
        print(f"\n-- {date} in {zone}", flush=True)
        run_python_tests(report, words, name=f"long-date-{place + 1}", ARTI_TEST_NOW=date, TZ=zone)


def _run_faults(report: Report, part: str) -> None:
    # Each half of the seeds with stores of its own.
    words = [_FAULTS, *workers(2)[:2], "--dist", "load", "-k", "of_seeds"]
    run_python_tests(report, words, name=f"long-faults-{part}", ARTI_TEST_LONG="1", ARTI_TEST_FAULT_SEEDS=part)


def _run_mutants(report: Report) -> None:
    run_python_tests(report, [_MUTANTS, "-n", "0", "-s"], name="long-mutants", ARTI_TEST_LONG="1")


def _run_counts(report: Report) -> None:
    run_python_tests(report, [*_COUNTS, *workers(2)], name="long-counts", ARTI_TEST_LONG="1")


def _run_imports(report: Report, part: str) -> None:
    words = ["tests/imports/test_matrix.py", "-k", "of_every_file", "-n", "0", "-s"]
    name = f"long-imports-{part.replace('/', '-')}"
    run_python_tests(report, words, name=name, ARTI_TEST_LONG="1", ARTI_TEST_EXPORT_FOLDER=part)


def _run_n8n(report: Report) -> None:
    """Install n8n where it is missing, and show its licence: whoever names this run accepts it."""

    def accept(licence: str) -> bool:
        print(licence, flush=True)
        return True

    program = asyncio.run(install_n8n(accept))
    paths = ["tests/local_stack/test_with_n8n.py", "tests/orgs/test_n8n_supabase.py", "-n", "0"]
    run_python_tests(report, paths, name="long-n8n", ARTI_N8N=str(program.parents[3]), ARTI_TEST_LONG="1")


def _run_update(report: Report) -> None:
    files = ("test_update_of_small_stack.py", "test_update_of_running.py", "test_old_code.py")
    paths = [f"tests/local_stack/{file}" for file in files]
    run_python_tests(report, [*paths, "-n", "0", "-s"], name="long-update", ARTI_TEST_LONG="1")


def _run_operator(report: Report) -> None:
    words = ["tests/operator", "-n", "0", "-s"]
    run_python_tests(report, words, name="long-operator", ARTI_TEST_LONG="1", ARTI_TRANSCRIPT=str(TRANSCRIPT))


def _run_image(report: Report) -> None:
    words = ["tests/deploy/test_image.py", "-n", "0", "-s"]
    run_python_tests(report, words, name="long-image", ARTI_TEST_LONG="1")


def _run_loads(report: Report) -> None:
    """Run each benchmark. It passes when it ends well; its figures go to the terminal."""
    for name in _BENCHES:
        print(f"\n-- bench/{name}", flush=True)
        done = subprocess.run([sys.executable, str(CHECKOUT / "bench" / name)], env=check_environment(), check=False)
        report.passed += done.returncode == 0
        report.failed += done.returncode != 0


LONG_RUNS = (
    LongRun("fuzz", "a million generated requests, instead of 1,500", _run_fuzz, parts=_FUZZ_PARTS),
    LongRun(
        "dates",
        "the main job on days of every kind; the whole Python suite under seven dates and three time zones",
        _run_dates,
        takes_paths=True,
    ),
    LongRun("seeds", f"generated tests under {len(_SEEDS)} seeds instead of the fixed one", _run_seeds),
    LongRun("faults", "300 seeds of faults while accounts are synced, instead of 27", _run_faults, parts=_FAULT_PARTS),
    LongRun("mutants", "every policy, grant, table and function of isolation weakened, one at a time", _run_mutants),
    LongRun(
        "counts",
        "10,000 requests in a small pool, 10,000 rebinding names, 1,000 messages through an outage",
        _run_counts,
    ),
    LongRun("imports", "every published export in 45 forms and six languages", _run_imports, parts=_IMPORT_PARTS),
    LongRun("n8n", "n8n itself: as a service, connected by the API, and its Supabase node", _run_n8n, named_only=True),
    LongRun(
        "update", "updates of a running stack: ready, not ready, killed; the version before on this schema", _run_update
    ),
    LongRun(
        "operator",
        "docs/operating.md on a fresh Debian with systemd: TLS, people, n8n, a sync, a loss, an update",
        _run_operator,
    ),
    LongRun(
        "image", "the image of deploy/containers, built by buildah; each service of compose.yaml from it", _run_image
    ),
    LongRun("loads", "every benchmark", _run_loads),
)


def run_long(
    names: Sequence[str],
    paths: Sequence[str] = (),
    *,
    minutes: float | None = None,
    anew: bool = False,
    runs: Sequence[LongRun] = LONG_RUNS,
    record: Path = RECORD,
    progress_in: Path = FOLDER,
) -> int:
    """Run the matrices `names`, all of them without a name, and record each. Returns the exit code.

    `paths` (PATH or PATH::name) narrow those that take them. What has parts goes on where it ended, unless `anew`; no
    part is begun after `minutes`. Raises Invalid naming the matrices that there are.
    """
    known = {run.name: run for run in runs}
    for name in names:
        if name not in known:
            raise Invalid(f"There is no long run {name!r}. There are: {', '.join(known)}.", field="long")
    if paths and not all(known[name].takes_paths for name in names or known):
        narrowable = ", ".join(name for name, run in known.items() if run.takes_paths)
        raise Invalid(f"A path narrows these long runs only: {narrowable}.", field="path")
    failed, until = False, None if minutes is None else time.monotonic() + minutes * 60
    for name in names or [name for name, run in known.items() if not run.named_only]:
        run, report, started, commit = known[name], Report(), time.monotonic(), _commit()
        print(f"\n== {run.name}: {run.summary}", flush=True)
        if run.requires and not os.environ.get(run.requires):
            result = f"skipped: {run.requires} is not set"
        elif run.parts:
            progress = Progress(progress_in, run.name, run.parts)
            if anew:
                progress.forget()
            described = run_parts(report, progress, run.run, until=until)
            result = f"{report.counts()}: {described}{report.recorded_numbers()}"
        else:
            run.run(report, *([paths] if paths else []))
            result = f"{report.counts()}{report.recorded_numbers()}"
        failed |= report.failed > 0
        _append(record, " ".join((name, *paths)), result, time.monotonic() - started, commit)
        print(f"{run.name}: {result}", flush=True)
    return 1 if failed else 0


def _append(record: Path, name: str, result: str, seconds: float, commit: str) -> None:
    if not record.exists():
        record.write_text(_HEADER)
    today = f"{clock.now():%Y-%m-%d}"
    with record.open("a") as file:
        file.write(f"| {today} | {commit} | {name} | {result} | {seconds / 60:.0f} |\n")


def _commit() -> str:
    """Return the short id of the checked-out commit, marked when files differ from it."""
    try:
        commit = _git("rev-parse", "--short", "HEAD")
        return f"{commit} + changes" if _git("status", "--porcelain", "--untracked-files=no") else commit
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.strip()
