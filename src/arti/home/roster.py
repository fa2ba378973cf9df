"""The roster as a table: the same few metrics of every artist, in any order, a page at a time."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from arti.connections.store import list_account_states
from arti.home import store
from arti.home.schemas import HomeRoster, RosterColumn, RosterFigure, RosterRow
from arti.home.store import RosterFilter
from arti.insights.store import count_unread
from arti.metrics.catalogue import Metric
from arti.metrics.comparison.lines import gain_between
from arti.metrics.sources.known import list_metrics
from arti.orgs.authorization import Access
from arti.roster.schemas import AccountState
from arti.vocabulary import provider_order
from arti_core.database import Row
from arti_core.errors import Invalid

PAGE_SIZE = 50
_SPARK_DAYS = 28


async def read_roster(
    access: Access,
    filter: RosterFilter,
    *,
    days: int,
    sort: str,
    descending: bool,
    page: int,
    known_on: date | None,
) -> HomeRoster:
    """Return a page of the roster. Raises Invalid.

    `sort`: name, insights, updated, a platform, or a platform's change.
    """
    connection, org_id, user_id = access.connection, access.org_id, access.principal.user_id
    await store.keep_plans(connection)
    columns = await store.list_columns(connection, org_id, known_on=known_on)
    columns.sort(key=lambda column: provider_order(column["provider"]))
    metrics = await list_metrics(connection, org_id)
    unread = await count_unread(connection, org_id, user_id=user_id)
    matching = [row["id"] for row in await store.list_matching(connection, org_id, user_id, filter)]
    keys = await _sort_keys(access, matching, columns, metrics, unread, sort=sort, days=days, known_on=known_on)
    if keys is not None:
        known = sorted((id for id in matching if id in keys), key=lambda id: keys[id], reverse=descending)
        matching = [*known, *(id for id in matching if id not in keys)]
    elif descending:
        matching.reverse()
    shown = matching[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    rows = await store.list_rows(connection, org_id, user_id, shown)
    accounts: dict[UUID, list[AccountState]] = {id: [] for id in shown}
    for state in await list_account_states(connection, org_id, shown):
        accounts[state["artist_id"]].append(AccountState(provider=state["provider"], status=state["status"]))
    figures: dict[UUID, list[RosterFigure]] = {id: [] for id in shown}
    for row in await store.list_figures(
        connection, org_id, shown, columns, days=days, spark=_SPARK_DAYS + 1, known_on=known_on
    ):
        figures[row["artist_id"]].append(_figure(row, metrics[row["metric"]]))
    filters = await store.list_filters(connection, org_id)
    return HomeRoster(
        groups=filters["groups"],
        tags=filters["tags"],
        columns=[_column(column["provider"], metrics[column["metric"]]) for column in columns],
        items=[
            RosterRow.model_validate(
                dict(rows[id])
                | {
                    "unread_insights": unread.get(id, 0),
                    "accounts": accounts[id],
                    "figures": figures[id],
                    "updated_on": max((figure.as_of for figure in figures[id]), default=None),
                }
            )
            for id in shown
        ],
        total=len(matching),
        page=page,
        page_size=PAGE_SIZE,
    )


async def _sort_keys(
    access: Access,
    artist_ids: Sequence[UUID],
    columns: Sequence[Row],
    metrics: dict[str, Metric],
    unread: dict[UUID, int],
    *,
    sort: str,
    days: int,
    known_on: date | None,
) -> dict[UUID, Any] | None:
    """Return what each artist is sorted by; artists without it come last. None: by name."""
    if sort == "name":
        return None
    if sort == "insights":
        return dict(unread)
    if sort == "updated":
        newest = await store.list_newest_days(access.connection, access.org_id, artist_ids, known_on=known_on)
        return {row["artist_id"]: row["newest_on"] for row in newest if row["newest_on"]}
    provider, _, part = sort.partition(":")
    wanted = [column for column in columns if column["provider"] == provider]
    if not wanted or part not in ("", "change"):
        raise Invalid("The roster cannot be sorted by this.", field="sort")
    found = await store.list_figures(
        access.connection, access.org_id, artist_ids, wanted, days=days, spark=0, known_on=known_on
    )
    keys = {row["artist_id"]: row["change_percent"] if part else _value(row, metrics[row["metric"]]) for row in found}
    return {id: key for id, key in keys.items() if key is not None}


def _column(provider: str, metric: Metric) -> RosterColumn:
    basis: Any = "gain" if metric.kind == "counter" else "day" if metric.aggregation == "none" else metric.aggregation
    return RosterColumn(provider=provider, metric=metric.slug, name=metric.name, unit=metric.unit, basis=basis)


def _value(row: Row, metric: Metric) -> float | None:
    value: float | None = row["change"] if metric.kind == "counter" else row["value"]
    return value


def _figure(row: Row, metric: Metric) -> RosterFigure:
    spark = row["spark"][1:]
    if metric.kind == "counter":
        spark = [gain_between(before, value, can_fall=metric.can_fall) for before, value in pairwise(row["spark"])]
    return RosterFigure(
        provider=row["provider"],
        value=_value(row, metric),
        change_percent=row["change_percent"],
        change_note=row["change_note"],
        as_of=row["as_of"],
        stale=row["stale"],
        spark=spark,
    )
