-- A change that is announced without its day (since_on is null) breaks no series yet, as private.definition_breaks has it:
-- in the series of reach it was a break without a day, and they could not be read.
create or replace function private.series_with_months(
  org uuid, artist uuid, asset uuid, asset_kind text, metrics text[], providers text[], to_day date, months_read integer
) returns table (
  series_id uuid, provider text, metric text, time_zone text, terms text, finished_on date, breaks jsonb, own jsonb,
  months date[], days integer[], revised integer[], states jsonb, numbers double precision[]
) language sql stable
begin atomic
  select s.id, s.provider, s.metric, s.time_zone, s.terms, clock.today_in(s.time_zone) - 1,
    to_jsonb(array(
      select jsonb_build_object('on', d.since_on, 'note', d.note, 'old_meaning', d.old_meaning, 'new_meaning', d.new_meaning,
        'continued_as', d.continued_as)
      from public.metric_definitions d
      where d.metric = s.metric and d.provider = s.provider and not d.withdrawn and d.since_on is not null
        and (asset_kind is null or d.scope && array['all', asset_kind])
      order by d.since_on)),
    case when s.provider like 'own.%' or s.metric like 'own.%' then
      coalesce(private.own_metric_as_json(org, s.metric), '{}') || jsonb_build_object('interval_days', s.interval_days)
    end,
    n.months, n.days, n.revised, n.states, n.numbers
  from public.series s
  cross join lateral (
    select array_agg(m.month) as months, array_agg(m.days) as days, array_agg(m.revised) as revised,
      jsonb_object_agg(m.month, private.explained(m.states)) filter (where m.states is not null) as states,
      private.concatenate(m.values) as numbers
    from (select o.month, o.days, o.revised, o.states, o.values from public.observation_months o
          where o.org_id = org and o.series_id = s.id and o.month <= to_day
          order by o.month desc limit months_read) m
  ) n
  where s.org_id = org and s.artist_id = artist and s.asset_id is not distinct from asset and s.dimension = ''
    and (metrics is null or s.metric = any (metrics)) and (providers is null or s.provider = any (providers))
    and n.months is not null;
end;
