"""Histories with and without findings, and detection by the workers."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import numpy as np

from arti.insights.detectors import DailySeries, Finding, SeriesSubject, build_series
from arti.insights.detectors.series import Kind
from arti.insights.narration.clauses import find_misplaced
from arti.insights.narration.offers import choose_by_template, offer_clauses, slot_words
from arti.insights.narration.reading import ReadableText, as_template, is_readable, read_narration
from arti.jobs import WorkerContext
from arti.language.catalogue import LanguageCode
from arti.language.pieces import as_plain
from arti.vocabulary import EventType
from arti_core.clock import today
from arti_core.database import job_transaction
from arti_core.outbox import record_event
from tests.factories.observations import daily_observations, store_observations
from tests.job_runner import run_due_jobs

STREAMS = "consumption.streams"
FOLLOWERS = "audience.followers"


def yesterday() -> date:
    return today() - timedelta(days=1)


def at(day: date) -> Callable[[str], date]:
    """Return a `today_in` that gives `day` in every time zone."""
    return lambda time_zone: day


def weekly_series(
    days: int, *, level: float = 10_000, noise: float = 0.03, seed: int = 1, last: date | None = None
) -> list[float]:
    """Return daily values with a weekly season and noise, and without findings.

    Without `last` they end at the season's Tuesday whichever day it is, so that no outcome turns with the weekday.
    """
    random = np.random.default_rng(seed)
    first = (last or date(2026, 6, 30)) - timedelta(days=days - 1)
    season = (1.0, 0.95, 0.96, 1.0, 1.1, 1.2, 1.1)
    return [
        round(level * season[(first + timedelta(days=day)).weekday()] * float(random.normal(1, noise)))
        for day in range(days)
    ]


def with_spike(values: list[float], *, days_ago: int = 5, times: float = 3.0) -> list[float]:
    """Return the values with one day multiplied. `days_ago` counts from the last value."""
    changed = list(values)
    changed[-1 - days_ago] = round(changed[-1 - days_ago] * times)
    return changed


def daily_gains(values: Sequence[float | None]) -> list[float | None]:
    """Return the gains of a counter that may fall, as the database computes them."""
    return [
        value - before if value is not None and before is not None else None
        for before, value in pairwise([None, *values])
    ]


def series(
    values: list[float] | list[float | None],
    *,
    kind: Kind = "flow",
    metric: str = STREAMS,
    unit: str = "streams",
    last: date = date(2026, 6, 30),
    asset: bool = False,
    terms: str = "own",
    definitions: list[int] | None = None,
    breaks: tuple[date, ...] = (),
    provider: str = "spotify",
    imported: bool = False,
    interval_days: int = 1,
) -> DailySeries:
    """Return a series for a detector, without any database. It ends on `last`."""
    about = SeriesSubject(
        series_id=uuid4(),
        artist_id=UUID(int=1),
        provider=provider,
        metric=metric,
        metric_name=metric.partition(".")[2].replace("_", " ").capitalize(),
        unit=unit,
        kind=kind,
        asset_id=UUID(int=2) if asset else None,
        asset_key="track-1" if asset else "",
        asset_title="Tidelight" if asset else "",
        terms=terms,
        imported=imported,
        interval_days=interval_days,
    )
    days = [last - timedelta(days=interval_days * (len(values) - 1 - place)) for place in range(len(values))]
    made = build_series(about, days, values, definitions or [1] * len(values), gains=daily_gains(values), breaks=breaks)
    assert made is not None
    return made


def read_finding(
    finding: Finding, language: LanguageCode = "en", *, artist_name: str = "Velvet Harbor"
) -> ReadableText:
    """Return the template's text of a finding, whose numbers must have the roles of their slots and bear it."""
    assert find_misplaced(finding.facts) == []
    words = slot_words(finding, artist_name=artist_name)
    template = as_template(choose_by_template(offer_clauses(finding)), words, finding.facts)
    assert is_readable(template, finding.facts)
    return read_narration(template, finding.facts, language)


def text_of(finding: Finding, language: LanguageCode = "en") -> str:
    text = read_finding(finding, language)
    return f"{as_plain(text.title)} {as_plain(text.body)}"


async def run_detection(
    worker_context: WorkerContext, org_id: UUID, artist_id: UUID, *, type: EventType = EventType.SYNC_FINISHED
) -> None:
    """Record that a sync finished (or another event), and run jobs until none is due."""
    async with job_transaction(worker_context.pool, org_id) as connection:
        await record_event(connection, org_id, type, {"artist_id": str(artist_id)})
    await run_due_jobs(worker_context)


async def record_spike(worker_context: WorkerContext, org_id: UUID, artist_id: UUID, *, seed: int = 1) -> date:
    """Store 120 days of streams with one spike five days before yesterday. Returns its day."""
    values = with_spike(weekly_series(120, seed=seed))
    await store_observations(worker_context, org_id, artist_id, daily_observations(STREAMS, yesterday(), values))
    return yesterday() - timedelta(days=5)
