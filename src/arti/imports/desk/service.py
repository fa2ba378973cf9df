"""Which exports of which artists are due."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from arti.imports.desk import store
from arti.imports.desk.exports import EXPORTS, MONTH, RegularExport, statement_export
from arti.imports.desk.schemas import DeskArtist, DeskExport
from arti.imports.parsers.registry import BY_SOURCE, is_royalties
from arti.vocabulary import Provider
from arti_core import clock
from arti_core.database import Connection, Row


async def list_desk(connection: Connection, org_id: UUID, artists: Sequence[Row]) -> list[DeskArtist]:
    """Return the exports of these artists, as `music.store.list_artists` returned them."""
    newest: dict[UUID, list[Row]] = {}
    for row in await store.list_newest(connection, org_id, [artist["id"] for artist in artists]):
        newest.setdefault(row["artist_id"], []).append(row)
    cadences = await store.list_cadences(connection, org_id)
    today = clock.today()
    return [
        DeskArtist(
            id=artist["id"],
            name=artist["name"],
            exports=list(_exports_of(_ids_of(artist), newest.get(artist["id"], []), cadences, today)),
        )
        for artist in artists
    ]


def _ids_of(artist: Row) -> dict[str, str]:
    return {one["provider"]: one["external_id"] for one in reversed(artist["external_ids"])}


async def count_due_again(connection: Connection, org_id: UUID) -> dict[UUID, int]:
    """Return how many exports are due of each artist that were imported before: what never was is no habit."""
    imports: dict[UUID, list[Row]] = {}
    for row in await store.list_newest(connection, org_id, None):
        if row["committed_at"]:
            imports.setdefault(row["artist_id"], []).append(row)
    cadences = await store.list_cadences(connection, org_id) if imports else {}
    today = clock.today()
    counts = {
        artist_id: sum(one.is_due and one.imported_at is not None for one in _exports_of({}, rows, cadences, today))
        for artist_id, rows in imports.items()
    }
    return {artist_id: count for artist_id, count in counts.items() if count}


def _exports_of(
    external_ids: Mapping[str, str], imports: Sequence[Row], cadences: Mapping[str, int | None], today: date
) -> Iterator[DeskExport]:
    """Yield what is asked for of one artist: of Spotify always, of others where the artist is there."""
    for export in EXPORTS:
        found = [row for row in imports if row["source"].startswith(export.sources)]
        days = cadences.get(export.key, export.days)
        if days and (found or export.provider in external_ids or export.provider == Provider.SPOTIFY):
            yield _make(export, found, days, today, export.link(external_ids.get(export.provider)))
    days = cadences.get("royalties", MONTH)
    for row in imports:
        title = BY_SOURCE[row["source"]].title if row["source"] in BY_SOURCE else row["source"]
        statement = statement_export(row["source"], title) if is_royalties(row["source"]) else None
        if statement and days:
            yield _make(statement, [row], days, today, None)


def _make(export: RegularExport, found: Sequence[Row], days: int, today: date, link: str | None) -> DeskExport:
    committed: list[Any] = [row["committed_at"] for row in found if row["committed_at"]]
    newest = max(committed, default=None)
    due_on = newest.date() + timedelta(days=days) if newest else today
    return DeskExport(
        export=export.key,
        provider=export.provider or None,
        title=export.title,
        every_days=days,
        imported_at=newest,
        last_day=max((row["last_day"] for row in found if row["last_day"]), default=None),
        due_on=due_on,
        is_due=due_on <= today,
        waiting=sum(row["waiting"] for row in found),
        link=link,
    )
