"""Define a source with its metrics where the org does not have them yet: for files that are read into them."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import asyncpg

from arti.metrics.catalogue import Metric
from arti.metrics.sources import store
from arti.metrics.sources.known import find_provider, list_metrics
from arti.metrics.sources.schemas import NewSource
from arti.orgs.audit import audit
from arti.orgs.authorization import Actor
from arti_core.errors import Conflict, Forbidden
from arti_core.savepoints import savepoint


async def define(actor: Actor, slug: str, name: str, metrics: Sequence[Metric]) -> None:
    """Define what is missing of a source of files by day, and of its metrics.

    Raises Conflict where the org has something else under such a slug, Forbidden for who defines no sources.
    """
    connection, org_id = actor.connection, actor.org_id
    source = await find_provider(connection, org_id, slug)
    if source and source.cadence != "day":
        raise Conflict(
            f"{source.name} ({slug}) counts weeks, and the file has days. Map its columns to another source."
        )
    known = await list_metrics(connection, org_id)
    for metric in metrics:
        own = known.get(metric.slug)
        if own and (own.unit, own.kind, own.aggregation) != (metric.unit, metric.kind, metric.aggregation):
            raise Conflict(
                f"{own.name} ({own.slug}) is a {own.kind} of {own.unit} here, and the file has a {metric.kind} of "
                f"{metric.unit}. Map its columns to another metric."
            )
    missing = [metric for metric in metrics if metric.slug not in known]
    if source and not missing:
        return
    by: UUID | None = actor.principal.user_id if actor.principal else None
    try:
        async with savepoint(connection):
            if source is None:
                await store.insert_source(connection, org_id, slug, NewSource(name=name, how="file").model_dump(), by)
            for metric in missing:
                await store.insert_metric(connection, org_id, metric.slug, asdict(metric), by)
    except asyncpg.InsufficientPrivilegeError:
        names = ", ".join([*([] if source else [name]), *(metric.name for metric in missing)])
        raise Forbidden(
            f"The first file of its kind defines a source and metrics: {names}. Let somebody with connections:manage "
            "commit a file of it that is smaller than 2 MB; then this one can be committed."
        ) from None
    if source is None:
        await audit(actor, "source.created", slug, {"name": name})
    for metric in missing:
        await audit(
            actor, "metric.created", metric.slug, {"name": metric.name, "unit": metric.unit, "kind": metric.kind}
        )
