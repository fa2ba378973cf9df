"""A release in its first 28 days, beside the artist's earlier releases at the same age, each platform by itself."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final
from uuid import UUID

from arti.metrics.catalogue import METRICS
from arti.metrics.comparison.store import list_breaks
from arti.metrics.growth import SMALLEST_BASE, growth_percent
from arti.metrics.release_start import store
from arti.metrics.release_start.ages import APART, COUNTED, LAST_AGE
from arti.metrics.release_start.curves import Counted, Item
from arti.metrics.release_start.pace import estimate_pace
from arti.metrics.release_start.schemas import (
    AgeComparison,
    AgeFigure,
    ReleaseCurve,
    ReleasePace,
    ReleaseStart,
    ReleaseStartPlatform,
    StartedRelease,
    TrackSaves,
)
from arti.metrics.songs import store as song_store
from arti.metrics.songs.rollup import roll_up
from arti.metrics.songs.service import read_parts
from arti.metrics.sources.known import KnownProvider, list_providers
from arti.music.releases.service import resolve_release
from arti.providers.terms import source_of, terms_of
from arti.vocabulary import provider_order
from arti_core import clock
from arti_core.database import Connection, Row
from arti_core.errors import NotFound

MOST_EARLIER: Final = 6
# The same number, from a worse source or under another artist.
_NOT_ANOTHER: Final = ("same_number", "counted_once")

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Release:
    """A release with its tracks that the caller sees."""

    id: UUID
    title: str
    released_on: date
    recordings: frozenset[UUID]


async def read_release_start(
    connection: Connection, org_id: UUID, release_id: UUID, *, known_on: date | None
) -> ReleaseStart:
    """Return the first days of a release, as known at the end of `known_on`. Raises NotFound."""
    await song_store.keep_plans(connection)
    row = await store.find_release(connection, org_id, await resolve_release(connection, org_id, release_id))
    if row is None:
        raise NotFound("release")
    released = StartedRelease.model_validate(dict(row))
    if released.released_on is None:
        return _nothing(released, None, "This release has no day yet: name it, and its first days are counted.")
    complete = (min(known_on or date.max, clock.today()) - released.released_on).days
    if complete < 1:
        return _nothing(released, max(complete, 0), "Not out yet: the first complete day is the day of release.")
    releases = await _list_releases(connection, org_id, released.id, released.title, released.released_on)
    series = await _list_series(connection, org_id, releases, known_on)
    platforms = await _list_platforms(connection, org_id, releases, series, known_on)
    saves = await store.list_saves(connection, org_id, list(releases[0].recordings), known_on=known_on)
    note = None
    if not platforms:
        note = "No platform has daily numbers of its tracks in these days. Files by song, and syncs, bring them."
    return ReleaseStart(
        release=released, complete_days=complete, platforms=platforms, saves=[_saves(each) for each in saves], note=note
    )


def _nothing(release: StartedRelease, complete_days: int | None, note: str) -> ReleaseStart:
    return ReleaseStart(release=release, complete_days=complete_days, platforms=[], saves=[], note=note)


async def _list_releases(
    connection: Connection, org_id: UUID, id: UUID, title: str, released_on: date
) -> list[_Release]:
    """Return the release and the last ones before it; what came out within a week of each other is one release."""
    rows: list[Row] = []
    last = released_on
    for row in await store.list_earlier(connection, org_id, id, released_on - APART):
        if last - row["released_on"] >= APART and len(rows) < MOST_EARLIER:
            rows.append(row)
            last = row["released_on"]
    tracks: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for track in await store.list_tracks(connection, org_id, [id, *(row["id"] for row in rows)]):
        tracks[track["release_id"]].add(track["recording_id"])
    this = _Release(id, title, released_on, frozenset(tracks[id]))
    return [
        this,
        *(_Release(row["id"], row["title"], row["released_on"], frozenset(tracks[row["id"]])) for row in rows),
    ]


async def _list_series(
    connection: Connection, org_id: UUID, releases: Sequence[_Release], known_on: date | None
) -> list[Row]:
    recordings = list(frozenset[UUID]().union(*(release.recordings for release in releases)))
    rows = await song_store.list_series(
        connection, org_id, "recordings", recordings, metrics=list(COUNTED), until=None, known_on=known_on
    )
    return [row for row in rows if not row["dimension"] and row["last_on"]]


async def _list_platforms(
    connection: Connection,
    org_id: UUID,
    releases: Sequence[_Release],
    series: Sequence[Row],
    known_on: date | None,
) -> list[ReleaseStartPlatform]:
    zones = await store.list_zones(connection, org_id, [row["series_id"] for row in series])
    providers = await list_providers(connection, org_id)
    counted: dict[Key, dict[UUID, tuple[Counted, list[Row]]]] = defaultdict(dict)
    finished = (known_on or date.max) - timedelta(days=1)
    changed = await _last_changes(connection, series, releases, known_on)
    for release in releases:
        for key, rows in (await _choose(connection, org_id, release, series, known_on)).items():
            values = await _read_values(connection, org_id, release, rows, known_on)
            items = [
                Item(row["series_id"], row["recording_id"], _own_release(row, release), values[row["series_id"]])
                for row in rows
            ]
            counted[key][release.id] = (
                Counted(
                    released_on=release.released_on,
                    is_counter=rows[0]["kind"] == "counter",
                    items=items,
                    finished_on=min(finished, *(zones[row["series_id"]]["finished_on"] for row in rows)),
                    known_until=max(row["last_on"] for row in rows),
                    changed_on=changed.get(key),
                ),
                rows,
            )
    this = releases[0]
    with_numbers = [key for key, of in counted.items() if this.id in of]
    shown: dict[str, Key] = {}
    for key in sorted(with_numbers, key=lambda key: COUNTED.index(key[1])):
        shown.setdefault(key[0], key)
    return [
        _platform(key, releases, counted[key], zones, providers)
        for key in sorted(shown.values(), key=lambda key: provider_order(key[0]))
    ]


def _own_release(row: Row, release: _Release) -> date:
    day: date = row["released_on"] or release.released_on
    return day


async def _choose(
    connection: Connection, org_id: UUID, release: _Release, series: Sequence[Row], known_on: date | None
) -> dict[Key, list[Row]]:
    """Return the series of a release by platform and metric: each item once, of several sources the best.

    What came out more than a week before is counted under its own release.
    """
    last = release.released_on + timedelta(days=LAST_AGE - 1)
    own = {
        row["series_id"]: row
        for row in series
        if row["recording_id"] in release.recordings
        and _own_release(row, release) - release.released_on > -APART
        and _own_release(row, release) <= last
    }
    until = max((row["last_on"] for row in own.values()), default=last)
    period = (release.released_on, max(min(last, until), release.released_on))
    parts = await read_parts(connection, org_id, list(own.values()), dict.fromkeys(own, period), known_on)
    chosen: dict[Key, list[Row]] = {}
    for one in roll_up(parts):
        kept = [*one.counted, *(each.part for each in one.refused if each.reason not in _NOT_ANOTHER)]
        chosen[one.provider, one.metric] = [own[part.series_id] for part in kept]
    return chosen


async def _read_values(
    connection: Connection, org_id: UUID, release: _Release, rows: Sequence[Row], known_on: date | None
) -> dict[UUID, dict[date, float]]:
    ids = [row["series_id"] for row in rows]
    values: dict[UUID, dict[date, float]] = {id: {} for id in ids}
    first_days = [release.released_on] * len(ids)
    for value in await store.list_values(connection, org_id, ids, first_days, LAST_AGE, known_on=known_on):
        values[value["series_id"]][value["observed_on"]] = value["value"]
    return values


async def _last_changes(
    connection: Connection, series: Sequence[Row], releases: Sequence[_Release], known_on: date | None
) -> dict[Key, date]:
    """Return since when each platform counts a metric as it does at the end of the release's days."""
    keys = sorted({(row["provider"], row["metric"]) for row in series})
    first = min(release.released_on for release in releases)
    last = releases[0].released_on + timedelta(days=LAST_AGE - 1)
    rows = await list_breaks(
        connection,
        [metric for _, metric in keys],
        [provider for provider, _ in keys],
        [first] * len(keys),
        last,
        known_on=known_on,
    )
    return {(row["provider"], row["metric"]): row["on"] for row in rows}


def _platform(
    key: Key,
    releases: Sequence[_Release],
    counted: Mapping[UUID, tuple[Counted, list[Row]]],
    zones: Mapping[UUID, Row],
    providers: Mapping[str, KnownProvider],
) -> ReleaseStartPlatform:
    provider, metric = key
    this, *before = releases
    of_this, rows = counted[this.id]
    curve = _curve(this, of_this)
    earlier = [_curve(release, counted[release.id][0]) for release in before if release.id in counted]
    earlier = [each for each in earlier if any(value is not None for value in each.values)]
    pace: ReleasePace | None = None
    name = providers[provider].name
    pace_note: str | None = f"No forecast: the terms of {name} allow none from what its API gave."
    if all(terms_of(row["terms"]).may_be_scored for row in rows):
        pace, pace_note = estimate_pace(curve.values, [each.values for each in earlier], this.released_on)
    counted_elsewhere = len(this.recordings) - curve.tracks
    return ReleaseStartPlatform(
        provider=provider,
        provider_name=name,
        metric=metric,
        name=METRICS[metric].name,
        unit=METRICS[metric].unit,
        kind=rows[0]["kind"],
        source=sorted({source_of(row["terms"]) for row in rows}),
        time_zone=zones[rows[0]["series_id"]]["time_zone"],
        known_until=of_this.known_until,
        curve=curve,
        ages=[_compare(figure, at, earlier) for at, figure in enumerate(curve.ages)],
        earlier=earlier,
        pace=pace,
        pace_note=pace_note,
        note=(_describe_left_out(counted_elsewhere, len(this.recordings)) if counted_elsewhere else None),
    )


def _describe_left_out(missing: int, count: int) -> str:
    if missing == 1:
        return f"1 of {count} tracks is not counted: it came out with an earlier release, or has no such number."
    return (
        f"{missing} of {count} tracks are not counted: they came out with an earlier release, or have no such number."
    )


def _curve(release: _Release, counted: Counted) -> ReleaseCurve:
    return ReleaseCurve(
        release_id=release.id,
        title=release.title,
        released_on=release.released_on,
        values=counted.list_values(),
        ages=counted.list_ages(),
        tracks=len({item.recording_id for item in counted.items}),
        track_count=len(release.recordings),
    )


def _compare(figure: AgeFigure, at: int, earlier: Sequence[ReleaseCurve]) -> AgeComparison:
    known = [value for each in earlier if (value := each.ages[at].value) is not None]
    previous = earlier[0].ages[at].value if earlier else None
    percent = None
    if figure.value is not None and previous is not None:
        percent = growth_percent(figure.value, previous)
    return AgeComparison(
        **figure.model_dump(),
        previous=previous,
        change_percent=None if percent is None else round(percent, 1),
        median=median(known) if known else None,
        releases=len(known),
    )


def _saves(row: Row) -> TrackSaves:
    listeners = row["listeners"]
    return TrackSaves.model_validate(
        {
            **{
                name: row[name]
                for name in ("recording_id", "title", "provider", "period", "as_of", "saves", "listeners")
            },
            "source": source_of(row["terms"]),
            "per_hundred": round(100 * row["saves"] / listeners, 1) if listeners >= SMALLEST_BASE else None,
        }
    )
