"""SQL of batches: their imports, and what the files of many artists are sorted by."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from arti.imports.store import COLUMNS
from arti_core.database import Connection, Row

_IMPORT = ", ".join(f"i.{name.strip()}" for name in COLUMNS.split(","))


async def insert_batch(connection: Connection, org_id: UUID, created_by: UUID | None) -> UUID:
    id: UUID = await connection.fetchval(
        "insert into import_batches (org_id, created_by) values ($1, $2) returning id", org_id, created_by
    )
    return id


async def lock_batch(connection: Connection, org_id: UUID, batch_id: UUID) -> bool:
    """Let one request at a time change a batch. Returns whether there is one."""
    found = await connection.fetchval(
        "select 1 from import_batches where org_id = $1 and id = $2 for no key update", org_id, batch_id
    )
    return found is not None


async def batch_exists(connection: Connection, org_id: UUID, batch_id: UUID) -> bool:
    found = await connection.fetchval("select 1 from import_batches where org_id = $1 and id = $2", org_id, batch_id)
    return found is not None


async def insert_item(
    connection: Connection,
    org_id: UUID,
    batch_id: UUID,
    import_id: UUID,
    *,
    placed_by: str,
    questions: Sequence[Mapping[str, Any]],
    open_keys: Collection[str],
    upload_ids: Collection[UUID] = (),
) -> None:
    """Add an import to a batch. `upload_ids`: the files handed in by a link that it is of."""
    await connection.execute(
        """insert into import_batch_items as b (org_id, batch_id, import_id, placed_by, questions, open, upload_ids)
           values ($1, $2, $3, $4, $5, $6, $7)
           on conflict (org_id, batch_id, import_id) do update set upload_ids = b.upload_ids || excluded.upload_ids""",
        *(org_id, batch_id, import_id, placed_by, list(questions), list(open_keys), list(upload_ids)),
    )


async def list_items(connection: Connection, org_id: UUID, batch_id: UUID) -> list[Row]:
    """Return the imports of a batch with their artist's name, those of one artist together.

    `is_large`: a job works on it; its questions are known when the job has read it, and which of them are open is not
    stored.
    """
    return await connection.fetch(
        f"""select {_IMPORT}, b.placed_by, b.upload_ids, a.name as artist_name, b.open,
              coalesce(s.content -> 'questions', to_jsonb(b.questions)) as questions,
              s.import_id is not null as is_large, s.done, s.total, s.problem
            from import_batch_items b
            left join import_stages s on s.org_id = b.org_id and s.import_id = b.import_id
            join imports i on i.org_id = b.org_id and i.id = b.import_id
            join artists a on a.org_id = i.org_id and a.id = i.artist_id
            where b.org_id = $1 and b.batch_id = $2
            order by lower(a.name), a.id, i.file_name, i.id""",  # noqa: S608 - a constant of this module
        org_id,
        batch_id,
    )


async def list_titles_among(connection: Connection, org_id: UUID, texts: Collection[str]) -> list[Row]:
    """Return the tracks and videos with one of these ids, ISRCs or lower-case titles, each with its artist."""
    return await connection.fetch(
        """select a.artist_id, a.external_id, a.isrc, a.title from assets a
           where a.org_id = $1 and a.kind in ('track', 'video', 'short')
             and (lower(a.title) = any ($2) or lower(a.external_id) = any ($2) or lower(a.isrc) = any ($2))
           limit 5000""",
        org_id,
        list(texts),
    )
