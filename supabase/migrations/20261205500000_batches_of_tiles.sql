-- As in 20261204010000, but each tile looks up its own batch. The join read all batches of the org: the planner takes the
-- rows of a function for a thousand, and in an installation of one org every batch is a match.
create or replace function private.tiles_of_artist_by_policies(
  org uuid, artist uuid, span integer, spark_days integer, known_on date
) returns table (
  series_id uuid, provider text, metric text, terms text, as_of date, from_on date, basis text, value double precision,
  previous double precision, change double precision, change_percent double precision, change_note text, break_on date,
  break_note text, stale boolean, age_days integer, known_at timestamptz, null_reason text, spark double precision[]
) language sql stable
begin atomic
  with best as materialized (select * from private.best_series_by_policies(org, array[artist], known_on => known_on))
  select best.series_id, best.provider, best.metric, best.terms, f.as_of, f.from_on, f.basis, f.value, f.previous, f.change,
    f.change_percent, f.change_note, f.break_on, f.break_note, coalesce(f.stale, true),
    clock.today_in(best.time_zone) - f.as_of,
    (select b.known_at from public.observation_batches b where b.org_id = org and b.id = f.newest_batch),
    private.state_sentence(coalesce(f.newest_code, 'not_reported')), f.spark
  from private.series_figures_by_policies(
    org, (select array_agg(o.series_id) from best o), clock.today(), span, true, known_on, spark_days) f
  join best on best.series_id = f.series_id
  order by best.provider, best.metric;
end;
