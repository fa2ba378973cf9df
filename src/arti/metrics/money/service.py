"""Royalties: record the lines of statements, and total them."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from arti.metrics.money import store, totals_store
from arti.metrics.money.lines import KeyedLines, RoyaltyLines
from arti.metrics.money.schemas import (
    Grouping,
    MatchedRoyalties,
    NewRoyalties,
    RecordedRoyalties,
    RoyaltyTotal,
    RoyaltyTotals,
    UsedRate,
)
from arti.metrics.money.store import LineFilter
from arti.music.store import has_artists
from arti.orgs.audit import audit
from arti.orgs.authorization import Access, Actor
from arti_core.database import Connection, Row
from arti_core.errors import Forbidden, Invalid, NotFound

_MATCHED_AT_ONCE = 20_000
_DELETED_AT_ONCE = 50_000
_NAMED_GAPS = 6

# The artist of the roster whom a name in a file means.
FindArtist = Callable[[str], UUID | None]


@dataclass(frozen=True, slots=True)
class SongOfLine:
    """By what a line names its song, and what it is matched to."""

    isrc: str | None
    upc: str | None
    recording_id: UUID | None
    release_id: UUID | None
    artist_id: UUID | None


async def record_royalties(access: Access, new: NewRoyalties) -> RecordedRoyalties:
    """Record the lines that are not known yet. The same batch twice changes nothing. Raises NotFound, Invalid."""
    lines = RoyaltyLines.of(new.lines)
    return await record_statement(
        access, source=new.source, title=new.title, keyed=KeyedLines(lines, lines.keys(Counter()))
    )


async def record_statement(
    actor: Actor,
    *,
    source: str,
    title: str,
    keyed: KeyedLines,
    import_id: UUID | None = None,
    find_artist: FindArtist | None = None,
) -> RecordedRoyalties:
    """Record the lines of a statement that are not known yet. `import_id`: the file of the rows. Raises NotFound."""
    await _check_ids(actor.connection, actor.org_id, keyed.lines)
    return await record_batches(
        actor, source=source, title=title, batches=_one(keyed), import_id=import_id, find_artist=find_artist
    )


async def _one(keyed: KeyedLines) -> AsyncIterator[KeyedLines]:
    yield keyed


async def record_batches(
    actor: Actor,
    *,
    source: str,
    title: str,
    batches: AsyncIterator[KeyedLines],
    import_id: UUID | None = None,
    only_artists: Collection[UUID] | None = None,
    find_artist: FindArtist | None = None,
) -> RecordedRoyalties:
    """Record the lines of a statement that comes in batches, and is never whole in memory.

    `only_artists`: the list of artists of who acts, unless they see all; `find_artist`: the artist of a name in the
    file, for lines of no known song. Raises Forbidden for a line of an artist not on the list.
    """
    connection, org_id = actor.connection, actor.org_id
    assert actor.principal is not None  # statements are entered, pushed or imported by somebody
    statement_id = await store.insert_statement(
        connection, org_id, source=source, title=title, entered_by=actor.principal.user_id, import_id=import_id
    )
    counts = Counter[str]()
    async for keyed in batches:
        counts.update(
            await add_lines(
                actor, statement_id, keyed, source=source, only_artists=only_artists, find_artist=find_artist
            )
        )
    if counts["added"]:
        await audit(actor, "royalty_statement.added", statement_id, {"source": source, "lines": counts["added"]})
    else:
        await store.delete_statement(connection, org_id, statement_id)
    return RecordedRoyalties(
        statement_id=statement_id if counts["added"] else None,
        added=counts["added"],
        known=counts["lines"] - counts["added"],
        without_artist=counts["without_artist"],
        without_recording=counts["without_recording"],
    )


async def add_lines(
    actor: Actor,
    statement_id: UUID,
    keyed: KeyedLines,
    *,
    source: str,
    only_artists: Collection[UUID] | None,
    find_artist: FindArtist | None,
) -> Counter[str]:
    """Add the lines that are not known yet to a statement, with their songs.

    Returns lines, added, without_artist and without_recording: counts. Raises Forbidden for a line of another artist.
    """
    connection, org_id = actor.connection, actor.org_id
    await match_artists(connection, org_id, keyed.lines, only_artists, find_artist)
    known = await find_known_by_earlier_keys(connection, org_id, source, keyed)
    new = keyed.without(known) if known else keyed
    added = await store.insert_lines(connection, org_id, statement_id, source=source, keys=new.keys, lines=new.lines)
    return Counter({"lines": len(keyed.lines), **dict(added.items())})


async def find_known_by_earlier_keys(
    connection: Connection, org_id: UUID, source: str, keyed: KeyedLines, *, but_of: Collection[UUID] = ()
) -> set[int]:
    """Return the places of lines that are stored under what they were known by before. `but_of`: statements."""
    if keyed.earlier is None:
        return set()
    earlier = [key for keys in keyed.earlier for key in keys]
    stored = await store.find_stored_keys(connection, org_id, source, earlier, but_of=but_of)
    return {place for place, keys in enumerate(keyed.earlier) if not stored.isdisjoint(keys)}


async def match_artists(
    connection: Connection,
    org_id: UUID,
    lines: RoyaltyLines,
    only_artists: Collection[UUID] | None,
    find_artist: FindArtist | None,
) -> None:
    """Fill in the songs and artists of lines. Raises Forbidden for one of an artist not on the list."""
    await _match_songs(connection, org_id, lines)
    if find_artist is not None:
        named = {name: find_artist(name) for name in {*lines.artist} if name}
        lines.artist_id = [
            named.get(name or "") if id is None else id for id, name in zip(lines.artist_id, lines.artist, strict=True)
        ]
    if only_artists is not None and (others := {*lines.artist_id} - {*only_artists}):
        row = next(row for row, id in zip(lines.row, lines.artist_id, strict=True) if id in others)
        raise Forbidden(
            f"Row {row} is of an artist who is not on your list, or of no known song. Ask a member who sees all "
            "artists to import this report."
        )


async def match_lines(access: Access) -> MatchedRoyalties:
    """Look again for recording, release and artist of lines that have none: songs may have become known since."""
    connection, org_id = access.connection, access.org_id
    rows = await store.list_unmatched(connection, org_id, limit=_MATCHED_AT_ONCE)
    wanted = [
        SongOfLine(row["isrc"], row["upc"], row["recording_id"], row["release_id"], row["artist_id"]) for row in rows
    ]
    matched = await _match(connection, org_id, wanted)
    found = {
        row["id"]: (song.recording_id, song.release_id, song.artist_id)
        for row, song, before in zip(rows, matched, wanted, strict=True)
        if song != before
    }
    if found:
        await store.update_matches(connection, org_id, found)
    return MatchedRoyalties(matched=len(found))


async def delete_statements_of_import(actor: Actor, import_id: UUID) -> int:
    """Delete what an import recorded, some lines at a time. Returns the number of lines."""
    connection, org_id, lines = actor.connection, actor.org_id, 0
    for statement in await store.list_statements_of_import(connection, org_id, import_id):
        for after in range(0, statement["last_row"], _DELETED_AT_ONCE):
            lines += await store.delete_lines(
                connection, org_id, statement["id"], after=after, until=after + _DELETED_AT_ONCE
            )
    await store.delete_statements_of_import(actor.connection, actor.org_id, import_id)
    return lines


async def delete_statement(access: Access, statement_id: UUID) -> None:
    """Delete a statement with its lines. Raises NotFound."""
    row = await store.delete_statement(access.connection, access.org_id, statement_id)
    if row is None:
        raise NotFound("royalty statement")
    await audit(access, "royalty_statement.deleted", statement_id, {"source": row["source"], "title": row["title"]})


async def total_lines(
    connection: Connection,
    org_id: UUID,
    wanted: LineFilter,
    *,
    group_by: Grouping,
    currency: str | None,
    limit: int,
) -> RoyaltyTotals:
    """Total lines by group and currency; with `currency` converted into it by the org's rates.

    Raises Invalid, with the months, where a rate is not stated.
    """
    if currency:
        missing = await totals_store.list_months_without_rate(connection, org_id, wanted, currency=currency)
        if missing:
            raise Invalid(_describe_missing_rates(missing, currency), field="in")
    items = await totals_store.list_totals(
        connection, org_id, wanted, group_by=group_by, currency=currency, limit=limit + 1
    )
    overall = await totals_store.list_totals(connection, org_id, wanted, group_by=None, currency=currency, limit=200)
    rates = (
        await totals_store.list_used_rates(connection, org_id, wanted, currency=currency) if currency else list[Row]()
    )
    return RoyaltyTotals(
        group_by=group_by,
        items=[RoyaltyTotal.model_validate(dict(row)) for row in items[:limit]],
        more=len(items) > limit,
        overall=[RoyaltyTotal.model_validate(dict(row)) for row in overall],
        sources=await totals_store.list_sources(connection, org_id, wanted),
        rates=[UsedRate.model_validate(dict(row)) for row in rates],
    )


def _describe_missing_rates(missing: Sequence[tuple[str, date]], currency: str) -> str:
    """Return why a conversion is refused: which rates are not stated, and what to do."""
    gaps = []
    for other in sorted({code for code, _ in missing}):
        months = [f"{month:%Y-%m}" for code, month in missing if code == other]
        more = f" and {len(months) - _NAMED_GAPS} more months" if len(months) > _NAMED_GAPS else ""
        gaps.append(f"{other} to {currency} for {', '.join(months[:_NAMED_GAPS])}{more}")
    return (
        f"No exchange rate is stated from {'; from '.join(gaps)}. State it with PUT /api/exchange-rates, or leave out "
        "`in` for one total per currency."
    )


async def _check_ids(connection: Connection, org_id: UUID, lines: RoyaltyLines) -> None:
    if not await has_artists(connection, org_id, {id for id in lines.artist_id if id}):
        raise NotFound("artist")
    songs = {id for id in {*lines.recording_id, *lines.release_id} if id}
    if songs - await store.find_known_songs(connection, org_id, sorted(songs)):
        raise NotFound("recording or release")


async def _match_songs(connection: Connection, org_id: UUID, lines: RoyaltyLines) -> None:
    """Fill in the recording, the release and the main artist of lines that do not name them."""
    named = list(zip(lines.isrc, lines.upc, lines.recording_id, lines.release_id, lines.artist_id, strict=True))
    distinct = list(dict.fromkeys(named))
    matched = await _match(connection, org_id, [SongOfLine(*song) for song in distinct])
    found = dict(zip(distinct, matched, strict=True))
    lines.recording_id = [found[song].recording_id for song in named]
    lines.release_id = [found[song].release_id for song in named]
    lines.artist_id = [found[song].artist_id for song in named]


async def _match(connection: Connection, org_id: UUID, lines: Sequence[SongOfLine]) -> list[SongOfLine]:
    """Return the lines with the recording of their ISRC, the release of their UPC, and the main artist of either."""
    recordings = await store.find_recordings_by_isrc(connection, org_id, _distinct(line.isrc for line in lines))
    releases = await store.find_releases_by_upc(connection, org_id, _distinct(line.upc for line in lines))
    found = [
        replace(
            line,
            recording_id=line.recording_id or recordings.get(line.isrc or ""),
            release_id=line.release_id or releases.get(line.upc or ""),
        )
        for line in lines
    ]
    songs = {id for line in found if not line.artist_id for id in (line.recording_id, line.release_id) if id}
    artists = await store.find_main_artists(connection, org_id, sorted(songs))
    return [
        line
        if line.artist_id
        else replace(
            line,
            artist_id=(artists.get(line.recording_id) if line.recording_id else None)
            or (artists.get(line.release_id) if line.release_id else None),
        )
        for line in found
    ]


def _distinct(codes: Iterable[str | None]) -> list[str]:
    return sorted({code for code in codes if code})
