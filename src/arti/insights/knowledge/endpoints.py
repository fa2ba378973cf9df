"""HTTP of the knowledge base."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from arti.insights.knowledge import service
from arti.insights.knowledge.schemas import Document, DocumentDetail, NewDocument, SearchResults
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import SearchText
from arti.vocabulary import Permission
from arti_core.paging import MAX_PAGE, Page

router = ApiRouter(prefix="/api/documents", tags=["documents"])

Reader = Annotated[Access, needs(Permission.DOCUMENTS_READ)]
Writer = Annotated[Access, needs(Permission.DOCUMENTS_WRITE)]


@router.get("")
async def list_documents(
    access: Reader,
    artist_id: UUID | None = None,
    q: Annotated[SearchText | None, Query(description="Part of the title.")] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
) -> Page[Document]:
    """List documents, newest first."""
    return await service.list_documents(
        access.connection, access.org_id, artist_id=artist_id, q=q, cursor=cursor, limit=limit
    )


@router.post("", status_code=201)
async def create_document(access: Writer, document: NewDocument) -> Document:
    """Store a document. It is indexed in the background; search finds it once its status is `indexed`."""
    return await service.create_document(access, document)


@router.get("/search")
async def search_documents(
    access: Reader,
    q: Annotated[str, Query(min_length=2, max_length=500)],
    artist_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
) -> SearchResults:
    """Find the passages nearest in meaning to `q`, nearest first."""
    return await service.search(
        access.connection,
        access.org_id,
        question=q,
        artist_id=artist_id,
        limit=limit,
        settings=access.context.settings,
    )


@router.get("/{document_id}")
async def get_document(access: Reader, document_id: UUID) -> DocumentDetail:
    return await service.get_document(access.connection, access.org_id, document_id)


@router.delete("/{document_id}", status_code=204)
async def delete_document(access: Writer, document_id: UUID) -> None:
    """Delete a document with its vectors. Insights quote it no more."""
    await service.delete_document(access, document_id)
