"""Numbers that can be proven: what to compute from which stored rows, and the one statement that computes it.

Detection words its findings with these values, the verifier recomputes them, and people see the rows behind them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, cast
from uuid import UUID

from arti_core.database import Connection, Row

Aggregate = Literal[
    "sum", "mean", "median", "first", "last", "max", "min", "count",
    "rank", "slope", "days_since", "days_at_least", "milestone",
]  # fmt: skip
Comparison = Literal["percent_change", "times", "change"]
COMPARISONS: Final = frozenset(("percent_change", "times", "change"))


@dataclass(frozen=True, slots=True)
class Window:
    """One aggregate over the days from_on..to_on of a series; `weekday` (1 = Monday) keeps those days only.

    rank: 1 = the last value is the highest of the window. slope: units a week. days_since: from the last value to
    `to_on`. days_at_least: how many days reached `level`. milestone: the highest round number the last value reached.
    """

    of: Aggregate
    from_on: date
    to_on: date
    weekday: int | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Computation:
    """A number made of one window, or of one window compared with another.

    `differenced`: the series is a running total and its daily gains are meant. A day whose predecessor is missing,
    or obeys another definition, has no gain.
    """

    series_id: UUID
    window: Window
    base: Window | None = None
    comparison: Comparison | None = None
    differenced: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the form in which evidence is stored and shown."""
        made: dict[str, Any] = {
            "op": self.comparison or self.window.of,
            "series_id": str(self.series_id),
            **_window_json(self.window),
        }
        if self.base is not None:
            made |= {"of": self.window.of, "base": {"of": self.base.of, **_window_json(self.base)}}
        if self.differenced:
            made["differenced"] = True
        return made

    @staticmethod
    def from_json(stored: Mapping[str, Any]) -> "Computation":
        """Read what `as_json` wrote; other keys are left alone."""
        compared = stored["op"] in COMPARISONS
        return Computation(
            series_id=UUID(stored["series_id"]),
            window=_window_from(stored, stored["of"] if compared else stored["op"]),
            base=_window_from(stored["base"], stored["base"]["of"]) if compared else None,
            comparison=cast(Comparison, stored["op"]) if compared else None,
            differenced=bool(stored.get("differenced")),
        )


def _window_json(window: Window) -> dict[str, Any]:
    made: dict[str, Any] = {"from": window.from_on.isoformat(), "to": window.to_on.isoformat()}
    if window.weekday is not None:
        made["weekday"] = window.weekday
    if window.level is not None:
        made["level"] = window.level
    return made


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
        elif self.is_comparison or self.computation.window.of == "slope":
            measure = self.value
        else:
            return 0
        rounded = round(measure, self.rounding)
        return (rounded > 0) - (rounded < 0)

    @property
    def shown(self) -> str:
        return show_value(self.value, unit=self.unit, rounding=self.rounding, signed=self.direction == 0)


def show_value(value: float, *, unit: str, rounding: int = 0, signed: bool = True) -> str:
    """Return the number as people read it. Of a change the words say the direction, so it is shown without a sign."""
    number = f"{value if signed else abs(value):,.{rounding}f}"
    if float(number.replace(",", "")) == 0:
        number = number.removeprefix("-")
    if unit == "percent":
        return f"{number}%"
    if unit in ("hours", "seconds"):
        return f"{number} {unit}"
    return f"${number}" if unit == "USD" else number


# One row a window, one aggregate a row; two windows of one number are then compared. A missing row is no value: the
# result is null and nobody may show it.
_COMPUTE = """
with asked as (
  select * from jsonb_to_recordset($2::jsonb)
    as a (ord int, part text, series_id uuid, of text, "from" date, "to" date, weekday int, level float8,
          differenced bool)
), computed as (
  select a.ord, a.part,
    case a.of
      when 'sum' then sum(p.v) when 'mean' then avg(p.v) when 'max' then max(p.v) when 'min' then min(p.v)
      when 'median' then percentile_cont(0.5) within group (order by p.v)
      when 'first' then (array_agg(p.v order by p.observed_on))[1]
      when 'last' then max(p.latest)
      when 'count' then count(p.v)
      when 'rank' then case when count(p.v) > 0 then 1 + count(*) filter (where p.v > p.latest) end
      when 'slope' then 7 * regr_slope(p.v, (p.observed_on - a."from")::float8)
      when 'days_since' then a."to" - max(p.observed_on)
      when 'days_at_least' then count(*) filter (where p.v >= a.level)
      when 'milestone' then max(p.latest)
    end as value
  from asked a
  left join lateral (
    select d.observed_on, d.v, first_value(d.v) over (order by d.observed_on desc) as latest
    from (
      select o.observed_on, o.value - case when a.differenced then lag(o.value) over days else 0 end as v,
        lag(o.observed_on) over days as before_on, lag(o.definition) over days as before_definition, o.definition
      from observations o
      where o.org_id = $1 and o.series_id = a.series_id and o.value is not null
        and o.observed_on between a."from" - a.differenced::int and a."to"
      window days as (order by o.observed_on)
    ) d
    where d.observed_on >= a."from"
      and (not a.differenced or (d.before_on = d.observed_on - 1 and d.before_definition = d.definition))
      and (a.weekday is null or extract(isodow from d.observed_on) = a.weekday)
  ) p on true
  group by a.ord, a.part, a.of, a."from", a."to", a.level
)
select ord, max(value) filter (where part = 'current') as current, max(value) filter (where part = 'base') as base
from computed group by ord order by ord
"""


async def compute(connection: Connection, org_id: UUID, asked: Sequence[Computation]) -> list[float | None]:
    """Compute each number from the stored rows that the transaction's role may read; None where it cannot be."""
    if not asked:
        return []
    windows = [
        {
            "ord": index,
            "part": part,
            "series_id": str(item.series_id),
            "of": window.of,
            "differenced": item.differenced,
            **_window_json(window),
        }
        for index, item in enumerate(asked)
        for part, window in (("current", item.window), ("base", item.base))
        if window is not None
    ]
    rows = await connection.fetch(_COMPUTE, org_id, windows)
    return [_compare(item, row) for item, row in zip(asked, rows, strict=True)]


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
    if base <= 0:
        return None
    return float(current / base if item.comparison == "times" else 100 * (current - base) / base)


async def list_rows(connection: Connection, org_id: UUID, item: Computation, *, limit: int = 1000) -> list[Row]:
    """Return the stored observations that a number is made of, with where each came from."""
    windows = [
        {"part": part, "differenced": item.differenced, **_window_json(window)}
        for part, window in (("current", item.window), ("base", item.base))
        if window is not None
    ]
    return await connection.fetch(
        """select a.part as "window", o.observed_on, o.value, o.null_reason, o.definition, o.known_at,
                  o.sync_run_id, o.import_id, o.source_row, f.file_name
           from jsonb_to_recordset($3::jsonb) as a (part text, "from" date, "to" date, weekday int, differenced bool)
           join observations o on o.org_id = $1 and o.series_id = $2
             and o.observed_on between a."from" - a.differenced::int and a."to"
           left join imports f on f.org_id = o.org_id and f.id = o.import_id
           where a.weekday is null or a.differenced or extract(isodow from o.observed_on) = a.weekday
           order by a.part desc, o.observed_on limit $4""",
        org_id,
        item.series_id,
        windows,
        limit,
    )
