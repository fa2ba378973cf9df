"""SQL of what is stored of an import's file, to compare before and after it is read again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from arti.imports.cells.parser_version import PARSER_VERSION
from arti_core.database import Connection, Row


async def list_rereadable(connection: Connection, org_id: UUID, names: Sequence[str]) -> list[Row]:
    """Return the committed imports of files of these names, or without any those that an older parser read, in order.

    Of the latter, reports of money that jobs read are left out: they are not compared.
    """
    return await connection.fetch(
        """select i.id, i.file_name, i.committed_at, a.name as artist_name
           from imports i join artists a on a.org_id = i.org_id and a.id = i.artist_id
           where i.org_id = $1 and i.status = 'committed' and i.file_id is not null
             and case when cardinality($2::text[]) = 0 then i.parser_version < $3 and not (
                   i.source like 'royalties.%'
                   and exists (select from import_stages s where s.org_id = i.org_id and s.import_id = i.id))
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


async def read_lines(connection: Connection, org_id: UUID, import_id: UUID) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the lines of royalties of an import, by the row of its file."""
    rows = await connection.fetch(
        """select l.source_row as row, l.month, l.store, l.country, l.type, l.quantity, l.amount, l.currency, l.title,
             l.isrc, l.upc
           from royalty_lines l
           join royalty_statements s on s.org_id = l.org_id and s.id = l.statement_id
           where l.org_id = $1 and s.import_id = $2""",
        org_id,
        import_id,
    )
    return {
        (row["row"],): {
            "what": row["store"],
            "title": row["title"],
            "dimension": f"country={row['country']}" if row["country"] else "",
            "observed_on": row["month"],
            "row": row["row"],
            "shown": " ".join(
                str(part)
                for part in (row["quantity"], row["type"], row["amount"], row["currency"], row["isrc"], row["upc"])
                if part is not None
            ),
        }
        for row in rows
    }
