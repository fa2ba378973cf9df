"""Reconcile royalty statements with known streams: compare, find gaps, open their rows, write queries."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any, Literal
from uuid import UUID

from arti.dimensions.countries import country_name
from arti.metrics.money.reconciliation import gaps, rates, schemas, store
from arti.metrics.money.reconciliation.groups import (
    StreamCount,
    canonical_store,
    choose_streams,
    count_days,
    month_after,
    statement_lags,
    store_name,
    streams_by_month,
    sum_lines,
    units_lag,
)
from arti.metrics.money.reconciliation.keys import read_key
from arti.metrics.money.reconciliation.schemas import GapKey, GapRow, GapRows, RoyaltyGap, show_amounts
from arti.metrics.money.reconciliation.thresholds import SAME_LINES, SAME_LINES_AT_LEAST, THRESHOLDS
from arti.metrics.money.store import LineFilter
from arti_core.database import Connection
from arti_core.errors import NotFound

_SHOWN_GAPS = 1000
_LATEST = date(2200, 12, 1)
_EARLIEST = date(1990, 1, 1)


async def reconcile(connection: Connection, org_id: UUID, wanted: LineFilter) -> schemas.Reconciliation:
    """Return the gaps of the lines of a filter, the most certain kinds first."""
    rows = await store.list_groups(connection, org_id, wanted)
    lags = statement_lags(await store.list_newest_months(connection, org_id, wanted))
    found = await _find_gaps(connection, org_id, wanted, rows, lags) if rows else []
    return schemas.Reconciliation(
        gaps=found[:_SHOWN_GAPS],
        more=max(len(found) - _SHOWN_GAPS, 0),
        lags=[
            schemas.StoreLag(source=source, store=store_name(name), lines=lag)
            for (source, name), lag in sorted(lags.items())
        ],
        thresholds=[
            schemas.ShownThreshold(slug=each.slug, value=each.value, unit=each.unit, reason=each.reason)
            for each in THRESHOLDS
        ],
    )


async def _find_gaps(
    connection: Connection,
    org_id: UUID,
    wanted: LineFilter,
    rows: list[dict[str, Any]],
    lags: dict[tuple[str, str], int],
) -> list[RoyaltyGap]:
    paid = await store.list_paid_recordings(connection, org_id, wanted)
    streams = await _read_streams(connection, org_id, wanted, rows)
    first, last = min(row["month"] for row in rows), max(row["month"] for row in rows)
    period = await store.list_period_streams(
        connection, org_id, artist_id=wanted.artist_id, from_month=first, to_month=last, known_on=wanted.known_on
    )
    ids = {key[2] for key in streams if key[2]} | {row["recording_id"] for row in period}
    titles = await store.list_recording_titles(connection, org_id, sorted(ids))
    repeated = await store.list_repeated_statements(
        connection, org_id, wanted, percent=SAME_LINES.value, at_least=int(SAME_LINES_AT_LEAST.value)
    )
    by_month = streams_by_month(streams)
    return [
        *gaps.find_repeated(repeated),
        *gaps.find_missing(rows, lags),
        *gaps.find_recordings_without_line(rows, paid, streams, period, titles),
        *gaps.find_taken_back(rows),
        *gaps.find_unmatched(rows),
        *rates.find_far_rates(rows),
        *rates.find_far_units(rows, by_month, _units_lags(rows, by_month)),
    ]


async def compare(
    connection: Connection,
    org_id: UUID,
    wanted: LineFilter,
    *,
    group_by: Literal["recording", "country"] | None,
    limit: int,
) -> schemas.Comparison:
    """Return paid units beside known streams by store and month, and further by recording or country."""
    rows = await store.list_groups(connection, org_id, wanted)
    if not rows:
        return schemas.Comparison(items=[], more=False, units_lag={})
    streams = await _read_streams(connection, org_id, wanted, rows)
    by_month = streams_by_month(streams)
    lags = _units_lags(rows, by_month)
    if group_by == "recording":
        paid = [row | {"lines": 0} for row in await store.list_paid_recordings(connection, org_id, wanted)]
        sums = sum_lines(paid, "store", "month", "recording_id")
        known = _sum_streams(streams, place=2)
        names: dict[Any, str] = dict(
            await store.list_recording_titles(
                connection, org_id, sorted({key[2] for key in sums} | {key[2] for key in known})
            )
        )
    elif group_by == "country":
        sums = sum_lines([row for row in rows if row["type"] == "stream"], "store", "month", "country")
        known = _sum_streams(streams, place=3)
        names = {key[2]: country_name(key[2]) for key in sums.keys() | known.keys() if key[2]}
    else:
        whole = sum_lines([row for row in rows if row["type"] == "stream"], "store", "month")
        sums = {(*key, None): value for key, value in whole.items()}
        known = {(*key, None): value for key, value in by_month.items()}
        names = {}
    stores = {canonical_store(row["store"]) for row in rows}
    shifted = {
        (name, month_after(month, lags.get(name, 0)), key): (count, month)
        for (name, month, key), count in known.items()
        if name in stores
    }
    keys = sorted(sums.keys() | shifted.keys(), key=lambda key: (-key[1].toordinal(), key[0], str(key[2])))
    items = []
    for name, month, key in keys[:limit]:
        paid_sums, beside = sums.get((name, month, key)), shifted.get((name, month, key))
        units = paid_sums.units if paid_sums else None
        is_whole = beside is not None and beside[0].days == count_days(beside[1]) and beside[0].streams > 0
        items.append(
            schemas.ComparedUnits(
                store=store_name(name),
                month=month,
                key=str(key) if key else None,
                name=names.get(key),
                units=units,
                streams=None if beside is None else _exact(beside[0].streams),
                streams_days=None if beside is None else beside[0].days,
                percent=round(float(units) / beside[0].streams * 100, 1)
                if units is not None and beside is not None and is_whole
                else None,
                amounts=show_amounts(paid_sums.amounts if paid_sums else {}),
            )
        )
    return schemas.Comparison(
        items=items, more=len(keys) > limit, units_lag={store_name(name): lag for name, lag in lags.items() if lag}
    )


async def open_gap(
    connection: Connection, org_id: UUID, wanted: LineFilter, gap_id: str, *, limit: int
) -> tuple[RoyaltyGap, GapRows]:
    """Return a gap with its rows: the lines concerned, or those beside what is missing. Raises NotFound.

    A gap that is closed by now is not found.
    """
    key = read_key(gap_id)
    found = await reconcile(connection, org_id, wanted)
    gap = next((each for each in found.gaps if each.id == gap_id), None)
    if gap is None:
        raise NotFound("gap")
    if key.kind == "recording_without_line":
        items = await _stream_rows(connection, org_id, wanted, key)
        return gap, GapRows(
            note="Known streams of the recording by month.", items=items[:limit], more=len(items) > limit
        )
    rows = await _list_lines(connection, org_id, wanted, key, limit=limit + 1)
    note = {
        "missing_month": "The lines of the months before and after.",
        "missing_store": "The store's lines of the months before and after.",
        "missing_territory": "The territory's lines of the months before and after.",
        "statement_twice": "The lines of the statement that an earlier one has too.",
    }.get(key.kind, "The lines concerned.")
    items = [GapRow.model_validate(row) for row in rows]
    return gap, GapRows(note=note, items=items[:limit], more=len(items) > limit)


async def _list_lines(
    connection: Connection, org_id: UUID, wanted: LineFilter, key: GapKey, *, limit: int
) -> list[dict[str, Any]]:
    narrowed = replace(
        wanted,
        source=None if key.kind == "statement_twice" else key.source or wanted.source,
        country=key.country or wanted.country,
        currency=key.currency or wanted.currency,
        type="stream" if key.kind in ("rate_far", "units_far") else wanted.type,
    )
    names = await store.list_stores(connection, org_id, wanted) if key.store else []
    months = []
    if key.month and key.to_month:
        is_missing = key.kind.startswith("missing")
        months = [month_after(key.month, -1), month_after(key.to_month)] if is_missing else [key.month]
    only = {
        "negative_lines": "negative",
        "penalties": "penalty",
        "unmatched_lines": "unmatched",
        "statement_twice": "repeated",
    }.get(key.kind, "all")
    return await store.list_rows(
        connection,
        org_id,
        narrowed,
        stores=[name for name in names if canonical_store(name) == key.store],
        months=months,
        only=only,
        statement_ids=key.statement_ids,
        limit=limit,
    )


async def _stream_rows(connection: Connection, org_id: UUID, wanted: LineFilter, key: GapKey) -> list[GapRow]:
    streams = choose_streams(
        await store.list_known_streams(
            connection,
            org_id,
            artist_id=wanted.artist_id,
            from_month=key.month or _EARLIEST,
            to_month=key.to_month or _LATEST,
            known_on=wanted.known_on,
        )
    )
    titles = await store.list_recording_titles(connection, org_id, [key.recording_id] if key.recording_id else [])
    by_month: dict[date, float] = defaultdict(float)
    for (name, _, recording, country, month), count in streams.items():
        if name == key.store and recording == key.recording_id and country is None:
            by_month[month] += count.streams
    return [
        GapRow(
            kind="streams",
            source=None,
            statement=None,
            row=None,
            month=month,
            store=store_name(key.store or ""),
            country=None,
            title=next(iter(titles.values()), None),
            isrc=None,
            type="stream",
            quantity=_exact(total),
            amount=None,
            currency=None,
        )
        for month, total in sorted(by_month.items())
    ]


async def _read_streams(
    connection: Connection, org_id: UUID, wanted: LineFilter, rows: list[dict[str, Any]]
) -> dict[tuple[Any, ...], StreamCount]:
    months = [row["month"] for row in rows]
    known = await store.list_known_streams(
        connection,
        org_id,
        artist_id=wanted.artist_id,
        from_month=month_after(min(months), -3),
        to_month=max(months),
        known_on=wanted.known_on,
    )
    return choose_streams(known)


def _sum_streams(streams: dict[tuple[Any, ...], StreamCount], *, place: int) -> dict[tuple[Any, ...], StreamCount]:
    """Return streams by store, month and recording (place 2 of their keys) or country (3)."""
    found: dict[tuple[Any, ...], list[StreamCount]] = defaultdict(list)
    for key, count in streams.items():
        if key[place] is not None:
            found[key[0], key[4], key[place]].append(count)
    return {key: StreamCount(sum(c.streams for c in each), min(c.days for c in each)) for key, each in found.items()}


def _units_lags(rows: list[dict[str, Any]], streams: dict[tuple[str, date], StreamCount]) -> dict[str, int]:
    units: dict[str, dict[date, float]] = defaultdict(dict)
    for (name, month), sums in sum_lines([row for row in rows if row["type"] == "stream"], "store", "month").items():
        units[name][month] = float(sums.units or 0)
    known: dict[str, dict[date, float]] = defaultdict(dict)
    for (name, month), count in streams.items():
        if count.days == count_days(month):
            known[name][month] = count.streams
    return {name: units_lag(by_month, known[name]) for name, by_month in units.items() if name in known}


def _exact(number: float) -> Any:
    return f"{number:.0f}" if number == int(number) else str(number)
