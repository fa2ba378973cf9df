-- The age of a number is counted to the present day where its provider counts days, as for an insight: in the evening
-- of Los Angeles a number from there is not yet a day older. The text of series_figures is taken from the catalogue,
-- because this is the only line that changes.
do $$
declare
  definition text := pg_get_functiondef('private.series_figures(uuid, uuid[], date, integer, boolean)'::regprocedure);
  changed text := replace(definition, 'clock.today() - last.observed_on', 'clock.today_in(s.time_zone) - last.observed_on');
begin
  if changed = definition then
    raise exception 'series_figures has no age of a number to replace';
  end if;
  execute changed;
end $$;
