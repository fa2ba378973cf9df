-- One rule for stale data, shared by tiles and insights: arti.metrics.staleness has the same numbers.
create function private.stale_after_days(terms text) returns integer
language sql immutable set search_path = '' as
$$ select case terms when 'own' then 10 else 4 end $$;
revoke all on function private.stale_after_days(text) from public;
grant execute on function private.stale_after_days(text) to authenticated, arti_worker;

-- The text of series_figures is taken from the catalogue, because this is the only line that changes.
do $$
declare
  definition text := pg_get_functiondef('private.series_figures(uuid, uuid[], date, integer, boolean)'::regprocedure);
  changed text := replace(definition, 'case s.terms when ''own'' then 10 else 4 end', 'private.stale_after_days(s.terms)');
begin
  if changed = definition then
    raise exception 'series_figures has no rule for stale data to replace';
  end if;
  execute changed;
end $$;
