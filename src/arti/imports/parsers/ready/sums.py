"""Add up the rows of a day or period: to the whole, and by each column that splits them.

An export of ads has a row for each ad, one of links a row for each link and country. What adds up is added; of people
and averages a value is stored only where one row has it. Where a number of a sum is missing, there is no sum.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import fsum

from arti.imports.types import ParsedFile
from arti.metrics.catalogue import Metric
from arti.providers.contract import Observation

Key = tuple[str, date, str]  # metric, day, dimension


@dataclass(frozen=True, slots=True)
class RowNumber:
    """What one row says. `counted`: what its number is of, where rows differ in that; `broken`: it is unreadable."""

    row: int
    value: float | None = None
    reason: str | None = None
    counted: str = ""
    broken: bool = False


class Sums:
    """The parts of each sum, in the order of their rows."""

    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        self._metrics = metrics
        self._parts: dict[Key, list[RowNumber]] = {}

    def add(self, key: Key, part: RowNumber) -> None:
        self._parts.setdefault(key, []).append(part)

    def write(self, parsed: ParsedFile) -> None:
        """Add the sums as observations, and notes that say which are not stored and why."""
        left_out = Counter[tuple[str, str]]()
        for (slug, day, dimension), parts in self._parts.items():
            metric, first = self._metrics[slug], parts[0]
            value, reason, why = first.value, first.reason, ""
            if any(part.broken for part in parts):
                why = "one of its rows could not be read"
            elif len(parts) > 1:
                values = [part.value for part in parts if part.value is not None]
                if metric.kind not in ("flow", "counter") or (metric.unit == "people" and metric.kind == "counter"):
                    why = "it does not add up over rows"
                elif len({part.counted for part in parts}) > 1:
                    why = "its rows count different things"
                elif 0 < len(values) < len(parts):
                    why = "one of its rows has no number"
                value = fsum(values) if values else None
            if why:
                left_out[metric.name, why] += 1
            else:
                parsed.observations.append(
                    Observation(slug, day, value, null_reason=reason, dimension=dimension, source_row=first.row)
                )
        for (name, why), count in left_out.items():
            times = f"{count} times" if count > 1 else "once"
            parsed.notes.append(f"{name} of a day or period is left out {times}: {why}.")
