"""Store a statement as its file is read now: what is read otherwise is found first, and only that is written."""

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from arti.metrics.money import restating_store, store
from arti.metrics.money.lines import KeyedLines, RoyaltyLines
from arti.metrics.money.service import FindArtist, add_lines, find_known_by_earlier_keys, match_artists
from arti.orgs.authorization import Actor
from arti_core.database import Row

_ROWS_AT_ONCE = 20_000

# The lines that a file holds now, from the first on: called once to find what is otherwise, and once to store it.
ReadLines = Callable[[], AsyncIterator[KeyedLines]]


class StatedLine(NamedTuple):
    """What a line says, but for the artist and songs that it is matched to."""

    month: date
    store: str
    country: str | None
    type: str
    quantity: Decimal | None
    amount: Decimal
    currency: str
    title: str | None
    isrc: str | None
    upc: str | None


@dataclass(slots=True)
class LineDifference:
    """How a statement is read otherwise. `first`: (row, before, after); `stale`: stored lines that do not stay."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    stale: int = 0
    first: list[tuple[int, StatedLine | None, StatedLine | None]] = field(default_factory=list)

    def add(self, row: int, before: StatedLine | None, after: StatedLine | None, *, most: int) -> None:
        if before == after:
            return
        self.new += before is None
        self.gone += after is None
        self.changed += before is not None and after is not None
        if len(self.first) < most:
            self.first.append((row, before, after))


async def find_difference(
    actor: Actor,
    read: ReadLines,
    *,
    source: str,
    import_id: UUID,
    only_artists: Collection[UUID] | None = None,
    find_artist: FindArtist | None = None,
    delete: bool = False,
    shown: int = 100,
) -> LineDifference:
    """Return how the lines of an import are read otherwise now; with `delete` those that do not stay are deleted.

    A line that another statement holds is not this one's. Raises Forbidden for a line of an artist not on the list.
    """
    connection, org_id = actor.connection, actor.org_id
    statements = await store.list_statements_of_import(connection, org_id, import_id)
    ids, last = [row["id"] for row in statements], max((row["last_row"] for row in statements), default=0)
    found, done = LineDifference(), 0
    async for rows, lines in _in_ranges(read, last):
        if only_artists is not None and lines is not None:
            await match_artists(connection, org_id, lines.lines, only_artists, find_artist)
        stored = {
            row["source_row"]: row
            for row in await restating_store.list_lines_between(connection, org_id, ids, after=done, until=rows)
        }
        done = rows
        now = {row: (key, said) for row, key, said in _said(lines)} if lines else {}
        otherwise = [key for row, (key, _) in now.items() if row not in stored or stored[row]["line_key"] != key]
        elsewhere = await store.find_stored_keys(connection, org_id, source, otherwise, but_of=ids)
        if lines is not None:
            known = await find_known_by_earlier_keys(connection, org_id, source, lines, but_of=ids)
            elsewhere |= {lines.keys[place] for place in known}
        stale = []
        for row in sorted(now.keys() | stored.keys()):
            old, (key, said) = stored.get(row), now.get(row, (None, None))
            before, after = _stated(old) if old else None, None if key in elsewhere else said
            if old is not None and (before != after or old["line_key"] != key):
                stale.append(row)
            found.add(row, before, after, most=shown)
        found.stale += len(stale)
        if delete and stale:
            await restating_store.delete_rows(connection, org_id, ids, stale)
    return found


async def store_difference(
    actor: Actor,
    read: ReadLines,
    *,
    source: str,
    title: str,
    import_id: UUID,
    only_artists: Collection[UUID] | None = None,
    find_artist: FindArtist | None = None,
) -> None:
    """Store the lines of an import's file that no statement holds. Raises Forbidden for one of an artist not listed."""
    connection, org_id = actor.connection, actor.org_id
    assert actor.principal is not None  # statements are imported by somebody
    statements = await store.list_statements_of_import(connection, org_id, import_id)
    ids = [row["id"] for row in statements]
    statement_id = ids[0] if ids else None
    if statement_id is None:
        statement_id = await store.insert_statement(
            connection, org_id, source=source, title=title, entered_by=actor.principal.user_id, import_id=import_id
        )
    done = 0
    async for keyed in read():
        lines = keyed.lines
        there = await restating_store.list_rows_between(connection, org_id, ids, after=done, until=lines.row[-1])
        done = lines.row[-1]
        stored = {place for place, row in enumerate(lines.row) if row in there}
        if len(stored) < len(lines):
            await add_lines(
                actor,
                statement_id,
                keyed.without(stored),
                source=source,
                only_artists=only_artists,
                find_artist=find_artist,
            )
    await restating_store.delete_empty_statements(connection, org_id, import_id)


async def _in_ranges(read: ReadLines, last: int) -> AsyncIterator[tuple[int, KeyedLines | None]]:
    """Yield ranges of rows by their last one, with the lines of each, until `last` is passed."""
    done = 0
    async for keyed in read():
        while keyed.lines.row[0] - done > _ROWS_AT_ONCE:
            done += _ROWS_AT_ONCE
            yield done, None
        done = keyed.lines.row[-1]
        yield done, keyed
    while done < last:
        done += _ROWS_AT_ONCE
        yield done, None


def _said(keyed: KeyedLines) -> Iterator[tuple[int, str, StatedLine]]:
    lines: RoyaltyLines = keyed.lines
    said = zip(*(getattr(lines, name) for name in StatedLine._fields), strict=True)
    for row, key, values in zip(lines.row, keyed.keys, said, strict=True):
        yield row, key, StatedLine(*values)


def _stated(row: Row | Mapping[str, Any]) -> StatedLine:
    return StatedLine(*(row[name] for name in StatedLine._fields))
