"""An org's own sources and metrics: define, change and remove them. Removal is refused while numbers use them."""

import re
import unicodedata
from typing import Any, Final
from uuid import UUID
from zoneinfo import available_timezones

from arti.metrics.sources import schemas, store
from arti.orgs.audit import audit, changed_values
from arti.orgs.authorization import Access
from arti.vocabulary import OWN_PREFIX
from arti_core.database import Connection, Row
from arti_core.errors import Conflict, Invalid, NotFound

_MAX_SLUG: Final = 60
# How the days of each kind may become a period, the usual way first.
AGGREGATIONS: Final = {
    "counter": ("last",),
    "flow": ("sum",),
    "rolling": ("last", "mean", "none"),
    "ratio": ("none", "mean"),
}
KIND_WORDS: Final = {
    "counter": "a running total, of which the last value counts",
    "flow": "what happened in a day or week, which is added up",
    "rolling": "different people in a window of days, who are never added up",
    "ratio": "a percentage or an average, which is never added up",
}
_AGGREGATION_WORDS: Final = {
    "sum": "added up",
    "last": "the last value",
    "mean": "the mean",
    "none": "not combined at all",
}


def make_slug(name: str) -> str:
    """Return the slug of a name: "Linkfire clicks" becomes own.linkfire_clicks. Raises Invalid without a letter."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    slug = re.sub(r"[^a-z0-9]+", "_", plain.casefold()).strip("_")[:_MAX_SLUG].strip("_")
    if not slug:
        raise Invalid("Give a slug like own.clicks: this name has no letters from a to z.", field="slug")
    return OWN_PREFIX + slug


async def list_sources(connection: Connection, org_id: UUID) -> list[schemas.SourceEntry]:
    """Return the platforms and the org's own sources."""
    return [schemas.SourceEntry.model_validate(dict(row)) for row in await store.list_sources(connection, org_id)]


async def create_source(access: Access, new: schemas.NewSource) -> schemas.SourceEntry:
    """Create a source. Raises Conflict for a slug that is taken, Invalid for an unknown time zone."""
    values = new.model_dump(exclude={"slug"})
    _check_zone(values["time_zone"])
    slug = new.slug or make_slug(new.name)
    if not await store.insert_source(access.connection, access.org_id, slug, values, access.principal.user_id):
        raise Conflict(f"There is a source {slug} already. Give this one another name.", field="name")
    await audit(access, "source.created", slug, {"name": new.name})
    return await _describe_source(access, slug)


async def update_source(access: Access, slug: str, change: schemas.SourceChange) -> schemas.SourceEntry:
    """Change a source. Raises NotFound, and Conflict for another cadence once it has numbers."""
    row = await _get_source(access, slug, lock=True)
    changes = _filled(change.model_dump(exclude_unset=True), nullable={"url"})
    values = dict(row) | changes
    _check_zone(values["time_zone"])
    entry = await _describe_source(access, slug)
    if entry.series and any(values[name] != row[name] for name in ("cadence", "time_zone")):
        raise Conflict(
            f"{row['name']} has numbers already, so its days and weeks stay as they are. Make a new source.",
            field="cadence",
        )
    await store.update_source(access.connection, access.org_id, slug, values)
    await audit(access, "source.changed", slug, {"name": row["name"], "changes": changed_values(row, changes)})
    return await _describe_source(access, slug)


async def delete_source(access: Access, slug: str) -> None:
    """Remove a source. Raises NotFound, and Conflict, with the way out, while something uses it."""
    row = await _get_source(access, slug, lock=True)
    await _refuse_used(access, slug, row["name"], "undo its imports, then DELETE /api/sources/{slug}/observations")
    await store.delete_source(access.connection, access.org_id, slug)
    await audit(access, "source.deleted", slug, {"name": row["name"]})


async def create_metric(access: Access, new: schemas.NewMetric) -> schemas.OwnMetric:
    """Define a metric. Raises Conflict for a slug that is taken, Invalid for a meaning that makes no sense."""
    values = new.model_dump(exclude={"slug"})
    _check_meaning(values)
    slug = new.slug or make_slug(new.name)
    if not await store.insert_metric(access.connection, access.org_id, slug, values, access.principal.user_id):
        raise Conflict(f"There is a metric {slug} already. Give this one another name.", field="name")
    await audit(access, "metric.created", slug, {"name": new.name, "unit": values["unit"], "kind": values["kind"]})
    return await _describe_metric(access, slug)


async def update_metric(access: Access, slug: str, change: schemas.MetricChange) -> schemas.OwnMetric:
    """Change a metric. Raises NotFound, and Conflict for another meaning once there are numbers of it."""
    row = await _get_metric(access, slug, lock=True)
    changes = _filled(change.model_dump(exclude_unset=True), nullable={"aggregation"})
    values = {name: row[name] for name in store.METRIC_COLUMNS} | changes
    if "kind" in changes and "aggregation" not in changes:
        values["aggregation"] = None
    _check_meaning(values)
    meaning = ("unit", "kind", "aggregation", "can_fall")
    if row["series"] and any(values[name] != row[name] for name in meaning):
        raise Conflict(
            f"{row['name']} has numbers already, so its unit, its kind and how it sums stay as they are. "
            "Define a new metric for the new meaning.",
            field=next(name for name in meaning if values[name] != row[name]),
        )
    await store.update_metric(access.connection, access.org_id, slug, values)
    await audit(access, "metric.changed", slug, {"name": row["name"], "changes": changed_values(row, changes)})
    return await _describe_metric(access, slug)


async def delete_metric(access: Access, slug: str) -> None:
    """Remove a metric. Raises NotFound, and Conflict, with the way out, while something uses it."""
    row = await _get_metric(access, slug, lock=True)
    await _refuse_used(
        access, slug, row["name"], "undo its imports, then DELETE /api/sources/SOURCE/observations of its sources"
    )
    await store.delete_metric(access.connection, access.org_id, slug)
    await audit(access, "metric.deleted", slug, {"name": row["name"]})


async def _refuse_used(access: Access, slug: str, name: str, way_out: str) -> None:
    uses = await store.list_uses(access.connection, access.org_id, slug)
    if not uses:
        return
    plural = {"series": "series of numbers", "campaign": "campaigns", "rule": "rules"}
    single = {"series": "series of numbers", "campaign": "campaign", "rule": "rule"}
    words = ", ".join(f"{use['number']} {(single if use['number'] == 1 else plural)[use['thing']]}" for use in uses)
    first = {"series": way_out.replace("{slug}", slug), "campaign": "choose another goal in the campaigns"}
    steps = "; ".join(first.get(use["thing"], "take it out of the rules") for use in uses)
    raise Conflict(f"{name} is in use: {words}. To remove it: {steps}.")


def _check_meaning(values: dict[str, Any]) -> None:
    """Check unit, kind and aggregation, in words, and fill in the usual aggregation. Raises Invalid."""
    values["unit"] = " ".join(values["unit"].split())
    if not values["unit"]:
        raise Invalid("Say what is counted, e.g. clicks, tickets, people or percent.", field="unit")
    if values["kind"] not in AGGREGATIONS:
        kinds = "; ".join(f"{kind}: {words}" for kind, words in KIND_WORDS.items())
        raise Invalid(f"There is no such kind. {kinds}.", field="kind")
    possible = AGGREGATIONS[values["kind"]]
    values["aggregation"] = values["aggregation"] or possible[0]
    if values["aggregation"] not in possible:
        ways = " or ".join(f"{each} ({_AGGREGATION_WORDS[each]})" for each in possible)
        raise Invalid(
            f"A {values['kind']} is {KIND_WORDS[values['kind']]}: its days become a period by {ways}.",
            field="aggregation",
        )
    if values["unit"].casefold() in ("percent", "%") and values["kind"] == "flow":
        raise Invalid("Percentages are not added up: choose the kind ratio.", field="kind")
    if not values["can_fall"] and values["kind"] != "counter":
        raise Invalid("Only a counter, a running total, can be one that never falls.", field="can_fall")


def _check_zone(name: str) -> None:
    if name not in available_timezones():
        raise Invalid(f"There is no time zone {name[:60]!r}. Give one like Europe/Berlin.", field="time_zone")


def _filled(changes: dict[str, Any], *, nullable: set[str]) -> dict[str, Any]:
    for field, value in changes.items():
        if value is None and field not in nullable:
            raise Invalid(f"{field} cannot be empty. Leave it out to keep it.", field=field)
    return changes


async def _get_source(access: Access, slug: str, *, lock: bool = False) -> Row:
    row = await store.find_source(access.connection, access.org_id, slug, lock=lock)
    if row is None:
        raise NotFound("source")
    return row


async def _describe_source(access: Access, slug: str) -> schemas.SourceEntry:
    return next(each for each in await list_sources(access.connection, access.org_id) if each.slug == slug)


async def _get_metric(access: Access, slug: str, *, lock: bool = False) -> Row:
    row = await store.find_metric(access.connection, access.org_id, slug, lock=lock)
    if row is None:
        raise NotFound("metric")
    return row


async def _describe_metric(access: Access, slug: str) -> schemas.OwnMetric:
    return schemas.OwnMetric.model_validate(dict(await _get_metric(access, slug)))
