"""Breakdowns in public form: names of parts, words for periods."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote

from arti.dimensions.catalogue import BY_SLUG
from arti.dimensions.countries import country_name, country_names
from arti.dimensions.rules import DimensionRule
from arti.dimensions.text import UNKNOWN_PLACE, split_unknown_place
from arti.metrics.breakdown import schemas
from arti.metrics.breakdown.parts import Breakdown
from arti.metrics.catalogue import METRICS, Metric
from arti.metrics.places import gazetteer
from arti.metrics.places.schemas import PlaceName
from arti.metrics.places.service import place_name
from arti.metrics.sources.known import KnownProvider


@dataclass(frozen=True, slots=True)
class BreakdownSubject:
    """What a breakdown is of, with everything looked up."""

    metric: Metric
    provider: KnownProvider
    names: tuple[str, ...]
    by_metro: bool
    known_on: date | None


def dimension_name(names: tuple[str, ...]) -> str:
    return ", ".join(BY_SLUG[name].name for name in names)


def respond(subject: BreakdownSubject, rule: DimensionRule, result: Breakdown | None) -> schemas.BreakdownResponse:
    """Return a breakdown in public form; without parts, with a note, where there is none."""
    metric, title = subject.metric, dimension_name(subject.names)
    note = None if result and result.parts else f"No {metric.name.lower()} by {title.lower()} in this period."
    rule_fields = {"parts": rule.parts, "cut": rule.cut, "listed": rule.listed, "absent": rule.absent}
    empty = {"value": None, "note": note}
    fields = {
        "provider": subject.provider.slug,
        "provider_name": subject.provider.name,
        "metric": {name: getattr(metric, name) for name in ("slug", "name", "unit", "kind")},
        "dimension": ",".join(subject.names),
        "dimension_name": "Metro area" if subject.by_metro else title,
        "rule": rule_fields,
        "known_on": subject.known_on,
        "note": note,
    }
    if result is None or not result.parts:
        whole = {"value": None, "metric": None, "name": None, "source": None, "series_id": None, "note": note}
        nothing: dict[str, Any] = {"parts": [], "period": None, "total": empty, "whole": whole}
        return schemas.BreakdownResponse.model_validate(
            fields | nothing | {"remainder": empty | {"share_percent": None}}
        )
    return schemas.BreakdownResponse.model_validate(fields | _numbers(result, subject.names, metric))


def _numbers(result: Breakdown, names: tuple[str, ...], metric: Metric) -> dict[str, Any]:
    whole_metric = result.whole_metric and METRICS.get(result.whole_metric, metric)
    return {
        "period": {
            "from": result.first_on,
            "to": result.as_of,
            "days": result.days,
            "label": _period_label(result, metric),
        },
        "parts": [
            {
                "value": part.value,
                "name": name_value(names, part.value),
                "place": _place(names, part.value),
                "amount": part.amount,
                "null_reason": part.null_reason,
                "share_percent": part.share_percent,
                "source": part.source,
                "series_ids": part.series_ids,
            }
            for part in result.parts
        ],
        "total": {"value": result.total, "note": result.total_note},
        "whole": {
            "value": result.whole,
            "metric": whole_metric.slug if whole_metric else None,
            "name": whole_metric.name if whole_metric else None,
            "source": result.whole_source,
            "series_id": result.whole_series_id,
            "note": result.whole_note,
        },
        "remainder": {
            "value": result.remainder,
            "share_percent": result.remainder_percent,
            "note": result.remainder_note,
        },
    }


def _period_label(result: Breakdown, metric: Metric) -> str:
    if result.period == "lifetime":
        return f"all time, as of {result.as_of}"
    if result.period or metric.aggregation == "sum":
        return f"{result.days} days up to {result.as_of}" if result.days > 1 else f"on {result.as_of}"
    return f"as of {result.as_of}"


def name_value(names: tuple[str, ...], value: str) -> str:
    """Return the name of a part for people. `value` has one value for each dimension, with commas between them."""
    values = [value] if len(names) == 1 else [unquote(each) for each in value.split(",")]
    return ", ".join(_name(name, each) for name, each in zip(names, values, strict=True))


def _name(dimension: str, value: str) -> str:
    if dimension == "country":
        return country_name(value)
    if dimension == "city":
        place = _place(("city",), value)
        if place:
            return place.name
        text, country = split_unknown_place(value)
        return f"{text}, {country_name(country)}" if country and country in country_names() else text
    return BY_SLUG[dimension].values.get(value, value)


def _place(names: tuple[str, ...], value: str) -> PlaceName | None:
    if names != ("city",) or value.startswith(UNKNOWN_PLACE):
        return None
    place = gazetteer.find_by_id(int(value))
    return place_name(place) if place else None
