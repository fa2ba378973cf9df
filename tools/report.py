"""What a run of `./arti test` counted: tests, failed steps and seconds per kind."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

BUDGET_SECONDS = 25 * 60  # of ./arti test, on 2 cores
KINDS = ("lint", "types", "python", "web", "browser")


@dataclass(slots=True)
class Report:
    """The counts of a run. A failed check counts as one failure, like a failed test."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    # What tests counted themselves (`record_testsuite_property`), added up by name.
    recorded: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Report") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures
        for kind, seconds in other.seconds.items():
            self.add_seconds(kind, seconds)
        for name, number in other.recorded.items():
            self.recorded[name] = self.recorded.get(name, 0) + number

    def add_seconds(self, kind: str, seconds: float) -> None:
        self.seconds[kind] = self.seconds.get(kind, 0) + seconds

    def counts(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"

    def recorded_numbers(self) -> str:
        """Return what tests counted themselves, to stand behind the counts of tests; empty where none did."""
        numbers = ", ".join(f"{number:,} {name}" for name, number in sorted(self.recorded.items()))
        return f"; {numbers}" if numbers else ""


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
        for entry in suite.iter("property"):
            name, value = entry.get("name", ""), entry.get("value", "")
            if value.isdecimal():
                report.recorded[name] = report.recorded.get(name, 0) + int(value)


def describe_seconds(report: Report, elapsed: float) -> list[str]:
    """Return a line with the seconds of each kind, and a warning when the run took longer than its budget.

    Steps that ran at the same time count in full for their kind, so the kinds may add up to more than `elapsed`.
    """
    kinds = ", ".join(f"{kind} {report.seconds[kind]:.0f}" for kind in KINDS if kind in report.seconds)
    lines = [f"Seconds: {kinds}; {elapsed:.0f} in all."]
    if elapsed > BUDGET_SECONDS:
        lines.append(
            f"Warning: over the budget of {BUDGET_SECONDS // 60} minutes by {elapsed - BUDGET_SECONDS:.0f} s. "
            "Move matrices to ./arti test --long (CONTRIBUTING.md)."
        )
    return lines


def print_summary(report: Report, elapsed: float) -> int:
    """Print what failed, the seconds and, as the last line, the counts. Returns the exit code."""
    print()
    for title in report.failures:
        print(f"Failed: {title}")
    for line in describe_seconds(report, elapsed):
        print(line)
    print(report.counts(), flush=True)
    return 1 if report.failures or report.failed else 0
