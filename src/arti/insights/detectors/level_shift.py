"""A lasting change of the daily or weekly level, of what came in or of people in a moving window."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arti.insights.computations import Computation, Fact, Window
from arti.insights.detectors.finding import Finding, confidence_from_z, grade
from arti.insights.detectors.series import DailySeries, Floats, Ints, robust_scale
from arti.insights.detectors.signal.change_points import find_agreed
from arti.insights.detectors.signal.reliable_flow import reliable_flow
from arti.insights.detectors.signal.residuals import MIN_PEERS, median_of_others
from arti.insights.detectors.signal.steps import holds, is_step
from arti.insights.detectors.signal.thresholds import minimum_effect
from arti.metrics.growth import growth_percent


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far the detector looks, in values of the series: days, or weeks."""

    look_back: int
    news: int
    min_after: int
    min_before: int
    min_between: int  # two changes of level
    compared: int
    season: int  # means hold each weekday equally often
    wander: tuple[int, int]  # how many values are compared with how many before, to see what is usual


_DAYS: Final = _Reach(182, 60, 10, 28, 14, 56, 7, (14, 28))
_WEEKS: Final = _Reach(52, 9, 4, 8, 4, 12, 1, (4, 8))
# A wave of a few days raises a figure of the last 28 days for as long: its level is new when it outlasts the window.
_WINDOW_DAYS: Final = 28
TIMES: Final = 1.14
# Where the other works of the artist go the other way, a smaller change of one is as far from what was to be expected.
TIMES_BESIDE = 1.08
Z: Final = 2.5
# How much further than it usually wanders: less is enough where the artist's other works stay where they are.
WANDER: Final = 1.7
WANDER_ALONE: Final = 2.0
WANDER_WILD: Final = 5.0
_WILD_DAY: Final = 0.15  # one day in ten changes by so much
_MIN_WANDERS: Final = 10


@dataclass(frozen=True, slots=True)
class _Shift:
    """A new level from index `at` on: the values of `before` values are compared with those of `after`."""

    at: int
    before: int
    after: int
    z: float
    least: float  # times the means that a text says


@dataclass(frozen=True, slots=True)
class _Calm:
    """A series as the detector reads it: logs of its known values without weekly season and single outliers.

    `known`: the index of each in the series. `changes`: by how much the logs after each of the last days are above
    those before, on the calendar of the group; NaN where too few are known. `recent`: the same over few days on both
    sides. `relative`: the logs less what the artist's other works have in common on each day; None where too few are
    beside it.
    """

    series: DailySeries
    known: Ints
    logs: Floats
    changes: Floats
    recent: Floats
    relative: Floats | None = None


def detect_level_shifts(group: Sequence[DailySeries]) -> Iterator[Finding]:
    """Yield the latest lasting change of each series of one metric of one provider and cadence.

    Of an artist's works, one that only does what the others do has none.
    """
    counted = [one for one in group if may_shift(one)]
    if not counted:
        return
    reach = _WEEKS if counted[0].about.is_weekly else _DAYS
    last = max(one.last_day for one in counted)
    read = [_read(one, reach, last) for one in counted]
    beside = _less_others(np.stack([each.changes for each in read]))
    beside_recent = _less_others(np.stack([each.recent for each in read]))
    read = _beside_others(read, reach, last)
    wanted, wanted_recent, wanders = [], [], []
    for each, relative, relative_recent in zip(read, beside, beside_recent, strict=True):
        wanted.append(_is_large(each.changes, relative))
        # A few days scatter twice as far as four times as many.
        wanted_recent.append(_is_large(each.recent, relative_recent, power=2) & ~np.isnan(relative_recent))
        wanders.append(WANDER if not np.isnan(relative).all() else WANDER_WILD if _is_wild(each.logs) else WANDER_ALONE)
    for each, shift in zip(read, _find_shifts(read, wanted, wanted_recent, wanders, reach, last), strict=True):
        if shift and (found := _finding(each.series, shift)):
            yield found


def _less_others(rows: Floats) -> Floats:
    return rows - median_of_others(rows) if len(rows) > MIN_PEERS else np.full_like(rows, np.nan)


def _is_large(changes: Floats, relative: Floats, *, power: int = 1) -> NDArray[np.bool_]:
    """Return on which days a change is large, and beside the other works too where there are any."""
    large = np.abs(changes) >= power * np.log(np.where(np.isnan(relative), TIMES, TIMES_BESIDE))
    apart = np.isnan(relative) | ((np.abs(relative) >= power * np.log(TIMES)) & (relative * changes > 0))
    found: NDArray[np.bool_] = large & apart
    return found


def may_shift(series: DailySeries) -> bool:
    """Return whether a series has a level: what came in each day, or people of a window of known length."""
    about = series.about
    if about.kind == "rolling":
        return about.metric == "audience.listeners" or is_of_window(series)
    return about.kind in ("flow", "counter")


def is_of_window(series: DailySeries) -> bool:
    """Return whether each value counts people of the last 28 days."""
    return series.about.kind == "rolling" and ("monthly" in series.about.metric or "super" in series.about.metric)


def _read(series: DailySeries, reach: _Reach, last: date) -> _Calm:
    flow = reliable_flow(series) if series.about.kind in ("flow", "counter") else series.level()
    values = flow[-reach.look_back :]
    offset = len(series) - len(values)
    known = np.flatnonzero(~np.isnan(values))
    changes, recent = np.full((2, reach.news), np.nan)
    logs = _calm_logs(values[known], series.weekdays()[offset:][known]) if len(known) else np.zeros(0)
    sums = np.concatenate(([0.0], np.cumsum(logs)))
    min_after = reach.min_after + (_WINDOW_DAYS // series.about.interval_days if is_of_window(series) else 0)
    cuts = np.arange(reach.min_before, len(known) - min_after + 1)
    places = known[cuts] - len(values) + reach.news - (last - series.last_day).days // series.about.interval_days
    for moved, count in ((changes, reach.compared), (recent, reach.min_between)):
        begins, ends = np.maximum(cuts - count, 0), np.minimum(cuts + count, len(known))
        moves = (sums[ends] - sums[cuts]) / (ends - cuts) - (sums[cuts] - sums[begins]) / (cuts - begins)
        moved[places[places >= 0]] = moves[places >= 0]
    return _Calm(series, known + offset, logs, changes, recent)


def _beside_others(read: Sequence[_Calm], reach: _Reach, last: date) -> list[_Calm]:
    """Return the rows with their logs less the median of the others' on each day, each from its own usual height."""
    if len(read) <= MIN_PEERS:
        return list(read)
    rows = np.full((len(read), reach.look_back), np.nan)
    places = []
    for row, each in enumerate(read):
        late = (last - each.series.last_day).days // each.series.about.interval_days
        places.append(each.known - len(each.series) + reach.look_back - late)
        in_reach = places[-1] >= 0
        rows[row, places[-1][in_reach]] = each.logs[in_reach]
    heights = np.array([float(np.median(each.logs)) if len(each.logs) else np.nan for each in read])
    common = median_of_others(rows - heights[:, None])
    made = []
    for each, place, of_others in zip(read, places, common, strict=True):
        beside = of_others[np.maximum(place, 0)]
        is_beside = len(place) > 0 and place[0] >= 0 and not np.isnan(beside).any()
        made.append(replace(each, relative=each.logs - beside) if is_beside else each)
    return made


def _find_shifts(
    read: Sequence[_Calm],
    wanted: Sequence[NDArray[np.bool_]],
    wanted_recent: Sequence[NDArray[np.bool_]],
    wanders: Sequence[float],
    reach: _Reach,
    last: date,
) -> list[_Shift | None]:
    """Return the latest shift of each row among the days that are wanted of it.

    Where another level began in the days that are compared, such as the rush of an album, the new one is held against
    the days since: `wanted_recent`.
    """
    found: list[_Shift | None] = [None] * len(read)
    rows = [row for row in range(len(read)) if wanted[row].any() or wanted_recent[row].any()]

    def is_wanted(row: int, cut: int, since: int = 0) -> bool:
        series = read[row].series
        late = (last - series.last_day).days // series.about.interval_days
        place = int(read[row].known[cut]) - len(series) + reach.news - late
        if not 0 <= place < reach.news:
            return False
        return bool(wanted[row][place] or (since >= 0 and cut - since < reach.compared and wanted_recent[row][place]))

    signals = [read[row].logs if (beside := read[row].relative) is None else beside for row in rows]
    agreed = find_agreed(signals, is_wanted=lambda place, cut: is_wanted(rows[place], cut, cut))
    for row, cuts in zip(rows, agreed, strict=True):
        for place in range(len(cuts) - 1, -1, -1):
            begins = next((cut for cut in reversed(cuts[:place]) if cuts[place] - cut >= reach.min_between), 0)
            if is_wanted(row, cuts[place], begins or -1):
                found[row] = _assess(read[row], begins, cuts[place], wanders[row], reach)
                if found[row]:
                    break
    return found


def _assess(read: _Calm, begins: int, cut: int, wander: float, reach: _Reach) -> _Shift | None:
    """Return the shift at `cut` if it is large against the noise and against how the level wandered before."""
    at = int(read.known[cut])
    # Whole weeks on both sides, so that the means hold each weekday equally often.
    after_count = min((len(read.series) - at) // reach.season * reach.season, reach.compared)
    before_count = min((at - int(read.known[begins])) // reach.season * reach.season, reach.compared)
    if before_count < reach.min_between:
        return None
    logs = read.logs if read.relative is None else read.relative
    before, after = logs[max(cut - before_count, 0) : cut], logs[cut : cut + reach.compared]
    change = float(np.median(after) - np.median(before))
    spread = max(robust_scale(before), 0.02)
    if abs(change) < max(np.log(TIMES), Z * spread, wander * _wander(logs[:cut], reach)):
        return None
    if not is_step(np.concatenate((before, after)), len(before)) or not holds(after, change, season=reach.season):
        return None
    least = TIMES if read.relative is None else TIMES_BESIDE
    return _Shift(at, before_count, after_count, abs(change) / spread, least)


def _is_wild(logs: Floats) -> bool:
    """Return whether days often differ much from the day before, as those of charts do."""
    return len(logs) > 1 and float(np.quantile(np.abs(np.ediff1d(logs)), 0.9)) >= _WILD_DAY


def _wander(logs: Floats, reach: _Reach) -> float:
    """Return how far the level usually moves from one month to the next weeks; 0 for a history too short to tell."""
    after, before = reach.wander
    moves = [
        float(np.median(logs[end - after : end]) - np.median(logs[end - after - before : end - after]))
        for end in range(len(logs), after + before - 1, -(after // 2))
    ]
    return 1.4826 * float(np.median(np.abs(moves))) if len(moves) >= _MIN_WANDERS else 0.0


def _calm_logs(values: Floats, weekdays: Ints) -> Floats:
    """Return the logs of the values without their weekly season and without single outliers."""
    logs = np.log(np.maximum(values, 1.0))
    centre = float(np.median(logs))
    for weekday in range(1, 8):
        of_day = weekdays == weekday
        if of_day.sum() >= 3:
            logs[of_day] -= float(np.median(logs[of_day])) - centre
    padded = np.pad(logs, 3, mode="edge")
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, 7), axis=1)
    reach = 4 * max(robust_scale(logs - around), 1e-9)
    return np.clip(logs, around - reach, around + reach)


def _finding(series: DailySeries, shift: _Shift) -> Finding | None:
    about, at = series.about, shift.at
    level = series.flow() if series.differenced else series.level()
    before, after = level[at - shift.before : at], level[at : at + shift.after]
    if np.isnan(before).mean() > 0.2 or np.isnan(after).mean() > 0.2:
        return None
    was, now = float(np.nanmean(before)), float(np.nanmean(after))
    percent = growth_percent(now, was, base_days=int((~np.isnan(before)).sum()))
    if percent is None or now <= 0 or abs(now - was) < minimum_effect(about):
        return None
    if max(now / was, was / now) < shift.least:
        return None
    window_before = Window("mean", series.first_day(at - shift.before), series.day(at - 1))
    window_after = Window("mean", series.first_day(at), series.day(at + shift.after - 1))
    counted = Window("count", window_after.from_on, series.last_day)

    def number(window: Window, base: Window | None = None) -> Computation:
        compared = "percent_change" if base else None
        return Computation(about.series_id, window, base, compared, series.differenced)  # type: ignore[arg-type]

    mean_of = "weekly" if about.is_weekly else "daily"
    period = "weeks" if about.is_weekly else "days"
    points = min(float(abs(np.log(now / was)) / np.log(1.25)), 4.0)
    return Finding(
        detector="level_shift",
        series=series,
        shape="up" if now > was else "down",
        key=window_after.from_on.isoformat(),
        happened_on=window_after.from_on,
        period_from=window_after.from_on,
        period_to=window_after.to_on,
        severity=grade(2 * points, about_asset=about.asset_id is not None),
        confidence=confidence_from_z(shift.z, Z),
        score=2 * points + min(shift.z / Z, 3),
        facts=(
            Fact("change", f"Change of the {mean_of} mean", "percent", number(window_after, window_before), percent),
            Fact("after", f"{mean_of.capitalize()} mean since", about.unit, number(window_after), now),
            Fact(
                "days", f"{period.capitalize()} with data since", period, number(counted),
                float((~np.isnan(level[at:])).sum()),
            ),
            Fact("before", f"{mean_of.capitalize()} mean before", about.unit, number(window_before), was),
        ),
    )  # fmt: skip
