"""HTTP of royalties and exchange rates. All of it needs money:read or money:write."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Response

from arti.metrics.money import rate_store, schemas, service, store
from arti.metrics.money.store import LineFilter
from arti.orgs.api_route import ApiRouter
from arti.orgs.audit import audit
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import FIRST_DAY, LAST_DAY
from arti.vocabulary import Permission
from arti_core.errors import Invalid, NotFound
from arti_core.paging import (
    MAX_PAGE,
    Page,
    invalid_cursor,
    make_page,
    make_page_by_creation,
    read_cursor,
    read_text_cursor,
    write_text_cursor,
)

router = ApiRouter(tags=["money"])

ReadsMoney = Annotated[Access, needs(Permission.MONEY_READ)]
WritesMoney = Annotated[Access, needs(Permission.MONEY_WRITE)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")]
_RATES = 2000


def _line_filter(
    artist_id: UUID | None = None,
    recording_id: UUID | None = None,
    release_id: UUID | None = None,
    statement_id: UUID | None = None,
    store: Annotated[str | None, Query(max_length=80)] = None,
    country: schemas.Country | None = None,
    type: schemas.LineType | None = None,
    source: schemas.Source | None = None,
    currency: schemas.Currency | None = None,
    from_month: Annotated[schemas.Month | None, Query(alias="from", description="First month, like 2026-03.")] = None,
    to_month: Annotated[schemas.Month | None, Query(alias="to", description="Last month, like 2026-03.")] = None,
    known_on: Annotated[
        date | None,
        Query(
            ge=FIRST_DAY,
            le=LAST_DAY,
            description="What was known at the end of that day (UTC), of the statements that are there.",
        ),
    ] = None,
) -> LineFilter:
    if from_month and to_month and to_month < from_month:
        raise Invalid("The last month is before the first.", field="to")
    fields: dict[str, Any] = locals()
    return LineFilter(**fields)


Wanted = Annotated[LineFilter, Depends(_line_filter)]


@router.post("/api/royalties", status_code=201)
async def create_royalties(access: WritesMoney, new: schemas.NewRoyalties) -> schemas.RecordedRoyalties:
    """Record royalty lines. A line that is known already, by its external id or by what it says, changes nothing."""
    return await service.record_royalties(access, new)


@router.get("/api/royalties")
async def list_royalties(
    access: ReadsMoney, wanted: Wanted, cursor: Cursor = None, limit: Limit = 100
) -> Page[schemas.RoyaltyLine]:
    """List royalty lines, the latest month first, each with the statement and row that it comes from."""
    after = read_text_cursor(cursor)
    try:
        after_month = (date.fromisoformat(after[0]), after[1]) if after else None
    except ValueError:
        raise invalid_cursor() from None
    rows = await store.list_lines(access.connection, access.org_id, wanted, after=after_month, limit=limit + 1)
    page = make_page(rows, limit, cursor_of=lambda row: write_text_cursor(row["month"].isoformat(), row["id"]))
    items = [schemas.RoyaltyLine.model_validate(dict(row)) for row in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


@router.get("/api/royalties/totals")
async def get_royalty_totals(
    access: ReadsMoney,
    wanted: Wanted,
    group_by: schemas.Grouping = "month",
    into: Annotated[
        schemas.Currency | None, Query(alias="in", description="Convert into this currency, by the org's stated rates.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> schemas.RoyaltyTotals:
    """Total royalties by store, country, month, recording, release or artist: one total for each currency.

    With `in` everything is converted by the rates that the org states; where one is missing the answer is refused.
    """
    return await service.total_lines(
        access.connection, access.org_id, wanted, group_by=group_by, currency=into, limit=limit
    )


@router.post("/api/royalties/match")
async def match_royalties(access: WritesMoney) -> schemas.MatchedRoyalties:
    """Look again for recording, release and artist of lines that have none."""
    return await service.match_lines(access)


@router.get("/api/royalties/statements")
async def list_royalty_statements(
    access: ReadsMoney, cursor: Cursor = None, limit: Limit = 50
) -> Page[schemas.RoyaltyStatement]:
    """List what was entered or pushed together, newest first."""
    rows = await store.list_statements(access.connection, access.org_id, after=read_cursor(cursor), limit=limit + 1)
    return make_page_by_creation([schemas.RoyaltyStatement.model_validate(dict(row)) for row in rows], limit)


@router.delete("/api/royalties/statements/{statement_id}", status_code=204)
async def delete_royalty_statement(access: WritesMoney, statement_id: UUID) -> Response:
    """Delete a statement with its lines, for one that was pushed by mistake: it never was, also with `known_on`."""
    await service.delete_statement(access, statement_id)
    return Response(status_code=204)


@router.get("/api/exchange-rates")
async def list_exchange_rates(access: ReadsMoney) -> Page[schemas.ExchangeRate]:
    """List the rates that the org states, the latest first of each pair."""
    rows = await rate_store.list_rates(access.connection, access.org_id, limit=_RATES)
    return Page(items=[schemas.ExchangeRate.model_validate(dict(row)) for row in rows], next_cursor=None)


@router.put("/api/exchange-rates")
async def put_exchange_rate(access: WritesMoney, rate: schemas.NewExchangeRate) -> schemas.ExchangeRate:
    """State a rate, or state it anew: it holds from its day until the next one of the same pair."""
    if rate.from_currency == rate.to_currency:
        raise Invalid("A rate is between two different currencies.", field="to_currency")
    row = await rate_store.save_rate(
        access.connection, access.org_id, stated_by=access.principal.user_id, **rate.model_dump()
    )
    await audit(access, "exchange_rate.stated", row["id"], rate.model_dump(mode="json"))
    return schemas.ExchangeRate.model_validate(dict(row))


@router.delete("/api/exchange-rates/{rate_id}", status_code=204)
async def delete_exchange_rate(access: WritesMoney, rate_id: UUID) -> Response:
    row = await rate_store.delete_rate(access.connection, access.org_id, rate_id)
    if row is None:
        raise NotFound("exchange rate")
    await audit(access, "exchange_rate.deleted", rate_id, {name: str(value) for name, value in row.items()})
    return Response(status_code=204)
