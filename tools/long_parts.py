"""How far a long run has come: which of its parts passed, so that the next one goes on with those that are left."""

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from local_stack.data_directory import CHECKOUT
from tools.report import Report

FOLDER = CHECKOUT / ".arti" / "long-runs"


class Progress:
    """The parts that passed since the run was begun anew, in a file that is written after each part."""

    def __init__(self, folder: Path, name: str, parts: Sequence[str]) -> None:
        self._file, self._parts = folder / f"{name}.json", list(parts)
        self._passed: list[str] = json.loads(self._file.read_text()) if self._file.exists() else []

    @property
    def left(self) -> list[str]:
        return [part for part in self._parts if part not in self._passed]

    def describe(self) -> str:
        return f"{len(self._parts) - len(self.left)} of {len(self._parts)} parts have passed"

    def add(self, part: str) -> None:
        self._passed.append(part)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(".draft")
        draft.write_text(json.dumps(self._passed))
        draft.replace(self._file)

    def forget(self) -> None:
        self._file.unlink(missing_ok=True)
        self._passed = []


def run_parts(report: Report, progress: Progress, run: Callable[[Report, str], object], *, until: float | None) -> str:
    """Run the parts that are left, none begun after the monotonic time `until`. Returns which were run, in a sentence.

    One that fails is run again the next time. When all have passed, the next run begins anew.
    """
    tried = []
    for part in progress.left:
        if until is not None and time.monotonic() >= until:
            break
        print(f"\n-- {part}", flush=True)
        counted = Report()
        run(counted, part)
        report.add(counted)
        tried.append(part)
        if counted.failed == 0 and counted.passed:
            progress.add(part)
    described = f"parts {', '.join(tried) or 'none'}; {progress.describe()}"
    if not progress.left:
        progress.forget()
    return described
