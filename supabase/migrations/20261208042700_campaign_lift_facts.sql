-- What the team's questions are answered with about what campaigns added. It reads as the caller: a lift follows the series
-- of its goal, so whoever does not see that artist, platform or money has none of it.
-- Of measurements that were replaced, `known_on` shows the one that stood at the end of that day (UTC); null: the present.
create function private.campaign_lift_facts(org uuid, campaign_ids uuid[], known_on date) returns table (
  id uuid, metric text, metric_name text, unit text, provider text, provider_name text,
  result text, lift double precision, low double precision, high double precision, actual double precision,
  from_on date, to_on date, reasons jsonb, series_id uuid
) language sql stable set search_path = '' as $$
  select c.id, c.goal_metric, m.name, m.unit, c.goal_provider::text, p.name, l.result, l.lift, l.low, l.high,
    (l.detail ->> 'actual')::double precision, (l.detail ->> 'from')::date, (l.detail ->> 'to')::date,
    coalesce(l.detail -> 'reasons', '[]'::jsonb), l.series_id
  from public.campaigns c
  join private.known_metrics m on m.slug = c.goal_metric and (m.org_id is null or m.org_id = c.org_id)
  left join private.known_providers p on p.slug = c.goal_provider and (p.org_id is null or p.org_id = c.org_id)
  cross join (select ((known_on + 1)::timestamp at time zone 'UTC') as ends_at) k
  left join lateral (
    select r.result, r.lift, r.low, r.high, r.detail, r.series_id, r.measured_at
    from (
      select a.result, a.lift, a.low, a.high, a.detail, a.series_id, a.measured_at, a.goal_metric, a.goal_provider,
        a.starts_on, a.ends_on
      from public.campaign_lifts a
      where a.org_id = org and a.campaign_id = c.id and (known_on is null or a.measured_at < k.ends_at)
      union all
      select b.result, b.lift, b.low, b.high, b.detail, b.series_id, b.measured_at, b.goal_metric, b.goal_provider,
        b.starts_on, b.ends_on
      from public.campaign_lift_revisions b
      where b.org_id = org and b.campaign_id = c.id and b.measured_at < k.ends_at and b.superseded_at >= k.ends_at) r
    -- Of a campaign that was changed since, what was measured before is about something else.
    where (r.goal_metric, r.goal_provider, r.starts_on, r.ends_on)
      = (c.goal_metric, c.goal_provider::text, c.starts_on, c.ends_on)
    order by r.measured_at desc limit 1) l on true
  where c.org_id = org and c.id = any (campaign_ids)
$$;
revoke execute on function private.campaign_lift_facts(uuid, uuid[], date) from public;
grant execute on function private.campaign_lift_facts(uuid, uuid[], date) to authenticated;
