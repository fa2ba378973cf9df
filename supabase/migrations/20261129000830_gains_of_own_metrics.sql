-- An org's own counters have gains like the built-in ones.
alter table public.org_metrics add column if not exists can_fall boolean not null default true; -- as in metrics

do $$
declare
  target regprocedure;
  changed text;
begin
  foreach target in array array[
    'private.daily_gains(uuid, uuid, date, date)'::regprocedure,
    'private.period_gain(uuid, uuid, date, date)'::regprocedure
  ] loop
    changed := regexp_replace(pg_get_functiondef(target), 'join public\.metrics m on m\.slug = s\.metric',
      'cross join lateral (
        select m.kind, m.can_fall from public.metrics m where m.slug = s.metric
        union all
        select m.kind, m.can_fall from public.org_metrics m where m.org_id = s.org_id and m.slug = s.metric
      ) m');
    if changed = pg_get_functiondef(target) then
      raise exception '% has no join with metrics to replace', target;
    end if;
    execute changed;
  end loop;
end $$;
