"""The JSON of an artist's series."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

import orjson

from arti.language.messages.reader import for_reader
from arti.language.reader_locale import FIRST_WEEKDAYS, WeekStart
from arti.metrics.catalogue import METRICS
from arti.metrics.series.days import Days, list_runs, read_days
from arti.metrics.series.period_figures import compute_period
from arti.metrics.series.store import DEFAULT_DAYS
from arti.providers.terms import source_of
from arti_core import clock
from arti_core.database import Row

_NO_SUM = "Days of this number do not add up."
_NOT_REPORTED = ["not_reported", "The source reported nothing for this day."]
_DAY = timedelta(days=1)
_MEANINGS: Final = {slug: asdict(metric) for slug, metric in METRICS.items()}


@dataclass(slots=True)
class ChosenSeries:
    """A row of store.read_artist_series and its days."""

    row: Row
    days: Days


def choose_series(rows: Sequence[Row]) -> list[ChosenSeries]:
    """Return one series for each platform and metric: of an API and a file the one that knows the newest day.

    As private.best_series does; the two are never added.
    """
    best: dict[tuple[str, str], ChosenSeries] = {}
    for row in rows:
        if row["series_id"] is None:
            continue
        series, key = ChosenSeries(row, read_days(row)), (row["provider"], row["metric"])
        if key not in best or _rank(series) > _rank(best[key]):
            best[key] = series
    return [best[key] for key in sorted(best)]


def _rank(series: ChosenSeries) -> tuple[date, bool]:
    return series.days.last, series.row["terms"] == "own"


def find_period(chosen: Sequence[ChosenSeries], from_on: date | None, to_on: date | None) -> tuple[date, date]:
    """Return the first and the last day; without `to_on` the last is the newest day with a value."""
    last_day = to_on or (max(series.days.last for series in chosen) if chosen else clock.today())
    return from_on or last_day - timedelta(days=DEFAULT_DAYS - 1), last_day


def list_continued(chosen: Sequence[ChosenSeries], first_day: date, last_day: date) -> set[tuple[str, str]]:
    """Return (provider, metric) of what goes on unbroken where the period crosses a change of definition.

    What is among the series itself is left out.
    """
    found = {
        (series.row["provider"], change["continued_as"])
        for series in chosen
        for change in series.row["breaks"] or ()
        if change["continued_as"] and first_day.isoformat() < change["on"] <= last_day.isoformat()
    }
    return found - {(series.row["provider"], series.row["metric"]) for series in chosen} if found else found


def write_series(
    chosen: Sequence[ChosenSeries],
    bucket: str,
    first_day: date,
    last_day: date,
    *,
    unbroken: Sequence[ChosenSeries] = (),
    week_start: WeekStart = "monday",
) -> bytes:
    """Return the answer of GET …/series. `bucket`: day, week or month. `unbroken`: what list_continued returned."""
    return orjson.dumps(
        {
            "from": first_day,
            "to": last_day,
            "bucket": bucket,
            "series": [_series(series, bucket, first_day, last_day, week_start) for series in chosen],
            "unbroken": [_series(series, bucket, first_day, last_day, week_start) for series in unbroken],
        }
    )


def _series(
    series: ChosenSeries, bucket: str, first_day: date, last_day: date, week_start: WeekStart
) -> dict[str, Any]:
    row, days = series.row, series.days
    slug, finished_on, own = row["metric"], row["finished_on"], row["own"]
    meaning: dict[str, Any] = _MEANINGS.get(slug) or own
    interval_days = own["interval_days"] if own else 1
    breaks = row["breaks"] or []
    aggregation = meaning["aggregation"]
    figures = compute_period(
        days,
        kind=meaning["kind"],
        aggregation=aggregation,
        can_fall=meaning["can_fall"],
        terms=row["terms"],
        from_on=first_day,
        to_on=last_day,
        finished_on=finished_on,
        breaks=[date.fromisoformat(each["on"]) for each in breaks],
        interval_days=interval_days,
    )
    # A day that is not over is left out, except of a counter that has no other.
    to_on = last_day if figures.as_of is None or figures.as_of > finished_on else min(last_day, finished_on)
    begin, end = days.places(first_day, to_on)
    if bucket == "day":
        points: Any = orjson.Fragment(_write_points(days, begin, end))
    else:
        points = _group(days, begin, end, bucket, aggregation, week_start)
    return {
        "series_id": row["series_id"],
        "provider": row["provider"],
        "metric": slug,
        "name": meaning["name"],
        "unit": meaning["unit"],
        "kind": meaning["kind"],
        "aggregation": aggregation,
        "time_zone": row["time_zone"],
        "interval_days": interval_days,
        "source": [source_of(row["terms"])],
        "points": points,
        "gaps": _list_gaps(days, begin, end, first_day, interval_days),
        "breaks": [
            each | {"note": for_reader(each["note"])}
            for each in breaks
            if first_day.isoformat() < each["on"] <= last_day.isoformat()
        ],
        "basis": figures.basis,
        "total": figures.total,
        "previous_total": figures.previous_total,
        "change_percent": figures.change_percent,
        "change_note": figures.change_note,
        "as_of": figures.as_of,
        "stale": figures.stale,
    }


def _write_points(days: Days, begin: int, end: int) -> bytes:
    """Return the days that have a row as JSON: the values written at once, and each put behind its day."""
    values, count = days.values[begin:end], end - begin
    if not values:
        return b"[]"
    first = days.day(begin)
    places: Sequence[int] = range(begin, end)
    if days.covers(begin, end):
        parts = _parts_of(first, count).copy()
    else:
        places = [place for place in places if days.present >> place & 1]
        if not places:
            return b"[]"
        values = [days.values[place] for place in places]
        parts = _join([_days_of(first, count)[place - begin] for place in places])
    text = orjson.dumps(values)
    written = text[1:-1].split(b",")
    if days.states or days.revised or b"null" in text:
        for number, (place, value) in enumerate(zip(places, values, strict=True)):
            state, is_revised = days.states.get(place), bool(days.revised >> place & 1)
            if value is None or state or is_revised:
                code, sentence = state or (_NOT_REPORTED if value is None else ("", ""))
                written[number] += _after_value(value is None, code, for_reader(sentence), is_revised)
    parts[1::2] = written
    return b"".join(parts)


def _join(days: Sequence[bytes]) -> list[bytes]:
    """Return the parts of a list of points: what stands before each value, and a place for it."""
    parts = [part for day in days for part in (b"}," + day, b"")]
    return [b"[" + days[0], *parts[1:], b"}]"]


@lru_cache(maxsize=32)  # a page asks for the same days of every artist
def _days_of(first: date, count: int) -> list[bytes]:
    return [b'{"on":"%s","value":' % (first + timedelta(days=day)).isoformat().encode() for day in range(count)]


@lru_cache(maxsize=32)
def _parts_of(first: date, count: int) -> list[bytes]:
    return _join(_days_of(first, count))


@lru_cache(maxsize=256)
def _after_value(is_null: bool, code: str, sentence: str, is_revised: bool) -> bytes:
    """Return what follows the value of a day that has none, a state, or was restated."""
    said: dict[str, Any] = {}
    if is_null:
        said = {"null_reason": sentence, "state": code}
    elif code:
        said = {"remark": sentence, "state": code}
    return b"," + orjson.dumps(said | ({"revised": True} if is_revised else {}))[1:-1]


def _list_gaps(days: Days, begin: int, end: int, first_day: date, interval_days: int) -> list[dict[str, str]]:
    """Return the days that no row covers between those with one, also the one before the period.

    A row covers `interval_days` days, up to its own.
    """
    if begin and days.covers(begin - 1, end):
        return []
    gaps: list[dict[str, str]] = []
    before = days.last_present_before(first_day)
    for start, last in list_runs(days.present, begin, end):
        starts_on = days.day(start)
        if before is not None and (starts_on - before).days > interval_days:
            covered_from = starts_on - timedelta(days=interval_days)
            first = max(before + _DAY, first_day)
            if first <= covered_from:
                gaps.append({"from": first.isoformat(), "to": covered_from.isoformat()})
        before = days.day(last)
    return gaps


def _group(
    days: Days, begin: int, end: int, bucket: str, aggregation: str, week_start: WeekStart
) -> list[dict[str, Any]]:
    """Return one point a week or month: the sum, mean or last of its days, or none where days do not add up."""
    groups: dict[date, list[int]] = {}
    for place in range(begin, end):
        if days.present >> place & 1:
            day = days.day(place)
            into_week = (day.weekday() - FIRST_WEEKDAYS[week_start]) % 7
            start = day - timedelta(days=into_week) if bucket == "week" else day.replace(day=1)
            groups.setdefault(start, []).append(place)
    return [_group_point(start.isoformat(), days, group, aggregation) for start, group in groups.items()]


def _group_point(label: str, days: Days, group: Sequence[int], aggregation: str) -> dict[str, Any]:
    values = [known for place in group if (known := days.values[place]) is not None]
    value: float | None = None
    if values and aggregation != "none":
        value = values[-1] if aggregation == "last" else sum(values) / (len(values) if aggregation == "mean" else 1)
    grouped: dict[str, Any] = {"on": label, "value": value}
    if value is None:
        reasons = [days.states.get(place, _NOT_REPORTED)[1] for place in group if days.values[place] is None]
        grouped["null_reason"] = for_reader(max(reasons, default=_NO_SUM))
    if any(days.revised >> place & 1 for place in group):
        grouped["revised"] = True
    return grouped
