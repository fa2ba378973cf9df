"""SQL of what is stored of an import's file, to compare before and after it is read again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from arti.imports.cells.parser_version import PARSER_VERSION
from arti_core.database import Connection, Row


async def list_rereadable(connection: Connection, org_id: UUID, names: Sequence[str]) -> list[Row]:
    """Return the committed imports of these file names, or without any those that an older parser read, in order."""
    return await connection.fetch(
        """select i.id, i.file_name, i.committed_at, a.name as artist_name
           from imports i join artists a on a.org_id = i.org_id and a.id = i.artist_id
           where i.org_id = $1 and i.status = 'committed' and i.file_id is not null
             and case when cardinality($2::text[]) = 0 then i.parser_version < $3
                 else exists (select from unnest($2::text[]) as name
                              where i.file_name = name or right(i.file_name, length(name) + 1) = '/' || name) end
           order by i.committed_at, i.id""",
        *(org_id, list(names), PARSER_VERSION),
    )


async def read_values(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: str, terms: str
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return all stored values of an artist's exports of a provider, by series and day."""
    rows = await connection.fetch(
        """select s.metric as what, a.title, s.dimension, a.external_id, o.observed_on, o.value, o.null_reason,
             o.source_row as row
           from series s
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id
           cross join lateral private.observations_between($1, s.id, '-infinity', 'infinity') o
           where s.org_id = $1 and s.artist_id = $2 and s.provider = $3::text and s.terms = $4""",
        org_id,
        artist_id,
        provider,
        terms,
    )
    found = {}
    for row in rows:
        value = dict(row)
        shown = value.pop("null_reason") if value["value"] is None else f"{value['value']:.15g}"
        del value["value"]
        key = (value["what"], value.pop("external_id"), value["dimension"], value["observed_on"])
        found[key] = value | {"shown": shown}
    return found
