"""HTTP of the reconciliation. All of it needs money:read."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from arti.metrics.money import schemas as money_schemas
from arti.metrics.money.reconciliation import query, schemas, service
from arti.metrics.money.store import LineFilter
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import KnownOn
from arti.vocabulary import Permission
from arti_core.errors import Invalid

router = ApiRouter(tags=["money"])

ReadsMoney = Annotated[Access, needs(Permission.MONEY_READ)]
ArtistId = Annotated[UUID | None, Query(description="Only lines and streams of this artist.")]
SourceName = Annotated[money_schemas.Source | None, Query(description="Only statements of this source.")]
FromMonth = Annotated[money_schemas.Month | None, Query(alias="from", description="First month, like 2026-03.")]
ToMonth = Annotated[money_schemas.Month | None, Query(alias="to", description="Last month, like 2026-03.")]
GapId = Annotated[str, Query(max_length=2000, description="`id` of a gap.")]
_ROWS = 500
_QUERY_ROWS = 10_000


def _filter(
    artist_id: ArtistId,
    source: SourceName,
    from_month: FromMonth,
    to_month: ToMonth,
    known_on: KnownOn,
    store: str | None = None,
) -> LineFilter:
    if from_month and to_month and to_month < from_month:
        raise Invalid("The last month is before the first.", field="to")
    return LineFilter(
        artist_id=artist_id, source=source, from_month=from_month, to_month=to_month, known_on=known_on, store=store
    )


@router.get("/api/royalties/reconciliation")
async def reconcile_royalties(
    access: ReadsMoney,
    artist_id: ArtistId = None,
    source: SourceName = None,
    from_month: FromMonth = None,
    to_month: ToMonth = None,
    known_on: KnownOn = None,
) -> schemas.Reconciliation:
    """Return what statements lack, repeat or pay otherwise than usual, each with its sum and what to do."""
    wanted = _filter(artist_id, source, from_month, to_month, known_on)
    return await service.reconcile(access.connection, access.org_id, wanted)


@router.get("/api/royalties/reconciliation/units")
async def compare_royalty_units(
    access: ReadsMoney,
    artist_id: ArtistId = None,
    source: SourceName = None,
    from_month: FromMonth = None,
    to_month: ToMonth = None,
    known_on: KnownOn = None,
    store: Annotated[str | None, Query(max_length=80, description="As statements name it.")] = None,
    group_by: Literal["recording", "country"] | None = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 500,
) -> schemas.Comparison:
    """Return paid units beside known streams by store and month, and further by recording or country."""
    wanted = _filter(artist_id, source, from_month, to_month, known_on, store)
    return await service.compare(access.connection, access.org_id, wanted, group_by=group_by, limit=limit)


@router.get("/api/royalties/reconciliation/rows")
async def list_gap_rows(
    access: ReadsMoney,
    gap: GapId,
    artist_id: ArtistId = None,
    source: SourceName = None,
    from_month: FromMonth = None,
    to_month: ToMonth = None,
    known_on: KnownOn = None,
) -> schemas.GapRows:
    """Return the rows of a gap, with the filters under which it was found. The first 500."""
    wanted = _filter(artist_id, source, from_month, to_month, known_on)
    _, rows = await service.open_gap(access.connection, access.org_id, wanted, gap, limit=_ROWS)
    return rows


@router.get("/api/royalties/reconciliation/query", response_class=Response)
async def export_gap_query(
    access: ReadsMoney,
    gap: GapId,
    form: Annotated[Literal["csv", "text"], Query(description="The rows, or the query in words.")] = "csv",
    artist_id: ArtistId = None,
    source: SourceName = None,
    from_month: FromMonth = None,
    to_month: ToMonth = None,
    known_on: KnownOn = None,
) -> Response:
    """Return a gap as a query to the distributor: its first 10,000 rows as CSV, or the text that goes with them."""
    wanted = _filter(artist_id, source, from_month, to_month, known_on)
    found, rows = await service.open_gap(access.connection, access.org_id, wanted, gap, limit=_QUERY_ROWS)
    if form == "csv":
        content, media_type, name = query.write_csv(rows.items), "text/csv", "csv"
    else:
        content, media_type, name = query.write_text(found, rows.note, rows.items, more=rows.more), "text/plain", "txt"
    headers = {"Content-Disposition": f'attachment; filename="royalty-query-{found.kind}.{name}"'}
    return Response(content, media_type=f"{media_type}; charset=utf-8", headers=headers)
