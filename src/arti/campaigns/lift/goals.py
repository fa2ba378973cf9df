"""What a campaign can aim at: what an artist's numbers count by day, and what their totals gain."""

from uuid import UUID

from arti.campaigns import periods
from arti.campaigns.lift import store
from arti.campaigns.lift.schemas import GoalOption, GoalOptions
from arti.campaigns.lift.service import SCORABLE
from arti.metrics.sources.known import get_metric, get_provider
from arti.music.service import get_artist
from arti_core.database import Connection
from arti_core.errors import Invalid


async def list_goals(connection: Connection, org_id: UUID, artist_id: UUID) -> GoalOptions:
    """Return the goals that the caller can choose for an artist. Raises NotFound."""
    await get_artist(connection, org_id, artist_id)
    items = []
    for row in await store.list_goals(connection, org_id, artist_id):
        basis = periods.choose_basis(row["kind"], row["aggregation"])
        if basis == "sum" or basis == "gain":
            items.append(
                GoalOption(
                    provider=row["provider"],
                    provider_name=row["provider_name"],
                    metric=row["metric"],
                    name=row["name"],
                    unit=row["unit"],
                    basis=basis,
                    newest_on=row["newest_on"],
                    measurable=any(terms in SCORABLE for terms in row["terms"]),
                )
            )
    return GoalOptions(items=sorted(items, key=lambda item: not item.measurable))


async def check_goal(connection: Connection, org_id: UUID, artist_id: UUID, *, metric: str, provider: str) -> None:
    """Refuse a goal that is not counted by day, or that the artist has no numbers of. Raises Invalid."""
    known = await get_metric(connection, org_id, metric, field="goal_metric")
    platform = await get_provider(connection, org_id, provider, field="goal_provider")
    if periods.choose_basis(known.kind, known.aggregation) not in periods.ADDED_UP:
        raise Invalid(
            f"{known.name} is no number that a campaign adds to day by day. Choose one that is counted by day, such as "
            "streams, or a total that grows, such as followers.",
            field="goal_metric",
        )
    options = (await list_goals(connection, org_id, artist_id)).items
    if any((option.metric, option.provider) == (metric, provider) for option in options):
        return
    there = ", ".join(f"{option.name} on {option.provider_name}" for option in options[:8])
    raise Invalid(
        f"This artist has no daily numbers of {known.name} on {platform.name}. "
        + (f"There are {there}." if there else "Connect an account or import a file of the artist first."),
        field="goal_metric",
    )
