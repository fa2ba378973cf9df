"""SQL of documents and their chunks."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from arti_core.database import Connection, Row

_DOCUMENT = """
  select d.id, d.artist_id, a.name as artist_name, d.title, d.kind, d.source_url, d.status,
         length(d.body) as characters, d.created_at, d.body,
         (select count(*) from chunks c where c.org_id = d.org_id and c.document_id = d.id) as chunks
  from documents d left join artists a on a.org_id = d.org_id and a.id = d.artist_id
"""


async def add_document(
    connection: Connection,
    org_id: UUID,
    *,
    title: str,
    body: str,
    kind: str,
    artist_id: UUID | None,
    source_url: str | None,
    content_sha256: bytes,
    created_by: UUID | None,
) -> UUID | None:
    """Return the new document's id, or None when the org has one of the same content about the same artist."""
    document_id = uuid4()
    done = await connection.execute(
        """insert into documents (org_id, id, artist_id, title, kind, source_url, body, content_sha256, created_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (org_id, content_sha256, artist_id) do nothing""",
        org_id,
        document_id,
        artist_id,
        title,
        kind,
        source_url,
        body,
        content_sha256,
        created_by,
    )
    return document_id if done.endswith(" 1") else None


async def list_documents(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID | None,
    q: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Row]:
    return await connection.fetch(
        _DOCUMENT
        + """where d.org_id = $1 and ($2::uuid is null or d.artist_id = $2)
               and ($6::text is null or strpos(lower(d.title), lower($6)) > 0)
               and ($3::timestamptz is null or (d.created_at, d.id) < ($3, $4))
             order by d.created_at desc, d.id desc limit $5""",
        org_id,
        artist_id,
        after[0] if after else None,
        after[1] if after else None,
        limit,
        q,
    )


async def find_document(connection: Connection, org_id: UUID, document_id: UUID) -> Row | None:
    return await connection.fetchrow(_DOCUMENT + "where d.org_id = $1 and d.id = $2", org_id, document_id)


async def delete_document(connection: Connection, org_id: UUID, document_id: UUID) -> bool:
    """Delete a document with its chunks and vectors. Returns whether there was one."""
    done = await connection.execute("delete from documents where org_id = $1 and id = $2", org_id, document_id)
    return done.endswith(" 1")


async def replace_chunks(
    connection: Connection,
    org_id: UUID,
    document_id: UUID,
    *,
    model: str,
    title: str,
    texts: Sequence[str],
    languages: Sequence[str],
    vectors: Sequence[str],
    named_days: Sequence[Sequence[date]],
) -> None:
    """Replace the chunks of a document by those embedded by `model`. `vectors` have pgvector's text form.

    The words of a chunk are those of the title too, stemmed in its language.
    """
    await connection.execute("delete from chunks where org_id = $1 and document_id = $2", org_id, document_id)
    await connection.execute(
        """insert into chunks (org_id, document_id, position, text, embedding, model, language, words, named_on)
           select $1, $2, position - 1, text, vector::extensions.vector, $3, language,
                  to_tsvector(language::regconfig, $7 || ' ' || text), days::date[]
           from unnest($4::text[], $5::text[], $6::text[], $8::text[])
             with ordinality as chunk (text, vector, language, days, position)""",
        org_id,
        document_id,
        model,
        list(texts),
        list(vectors),
        list(languages),
        title,
        [f"{{{','.join(map(str, days))}}}" for days in named_days],
    )


async def find_chunk(connection: Connection, org_id: UUID, chunk_id: UUID) -> Row | None:
    return await connection.fetchrow(
        """select c.id, c.document_id, d.title, c.text, c.model
           from chunks c join documents d on d.org_id = c.org_id and d.id = c.document_id
           where c.org_id = $1 and c.id = $2""",
        org_id,
        chunk_id,
    )


async def set_document_status(connection: Connection, org_id: UUID, document_id: UUID, status: str) -> None:
    await connection.execute(
        "update documents set status = $3, updated_at = clock.now() where org_id = $1 and id = $2",
        org_id,
        document_id,
        status,
    )


async def list_documents_to_index(connection: Connection, org_id: UUID, *, model: str, limit: int) -> list[UUID]:
    """Return documents without a chunk embedded by `model`, or without the words or days of their chunks."""
    rows = await connection.fetch(
        """select d.id from documents d where d.org_id = $1 and d.status <> 'failed' and not exists (
             select from chunks c where c.org_id = d.org_id and c.document_id = d.id and c.model = $2
               and c.words is not null and c.named_on is not null)
           order by d.created_at limit $3""",
        org_id,
        model,
        limit,
    )
    return [row["id"] for row in rows]


async def search_chunks(
    connection: Connection, org_id: UUID, *, vector: str, model: str, artist_id: UUID | None, limit: int
) -> list[Row]:
    """Return the nearest chunks of the org, nearest first: an exact search, among vectors of the same model only.

    With `artist_id`: documents about this artist, or about no particular artist.
    """
    return await connection.fetch(
        """select c.id, 1 - (c.embedding operator(extensions.<=>) $2::text::extensions.vector) as score
           from chunks c join documents d on d.org_id = c.org_id and d.id = c.document_id
           where c.org_id = $1 and c.model = $3
             and ($4::uuid is null or d.artist_id is null or d.artist_id = $4)
           order by c.embedding operator(extensions.<=>) $2::text::extensions.vector, c.id limit $5""",
        org_id,
        vector,
        model,
        artist_id,
        limit,
    )


async def search_words(
    connection: Connection, org_id: UUID, *, question: str, language: str, model: str, artist_id: UUID | None
) -> list[Row]:
    """Return each stem of the question in each chunk that has it, with how often, and in how many chunks at all.

    A chunk's stems are those of its language. Chunks in another language than the question's have none of its words,
    unless either language is not known.
    """
    return await connection.fetch(
        """with searched as materialized (
             select c.id, c.language, c.words, length(c.words) as chunk_words
             from chunks c join documents d on d.org_id = c.org_id and d.id = c.document_id
             where c.org_id = $1 and c.model = $3 and c.words is not null
               and ($4::uuid is null or d.artist_id is null or d.artist_id = $4)
           ), stems as (
             select l.language, w.lexeme
             from (select distinct language from searched where $5 in (language, 'simple') or language = 'simple') l
             cross join lateral unnest(to_tsvector(l.language::regconfig, $2)) w
           ), hits as (
             select s.id, s.chunk_words, w.lexeme, cardinality(w.positions) as times
             from searched s
             cross join lateral unnest(s.words) w
             where (s.language, w.lexeme) in (select language, lexeme from stems)
           )
           select h.id, h.lexeme, h.times, h.chunk_words, count(*) over (partition by h.lexeme) as chunks_with_word,
                  (select count(*) from searched) as chunks,
                  (select avg(chunk_words)::float8 from searched) as average_words
           from hits h""",
        org_id,
        question,
        model,
        artist_id,
        language,
    )


async def read_chunks(connection: Connection, org_id: UUID, ids: Sequence[UUID], *, vector: str) -> list[Row]:
    """Return chunks with their documents' titles and how near they are to a vector."""
    return await connection.fetch(
        """select c.id, c.document_id, d.title, d.artist_id, c.text, c.model,
                  1 - (c.embedding operator(extensions.<=>) $3::text::extensions.vector) as score
           from chunks c join documents d on d.org_id = c.org_id and d.id = c.document_id
           where c.org_id = $1 and c.id = any ($2)""",
        org_id,
        list(ids),
        vector,
    )


async def has_chunks(connection: Connection, org_id: UUID) -> bool:
    return await connection.fetchval("select 1 from chunks where org_id = $1 limit 1", org_id) is not None
