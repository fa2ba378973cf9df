"""SQL of places: an org's own names for them, and the series that are still under a text."""

from uuid import UUID

from arti_core.database import Connection, Row

# A city that is a text, and not a number of the gazetteer.
_UNKNOWN = "(^|,)city=~"


async def list_names(connection: Connection, org_id: UUID) -> dict[str, int]:
    """Return the places of the texts that a person of the org has decided about."""
    rows = await connection.fetch("select text, place_id from place_names where org_id = $1", org_id)
    return {row["text"]: row["place_id"] for row in rows}


async def upsert_name(connection: Connection, org_id: UUID, text: str, place_id: int, *, decided_by: UUID) -> None:
    await connection.execute(
        """insert into place_names (org_id, text, place_id, decided_by) values ($1, $2, $3, $4)
           on conflict (org_id, text) do update
           set place_id = excluded.place_id, decided_by = excluded.decided_by, decided_at = clock.now()""",
        org_id,
        text,
        place_id,
        decided_by,
    )


async def list_unknown(connection: Connection, org_id: UUID) -> list[Row]:
    """Return the dimensions with a city that is a text, with their series and artists."""
    return await connection.fetch(
        """select dimension, count(*) as series, array_agg(distinct artist_id) as artist_ids from series
           where org_id = $1 and dimension ~ $2 group by dimension order by dimension""",
        org_id,
        _UNKNOWN,
    )


async def rename_dimension(connection: Connection, org_id: UUID, old: str, new: str) -> tuple[int, int]:
    """Rename a dimension of all series and return (renamed, kept): a series stays where the new one exists already."""
    renamed = await connection.execute(
        """update series s set dimension = $3
           where s.org_id = $1 and s.dimension = $2 and not exists (
             select from series t
             where t.org_id = $1 and t.artist_id = s.artist_id and t.provider = s.provider and t.metric = s.metric
               and t.asset_id is not distinct from s.asset_id and t.terms = s.terms and t.dimension = $3)""",
        org_id,
        old,
        new,
    )
    kept: int = await connection.fetchval(
        "select count(*) from series where org_id = $1 and dimension = $2", org_id, old
    )
    return int(renamed.rpartition(" ")[2]), kept
