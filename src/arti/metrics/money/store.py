"""SQL of royalty statements and lines. Totals are in `totals_store`, rates in `rate_store`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from arti.metrics.money.lines import RoyaltyLines
from arti_core.database import Connection, Row, fetch_one


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines are meant; None: all. Months are first days; `known_on`: what was known at the end of that day."""

    artist_id: UUID | None = None
    recording_id: UUID | None = None
    release_id: UUID | None = None
    statement_id: UUID | None = None
    store: str | None = None
    country: str | None = None
    type: str | None = None
    source: str | None = None
    currency: str | None = None
    from_month: date | None = None
    to_month: date | None = None
    known_on: date | None = None

    def values(self) -> tuple[Any, ...]:
        return (
            self.artist_id,
            self.recording_id,
            self.release_id,
            self.statement_id,
            self.store,
            self.country,
            self.type,
            self.source,
            self.currency,
            self.from_month,
            self.to_month,
            self.known_on,
        )


# The lines of a filter: $1 is the org, $2 to $13 are its values. A merged song counts as the one that stayed.
LINES = """
  select l.*, coalesce(r.merged_into, l.recording_id) as song_id, coalesce(g.merged_into, l.release_id) as on_release_id
  from royalty_lines l
  left join recordings r on r.org_id = l.org_id and r.id = l.recording_id
  left join releases g on g.org_id = l.org_id and g.id = l.release_id
  where l.org_id = $1
    and ($2::uuid is null or l.artist_id = $2)
    and ($3::uuid is null or $3 in (l.recording_id, r.merged_into))
    and ($4::uuid is null or $4 in (l.release_id, g.merged_into))
    and ($5::uuid is null or l.statement_id = $5)
    and ($6::text is null or l.store = $6)
    and ($7::text is null or l.country = $7)
    and ($8::text is null or l.type = $8)
    and ($9::text is null or l.source = $9)
    and ($10::text is null or l.currency = $10)
    and ($11::date is null or l.month >= $11)
    and ($12::date is null or l.month <= $12)
    and ($13::date is null or (l.known_at at time zone 'UTC')::date <= $13)
"""


async def insert_statement(
    connection: Connection, org_id: UUID, *, source: str, title: str, entered_by: UUID, import_id: UUID | None = None
) -> UUID:
    statement_id = uuid4()
    await connection.execute(
        """insert into royalty_statements (org_id, id, source, title, entered_by, import_id)
           values ($1, $2, $3, $4, $5, $6)""",
        org_id,
        statement_id,
        source,
        title,
        entered_by,
        import_id,
    )
    return statement_id


async def insert_lines(
    connection: Connection, org_id: UUID, statement_id: UUID, *, source: str, keys: Sequence[str], lines: RoyaltyLines
) -> Row:
    """Insert the lines whose key is not there yet. Returns added, without_artist and without_recording: counts."""
    return await fetch_one(
        connection,
        """with added as (
             insert into royalty_lines (org_id, statement_id, source, source_row, line_key, month, store, country, type,
               quantity, amount, currency, recording_id, release_id, artist_id, title, isrc, upc)
             select $1, $2, $3, l.source_row, l.line_key, l.month, l.store, l.country, l.type, l.quantity, l.amount,
               l.currency, l.recording_id, l.release_id, l.artist_id, l.title, l.isrc, l.upc
             from unnest($4::integer[], $5::text[], $6::date[], $7::text[], $8::text[], $9::text[], $10::numeric[],
               $11::numeric[], $12::text[], $13::uuid[], $14::uuid[], $15::uuid[], $16::text[], $17::text[],
               $18::text[])
               as l (source_row, line_key, month, store, country, type, quantity, amount, currency, recording_id,
                     release_id, artist_id, title, isrc, upc)
             on conflict (org_id, source, line_key) do nothing
             returning artist_id, recording_id)
           select count(*) as added, count(*) filter (where artist_id is null) as without_artist,
             count(*) filter (where recording_id is null) as without_recording
           from added""",
        org_id,
        statement_id,
        source,
        lines.row,
        list(keys),
        lines.month,
        lines.store,
        lines.country,
        lines.type,
        lines.quantity,
        lines.amount,
        lines.currency,
        lines.recording_id,
        lines.release_id,
        lines.artist_id,
        lines.title,
        lines.isrc,
        lines.upc,
    )


async def find_stored_keys(
    connection: Connection, org_id: UUID, source: str, keys: Sequence[str], *, but_of: Collection[UUID] = ()
) -> set[str]:
    """Return which lines of a source are stored. `but_of`: statements that are left out."""
    if not keys:
        return set()
    rows = await connection.fetch(
        """select line_key from royalty_lines
           where org_id = $1 and source = $2 and line_key = any ($3) and statement_id <> all ($4)""",
        org_id,
        source,
        list(keys),
        list(but_of),
    )
    return {row["line_key"] for row in rows}


async def find_recordings_by_isrc(connection: Connection, org_id: UUID, isrcs: Sequence[str]) -> dict[str, UUID]:
    """Return the recording of each ISRC; of several the oldest that was not merged away."""
    rows = await connection.fetch(
        """select distinct on (isrc) isrc, coalesce(merged_into, id) as id from recordings
           where org_id = $1 and isrc = any ($2) order by isrc, merged_into is not null, created_at, id""",
        org_id,
        list(isrcs),
    )
    return {row["isrc"]: row["id"] for row in rows}


async def find_releases_by_upc(connection: Connection, org_id: UUID, upcs: Sequence[str]) -> dict[str, UUID]:
    rows = await connection.fetch(
        """select distinct on (upc) upc, coalesce(merged_into, id) as id from releases
           where org_id = $1 and upc = any ($2) order by upc, merged_into is not null, created_at, id""",
        org_id,
        list(upcs),
    )
    return {row["upc"]: row["id"] for row in rows}


async def find_known_songs(connection: Connection, org_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these are recordings or releases of the org."""
    rows = await connection.fetch(
        """select id from recordings where org_id = $1 and id = any ($2)
           union all select id from releases where org_id = $1 and id = any ($2)""",
        org_id,
        list(ids),
    )
    return {row["id"] for row in rows}


async def find_main_artists(connection: Connection, org_id: UUID, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return the first main artist of the roster on each of these recordings and releases."""
    rows = await connection.fetch(
        """select distinct on (song) coalesce(recording_id, release_id) as song, artist_id from credits
           where org_id = $1 and coalesce(recording_id, release_id) = any ($2) and role = 'main'
             and artist_id is not null
           order by song, position, created_at, id""",
        org_id,
        list(ids),
    )
    return {row["song"]: row["artist_id"] for row in rows}


async def list_unmatched(connection: Connection, org_id: UUID, *, limit: int) -> list[Row]:
    """Return lines that a recording, release or artist may be found for."""
    return await connection.fetch(
        """select id, isrc, upc, recording_id, release_id, artist_id from royalty_lines
           where org_id = $1 and (recording_id is null and isrc is not null or release_id is null and upc is not null
             or artist_id is null and (recording_id is not null or release_id is not null))
           order by known_at, id limit $2""",
        org_id,
        limit,
    )


async def update_matches(connection: Connection, org_id: UUID, matches: Mapping[UUID, tuple[UUID | None, ...]]) -> None:
    """Set recording, release and artist of lines."""
    await connection.execute(
        """update royalty_lines l set recording_id = m.recording_id, release_id = m.release_id, artist_id = m.artist_id
           from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) as m (id, recording_id, release_id, artist_id)
           where l.org_id = $1 and l.id = m.id""",
        org_id,
        list(matches),
        *(list(column) for column in zip(*matches.values(), strict=True)),
    )


async def list_lines(
    connection: Connection, org_id: UUID, wanted: LineFilter, *, after: tuple[date, UUID] | None, limit: int
) -> list[Row]:
    """Return lines, the latest month first."""
    return await connection.fetch(
        f"""select l.id, l.statement_id, l.source, l.source_row, s.import_id, s.entered_by, l.known_at, l.month,
              l.store, l.country, l.type, l.quantity, l.amount, l.currency, l.artist_id, l.song_id as recording_id,
              l.release_id, l.title, l.isrc, l.upc
            from ({LINES}) l
            left join royalty_statements s on s.org_id = l.org_id and s.id = l.statement_id
            where $14::date is null or (l.month, l.id) < ($14, $15::uuid)
            order by l.month desc, l.id desc limit $16""",  # noqa: S608
        org_id,
        *wanted.values(),
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )


async def list_statements(
    connection: Connection, org_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    """Return statements, newest first."""
    return await connection.fetch(
        """select s.id, s.source, s.title, s.import_id, s.entered_by, s.created_at, l.lines, l.first_month, l.last_month
           from royalty_statements s
           cross join lateral (
             select count(*) as lines, min(month) as first_month, max(month) as last_month
             from royalty_lines l where l.org_id = s.org_id and l.statement_id = s.id) l
           where s.org_id = $1 and ($2::timestamptz is null or (s.created_at, s.id) < ($2, $3::uuid))
           order by s.created_at desc, s.id desc limit $4""",
        org_id,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )


async def list_statements_of_import(connection: Connection, org_id: UUID, import_id: UUID) -> list[Row]:
    """Return id and last_row, the highest row of its lines, of what an import recorded."""
    return await connection.fetch(
        """select s.id, coalesce((select max(l.source_row) from royalty_lines l
                                  where l.org_id = s.org_id and l.statement_id = s.id), 0) as last_row
           from royalty_statements s where s.org_id = $1 and s.import_id = $2""",
        org_id,
        import_id,
    )


async def delete_lines(connection: Connection, org_id: UUID, statement_id: UUID, *, after: int, until: int) -> int:
    """Delete the lines of some rows of a statement. Returns how many."""
    done: str = await connection.execute(
        """delete from royalty_lines
           where org_id = $1 and statement_id = $2 and source_row > $3 and source_row <= $4""",
        org_id,
        statement_id,
        after,
        until,
    )
    return int(done.rpartition(" ")[2])


async def delete_statements_of_import(connection: Connection, org_id: UUID, import_id: UUID) -> None:
    await connection.execute("delete from royalty_statements where org_id = $1 and import_id = $2", org_id, import_id)


async def delete_statement(connection: Connection, org_id: UUID, statement_id: UUID) -> Row | None:
    """Delete a statement and its lines. Returns what it was."""
    return await connection.fetchrow(
        "delete from royalty_statements where org_id = $1 and id = $2 returning source, title", org_id, statement_id
    )
