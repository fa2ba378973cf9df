"""SQL of campaigns, their costs, and the observations of their results."""

from datetime import date, datetime
from uuid import UUID, uuid4

from arti_core.database import Connection, Row

COLUMNS = ("name", "goal_metric", "goal_provider", "currency", "starts_on", "ends_on", "notes")
MEASURED = (
    "org_id, campaign_id, series_id, goal_metric, goal_provider, starts_on, ends_on, result, lift, low, high, detail, "
    "measured_at"
)
_STANDS = "(l.goal_metric, l.goal_provider, l.starts_on, l.ends_on)"
_WANTED = "(c.goal_metric, c.goal_provider::text, c.starts_on, c.ends_on)"
_LIFT = f"left join campaign_lifts l on l.org_id = c.org_id and l.campaign_id = c.id and {_STANDS} = {_WANTED}"


def _campaign(lift: str) -> str:
    """Return SQL of campaigns. `lift`: the join of what was measured of each, as `l`."""
    return f"""
  select c.*, a.name as artist_name, m.name as goal_metric_name, m.unit as goal_unit, m.kind as goal_kind,
         m.aggregation as goal_aggregation,
         (select b.amount_minor from campaign_budgets b where b.org_id = c.org_id and b.campaign_id = c.id)
           as budget_minor,
         (select t.value from campaign_targets t where t.org_id = c.org_id and t.campaign_id = c.id) as goal_target,
         (c.org_id, c.id) in (select g.org_id, g.campaign_id from private.money_goals() g) as has_money_goal,
         case when c.org_id = any ((select private.org_ids_with('money:read'))::uuid[]) then
           (select coalesce(sum(s.amount_minor), 0)::bigint from campaign_costs s
            where s.org_id = c.org_id and s.campaign_id = c.id) end as spent_minor,
         case when c.starts_on > clock.today() then 'planned'
              when c.ends_on < clock.today() then 'ended' else 'running' end as state,
         l.result as lift_result, l.low as lift_low, l.high as lift_high, l.detail -> 'reasons' as lift_reasons
  from campaigns c
  {lift}
  join artists a on a.org_id = c.org_id and a.id = c.artist_id
  join private.known_metrics m on m.slug = c.goal_metric and (m.org_id is null or m.org_id = c.org_id)
"""  # noqa: S608 - `lift` is a constant of this module


def measured_by(day: str) -> str:
    """Return SQL of the measurements that stood at the end of a day (UTC); of those that stand now where it is null."""
    end = f"({day}::date + 1)::timestamp at time zone 'UTC'"
    return f"""select {MEASURED} from campaign_lifts where {day}::date is null or measured_at < {end}
      union all
      select {MEASURED} from campaign_lift_revisions
      where {day}::date is not null and measured_at < {end} and superseded_at >= {end}"""  # noqa: S608 - constants


def _lift_known_on(day: str) -> str:
    """Return the join of what had been measured of each campaign, as it stands now, by the end of a day (UTC)."""
    return f"""left join lateral (
    select l.result, l.low, l.high, l.detail from ({measured_by(day)}) l
    where l.org_id = c.org_id and l.campaign_id = c.id and {_STANDS} = {_WANTED}
    order by l.measured_at desc limit 1) l on true"""  # noqa: S608 - constants


async def insert_campaign(
    connection: Connection, org_id: UUID, *, artist_id: UUID, values: dict[str, object], created_by: UUID
) -> UUID:
    campaign_id = uuid4()
    await connection.execute(
        f"""insert into campaigns (org_id, id, artist_id, created_by, {", ".join(COLUMNS)})
            values ($1, $2, $3, $4, $5, $6, $7::text, $8, $9, $10, $11)""",  # noqa: S608
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
        """update campaigns set name = $3, goal_metric = $4, goal_provider = $5::text,
             currency = $6, starts_on = $7, ends_on = $8, notes = $9, updated_at = clock.now()
           where org_id = $1 and id = $2""",
        org_id,
        campaign_id,
        *(values[column] for column in COLUMNS),
    )


async def save_budget(connection: Connection, org_id: UUID, campaign_id: UUID, amount_minor: int | None) -> None:
    """Set a campaign's budget, in minor units of its currency; None removes it."""
    if amount_minor is None:
        await connection.execute(
            "delete from campaign_budgets where org_id = $1 and campaign_id = $2", org_id, campaign_id
        )
        return
    await connection.execute(
        """insert into campaign_budgets (org_id, campaign_id, amount_minor) values ($1, $2, $3)
           on conflict (org_id, campaign_id) do update
           set amount_minor = excluded.amount_minor, updated_at = clock.now()""",
        org_id,
        campaign_id,
        amount_minor,
    )


async def save_target(connection: Connection, org_id: UUID, campaign_id: UUID, value: float | None) -> None:
    """Set what a campaign aims at, in the unit of its goal metric; None removes it."""
    if value is None:
        await connection.execute(
            "delete from campaign_targets where org_id = $1 and campaign_id = $2", org_id, campaign_id
        )
        return
    await connection.execute(
        """insert into campaign_targets (org_id, campaign_id, value) values ($1, $2, $3)
           on conflict (org_id, campaign_id) do update set value = excluded.value, updated_at = clock.now()""",
        org_id,
        campaign_id,
        value,
    )


async def list_campaigns(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID | None,
    q: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
    known_on: date | None,
) -> list[Row]:
    return await connection.fetch(
        _campaign(_lift_known_on("$7") if known_on else _LIFT)
        + """where c.org_id = $1 and ($2::uuid is null or c.artist_id = $2)
               and ($3::timestamptz is null or (c.created_at, c.id) < ($3, $4))
               and ($6::text is null or strpos(lower(c.name), lower($6)) > 0)
             order by c.created_at desc, c.id desc limit $5""",
        org_id,
        artist_id,
        after[0] if after else None,
        after[1] if after else None,
        limit,
        q,
        *([known_on] if known_on else []),
    )


async def find_campaign(
    connection: Connection, org_id: UUID, campaign_id: UUID, *, known_on: date | None = None
) -> Row | None:
    return await connection.fetchrow(
        _campaign(_lift_known_on("$3") if known_on else _LIFT) + "where c.org_id = $1 and c.id = $2",
        org_id,
        campaign_id,
        *([known_on] if known_on else []),
    )


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


async def update_cost(
    connection: Connection,
    org_id: UUID,
    campaign_id: UUID,
    cost_id: UUID,
    *,
    spent_on: date,
    amount_minor: int,
    note: str,
) -> bool:
    """Return False if the campaign has no such cost."""
    status = await connection.execute(
        """update campaign_costs set spent_on = $4, amount_minor = $5, note = $6
           where org_id = $1 and campaign_id = $2 and id = $3""",
        *(org_id, campaign_id, cost_id, spent_on, amount_minor, note),
    )
    return status.endswith(" 1")


async def delete_cost(connection: Connection, org_id: UUID, campaign_id: UUID, cost_id: UUID) -> bool:
    """Return False if the campaign has no such cost."""
    status = await connection.execute(
        "delete from campaign_costs where org_id = $1 and campaign_id = $2 and id = $3", org_id, campaign_id, cost_id
    )
    return status.endswith(" 1")


def _days_of(series: str, first: str, last: str, known_on: str) -> str:
    """Return SQL of (observed_on, value, state) of a series on days, as known now or at the end of `known_on` (UTC)."""
    until = f"({known_on}::date + 1)::timestamp at time zone 'UTC'"
    return f"""select v.observed_on, v.value, v.state from private.observations_between($1, {series}, {first}, {last}) v
      where {known_on}::date is null or v.known_at < {until}
      union all
      select r.observed_on, r.value, r.state from observation_revisions r
      where {known_on} is not null and r.org_id = $1 and r.series_id = {series}
        and r.observed_on between {first} and {last} and r.known_at < {until} and r.superseded_at >= {until}"""  # noqa: S608


async def find_goal_series(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    metric: str,
    provider: str,
    from_on: date,
    to_on: date,
    known_on: date | None,
) -> Row | None:
    """Return the artist's series of the metric with the most values in the range, or None."""
    return await connection.fetchrow(
        f"""select s.id, s.terms, s.time_zone, s.interval_days, count(o.value) as days,
             max(o.observed_on) as newest_on
           from series s cross join lateral ({_days_of("s.id", "$5", "$6", "$7")}) o
           where s.org_id = $1 and s.artist_id = $2 and s.metric = $3 and s.provider = $4::text
             and s.asset_id is null and s.dimension = ''
           group by s.id, s.terms, s.time_zone, s.interval_days order by count(o.value) desc, s.id limit 1""",  # noqa: S608
        org_id,
        artist_id,
        metric,
        provider,
        from_on,
        to_on,
        known_on,
    )


async def list_days(
    connection: Connection, org_id: UUID, series_id: UUID, *, from_on: date, to_on: date, known_on: date | None
) -> list[Row]:
    return await connection.fetch(
        f"""select observed_on, value, state from ({_days_of("$2", "$3", "$4", "$5")}) o
           where value is not null order by observed_on""",  # noqa: S608
        org_id,
        series_id,
        from_on,
        to_on,
        known_on,
    )


async def list_breaks(
    connection: Connection, org_id: UUID, series_id: UUID, *, from_on: date, to_on: date, known_on: date | None
) -> list[Row]:
    """Return the changes of what the provider counts within (from_on, to_on], oldest first."""
    return await connection.fetch(
        """select b.since_on, b.note, b.old_meaning, b.new_meaning, b.continued_as
           from series s cross join lateral private.definition_breaks(s.metric, s.provider::text, $3, $4, null, $5) b
           where s.org_id = $1 and s.id = $2 order by b.since_on""",
        org_id,
        series_id,
        from_on,
        to_on,
        known_on,
    )


async def read_gain(
    connection: Connection, before: float | None, value: float | None, *, can_fall: bool
) -> float | None:
    """Return what a counter gained from one value to another; None if there is no gain."""
    gain: float | None = await connection.fetchval("select private.counter_gain($1, $2, $3)", value, before, can_fall)
    return gain
