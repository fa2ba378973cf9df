-- The gains of days and of periods read the months of their range (private.observations_between), otherwise as before.
do $$
declare
  edit record;
  changed text;
begin
  for edit in select * from (values
    ('private.daily_gains(uuid, uuid, date, date)'::regprocedure,
     $a$from public.observations o
      where o.org_id = org and o.series_id = series and o.observed_on >= from_day - s.interval_days
        and o.observed_on <= least(to_day, clock.today_in(s.time_zone) - 1)$a$,
     $a$from private.observations_between(org, series, from_day - s.interval_days,
        least(to_day, clock.today_in(s.time_zone) - 1)) o$a$),
    ('private.period_gain(uuid, uuid, date, date)',
     $a$left join public.observations first on first.org_id = org and first.series_id = series
      and first.observed_on = after_day
    left join public.observations last on last.org_id = org and last.series_id = series
      and last.observed_on = last_day$a$,
     $a$left join lateral private.observations_between(org, series, after_day, after_day) first on true
    left join lateral private.observations_between(org, series, last_day, last_day) last on true$a$)
  ) as edit (target, old, new) loop
    changed := replace(pg_get_functiondef(edit.target), edit.old, edit.new);
    if changed = pg_get_functiondef(edit.target) then
      raise exception '% has no part "%" to replace', edit.target, edit.old;
    end if;
    execute changed;
  end loop;
end $$;
