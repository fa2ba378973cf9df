"""SQL of campaigns, their costs, and the observations of their results."""

from datetime import date, datetime
from uuid import UUID, uuid4

from arti_core.database import Connection, Row

_CAMPAIGN = """
  select c.*, a.name as artist_name, m.name as goal_metric_name, m.unit as goal_unit, m.kind as goal_kind,
         m.aggregation as goal_aggregation,
         (select coalesce(sum(s.amount_minor), 0)::bigint from campaign_costs s
          where s.org_id = c.org_id and s.campaign_id = c.id) as spent_minor,
         case when c.starts_on > clock.today() then 'planned'
              when c.ends_on < clock.today() then 'ended' else 'running' end as state
  from campaigns c
  join artists a on a.org_id = c.org_id and a.id = c.artist_id
  join metrics m on m.slug = c.goal_metric
"""

COLUMNS = (
    "name",
    "goal_metric",
    "goal_provider",
    "goal_target",
    "budget_minor",
    "currency",
    "starts_on",
    "ends_on",
    "notes",
)


async def insert_campaign(
    connection: Connection, org_id: UUID, *, artist_id: UUID, values: dict[str, object], created_by: UUID
) -> UUID:
    campaign_id = uuid4()
    await connection.execute(
        f"""insert into campaigns (org_id, id, artist_id, created_by, {", ".join(COLUMNS)})
            values ($1, $2, $3, $4, $5, $6, $7::text::provider, $8, $9, $10, $11, $12, $13)""",  # noqa: S608
        org_id,
        campaign_id,
        artist_id,
        created_by,
        *(values[column] for column in COLUMNS),
    )
    return campaign_id


async def update_campaign_row(
    connection: Connection, org_id: UUID, campaign_id: UUID, values: dict[str, object]
) -> None:
    await connection.execute(
        """update campaigns set name = $3, goal_metric = $4, goal_provider = $5::text::provider, goal_target = $6,
             budget_minor = $7, currency = $8, starts_on = $9, ends_on = $10, notes = $11, updated_at = clock.now()
           where org_id = $1 and id = $2""",
        org_id,
        campaign_id,
        *(values[column] for column in COLUMNS),
    )


async def list_campaigns(
    connection: Connection, org_id: UUID, *, artist_id: UUID | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    return await connection.fetch(
        _CAMPAIGN
        + """where c.org_id = $1 and ($2::uuid is null or c.artist_id = $2)
               and ($3::timestamptz is null or (c.created_at, c.id) < ($3, $4))
             order by c.created_at desc, c.id desc limit $5""",
        org_id,
        artist_id,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )


async def find_campaign(connection: Connection, org_id: UUID, campaign_id: UUID) -> Row | None:
    return await connection.fetchrow(_CAMPAIGN + "where c.org_id = $1 and c.id = $2", org_id, campaign_id)


async def delete_campaign(connection: Connection, org_id: UUID, campaign_id: UUID) -> bool:
    """Return False if the campaign does not exist."""
    status = await connection.execute("delete from campaigns where org_id = $1 and id = $2", org_id, campaign_id)
    return status.endswith(" 1")


async def list_costs(connection: Connection, org_id: UUID, campaign_id: UUID) -> list[Row]:
    return await connection.fetch(
        """select id, spent_on, amount_minor, note from campaign_costs
           where org_id = $1 and campaign_id = $2 order by spent_on, created_at, id""",
        org_id,
        campaign_id,
    )


async def add_cost(
    connection: Connection, org_id: UUID, campaign_id: UUID, *, spent_on: date, amount_minor: int, note: str
) -> UUID:
    cost_id = uuid4()
    await connection.execute(
        """insert into campaign_costs (org_id, id, campaign_id, spent_on, amount_minor, note)
           values ($1, $2, $3, $4, $5, $6)""",
        org_id,
        cost_id,
        campaign_id,
        spent_on,
        amount_minor,
        note,
    )
    return cost_id


async def find_goal_series(
    connection: Connection, org_id: UUID, *, artist_id: UUID, metric: str, provider: str, from_on: date, to_on: date
) -> Row | None:
    """Return the artist's series of the metric with the most values in the range, or None."""
    return await connection.fetchrow(
        """select s.id, s.terms, s.time_zone, count(o.value) as days
           from series s join observations o on o.org_id = s.org_id and o.series_id = s.id
             and o.observed_on between $5 and $6
           where s.org_id = $1 and s.artist_id = $2 and s.metric = $3 and s.provider = $4::text::provider
             and s.asset_id is null and s.dimension = ''
           group by s.id, s.terms, s.time_zone order by count(o.value) desc, s.id limit 1""",
        org_id,
        artist_id,
        metric,
        provider,
        from_on,
        to_on,
    )


async def list_days(connection: Connection, org_id: UUID, series_id: UUID, *, from_on: date, to_on: date) -> list[Row]:
    return await connection.fetch(
        """select observed_on, value, definition from observations
           where org_id = $1 and series_id = $2 and observed_on between $3 and $4 and value is not null
           order by observed_on""",
        org_id,
        series_id,
        from_on,
        to_on,
    )
