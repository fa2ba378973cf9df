"""Measure campaigns as a worker, with the org's own rights, so that the result is one for all who read it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from arti.campaigns import periods
from arti.campaigns.lift import store
from arti.campaigns.lift.measurement import (
    CampaignPanel,
    Disturbance,
    Donor,
    Measurement,
    foresee,
    measure,
    refuse,
)
from arti.campaigns.lift.panel import HISTORY_ROWS, PanelColumn, Rows, build_column, find_rows
from arti.jobs import JobRun
from arti.providers.terms import TERMS, terms_of
from arti_core import clock
from arti_core.database import Connection, Row
from arti_core.jobs import enqueue_job

MEASURE_JOB: Final = "campaigns.measure"
MAX_DONORS: Final = 80
RECENT_DAYS: Final = 28  # a release may be falling for so long
LATE_DAYS: Final = 7  # so long a platform may take to report the last days
SCORABLE: Final = [tag for tag, terms in TERMS.items() if terms.may_be_scored]
_METHOD: Final = 2  # another one measures everything again


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be computed of one campaign, with a digest of all that it is computed from."""

    series_id: UUID
    digest: bytes
    comparison: CampaignPanel | None = None
    refusal: dict[str, Any] | None = None
    ahead: Sequence[Disturbance] = ()

    def run(self) -> Measurement:
        if self.comparison is None:
            return refuse(self.refusal or {})
        return foresee(self.comparison, self.refusal, self.ahead) if self.refusal else measure(self.comparison)


async def enqueue_measurement(connection: Connection, org_id: UUID, campaign_id: UUID, *, requested_by: UUID) -> None:
    """Measure a campaign soon; one that waits already is not enqueued again."""
    key = f"{MEASURE_JOB}:{campaign_id}"
    args = {"campaign_id": str(campaign_id)}
    await enqueue_job(connection, org_id, MEASURE_JOB, args, dedupe_key=key, requested_by=requested_by)


async def measure_campaign(job: JobRun, campaign_id: UUID) -> bool:
    """Measure a campaign, unless nothing it rests on has changed. Returns whether it was measured."""
    while True:  # again, if the campaign is changed while it is measured
        async with job.transaction() as connection:
            campaign = await store.find_campaign(connection, job.org_id, campaign_id)
            if campaign is None:
                return False
            task = await _prepare(connection, job.org_id, campaign)
            if task is None:  # there is no series that could be measured, nor one to say so of
                await store.delete_lift(connection, job.org_id, campaign_id)
                return False
            if await store.find_digest(connection, job.org_id, campaign_id) == task.digest:
                return False
        found = await asyncio.to_thread(task.run)
        values = {
            "result": found.result,
            "lift": found.lift,
            "low": found.low,
            "high": found.high,
            "detail": found.detail,
            "input_sha256": task.digest,
        }
        async with job.transaction() as connection:
            if await store.save_lift(connection, job.org_id, campaign, task.series_id, values):
                return True


async def _prepare(connection: Connection, org_id: UUID, campaign: Row) -> _Task | None:
    starts_on, ends_on = campaign["starts_on"], campaign["ends_on"]
    all_series = await store.list_goal_series(
        connection,
        org_id,
        campaign["artist_id"],
        metric=campaign["goal_metric"],
        provider=campaign["goal_provider"],
        from_on=starts_on - timedelta(days=HISTORY_ROWS * 7),
        to_on=ends_on,
    )
    if not all_series:
        return None
    usable = [row for row in all_series if row["terms"] in SCORABLE]
    target = (usable or all_series)[0]
    if periods.choose_basis(campaign["kind"], campaign["aggregation"]) not in periods.ADDED_UP:
        return _refused(target, campaign, {"code": "not_countable"})
    if not usable:
        return _refused(target, campaign, {"code": "terms", "source": terms_of(target["terms"]).source_name})
    last_complete = clock.today_in(target["time_zone"]) - timedelta(days=1)
    rows = find_rows(starts_on, ends_on, interval_days=target["interval_days"], a_row_end=target["newest_on"])
    if rows is None:
        return _refused(target, campaign, {"code": "no_week"})
    waiting = _why_waiting(rows, target["newest_on"], last_complete, starts_on)
    return await _compare(connection, org_id, campaign, target, rows, waiting)


def _refused(target: Row, campaign: Row, reason: dict[str, Any]) -> _Task:
    return _Task(target["id"], _digest(campaign, reason), refusal=reason)


def _why_waiting(rows: Rows, newest_on: date, last_complete: date, starts_on: date) -> dict[str, Any] | None:
    last = rows.window[-1]
    if last_complete < starts_on:
        return {"code": "planned", "from": str(last + timedelta(days=1))}
    if last > last_complete:
        return {"code": "running", "from": str(last + timedelta(days=1))}
    if newest_on < last and (last_complete - last).days < LATE_DAYS:
        return {"code": "late", "to": str(newest_on), "from": str(last)}
    return None


async def _compare(
    connection: Connection, org_id: UUID, campaign: Row, target: Row, rows: Rows, waiting: dict[str, Any] | None
) -> _Task:
    """Read the panel of a campaign, or of as many days before it while it waits to be over."""
    artist_id: UUID = campaign["artist_id"]
    real = CampaignPanel(rows, artist_id, PanelColumn({}, {}), ())
    ahead, recent = await _list_disturbances(connection, org_id, campaign, real)
    disturbances = ahead
    if waiting:
        newest = min(target["newest_on"], campaign["starts_on"] - timedelta(days=1))
        start = newest - timedelta(days=len(rows.window) * rows.interval_days - 1)
        shifted = find_rows(start, newest, interval_days=rows.interval_days, a_row_end=target["newest_on"])
        rows = shifted or rows
        real = replace(real, rows=rows)
        found, _ = await _list_disturbances(connection, org_id, campaign, real)
        disturbances = [each for each in found if each.artist_id != artist_id]
    candidates = await store.list_candidates(
        connection,
        org_id,
        artist_id=artist_id,
        metric=campaign["goal_metric"],
        provider=campaign["goal_provider"],
        terms=SCORABLE,
        interval_days=rows.interval_days,
        month=rows.history[-1].replace(day=1),
        limit=MAX_DONORS,
    )
    panel = await store.read_panel(
        connection,
        org_id,
        [target["id"], *(row["id"] for row in candidates)],
        gains=campaign["kind"] == "counter",
        from_on=rows.history[0],
        to_on=rows.window[-1],
    )
    columns = {key: build_column(row["days"], row["values"], row["definitions"]) for key, row in panel.items()}
    empty = PanelColumn({}, {})
    donors = [
        Donor(row["id"], row["artist_id"], columns.get(row["id"], empty), is_song=row["asset_id"] is not None)
        for row in candidates
    ]
    comparison = replace(
        real, target=columns.get(target["id"], empty), donors=donors, disturbances=disturbances, recent=recent
    )
    own = [each for each in ahead if each.artist_id == artist_id]
    return _Task(
        target["id"], _digest(campaign, waiting, own, comparison), comparison, waiting, ahead=own if waiting else ()
    )


async def _list_disturbances(
    connection: Connection, org_id: UUID, campaign: Row, comparison: CampaignPanel
) -> tuple[list[Disturbance], list[Disturbance]]:
    """Return what disturbs the days, and the artist's releases of the weeks before, which may still be falling."""
    from_on = comparison.rows.first_on - timedelta(days=RECENT_DAYS)
    rows = await store.list_disturbances(connection, org_id, from_on=from_on, to_on=campaign["ends_on"])
    found = [
        Disturbance(row["kind"], row["artist_id"], row["title"], row["starts_on"], row["ends_on"])
        for row in rows
        if campaign["id"] not in row["ids"]
    ]
    recent = [
        each
        for each in found
        if each.ends_on < comparison.from_on and each.kind == "release" and each.artist_id == comparison.artist_id
    ]
    return [each for each in found if each.ends_on >= comparison.from_on], recent


def _digest(*parts: object) -> bytes:
    """Return a digest of what a measurement rests on."""
    return sha256(repr((_METHOD, *(dict(part) if isinstance(part, Row) else part for part in parts))).encode()).digest()
