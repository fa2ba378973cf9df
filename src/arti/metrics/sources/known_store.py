"""SQL of the metrics and providers that an org may use."""

from uuid import UUID

from arti_core.database import Connection, Row

_METRIC = "slug, name, unit, kind, aggregation, description, higher_is_better, can_fall"
_PROVIDERS = "private.known_providers where (org_id is null or org_id = $1)"


async def list_metrics(connection: Connection, org_id: UUID) -> list[Row]:
    """Return the org's own metrics by name."""
    return await connection.fetch(
        f"select {_METRIC} from org_metrics where org_id = $1 order by lower(name), slug",  # noqa: S608
        org_id,
    )


async def find_metric(connection: Connection, org_id: UUID, slug: str) -> Row | None:
    """Return one of the org's own metrics."""
    return await connection.fetchrow(
        f"select {_METRIC} from org_metrics where org_id = $1 and slug = $2",  # noqa: S608
        org_id,
        slug,
    )


async def list_providers(connection: Connection, org_id: UUID) -> list[Row]:
    """Return the built-in providers, then the org's own sources by name."""
    return await connection.fetch(
        f"""select slug, name, time_zone, has_connector, cadence from {_PROVIDERS}
            order by org_id is not null, not has_connector, lower(name), slug""",  # noqa: S608
        org_id,
    )


async def find_provider(connection: Connection, org_id: UUID, slug: str) -> Row | None:
    """Return a built-in provider or one of the org's own sources."""
    return await connection.fetchrow(
        f"select slug, name, time_zone, has_connector, cadence from {_PROVIDERS} and slug = $2",  # noqa: S608
        org_id,
        slug,
    )
