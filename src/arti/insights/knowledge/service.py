"""The knowledge base: store documents, chunk and embed them, find passages."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from arti.insights.knowledge import store
from arti.insights.knowledge.chunking import chunk_document
from arti.insights.knowledge.embedding import as_sql, embed, model_name
from arti.insights.knowledge.languages import find_language
from arti.insights.knowledge.lexical import WordHit, join_rankings, rank_by_words
from arti.insights.knowledge.named_days import list_named_days
from arti.insights.knowledge.schemas import Document, DocumentDetail, NewDocument, SearchHit, SearchResults
from arti.jobs import JobRun
from arti.music.service import get_artist
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti.settings import Settings
from arti_core.database import Connection
from arti_core.errors import Conflict, Invalid, NotFound
from arti_core.jobs import enqueue_job
from arti_core.paging import Page, make_page_by_creation, read_cursor

INDEX_JOB = "insights.index_document"
MAX_REINDEXED = 200
MAX_JOINED = 1000  # of the chunks nearest in meaning, those with the words of the question come first
NO_ARTIST_NAMED = "Name the artist that this is about: what is about no artist is kept by those who see all of them."


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """A passage that a search found, with the chunk that holds it."""

    chunk_id: UUID
    document_id: UUID
    title: str
    text: str
    model: str
    score: float
    artist_id: UUID | None = None  # whose document it is


async def list_documents(
    connection: Connection, org_id: UUID, *, artist_id: UUID | None, q: str | None, cursor: str | None, limit: int
) -> Page[Document]:
    rows = await store.list_documents(
        connection, org_id, artist_id=artist_id, q=q, after=read_cursor(cursor), limit=limit + 1
    )
    return make_page_by_creation([Document.model_validate(dict(row)) for row in rows], limit)


async def get_document(connection: Connection, org_id: UUID, document_id: UUID) -> DocumentDetail:
    row = await store.find_document(connection, org_id, document_id)
    if row is None:
        raise NotFound("document")
    return DocumentDetail.model_validate(dict(row))


async def create_document(access: Access, new: NewDocument) -> DocumentDetail:
    """Store a document and enqueue its indexing. Raises Conflict if the org has the same text already, Invalid."""
    connection, org_id, created_by = access.connection, access.org_id, access.principal.user_id
    body = new.body.replace("\x00", "").strip()
    title = " ".join(new.title.replace("\x00", "").split())
    if not body:
        raise Invalid("The document has no text.", field="body")
    if not title:
        raise Invalid("The document has no title.", field="title")
    if new.artist_id is not None:
        await get_artist(connection, org_id, new.artist_id)
    elif not access.sees_all_artists:
        raise Invalid(NO_ARTIST_NAMED, field="artist_id")
    document_id = await store.add_document(
        connection,
        org_id,
        title=title,
        body=body,
        kind=new.kind,
        artist_id=new.artist_id,
        source_url=str(new.source_url) if new.source_url else None,
        content_sha256=hashlib.sha256(body.encode()).digest(),
        created_by=created_by,
    )
    if document_id is None:
        raise Conflict("The org already has a document with this text.")
    await enqueue_job(connection, org_id, INDEX_JOB, {"document_id": str(document_id)}, requested_by=created_by)
    await audit(access, "document.added", document_id, {"title": title, "kind": new.kind})
    return await get_document(connection, org_id, document_id)


async def delete_document(access: Access, document_id: UUID) -> None:
    """Delete a document with its vectors. What insights quote of it goes too; their texts never came from it."""
    document = await get_document(access.connection, access.org_id, document_id)
    if not await store.delete_document(access.connection, access.org_id, document_id):
        raise NotFound("document")
    await audit(access, "document.deleted", document_id, {"title": document.title})


async def find_passages(
    connection: Connection, org_id: UUID, *, question: str, artist_id: UUID | None, limit: int, settings: Settings
) -> list[RetrievedPassage]:
    """Return the passages that answer `question` best by meaning and words, of those that the caller may read."""
    model = model_name(settings)
    vectors = await embed([question], purpose="query", settings=settings)
    vector = as_sql(vectors[0])
    near = await store.search_chunks(
        connection, org_id, vector=vector, model=model, artist_id=artist_id, limit=MAX_JOINED
    )
    hits = await store.search_words(
        connection, org_id, question=question, language=find_language(question), model=model, artist_id=artist_id
    )
    by_words = rank_by_words(
        [WordHit(row["id"], row["lexeme"], row["times"], row["chunk_words"], row["chunks_with_word"]) for row in hits],
        chunks=hits[0]["chunks"] if hits else 0,
        average_words=hits[0]["average_words"] if hits else 0,
    )
    ranked = join_rankings({row["id"]: row["score"] for row in near}, by_words)[:limit]
    rows = {row["id"]: row for row in await store.read_chunks(connection, org_id, ranked, vector=vector)}
    return [
        RetrievedPassage(
            row["id"], row["document_id"], row["title"], row["text"], row["model"], row["score"], row["artist_id"]
        )
        for row in (rows[id] for id in ranked)
    ]


async def find_passage(connection: Connection, org_id: UUID, chunk_id: UUID) -> RetrievedPassage | None:
    row = await store.find_chunk(connection, org_id, chunk_id)
    if row is None:
        return None
    return RetrievedPassage(row["id"], row["document_id"], row["title"], row["text"], row["model"], score=1.0)


async def search(
    connection: Connection, org_id: UUID, *, question: str, artist_id: UUID | None, limit: int, settings: Settings
) -> SearchResults:
    found = await find_passages(
        connection, org_id, question=question, artist_id=artist_id, limit=limit, settings=settings
    )
    return SearchResults(
        results=[
            SearchHit(document_id=f.document_id, title=f.title, text=f.text, score=f.score, model=f.model)
            for f in found
        ]
    )


async def index_document(job: JobRun, document_id: UUID) -> None:
    """Chunk a document, embed the chunks and store them, unless the document has been deleted."""
    async with job.transaction() as connection:
        document = await store.find_document(connection, job.org_id, document_id)
    if document is None:
        return
    settings = job.worker_context.settings
    texts = chunk_document(document["title"], document["body"])
    # The title is embedded with each chunk, because it says what the chunk is about; it is not part of its text.
    vectors = await embed([f"{document['title']}\n{text}" for text in texts], purpose="passage", settings=settings)
    async with job.transaction() as connection:
        if await store.find_document(connection, job.org_id, document_id) is None:
            return
        await store.replace_chunks(
            connection,
            job.org_id,
            document_id,
            model=model_name(settings),
            title=document["title"],
            texts=texts,
            languages=[find_language(text) for text in texts],
            vectors=[as_sql(vector) for vector in vectors],
            named_days=[
                list_named_days(f"{document['title']}\n{text}", written_on=document["created_at"].date())
                for text in texts
            ],
        )
        await store.set_document_status(connection, job.org_id, document_id, "indexed")


async def enqueue_missing_indexes(connection: Connection, org_id: UUID, *, settings: Settings) -> None:
    """Enqueue the indexing of documents without chunks of the current model, e.g. after a change of the model."""
    missing = await store.list_documents_to_index(connection, org_id, model=model_name(settings), limit=MAX_REINDEXED)
    for document_id in missing:
        await enqueue_job(
            connection,
            org_id,
            INDEX_JOB,
            {"document_id": str(document_id)},
            dedupe_key=f"{INDEX_JOB}:{document_id}",
        )
