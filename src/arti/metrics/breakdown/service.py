"""Breakdowns of an artist's or an asset's numbers by country, city, age, source and other dimensions."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from arti.dimensions.rules import SPLITS, find_rule
from arti.dimensions.text import UNKNOWN_PLACE
from arti.metrics.breakdown import schemas, store
from arti.metrics.breakdown.parts import (
    ADDED,
    DEFAULT_DAYS,
    WHOLE_METRICS,
    Breakdown,
    DayValue,
    PartAmount,
    Selection,
    break_down,
    period_days,
    read_series,
    select_series,
    split_value,
)
from arti.metrics.breakdown.response import BreakdownSubject, dimension_name, respond
from arti.metrics.catalogue import Metric
from arti.metrics.places import gazetteer
from arti.metrics.sources.known import KnownProvider, get_metric, get_provider, list_metrics, list_providers
from arti.music.recordings.service import resolve_recording
from arti.music.service import get_artist
from arti.providers.terms import source_of
from arti_core import clock
from arti_core.database import Connection
from arti_core.errors import Invalid, NotFound

_OLDEST_TOTAL: Final = 92  # days before the asked ones in which a total of a period is still looked for


@dataclass(frozen=True, slots=True)
class BreakdownQuestion:
    """A question for a metric of a provider by `dimension`, one name or several with commas between them."""

    artist_id: UUID
    asset_id: UUID | None
    recording_id: UUID | None
    provider: str
    metric: str
    dimension: str
    period: str | None
    from_on: date | None
    to_on: date | None
    known_on: date | None
    by_metro: bool


async def read_breakdown(
    connection: Connection, org_id: UUID, question: BreakdownQuestion
) -> schemas.BreakdownResponse:
    """Return a breakdown. Raises NotFound, and Invalid for a metric, provider or dimension that does not exist."""
    names = read_split(question.dimension)
    if question.by_metro and names != ("city",):
        raise Invalid("Metro areas are made of cities: ask with dimension=city.", field="group")
    metric = await get_metric(connection, org_id, question.metric)
    provider = await get_provider(connection, org_id, question.provider)
    await get_artist(connection, org_id, question.artist_id)
    if question.asset_id and not await store.asset_exists(connection, org_id, question.asset_id):
        raise NotFound("asset")
    assets = [question.asset_id] if question.asset_id else []
    if question.recording_id is not None:
        if question.asset_id:
            raise Invalid("Give asset_id or recording_id, not both.", field="recording_id")
        assets = await _find_asset_of_song(connection, org_id, question.recording_id, provider, metric)
    rule = find_rule(names[0], provider=provider.slug, metric=metric.slug, unit=metric.unit, kind=metric.kind)
    subject = BreakdownSubject(metric, provider, names, question.by_metro, question.known_on)
    last_on = min(question.to_on or date.max, question.known_on or date.max, clock.today() + timedelta(days=1))
    selection = None
    if assets or question.recording_id is None:
        selection = await _select(connection, org_id, question, assets, names, last_on, may_add=rule.parts in ADDED)
    if selection is None:
        return respond(subject, rule, None)
    last_on = min(last_on, selection.newest_on)
    first_on = question.from_on or last_on - timedelta(days=DEFAULT_DAYS - 1)
    if first_on > last_on:
        return respond(subject, rule, None)
    # Of totals of a period the newest is wanted, and the days of the whole that the period covers.
    read_from = first_on - timedelta(days=_OLDEST_TOTAL + (period_days(selection.period) or 0))
    read_from = read_from if selection.period else first_on
    values = await _read_values(connection, org_id, selection, read_from, last_on, question.known_on)
    result = break_down(
        selection,
        values,
        metric=metric.slug,
        aggregation=metric.aggregation,
        rule=rule,
        first_on=first_on,
        last_on=last_on,
    )
    if question.by_metro:
        _group_by_metro(result)
    return respond(subject, rule, result)


def read_split(text: str) -> tuple[str, ...]:
    """Return the names of the dimensions in a query, sorted. Raises Invalid for one by which nothing is split."""
    names = tuple(sorted({name.strip() for name in text.split(",")}))
    for name in names:
        if name not in SPLITS:
            splits = ", ".join(sorted(SPLITS))
            raise Invalid(f"{name[:60]!r} is nothing that numbers are split by. Possible: {splits}.", field="dimension")
    return names


async def _find_asset_of_song(
    connection: Connection, org_id: UUID, recording_id: UUID, provider: KnownProvider, metric: Metric
) -> list[UUID]:
    """Return the item of a song on a platform that has this metric, if there is one.

    Parts of several are not added: what one audience is to another, the platform does not say.
    Raises NotFound, Invalid.
    """
    recording_id = await resolve_recording(connection, org_id, recording_id)
    assets = await store.list_assets_of_song(connection, org_id, recording_id, provider.slug, metric.slug)
    if len(assets) > 1:
        ids = ", ".join(str(id) for id in assets[:10])
        raise Invalid(
            f"This song has {len(assets)} items on {provider.name} with this number, and their parts are not added up. "
            f"Ask for one of them with asset_id: {ids}.",
            field="recording_id",
        )
    return assets


async def _select(
    connection: Connection,
    org_id: UUID,
    question: BreakdownQuestion,
    assets: list[UUID],
    names: tuple[str, ...],
    last_on: date,
    *,
    may_add: bool,
) -> Selection | None:
    metrics = {question.metric, *(whole for (metric, _), whole in WHOLE_METRICS.items() if metric == question.metric)}
    rows = await store.list_series(
        connection,
        org_id,
        question.artist_id,
        assets=assets,
        provider=question.provider,
        metrics=sorted(metrics),
        last_on=last_on,
        known_on=question.known_on,
    )
    series = [read_series(row["id"], row["metric"], row["terms"], row["dimension"], row["newest_on"]) for row in rows]
    return select_series(
        [one for one in series if one is not None],
        metric=question.metric,
        names=names,
        period=question.period,
        prefer_days=question.from_on is not None,
        may_add=may_add,
    )


async def _read_values(
    connection: Connection, org_id: UUID, selection: Selection, first_on: date, last_on: date, known_on: date | None
) -> dict[UUID, list[DayValue]]:
    ids = [*selection.parts, *(whole.id for whole in selection.wholes)]
    rows = await store.list_values(connection, org_id, ids, first_on=first_on, last_on=last_on, known_on=known_on)
    values: defaultdict[UUID, list[DayValue]] = defaultdict(list)
    for row in rows:
        source = source_of(selection.terms) if row["source"] == "import" else row["source"]
        values[row["series_id"]].append(DayValue(row["observed_on"], row["value"], row["null_reason"], source))
    return values


def _group_by_metro(result: Breakdown) -> None:
    """Put cities into the metro areas that they belong to, where their numbers may be added up."""
    if result.rule.parts not in ADDED:
        raise Invalid("These parts may not be added up, so there are no metro areas of them.", field="group")
    grouped: dict[str, PartAmount] = {}
    for part in result.parts:
        place = None if part.value.startswith(UNKNOWN_PLACE) else gazetteer.find_by_id(int(part.value))
        value = str(gazetteer.find_metro(place).id) if place else part.value
        same = grouped.get(value)
        if same is None:
            part.value = value
            grouped[value] = part
            continue
        same.series_ids += part.series_ids
        if part.amount is not None:
            same.amount, same.null_reason = (same.amount or 0) + part.amount, None
        if part.share_percent is not None:
            same.share_percent = (same.share_percent or 0) + part.share_percent
    result.parts = sorted(grouped.values(), key=lambda part: -(part.amount or 0))


async def list_available(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    *,
    asset_id: UUID | None = None,
    recording_id: UUID | None = None,
    known_on: date | None = None,
) -> list[schemas.AvailableBreakdown]:
    """Return the breakdowns of an artist, an asset or a song that have numbers. Raises NotFound."""
    await get_artist(connection, org_id, artist_id)
    assets = [asset_id] if asset_id else []
    if recording_id is not None:
        recording_id = await resolve_recording(connection, org_id, recording_id)
        assets = await store.list_assets_of_song(connection, org_id, recording_id)
        if not assets:
            return []
    metrics, providers = await list_metrics(connection, org_id), await list_providers(connection, org_id)
    rows = await store.list_series(
        connection,
        org_id,
        artist_id,
        assets=assets,
        provider=None,
        metrics=None,
        last_on=known_on or date.max,
        known_on=known_on,
    )
    values: defaultdict[tuple[str, str, tuple[str, ...], str], set[str]] = defaultdict(set)
    newest: dict[tuple[str, str, tuple[str, ...], str], date] = {}
    for row in rows:
        series = read_series(row["id"], row["metric"], row["terms"], row["dimension"], row["newest_on"])
        if series is None or not series.split or not set(series.split) <= SPLITS:
            continue
        for names in sorted(_ways_to_split(series.split, metrics[series.metric], row["provider"])):
            key = (row["provider"], series.metric, names, series.period)
            values[key].add(split_value(series.split, names))
            newest[key] = max(newest.get(key, series.newest_on), series.newest_on)
    return [
        schemas.AvailableBreakdown(
            provider=provider,
            provider_name=providers[provider].name,
            metric=metric,
            name=metrics[metric].name,
            unit=metrics[metric].unit,
            dimension=",".join(names),
            dimension_name=dimension_name(names),
            period=period,
            parts=len(found),
            newest_on=newest[provider, metric, names, period],
        )
        for (provider, metric, names, period), found in values.items()
    ]


def _ways_to_split(split: Mapping[str, str], metric: Metric, provider: str) -> set[tuple[str, ...]]:
    """Return the dimensions by which a series counts: its own, and each of them alone where parts may be added up."""
    ways = {tuple(sorted(split))}
    for name in split:
        rule = find_rule(name, provider=provider, metric=metric.slug, unit=metric.unit, kind=metric.kind)
        if rule.parts in ADDED:
            ways.add((name,))
    return ways
