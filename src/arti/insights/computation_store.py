"""SQL of computations: aggregates of windows of a series, and the observations in them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row

# One row for each computation, with the aggregate of its window, of its base, and the count of values in the base.
# Without observations an aggregate is null.
_COMPUTE = """
with requested as (
  select * from jsonb_to_recordset($2::jsonb)
    as a (ord int, part text, series_id uuid, of text, "from" date, "to" date, weekday int, level float8,
          differenced bool)
), computed as (
  select a.ord, a.part,
    case a.of
      when 'sum' then sum(p.v) when 'mean' then avg(p.v) when 'max' then max(p.v) when 'min' then min(p.v)
      when 'median' then percentile_cont(0.5) within group (order by p.v)
      when 'first' then (array_agg(p.v order by p.observed_on))[1]
      when 'last' then max(p.latest)
      when 'count' then count(p.v)
      when 'rank' then case when count(p.v) > 0 then 1 + count(*) filter (where p.v > p.latest) end
      when 'pace' then 7 * avg(p.v)
      when 'gain' then max(a.gain)
      when 'slope' then 7 * regr_slope(p.v, (p.observed_on - a."from")::float8)
      when 'days_since' then a."to" - max(p.observed_on)
      when 'days_at_least' then count(*) filter (where p.v >= a.level)
      when 'milestone' then max(p.latest)
    end as value, count(p.v) as value_count, max(a.step) as step
  from (  -- once a window, not once a day of it
    select a.*, k.gain, k.step from requested a
    left join lateral (
      select g.gain, case when exists (
          select from unnest(array[known.first_on, known.last_on]) as u (on_day)
          cross join lateral (
            select * from private.observations_known($1, a.series_id, u.on_day, u.on_day, $3) offset 0) o
          where o.state = 'rounded')
        then private.rounding_step(g.value) end as step
      from (
        select min(d.observed_on) as first_on, max(d.observed_on) as last_on
        from private.daily_gains($1, a.series_id, a."from" - 1, a."to", $3) d
        where a.of = 'gain' and d.value is not null
      ) known
      cross join lateral private.period_gain($1, a.series_id, known.first_on, known.last_on, $3) g
      where known.last_on > known.first_on
    ) k on true
    offset 0
  ) a
  left join lateral (
    select d.observed_on, d.v, first_value(d.v) over (order by d.observed_on desc) as latest
    from (
      select g.observed_on, case when a.differenced then g.gain else g.value end as v
      from private.daily_gains($1, a.series_id, a."from", a."to", $3) g
    ) d
    where d.v is not null and (a.weekday is null or extract(isodow from d.observed_on) = a.weekday)
  ) p on true
  group by a.ord, a.part, a.of, a."from", a."to", a.level
)
select ord, max(value) filter (where part = 'current') as current, max(value) filter (where part = 'base') as base,
  coalesce(max(value_count) filter (where part = 'base'), 0) as base_count,
  coalesce(max(step) filter (where part = 'base'), 1) as base_step
from computed group by ord order by ord
"""


async def aggregate_windows(
    connection: Connection, org_id: UUID, windows: Sequence[dict[str, Any]], *, known_on: date | None
) -> list[Row]:
    """Return (ord, current, base, base_count, base_step) for each computation, in order of `ord`.

    `base_step`: the step in which a gain is known that the provider rounds, 1 if it does not.

    A window has ord, part (current or base), series_id, of, differenced, from, to, and maybe weekday and level.
    """
    return await connection.fetch(_COMPUTE, org_id, list(windows), known_on)


async def list_observations(
    connection: Connection, org_id: UUID, windows: Sequence[dict[str, Any]], *, limit: int, known_on: date | None
) -> list[Row]:
    """Return the observations in the windows (part, series_id, differenced, from, to, weekday), with their sources."""
    return await connection.fetch(
        """select a.part as "window", o.observed_on, o.value,
                  private.state_sentence(o.null_reason) as null_reason, private.state_sentence(o.state) as remark,
                  o.definition, o.known_at, o.sync_run_id, o.import_id, o.entered_by, o.source_row,
                  f.file_name
           from jsonb_to_recordset($2::jsonb)
             as a (part text, series_id uuid, "from" date, "to" date, weekday int, differenced bool)
           cross join lateral (
             select * from private.observations_known($1, a.series_id, a."from" - a.differenced::int, a."to", $4)
             offset 0) o
           left join imports f on f.org_id = $1 and f.id = o.import_id
           where a.weekday is null or a.differenced or extract(isodow from o.observed_on) = a.weekday
           order by a.part desc, o.observed_on limit $3""",
        org_id,
        list(windows),
        limit,
        known_on,
    )
