"""SQL of changes of definition. The owner of the database writes them, everybody reads them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from arti_core.database import Connection, Row

# The columns of an entry, as in the feed.
COLUMNS = (
    "id",
    "revision",
    "provider",
    "metric",
    "since_on",
    "scope",
    "note",
    "old_meaning",
    "new_meaning",
    "continued_as",
    "announced_on",
    "source_url",
    "withdrawn",
)

_KNOWN = f"version, known_at, learned_from, {', '.join(COLUMNS)}".replace("provider", "provider::text")


async def lock_definitions(connection: Connection) -> None:
    """Wait until no other transaction changes definitions, and keep others out until the commit."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended('metric_definitions', 8))")


async def list_metrics(connection: Connection) -> frozenset[str]:
    return frozenset(row["slug"] for row in await connection.fetch("select slug from public.metrics"))


async def list_providers(connection: Connection) -> frozenset[str]:
    return frozenset(row["slug"] for row in await connection.fetch("select slug from public.providers"))


async def list_definitions(connection: Connection, *, known_on: date | None = None) -> list[Row]:
    """Return the entries, withdrawn ones too, as known now or at the end of a day in UTC."""
    return await connection.fetch(
        f"""with known as (
             select {_KNOWN}, null::timestamptz as superseded_at from public.metric_definitions
             union all
             select {_KNOWN}, superseded_at from public.metric_definition_revisions where $1::date is not null
           )
           select * from known
           where $1::date is null or (known_at < ($1 + 1)::timestamp at time zone 'UTC'
             and (superseded_at is null or superseded_at >= ($1 + 1)::timestamp at time zone 'UTC'))
           order by metric, provider, since_on nulls last, id""",  # noqa: S608
        known_on,
    )


async def upsert_definitions(
    connection: Connection, entries: Sequence[Mapping[str, Any]], *, learned_from: str
) -> None:
    """Store entries, keep what was known of those that existed, and number each metric's changes by their days."""
    names = ", ".join(COLUMNS)
    changes = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    await connection.executemany(
        f"""insert into public.metric_definitions as d ({names}, version, known_at, learned_from)
            values ({", ".join(f"${n}" for n in range(1, len(COLUMNS) + 1))}, null, clock.now(), ${len(COLUMNS) + 1})
            on conflict (id) do update set {changes}, version = null, known_at = excluded.known_at,
              learned_from = excluded.learned_from
            where d.revision < excluded.revision""",  # noqa: S608
        [(*(entry[name] for name in COLUMNS), learned_from) for entry in entries],
    )
    await connection.execute(
        """update public.metric_definitions d set version = n.version
           from (select id, 1 + row_number() over (partition by metric, provider order by since_on, id) as version
                 from public.metric_definitions where since_on is not null and not withdrawn) n
           where d.id = n.id and d.version is distinct from n.version"""
    )
