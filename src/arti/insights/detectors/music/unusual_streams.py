"""Streams that are worth checking: far more for each listener than usual, while saves and followers stay.

That is what bought or automated plays look like, and also a song on repeat, a list for sleeping or an advertisement:
nobody is accused, a finding says where to look.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from arti.insights.computations import Computation, Fact, Window
from arti.insights.detectors.finding import Finding, confidence_from_z, grade
from arti.insights.detectors.level_shift import is_of_window
from arti.insights.detectors.series import DailySeries, Floats, Ints, robust_scale
from arti.insights.detectors.signal.reliable_flow import reliable_flow
from arti.insights.detectors.signal.residuals import median_of_rows
from arti.insights.detectors.signal.thresholds import visible_effect
from arti.metrics.growth import growth_percent
from arti.vocabulary import Severity

_PLAYED: Final = ("consumption.streams", "consumption.plays")
_KEPT: Final = ("engagement.saves", "engagement.saves_total", "engagement.likes", "engagement.likes_total")
_FOLLOWED: Final = "audience.followers"
_NEWS_DAYS: Final = 14
_LOOK_BACK: Final = 42  # a run that began earlier is a new level
_USUAL_DAYS: Final = 28
_MIN_USUAL: Final = 14
_Z: Final = 5.0
_LEAST_SPREAD: Final = 0.03
# How many times as many streams for each listener: of one day, of 28 days, and where listeners are not known.
_TIMES: Final = {"day": 2.0, "month": 3.0, "none": 4.0}
_TIMES_STREAMS: Final = 1.5
# What people keep and follow has come along when it rose by this share of the rise of the streams.
_FOLLOWS: Final = 0.4
_STAYS_Z: Final = 2.0
_TIMES_ALONE: Final = 3.0  # where nothing of that kind is known


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is known of an artist, or of a work, on one platform, on the calendar of the streams.

    `people`: people of a day or of 28 days, by `basis`; `kept`: what was saved, liked or followed each day.
    """

    played: DailySeries
    streams: Floats
    basis: str
    people: tuple[DailySeries, Floats] | None
    kept: tuple[tuple[DailySeries, Floats], ...]


def detect_unusual_streams(series: Sequence[DailySeries]) -> Iterator[Finding]:
    """Yield the latest run of days with unusually many streams for each listener, of the artist and of each work."""
    groups: dict[tuple[object, ...], dict[str, DailySeries]] = defaultdict(dict)
    for one in series:
        if not one.about.is_weekly and not one.is_coarse:
            groups[one.about.provider, one.about.asset_id][one.about.metric] = one
    for by_metric in groups.values():
        if subject := _subject(by_metric):
            yield from _examine(subject)


def _subject(by_metric: dict[str, DailySeries]) -> _Subject | None:
    played = next((by_metric[metric] for metric in _PLAYED if metric in by_metric), None)
    if played is None or len(played) <= _MIN_USUAL:
        return None
    basis, people = "none", None
    daily = by_metric.get("audience.listeners")
    monthly = by_metric.get("audience.monthly_listeners")
    if daily is not None:
        basis, people = "day", (daily, _aligned(daily, daily.level(), played))
    elif monthly is not None and is_of_window(monthly):
        basis, people = "month", (monthly, _aligned(monthly, monthly.level(), played))
    kept = [
        (by_metric[metric], _aligned(by_metric[metric], reliable_flow(by_metric[metric]), played))
        for metric in (*_KEPT, _FOLLOWED)
        if metric in by_metric and by_metric[metric].about.kind in ("flow", "counter")
    ]
    if basis != "day" and not kept:
        return None  # a day that many people heard looks the same
    return _Subject(played, reliable_flow(played), basis, people, tuple(kept))


def _aligned(series: DailySeries, values: Floats, to: DailySeries) -> Floats:
    """Return the last values on the days of another series; NaN where there are none."""
    found = np.full(len(to), np.nan)
    shift = (series.start - to.start).days
    first, last = max(shift, 0), min(shift + len(series), len(to))
    if last > first:
        found[first:last] = values[first - shift : last - shift]
    return found


def _examine(subject: _Subject) -> Iterator[Finding]:
    streams = subject.streams
    people = subject.people[1] if subject.people else np.ones(len(streams))
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.where((streams > 0) & (people > 0), streams / people, np.nan))
    end = len(streams)
    looked_at = np.arange(max(end - _LOOK_BACK, _MIN_USUAL), end)
    padded = np.concatenate((np.full(_USUAL_DAYS, np.nan), logs[-_LOOK_BACK - _USUAL_DAYS :]))
    usual = median_of_rows(np.lib.stride_tricks.sliding_window_view(padded, _USUAL_DAYS)[:-1], _MIN_USUAL)
    with np.errstate(invalid="ignore"):
        if not (logs[looked_at] - usual[-len(looked_at) :] >= np.log(_TIMES[subject.basis])).any():
            return  # the usual day, in one step
    usual_days = ~np.isnan(logs)
    far: dict[int, float] = {}
    for at in map(int, looked_at):
        if np.isnan(logs[at]):
            continue
        before = np.flatnonzero(usual_days[:at])[-_USUAL_DAYS:]
        if len(before) < _MIN_USUAL or before[0] < at - 3 * _USUAL_DAYS:
            continue
        z = _stands_out(subject, logs, people, at, before)
        if z is not None:
            far[at] = z
            usual_days[at] = False  # is not what the next days are compared with
    run = _last_run(sorted(far), end)
    if not run:
        return
    before = np.flatnonzero(usual_days[: run[0]])[-_USUAL_DAYS:]
    stayed = _has_stayed(subject, run, before)
    alone = subject.basis == "day" and float(np.nanmedian(logs[run]) - np.median(logs[before])) >= np.log(_TIMES_ALONE)
    if stayed or (stayed is None and alone):
        yield from _findings(subject, run, max(far[at] for at in run))


def _stands_out(subject: _Subject, logs: Floats, people: Floats, at: int, before: Ints) -> float | None:
    """Return by how many usual spreads the streams for each listener of a day are above the usual; None if few."""
    usual = float(np.median(logs[before]))
    away = float(logs[at]) - usual
    if away < np.log(_TIMES[subject.basis]):
        return None
    streams, usual_streams = subject.streams[at], float(np.median(subject.streams[before]))
    if streams < _TIMES_STREAMS * usual_streams:
        return None
    if streams - np.exp(usual) * people[at] < visible_effect(subject.played.about):
        return None
    counting = 1 / np.sqrt(max(min(usual_streams, float(np.median(people[before]))), 1.0))
    spread = max(robust_scale(logs[before]), _LEAST_SPREAD, counting if subject.people else 0.0)
    return away / spread if away >= _Z * spread else None


def _last_run(far: list[int], end: int) -> list[int]:
    """Return the latest days that stand out, with at most two others between them, if they are news."""
    run: list[int] = []
    for at in reversed(far):
        if run and run[-1] - at > 3:
            break
        run.append(at)
    return run[::-1] if run and run[0] >= end - _NEWS_DAYS else []


def _has_stayed(subject: _Subject, run: list[int], before: Ints) -> bool | None:
    """Return whether what people save, like or follow stayed where it was; None where too few do to know."""
    times = float(np.nanmean(subject.streams[run])) / max(float(np.mean(subject.streams[before])), 1.0)
    days = np.arange(run[0], run[-1] + 1)
    stayed = None
    for _, gains in subject.kept:
        now, was = gains[days], gains[before]
        if np.isnan(now).all() or (~np.isnan(was)).sum() < _MIN_USUAL:
            continue
        brought = float(np.nansum(now))
        usual = max(float(np.nanmean(was)), 0.0) * float((~np.isnan(now)).sum())
        if brought >= usual * (1 + _FOLLOWS * (times - 1)) and brought > usual:
            return False
        if usual * times - brought >= _STAYS_Z * np.sqrt(max(usual * times, 1.0)):
            stayed = True
    return stayed


def _findings(subject: _Subject, run: list[int], z: float) -> Iterator[Finding]:
    played, about = subject.played, subject.played.about
    day, until = played.day(run[0]), played.day(run[-1])
    from_at = max(run[0] - _USUAL_DAYS, played.usable_from + played.differenced)
    windows = Window("mean", day, until), Window("mean", played.day(from_at), played.day(run[0] - 1))
    value, usual = (_mean(played, window) for window in windows)
    percent = growth_percent(value, usual, base_days=run[0] - from_at)
    if percent is None or percent <= 0:
        return
    compared = Computation(about.series_id, *windows, "percent_change", played.differenced)
    facts = [
        Fact("change", "Against a usual day", "percent", compared, percent),
        *_a_day(played, "value", "usual", windows),
    ]
    if subject.people is not None and subject.basis == "day":
        listeners = subject.people[0]
        for slot, label, window in zip(
            ("each", "usual_each"), ("For each listener", "For each listener, usually"), windows, strict=True
        ):
            each = Computation(about.series_id, window, window, "per", played.differenced, listeners.about.series_id)
            people = _mean(listeners, window)
            facts.append(Fact(slot, label, f"{about.unit} a listener", each, _mean(played, window) / people, 1))
    kept = [one for one, gains in subject.kept if not np.isnan(gains[run]).all()]
    if kept:
        facts += _a_day(kept[0], "kept", "usual_kept", windows)
    points = 1.5 * min(float(np.log(value / max(usual, 1.0)) / np.log(1.6)), 4.0)
    severity = grade(points, about_asset=about.asset_id is not None)
    yield Finding(
        detector="unusual_streams",
        series=played,
        shape="up",
        key=day.isoformat(),
        happened_on=day,
        period_from=day,
        period_to=until,
        severity=Severity.NOTICE if severity is Severity.INFO else severity,
        confidence=confidence_from_z(z, _Z),
        score=points + 1,
        facts=tuple(facts),
        beside=kept[0].about if kept else None,
    )


def _mean(series: DailySeries, window: Window) -> float:
    """Return the mean of a day, as the database computes it."""
    values = series.values if series.gains is None else series.gains
    first, last = max(series.index(window.from_on), 0), series.index(window.to_on)
    return float(np.nanmean(values[first : last + 1]))


def _a_day(series: DailySeries, slot: str, usual_slot: str, windows: tuple[Window, Window]) -> list[Fact]:
    about = series.about
    return [
        Fact(name, label, about.unit, Computation(about.series_id, window, differenced=series.differenced),
             _mean(series, window), 1 if about.unit in ("count", "people") else 0)
        for name, label, window in (
            (slot, "Beside that, a day" if slot == "kept" else "A day", windows[0]),
            (usual_slot, "Beside that, on a usual day" if slot == "kept" else "On a usual day", windows[1]),
        )
    ]  # fmt: skip
