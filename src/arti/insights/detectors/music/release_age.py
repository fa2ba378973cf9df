"""A release in its first 28 days, where no usual day exists: beside the artist's earlier releases at the same age."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from arti.insights.computations import Computation, Fact, Window
from arti.insights.detectors.finding import Finding, grade
from arti.insights.detectors.series import DailySeries
from arti.insights.detectors.signal.thresholds import visible_effect
from arti.metrics.growth import growth_percent
from arti.metrics.release_start.ages import AGES, APART, COUNTED, window_at

_NEWS_DAYS: Final = 7
_EARLIER: Final = 3
_LABELS: Final = {
    "last_release": "The release before, at the same age",
    "second_release": "Two releases before, at the same age",
    "third_release": "Three releases before, at the same age",
}


def detect_release_ages(series: Sequence[DailySeries]) -> Iterator[Finding]:
    """Yield what the newest release has brought by its latest age, beside the ones before it, on each platform."""
    works: dict[tuple[str, str], list[DailySeries]] = defaultdict(list)
    for one in series:
        about = one.about
        counted = about.metric in COUNTED and about.kind in ("flow", "counter")
        if counted and about.asset_id is not None and about.released_on is not None and not about.is_weekly:
            works[about.provider, about.metric].append(one)
    for group in works.values():
        newest = max(_released(one) for one in group)
        of_release = [one for one in group if _released(one) == newest]
        known_until = max(one.last_day for one in of_release)
        age = max((age for age in AGES if newest + timedelta(days=age - 1) <= known_until), default=None)
        if age is None or (known_until - newest).days >= age + _NEWS_DAYS:
            continue
        lead = max(of_release, key=lambda one: _brought(one, age) or 0.0)
        value = _brought(lead, age)
        earlier = _earlier(group, newest, age)
        if value is None or not earlier or max(value, earlier[0][1]) < visible_effect(lead.about):
            continue
        yield from _compare(lead, value, age, earlier)


def _released(series: DailySeries) -> date:
    assert series.about.released_on is not None
    return series.about.released_on


def _window(series: DailySeries, age: int) -> Window:
    """Return what a work brought by an age: its total on that day, or the sum of its days."""
    days = window_at(_released(series), age, is_counter=series.differenced)
    return Window("last" if series.differenced else "sum", days.first, days.last)


def _brought(series: DailySeries, age: int) -> float | None:
    """Return the number of `_window`; None if a day of it is missing."""
    window = _window(series, age)
    first, last = series.index(window.from_on), series.index(window.to_on)
    if first < max(series.usable_from, 0) or last >= len(series):
        return None
    values = series.values[first : last + 1]
    return None if np.isnan(values).any() else float(values.sum())


def _earlier(group: Sequence[DailySeries], newest: date, age: int) -> list[tuple[DailySeries, float]]:
    """Return the largest work of each of the last releases before, the latest first, with what it had brought."""
    found: list[tuple[DailySeries, float]] = []
    for one in sorted(group, key=lambda one: (_released(one), _brought(one, age) or 0.0), reverse=True):
        before = _released(found[-1][0]) if found else newest
        if before - _released(one) >= APART and (value := _brought(one, age)) is not None:
            found.append((one, value))
    return found[:_EARLIER]


def _compare(
    lead: DailySeries, value: float, age: int, earlier: Sequence[tuple[DailySeries, float]]
) -> Iterator[Finding]:
    about = lead.about
    before, base = earlier[0]
    percent = growth_percent(value, base)
    if percent is None:
        return
    window, last = _window(lead, age), _released(lead) + timedelta(days=age - 1)
    compared = Computation(
        about.series_id, window, _window(before, age), "percent_change", base_series_id=before.about.series_id
    )
    facts = [
        Fact("change", "Against the release before, at the same age", "percent", compared, percent),
        Fact("value", "In its first days", about.unit, Computation(about.series_id, window), value),
    ]
    names: dict[str, str] = {}
    for (slot, label), (one, brought) in zip(_LABELS.items(), earlier, strict=False):
        number = Computation(one.about.series_id, _window(one, age))
        facts.append(Fact(slot, label, about.unit, number, brought))
        names[f"{slot.removesuffix('_release')}_title"] = one.about.asset_title
    points = min(abs(float(np.log(max(value, 1.0) / max(base, 1.0)))) / float(np.log(1.5)), 3.0)
    yield Finding(
        detector="release_age",
        series=lead,
        shape=("up" if percent > 0 else "down") + f"_{age}",
        key=f"{age}",
        happened_on=last,
        period_from=_released(lead),
        period_to=last,
        severity=grade(2 * points, about_asset=True),
        confidence=0.99,
        score=1 + points,
        facts=tuple(facts),
        names=names,
        days={"released": _released(lead)},
    )
