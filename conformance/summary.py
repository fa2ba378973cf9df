"""Count the results of a suite, and group the failures by their first line."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from conformance.known_gaps import find_gap

_VARIABLE_PARTS = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[\w.+-]+@[\w.-]+|0x[0-9a-f]+|\x1b\[[0-9;]*m"
)
_MAX_NAMES = 5


@dataclass(frozen=True, slots=True)
class Result:
    """One test: passed, failed or skipped, and the first line of its failure."""

    name: str
    status: str
    message: str = ""


@dataclass(slots=True)
class SuiteSummary:
    """The results of one suite. A failure listed in known_gaps.py counts as a known gap."""

    suite: str
    passed: int = 0
    skipped: int = 0
    failed: list[Result] = field(default_factory=list)
    gaps: list[tuple[Result, str]] = field(default_factory=list)
    stopped: str = ""

    @property
    def ran(self) -> int:
        return self.passed + len(self.failed) + len(self.gaps)

    def take(self, results: Iterable[Result]) -> None:
        for result in results:
            if result.status == "passed":
                self.passed += 1
            elif result.status == "skipped":
                self.skipped += 1
            elif reason := find_gap(self.suite, result.name):
                self.gaps.append((result, reason))
            else:
                self.failed.append(result)

    def cannot_run(self, sentence: str) -> None:
        self.stopped = sentence
        self.failed.append(Result("(the whole suite)", "failed", sentence))

    def line(self) -> str:
        counts = f"{self.passed} passed, {len(self.failed)} failed, {self.skipped} skipped"
        return self.stopped or f"{counts}, {len(self.gaps)} known gaps"

    def show(self) -> None:
        """Print the failures, the most frequent reason first, then the known gaps."""
        groups: dict[str, list[str]] = defaultdict(list)
        for result in self.failed:
            groups[_VARIABLE_PARTS.sub("_", result.message)].append(result.name)
        for message, names in sorted(groups.items(), key=lambda group: -len(group[1])):
            print(f"FAILED {len(names)} x {message}")
            for name in names[:_MAX_NAMES]:
                print(f"    {name}")
            if len(names) > _MAX_NAMES:
                print(f"    and {len(names) - _MAX_NAMES} more")
        by_reason: dict[str, list[str]] = defaultdict(list)
        for result, reason in self.gaps:
            by_reason[reason].append(result.name)
        for reason, names in by_reason.items():
            print(f"GAP {len(names)} x {reason}")
        print(self.line(), flush=True)

    def as_json(self) -> dict[str, Any]:
        return {
            "passed": self.passed,
            "skipped": self.skipped,
            "failed": [asdict(result) for result in self.failed],
            "gaps": [{**asdict(result), "reason": reason} for result, reason in self.gaps],
        }

    @classmethod
    def total(cls, summaries: "list[SuiteSummary]") -> "SuiteSummary":
        total = cls("all")
        for summary in summaries:
            total.passed += summary.passed
            total.skipped += summary.skipped
            total.failed += summary.failed
            total.gaps += summary.gaps
        return total
