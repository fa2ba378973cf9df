"""Numbers that can be recomputed: which aggregate of which stored rows, and what is shown of it.

Findings are rendered with these values, the verifier recomputes them, and members see the rows behind them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, cast
from uuid import UUID

from arti.insights import computation_store
from arti.language.catalogue import DEFAULT_LANGUAGE
from arti.language.locale_formats import show_number
from arti.metrics.growth import growth_percent
from arti_core.database import Connection, Row

Aggregate = Literal[
    "sum", "mean", "median", "first", "last", "max", "min", "count",
    "rank", "slope", "pace", "gain", "days_since", "days_at_least", "milestone",
]  # fmt: skip
Comparison = Literal["percent_change", "times", "change", "per", "share"]
COMPARISONS: Final = frozenset(("percent_change", "times", "change", "per", "share"))
_QUOTIENTS: Final = frozenset(("per", "share"))  # of two numbers beside each other: neither up nor down


@dataclass(frozen=True, slots=True)
class Window:
    """One aggregate over the days from_on..to_on of a series; `weekday` (1 = Monday) keeps those days only.

    rank: 1 = the last value is the highest of the window. slope: units a week. pace: the mean, times seven. gain: of a
    running total from the last day before the window, or its first known day, to its last known day.
    days_since: from the last value to `to_on`. days_at_least: how many days reached `level`. milestone: the highest
    round number that the last value reached.
    """

    of: Aggregate
    from_on: date
    to_on: date
    weekday: int | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Computation:
    """A number from one window, or from one window compared with another.

    `differenced`: the series is a running total, and its daily gains are aggregated, which `private.daily_gains`
    defines. per, share: the window divided by the base, as a number and in percent; the base may be of another
    series, `base_series_id`.
    """

    series_id: UUID
    window: Window
    base: Window | None = None
    comparison: Comparison | None = None
    differenced: bool = False
    base_series_id: UUID | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the form in which evidence is stored and shown."""
        stored: dict[str, Any] = {
            "op": self.comparison or self.window.of,
            "series_id": str(self.series_id),
            **_window_json(self.window),
        }
        if self.base is not None:
            stored |= {"of": self.window.of, "base": {"of": self.base.of, **_window_json(self.base)}}
        if self.differenced:
            stored["differenced"] = True
        if self.base_series_id is not None:
            stored["base"]["series_id"] = str(self.base_series_id)
        return stored

    @staticmethod
    def from_json(stored: Mapping[str, Any]) -> "Computation":
        """Read what `as_json` wrote; other keys are left alone."""
        compared = stored["op"] in COMPARISONS
        base_series_id = stored["base"].get("series_id") if compared else None
        return Computation(
            series_id=UUID(stored["series_id"]),
            window=_window_from(stored, stored["of"] if compared else stored["op"]),
            base=_window_from(stored["base"], stored["base"]["of"]) if compared else None,
            comparison=cast(Comparison, stored["op"]) if compared else None,
            differenced=bool(stored.get("differenced")),
            base_series_id=UUID(base_series_id) if base_series_id else None,
        )

    def windows(self) -> list[dict[str, Any]]:
        """Return the windows to read: part (current or base), series_id, of, differenced, from, to, and the rest."""
        parts = (("current", self.window, self.series_id), ("base", self.base, self.base_series_id or self.series_id))
        return [
            # What the gains of a running total are divided by are no gains.
            {
                "part": part,
                "series_id": str(series_id),
                "of": window.of,
                "differenced": self.differenced and (part == "current" or self.base_series_id is None),
                **_window_json(window),
            }
            for part, window, series_id in parts
            if window is not None
        ]


def _window_json(window: Window) -> dict[str, Any]:
    stored: dict[str, Any] = {"from": window.from_on.isoformat(), "to": window.to_on.isoformat()}
    if window.weekday is not None:
        stored["weekday"] = window.weekday
    if window.level is not None:
        stored["level"] = window.level
    return stored


def _window_from(stored: Mapping[str, Any], of: str) -> Window:
    return Window(
        cast(Aggregate, of),
        date.fromisoformat(stored["from"]),
        date.fromisoformat(stored["to"]),
        stored.get("weekday"),
        stored.get("level"),
    )


@dataclass(frozen=True, slots=True)
class Fact:
    """A number for a slot of a text. `rounding`: decimals shown."""

    slot: str
    label: str
    unit: str
    computation: Computation
    value: float
    rounding: int = 0

    @property
    def is_comparison(self) -> bool:
        return self.computation.comparison is not None

    @property
    def direction(self) -> int:
        """Return 1 for up, -1 for down, 0 for neither (or too small to show)."""
        if self.computation.comparison == "times":
            measure = self.value - 1
        elif self.computation.window.of == "milestone":
            return 1  # it is reached from below
        elif self.computation.comparison in _QUOTIENTS:
            return 0
        elif self.is_comparison or self.computation.window.of in ("slope", "pace", "gain"):
            measure = self.value
        else:
            return 0
        rounded = round(measure, self.rounding)
        return (rounded > 0) - (rounded < 0)

    @property
    def shown(self) -> str:
        return show_value(self.value, unit=self.unit, rounding=self.rounding, signed=self.direction == 0)


def show_value(value: float, *, unit: str, rounding: int = 0, signed: bool = True) -> str:
    """Return the number as it is stored beside a text, in English; readers see it in the form of their language."""
    return show_number(value if signed else abs(value), DEFAULT_LANGUAGE, unit=unit, decimals=rounding)


def is_reproduced(recorded: float, computed: float | None) -> bool:
    """Return whether a recomputed number equals the recorded one, up to the last bits of a double."""
    return computed is not None and math.isclose(recorded, computed, rel_tol=1e-9, abs_tol=1e-9)


def is_confirmed(detected: float, computed: float | None) -> bool:
    """Return whether a detector and the database computed the same number, within floating-point error."""
    return computed is not None and math.isclose(detected, computed, rel_tol=1e-6, abs_tol=1e-6)


async def compute(
    connection: Connection, org_id: UUID, items: Sequence[Computation], *, known_on: date | None = None
) -> list[float | None]:
    """Compute numbers from the stored rows that the transaction's role may read; None for one without a result.

    `known_on`: from what was known at the end of that day (UTC).
    """
    if not items:
        return []
    windows = [{"ord": index, **window} for index, item in enumerate(items) for window in item.windows()]
    rows = await computation_store.aggregate_windows(connection, org_id, windows, known_on=known_on)
    return [_compare(item, row) for item, row in zip(items, rows, strict=True)]


def round_number_below(value: float) -> float | None:
    """Return the highest of 1, 2 and 5 times a power of ten that `value` has reached; None below 1."""
    if value < 1:
        return None
    power = 10.0 ** (len(str(int(value))) - 1)
    return next(step * power for step in (5, 2, 1) if value >= step * power)


def _compare(item: Computation, row: Row) -> float | None:
    current, base = row["current"], row["base"]
    if item.window.of == "milestone" and current is not None:
        return round_number_below(current)
    if current is None or item.comparison is None:
        return cast(float | None, current)
    if base is None:
        return None
    if item.comparison == "change":
        return float(current - base)
    if item.comparison == "share":
        return float(100 * current / base) if base > 0 else None
    if item.comparison in ("times", "per"):
        return float(current / base) if base > 0 else None
    base_days = row["base_count"] if item.base is not None and item.base.of in ("mean", "median", "pace") else 1
    return growth_percent(float(current), float(base), base_days=base_days, step=row["base_step"])


async def list_rows(
    connection: Connection, org_id: UUID, item: Computation, *, limit: int = 1000, known_on: date | None = None
) -> list[Row]:
    """Return the stored observations that a number is computed from, with the source of each."""
    return await computation_store.list_observations(connection, org_id, item.windows(), limit=limit, known_on=known_on)
