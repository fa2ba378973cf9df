"""Songs with their numbers, and roll-ups of songs."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from arti.metrics.songs import rollup, schemas, store
from arti.metrics.songs.figures import SONG_METRICS, make_figure, make_period, make_platform, make_song, pick_headline
from arti.metrics.songs.rollup import Part, Sum
from arti.music.recordings import store as recordings
from arti.music.recordings.service import resolve_recording
from arti.music.service import get_artist
from arti_core import clock
from arti_core.database import Connection, Row
from arti_core.errors import Invalid, NotFound
from arti_core.paging import Page, make_page, write_text_cursor

PERIOD_DAYS: Final = 28
_SLOW_PLATFORM_DAYS: Final = 10  # one that is further behind does not hold the others back


async def list_songs(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID | None,
    release_id: UUID | None,
    q: str | None,
    sort: str,
    after: tuple[str, UUID] | None,
    limit: int,
    known_on: date | None = None,
) -> Page[schemas.Song]:
    """Return a page of songs, each with its assets and one number of each platform. Raises NotFound."""
    if artist_id is not None:
        await get_artist(connection, org_id, artist_id)
    rows = await recordings.list_recordings(
        connection,
        org_id,
        artist_id=artist_id,
        release_id=release_id,
        q=q,
        sort=sort,
        after=after,
        limit=limit + 1,
    )
    page = make_page(rows, limit, cursor_of=lambda row: write_text_cursor(row["sort_key"], row["id"]))
    ids = [row["id"] for row in page.items]
    figures = await _list_figures(connection, org_id, ids, SONG_METRICS, known_on)
    songs = [make_song(row, pick_headline(figures.get(row["id"], []))) for row in page.items]
    return Page(items=songs, next_cursor=page.next_cursor)


async def get_song(
    connection: Connection, org_id: UUID, recording_id: UUID, *, known_on: date | None = None
) -> schemas.Song:
    """Return a song with all its numbers; that of a merged recording is the one it was merged into. Raises NotFound."""
    row = await recordings.find_recording(connection, org_id, recording_id)
    if row is None:
        raise NotFound("recording")
    figures = await _list_figures(connection, org_id, [row["id"]], None, known_on)
    return make_song(row, figures.get(row["id"], []))


async def read_rollup(
    connection: Connection,
    org_id: UUID,
    *,
    scope: schemas.Scope,
    id: str | None,
    metric: str,
    from_on: date | None,
    to_on: date | None,
    known_on: date | None = None,
) -> schemas.Rollup:
    """Return one metric of all songs of a scope, as known at the end of `known_on`. Raises NotFound, Invalid."""
    scope_id = await _find_scope(connection, org_id, scope, id)
    found = await store.find_metric(connection, org_id, metric)
    if found is None:
        raise NotFound("metric")
    described = {"scope": scope, "id": id, "metric": metric, "name": found["name"], "unit": found["unit"]}
    if found["kind"] in rollup.NOT_ADDED:
        refusal = rollup.NOT_ADDED[found["kind"]]
        return schemas.Rollup.model_validate({**described, **_NOTHING, "total_note": refusal})
    rows = await store.list_series(
        connection, org_id, scope, scope_id, metrics=[metric], until=to_on, known_on=known_on
    )
    last = to_on or _common_last_day(rows)
    if last is None:
        refusal = "No song here has this metric."
        return schemas.Rollup.model_validate({**described, **_NOTHING, "total_note": refusal})
    first = from_on or last - timedelta(days=PERIOD_DAYS - 1)
    if first > last:
        raise Invalid("The period ends before it begins.", field="from")
    parts = await read_parts(connection, org_id, rows, {row["series_id"]: (first, last) for row in rows}, known_on)
    sums = rollup.roll_up(parts)
    total, note = _total(sums, across_platforms=found["across_platforms"])
    return schemas.Rollup.model_validate(
        {
            **described,
            "basis": "gain" if found["kind"] == "counter" else "sum",
            "period": make_period(first, last),
            "recordings": len(set[UUID]().union(*(one.recordings for one in sums))),
            "platforms": [make_platform(one) for one in sums],
            "total": total,
            "total_note": note,
        }
    )


_NOTHING: Final[Mapping[str, Any]] = {
    "basis": None,
    "period": None,
    "recordings": 0,
    "platforms": [],
    "total": None,
    "total_note": None,
}


async def _find_scope(connection: Connection, org_id: UUID, scope: str, id: str | None) -> UUID | str | None:
    """Return the id as its table has it. Raises Invalid, NotFound."""
    if scope == "catalogue":
        return None
    if not id or "\x00" in id:
        raise Invalid(f"Name the {scope} by id.", field="id")
    if scope == "label":
        if not await store.label_exists(connection, org_id, id):
            raise NotFound("label")
        return id
    try:
        uuid = UUID(id)
    except ValueError:
        raise NotFound(scope) from None
    if scope == "recording":
        return await resolve_recording(connection, org_id, uuid)
    if not await store.song_exists(connection, org_id, scope, uuid):
        raise NotFound(scope)
    return uuid


async def _list_figures(
    connection: Connection, org_id: UUID, ids: Sequence[UUID], metrics: Sequence[str] | None, known_on: date | None
) -> dict[UUID, list[schemas.SongFigure]]:
    """Return the numbers of songs over the last days that each platform has reported of any of them."""
    if not ids:
        return {}
    rows = await store.list_series(
        connection, org_id, "recordings", list(ids), metrics=metrics, until=None, known_on=known_on
    )
    newest: dict[tuple[str, str], date] = {}
    for row in rows:
        if row["last_on"] and not row["dimension"]:
            key = (row["provider"], row["metric"])
            newest[key] = max(newest.get(key, row["last_on"]), row["last_on"])
    periods = {}
    for row in rows:
        last = newest.get((row["provider"], row["metric"])) or row["last_on"]
        if last:
            periods[row["series_id"]] = (last - timedelta(days=PERIOD_DAYS - 1), last)
    parts = await read_parts(connection, org_id, rows, periods, known_on)
    described = {row["metric"]: row for row in rows}
    return {
        recording: [make_figure(one, described[one.metric], periods) for one in sums]
        for recording, sums in rollup.roll_up_by_recording(parts).items()
    }


async def read_parts(
    connection: Connection,
    org_id: UUID,
    rows: Sequence[Row],
    periods: Mapping[UUID, tuple[date, date]],
    known_on: date | None = None,
) -> list[Part]:
    """Return what each row of store.list_series says of its period; those without a period are left out."""
    daily = [row for row in rows if row["series_id"] in periods]
    ids = [row["series_id"] for row in daily]
    # A file's total of several days stands on the last of them.
    spans = {
        row["series_id"]: (periods[row["series_id"]][1],) * 2 if row["dimension"] else periods[row["series_id"]]
        for row in daily
    }
    values = await store.read_values(
        connection, org_id, ids, [spans[id][0] for id in ids], [spans[id][1] for id in ids], known_on
    )
    return [_part(row, values[row["series_id"]], periods[row["series_id"]]) for row in daily]


def _part(row: Row, values: Row, period: tuple[date, date]) -> Part:
    first, last = period
    released = row["released_on"]
    wanted = (last - max(first, min(released, last)) if released else last - first).days + 1
    counter = row["kind"] == "counter"
    whole = None
    if row["dimension"]:
        whole = row["dimension"] == f"period={(last - first).days + 1}day" and values["days"] == 1
    return Part(
        series_id=row["series_id"],
        provider=row["provider"],
        metric=row["metric"],
        terms=row["terms"],
        recording_id=row["recording_id"],
        asset_id=row["asset_id"],
        artist_id=row["artist_id"],
        external_id=row["external_id"],
        title=row["title"],
        counter=counter,
        value=values["gain"] if counter and whole is None else values["total"],
        days=values["days"],
        wanted=wanted,
        last_on=row["last_on"],
        break_on=values["break_on"],
        over=values["over"],
        has_last=values["last"] is not None,
        has_before=values["before"] is not None,
        whole_period=whole,
    )


def _common_last_day(rows: Sequence[Row]) -> date | None:
    """Return the newest day that every platform has reported, but for platforms that are far behind."""
    newest: dict[str, date] = {}
    for row in rows:
        if row["last_on"]:
            newest[row["provider"]] = max(newest.get(row["provider"], row["last_on"]), row["last_on"])
    if not newest:
        return None
    oldest = clock.today() - timedelta(days=_SLOW_PLATFORM_DAYS)
    return min((day for day in newest.values() if day >= oldest), default=max(newest.values()))


def _total(sums: Sequence[Sum], *, across_platforms: bool) -> tuple[float | None, str | None]:
    """Return the sum over platforms, or why there is none."""
    known = [one.value for one in sums if one.value is not None]
    if not known:
        return None, "None of the numbers of this period can be added; each platform says why."
    if len(sums) > 1 and not across_platforms:
        return None, rollup.OTHER_MEANING
    if len(known) < len(sums):
        missing = ", ".join(sorted(one.provider for one in sums if one.value is None))
        return None, f"Without {missing} a total would be too low."
    return sum(known), None
