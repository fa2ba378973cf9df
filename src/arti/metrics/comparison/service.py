"""Two to six artists, or as many songs, side by side: one meaning a column, over the same days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from arti.metrics.comparison import lines, store
from arti.metrics.comparison.candidates import ComparedCandidate, list_candidates
from arti.metrics.comparison.ranks import rank_all
from arti.metrics.comparison.schemas import (
    ComparedColumn,
    ComparedFigure,
    ComparedLine,
    ComparedSubject,
    ComparisonResponse,
    RosterRank,
)
from arti.metrics.comparison.song_figures import read_song_figures
from arti.metrics.schemas import DefinitionBreak, Period
from arti.metrics.songs import store as song_store
from arti.metrics.songs.rollup import Part
from arti.metrics.sources.known import KnownProvider, get_metric, get_provider, list_metrics, list_providers
from arti.music.recordings.service import resolve_recording
from arti.music.store import find_artist_names
from arti.providers.terms import source_of, terms_of
from arti_core.database import Connection, Row
from arti_core.errors import Invalid, NotFound

MAX_SUBJECTS: Final = 6
_MAX_COLUMNS: Final = 8


@dataclass(frozen=True, slots=True)
class ComparisonQuery:
    """What to compare. Without `metric` and `provider`: what most of the subjects have. Without `to_on`: the newest."""

    artist_ids: Sequence[UUID]
    recording_ids: Sequence[UUID]
    metric: str | None
    provider: str | None
    days: int
    to_on: date | None
    known_on: date | None


@dataclass(frozen=True, slots=True)
class _Days:
    """The period and the one before, of as many days."""

    last: date
    count: int

    @property
    def first(self) -> date:
        return self.last - timedelta(days=self.count - 1)

    @property
    def before(self) -> date:
        return self.first - timedelta(days=self.count)


async def read_comparison(connection: Connection, org_id: UUID, query: ComparisonQuery) -> ComparisonResponse:
    """Return the comparison. Raises NotFound for an unknown artist or song, Invalid."""
    subjects = await _list_subjects(connection, org_id, query)
    metrics, providers = await list_metrics(connection, org_id), await list_providers(connection, org_id)
    candidates = list_candidates(await _list_series(connection, org_id, subjects, query.known_on), metrics)
    shown = (await _choose_first(connection, org_id, candidates, query))[:_MAX_COLUMNS]
    if not shown:
        return ComparisonResponse(subjects=subjects, options=[], columns=[], lines=[])
    spans = [_Days(query.to_on or candidate.last_day(), query.days) for candidate in shown]
    breaks = await _list_breaks(connection, shown, spans, query.known_on)
    is_song = subjects[0].kind == "song"
    columns, drawn = list[ComparedColumn](), list[ComparedLine]()
    for candidate, days, own in zip(shown, spans, breaks, strict=True):
        is_first = candidate is shown[0]
        figures, values = await _read_figures(
            connection, org_id, candidate, days, own, is_song=is_song, with_days=is_first, known_on=query.known_on
        )
        columns.append(_column(candidate, providers, days, subjects, figures, own))
        if is_first:
            drawn = [_line(subject.id, values.get(subject.id, {}), days) for subject in subjects]
    if not is_song:
        await _add_ranks(connection, org_id, columns[0], spans[0], query.known_on)
    return ComparisonResponse(
        subjects=subjects,
        options=[candidate.describe(providers) for candidate in candidates],
        columns=columns,
        lines=drawn,
    )


async def _list_subjects(connection: Connection, org_id: UUID, query: ComparisonQuery) -> list[ComparedSubject]:
    if query.artist_ids and query.recording_ids:
        raise Invalid("Compare artists, or songs: a song is a part of its artist.", field="recording_id")
    artist_ids = list(dict.fromkeys(query.artist_ids))
    recording_ids = [await resolve_recording(connection, org_id, id) for id in dict.fromkeys(query.recording_ids)]
    recording_ids = list(dict.fromkeys(recording_ids))
    if not artist_ids and not recording_ids:
        raise Invalid("Name what to compare by artist_id or recording_id.", field="artist_id")
    if len(artist_ids) > MAX_SUBJECTS or len(recording_ids) > MAX_SUBJECTS:
        raise Invalid(f"At most {MAX_SUBJECTS} are compared at once.", field="artist_id")
    if artist_ids:
        names = await find_artist_names(connection, org_id, artist_ids)
        if len(names) < len(artist_ids):
            raise NotFound("artist")
        return [ComparedSubject(kind="artist", id=id, name=names[id], artists=[], artist_ids=[id]) for id in artist_ids]
    songs = {row["id"]: row for row in await store.list_songs(connection, org_id, recording_ids)}
    return [ComparedSubject.model_validate({"kind": "song", **dict(songs[id])}) for id in recording_ids]


async def _list_series(
    connection: Connection, org_id: UUID, subjects: Sequence[ComparedSubject], known_on: date | None
) -> Sequence[Any]:
    ids = [subject.id for subject in subjects]
    if subjects[0].kind == "artist":
        return await store.list_artist_series(connection, org_id, ids, metric=None, provider=None, known_on=known_on)
    await song_store.keep_plans(connection)
    rows = await song_store.list_series(
        connection, org_id, "recordings", ids, metrics=None, until=None, known_on=known_on
    )
    return [
        {**dict(row), "subject_id": row["recording_id"], "newest_on": row["last_on"]}
        for row in rows
        if not row["dimension"] and row["last_on"]
    ]


async def _choose_first(
    connection: Connection, org_id: UUID, candidates: list[ComparedCandidate], query: ComparisonQuery
) -> list[ComparedCandidate]:
    """Return the candidates with the chosen one first, if a subject has it. Raises Invalid for an unknown one."""
    if query.metric is None or query.provider is None:
        return candidates
    metric = await get_metric(connection, org_id, query.metric)
    provider = await get_provider(connection, org_id, query.provider)
    chosen = [one for one in candidates if (one.provider, one.metric.slug) == (provider.slug, metric.slug)]
    return [*chosen, *(one for one in candidates if one not in chosen)]


async def _list_breaks(
    connection: Connection,
    shown: Sequence[ComparedCandidate],
    spans: Sequence[_Days],
    known_on: date | None,
) -> list[list[DefinitionBreak]]:
    """Return the changes of definition of each column since the period before began."""
    rows = await store.list_breaks(
        connection,
        [candidate.metric.slug for candidate in shown],
        [candidate.provider for candidate in shown],
        # A gain of the first day is against the day before.
        [
            days.before - timedelta(days=candidate.metric.kind == "counter")
            for candidate, days in zip(shown, spans, strict=True)
        ],
        max(days.last for days in spans),
        known_on=known_on,
    )
    return [
        [
            DefinitionBreak.model_validate(dict(row))
            for row in rows
            if (row["metric"], row["provider"]) == (candidate.metric.slug, candidate.provider)
            and row["on"] <= days.last
        ]
        for candidate, days in zip(shown, spans, strict=True)
    ]


async def _read_figures(
    connection: Connection,
    org_id: UUID,
    candidate: ComparedCandidate,
    days: _Days,
    breaks: Sequence[DefinitionBreak],
    *,
    is_song: bool,
    with_days: bool,
    known_on: date | None,
) -> tuple[dict[UUID, dict[str, Any]], dict[UUID, dict[date, float | None]]]:
    """Return the fields of each subject's figure, and its daily values where they are drawn."""
    broken = [each.on for each in breaks]
    spark = 2 * days.count + 1 if with_days else 0
    is_counter = candidate.metric.kind == "counter"
    read: Mapping[UUID, Row] = {}
    if with_days or not is_song:
        read = await store.read_figures(
            connection,
            org_id,
            candidate.series_ids,
            to_on=days.last,
            days=days.count,
            spark=spark,
            known_on=known_on,
        )
    drawn = {
        id: lines.daily_values(row["spark"], row["as_of"])
        for id, row in read.items()
        if with_days and row["as_of"] is not None
    }
    if is_counter:
        can_fall = candidate.metric.can_fall
        drawn = {id: lines.daily_gains(own, can_fall=can_fall, breaks=broken) for id, own in drawn.items()}
    if is_song:
        figures, counted = await read_song_figures(
            connection, org_id, candidate, to_on=days.last, days=days.count, breaks=broken, known_on=known_on
        )
        return figures, {id: _add(candidate.rows[id], parts, drawn) for id, parts in counted.items()}
    series = {id: rows[0] for id, rows in candidate.rows.items()}
    figures = {id: _artist_figure(row, read.get(row["series_id"]), is_counter=is_counter) for id, row in series.items()}
    return figures, {id: drawn.get(row["series_id"], {}) for id, row in series.items()}


def _add(
    rows: Sequence[Any], parts: Sequence[Part], drawn: Mapping[UUID, dict[date, float | None]]
) -> dict[date, float | None]:
    released = {row["series_id"]: row["released_on"] for row in rows}
    return lines.add_days([(released[part.series_id], drawn.get(part.series_id, {})) for part in parts])


def _artist_figure(series: Row, read: Row | None, *, is_counter: bool) -> dict[str, Any]:
    """Return the fields of a figure. Of a running total the value is what it gained in the period."""
    found = read if read is not None and read["as_of"] is not None else None
    value = found and (found["change"] if is_counter else found["value"])
    return {
        "value": value,
        "value_note": None if found is None or value is not None else found["null_reason"],
        "level": found["value"] if found and is_counter else None,
        "previous": None if found is None or is_counter else found["previous"],
        "change_percent": found and found["change_percent"],
        "change_note": found["change_note"] if found else "no_previous",
        "as_of": found and found["as_of"],
        "stale": found["stale"] if found else True,
        "source": [source_of(series["terms"])],
        "series_ids": [series["series_id"]],
    }


def _column(
    candidate: ComparedCandidate,
    providers: Mapping[str, KnownProvider],
    days: _Days,
    subjects: Sequence[ComparedSubject],
    figures: Mapping[UUID, dict[str, Any]],
    breaks: Sequence[DefinitionBreak],
) -> ComparedColumn:
    return ComparedColumn(
        **candidate.describe(providers).model_dump(),
        period=Period(**{"from": days.first}, to=days.last, days=days.count),
        previous_period=Period(**{"from": days.before}, to=days.first - timedelta(days=1), days=days.count),
        figures=[
            ComparedFigure(
                subject_id=subject.id, breaks=list(breaks), rank=None, change_rank=None, **figures[subject.id]
            )
            for subject in subjects
            if subject.id in figures
        ],
        rank_note=None,
    )


def _line(id: UUID, values: Mapping[date, float | None], days: _Days) -> ComparedLine:
    return ComparedLine(
        subject_id=id,
        points=lines.list_points(values, days.first, days.count),
        previous=lines.list_points(values, days.before, days.count),
    )


async def _add_ranks(
    connection: Connection, org_id: UUID, column: ComparedColumn, days: _Days, known_on: date | None
) -> None:
    """Say where the numbers of a column stand in the roster, of those whose terms allow a derived number."""
    roster = await store.list_roster(connection, org_id)
    rows = await store.list_artist_series(
        connection, org_id, roster, metric=column.metric, provider=column.provider, known_on=known_on
    )
    allowed = {row["series_id"]: row["subject_id"] for row in rows if terms_of(row["terms"]).may_be_scored}
    if len(allowed) < len(rows):
        column.rank_note = f"The terms of {column.provider_name} allow no rank of what its API gave."
    read = await store.read_figures(
        connection, org_id, list(allowed), to_on=days.last, days=days.count, spark=0, known_on=known_on
    )
    gains = column.basis == "gain"
    # Whoever lacks the last days has a number of fewer days.
    same = {allowed[id]: row for id, row in read.items() if row["as_of"] == days.last}
    values = {id: row["change"] if gains else row["value"] for id, row in same.items()}
    changes = {id: row["change_percent"] for id, row in same.items()}
    ranks, change_ranks = _rank_known(values), _rank_known(changes)
    if not ranks and column.rank_note is None:
        column.rank_note = "A rank needs three artists of the roster with this number."
    for figure in column.figures:
        figure.rank = ranks.get(figure.subject_id)
        figure.change_rank = change_ranks.get(figure.subject_id)


def _rank_known(values: Mapping[UUID, float | None]) -> dict[UUID, RosterRank]:
    return rank_all({id: value for id, value in values.items() if value is not None})
