"""Run ARTi's detectors day by day, as the product runs them after each sync, on series with and without changes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby, pairwise
from uuid import UUID, uuid4

import numpy as np

from arti.insights.detectors import DailySeries, Finding, SeriesSubject, build_series, detect
from arti.insights.detectors.finding import SPANS
from arti.insights.detectors.series import until
from arti.insights.stories.grouping import OpenStory, direction_of, group_findings
from arti.vocabulary import Severity

WARM = 112
SPOT_EVERY = 35
OPEN_DAYS = 120  # as the product reads them


@dataclass(frozen=True, slots=True)
class Stretch:
    """An unbroken run of daily values, and which of them are quiet days."""

    series: DailySeries
    quiet: np.ndarray


def make_series(first: date, values: Sequence[float], *, work: str = "", kind: str = "flow") -> DailySeries:
    """Return a series of streams: an artist's, or a work's."""
    about = SeriesSubject(
        series_id=uuid4(), artist_id=UUID(int=1), provider="spotify", metric="consumption.streams",
        metric_name="Streams", unit="streams", kind=kind, asset_id=uuid4() if work else None, asset_key=work,
        asset_title=work,
    )  # fmt: skip
    days = [first + timedelta(days=day) for day in range(len(values))]
    gains = [None, *(after - before for before, after in pairwise(values))]
    made = build_series(about, days, list(values), [1] * len(values), gains=gains)
    assert made is not None
    return made


def known_on(group: Iterable[DailySeries], day: date) -> list[DailySeries]:
    """Return the series as they were known in the night after `day`."""
    return [until(one, day) for one in group if one.start <= day <= one.last_day]


def found_on(group: Iterable[DailySeries], day: date) -> list[Finding]:
    return detect(known_on(group, day), today_in=lambda _: day + timedelta(days=1))


def replay(group: Sequence[DailySeries], days: Iterable[date]) -> list[tuple[date, Finding]]:
    """Return (the day on which it is told, the finding), each once, as a team would get them."""
    reported: list[tuple[date, Finding]] = []
    for day in days:
        for finding in found_on(group, day):
            if not any(_is_same(finding, other) for _, other in reported):
                reported.append((day, finding))
    return reported


def _is_same(finding: Finding, other: Finding) -> bool:
    return finding.fingerprint == other.fingerprint or (
        finding.detector == other.detector
        and finding.series.about.series_id == other.series.about.series_id
        and finding.is_same_as(other.happened_on)
    )


@dataclass(slots=True)
class Reported:
    """How much was told on quiet days: `findings` by detector, `stories`, and those of them that a digest has."""

    findings: dict[str, int] = field(default_factory=dict)
    stories: int = 0
    notified: int = 0
    years: float = 0.0


def count_reported(stretches: Sequence[Stretch], *, together: bool) -> Reported:
    """Count what is told on quiet days. A finding around the day of a story, in its direction, is a part of it.

    `notified`: stories of notice or more, which is what a digest has unless a member chose otherwise.
    """
    reported = Reported(years=sum(float(one.quiet[WARM:].sum()) for one in stretches) / 365)
    usable = {one.series.about.series_id: one for one in stretches}
    groups = [[one.series for one in stretches]] if together else [[one.series] for one in stretches]

    def is_quiet(finding: Finding) -> bool:
        of = usable[finding.series.about.series_id]
        at = (finding.happened_on - of.series.start).days
        return at >= WARM and bool(of.quiet[at])

    for group in groups:
        first, last = min(one.start for one in group), max(one.last_day for one in group)
        days = [first + timedelta(days=day) for day in range(WARM, (last - first).days + 1)]
        open_stories: list[OpenStory] = []
        for day, found in groupby(replay(group, days), key=lambda each: each[0]):
            findings = [finding for _, finding in found]
            for finding in filter(is_quiet, findings):
                reported.findings[finding.detector] = reported.findings.get(finding.detector, 0) + 1
            recent = [story for story in open_stories if (day - story.first).days <= OPEN_DAYS]
            grouped = group_findings(
                findings, events=(), open_stories=recent, today_in=lambda _, day=day: day + timedelta(days=1)
            )
            for story in grouped:
                if story.lead is None:
                    continue
                open_stories.append(_as_read(story.lead))
                if is_quiet(story.lead):
                    reported.stories += 1
                    reported.notified += story.severity is not Severity.INFO
    return reported


def _as_read(lead: Finding) -> OpenStory:
    """Return a story as the product reads it again."""
    first, last = lead.happened_on, lead.happened_on
    if lead.detector in SPANS:
        first, last = lead.period_from, lead.period_to
    return OpenStory(uuid4(), lead.detector, direction_of(lead), first, last, None)


def list_spots(stretches: Sequence[Stretch], most: int, *, follow: int = 14) -> list[tuple[Stretch, int]]:
    """Return (stretch, index) of quiet days that are followed by `follow` more, evenly spread, at most `most`."""
    spots = []
    for one in stretches:
        last = -SPOT_EVERY
        for at in range(WARM, len(one.quiet) - follow):
            if at - last >= SPOT_EVERY and one.quiet[at : at + min(follow, 14)].all():
                spots.append((one, at))
                last = at
    return spots[:: max(1, -(-len(spots) // most))]


def changed(series: DailySeries, at: int, days: int, times: float) -> DailySeries:
    values = series.values.copy()
    values[at : at + days] *= times
    return replace(series, values=values)


def share_seen(
    stretches: Sequence[Stretch], spots: Sequence[tuple[Stretch, int]], *, days: int, times: float, within: int,
    together: bool, by: Sequence[str] = (),
) -> float:  # fmt: skip
    """Return the share of changes of `days` days that a finding in their direction tells within so many days."""
    seen = 0
    for one, at in spots:
        lifted = changed(one.series, at, days, times)
        peers = [each.series for each in stretches if each is not one] if together else []
        seen += any(
            _reports(found_on([lifted, *peers], lifted.day(at + later)), lifted, at, days, times, by)
            for later in range(within)
            if at + later < len(lifted)
        )
    return seen / max(len(spots), 1)


def _reports(
    found: Iterable[Finding], series: DailySeries, at: int, days: int, times: float, by: Sequence[str]
) -> bool:
    first, last = series.day(at - 5 if days > 1 else at), series.day(at + days - 1)
    return any(
        one.series.about.series_id == series.about.series_id
        and one.detector not in ("milestone", "stale_data")
        and (not by or one.detector in by)
        and one.shape.startswith("up" if times > 1 else "down")
        and one.period_from <= last
        and one.period_to >= first
        and (days == 1 or one.happened_on >= first)
        for one in found
    )


def smallest_visible(
    stretches: Sequence[Stretch], *, together: bool, factors: Sequence[float] = (1.2, 1.3, 1.4, 1.5, 1.75, 2, 2.5, 3, 4)
) -> dict[str, float]:
    """Return for each series the smallest factor of one day that is told the same day; infinity if none is."""
    smallest: dict[str, float] = {}
    for one in stretches:
        spots = list_spots([one], 1, follow=1)
        if spots:
            name = one.series.about.asset_title or str(one.series.about.series_id)[:8]
            smallest[name] = next(
                (
                    factor for factor in factors
                    if share_seen(stretches, spots, days=1, times=factor, within=1, together=together)
                ),
                float("inf"),
            )  # fmt: skip
    return smallest


def reported_levels(values: Sequence[float]) -> list[int]:
    """Return the indexes of the new levels that are told, one observation a day."""
    series = make_series(date(2020, 1, 6), values)
    days = [series.day(at) for at in range(10, len(series))]
    return sorted(series.index(one.happened_on) for _, one in replay([series], days) if one.detector == "level_shift")


def reported_alarms(first: date, values: Sequence[float], *, chosen: Callable[[Finding], bool]) -> list[int]:
    """Return the indexes of the values on which an alarm was reported."""
    series = make_series(first, values)
    days = [series.day(at) for at in range(28, len(series))]
    return sorted({series.index(day) for day, one in replay([series], days) if chosen(one)})
