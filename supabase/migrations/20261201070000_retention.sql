-- How long rows are kept that only say what happened. Every table that machines add to is here, is deleted from by its
-- own service, or is kept for a reason that tests/schema/test_retention.py states.
create table private.retentions (
  relation text primary key,
  moment text not null,                    -- the column from which it counts
  keep interval not null,
  ended text not null default 'true'       -- which rows may go; t is the row
);
alter table private.retentions enable row level security;
alter table private.retentions force row level security;

insert into private.retentions (relation, moment, keep, ended) values
  ('public.jobs', 'finished_at', '30 days', 't.status in (''done'', ''dead'')'),
  ('public.delivery_attempts', 'started_at', '90 days', 'true'),
  ('public.deliveries', 'created_at', '1 year', 't.status not in (''pending'', ''sending'')'),
  ('public.events', 'created_at', '1 year', 't.dispatched_at is not null'),
  ('public.webhook_events', 'received_at', '90 days', 't.processed_at is not null'),
  -- A run is the source of what it stored, so only those that stored nothing go.
  ('public.sync_runs', 'finished_at', '1 year',
   't.observations_new = 0 and t.observations_restated = 0 and not exists (
      select from public.playlist_snapshots s where s.org_id = t.org_id and s.sync_run_id = t.id)'),
  ('public.oauth_states', 'expires_at', '1 day', 'true'),
  ('public.invitations', 'expires_at', '30 days', 'true');

-- Delete what is past its retention, of all orgs, `at_most` rows of each table; a worker calls it.
create function private.delete_past_retention(at_most integer default 10000) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  rule private.retentions;
  removed bigint;
  total bigint := 0;
begin
  for rule in select * from private.retentions order by relation loop
    execute format(
      'delete from %1$s where ctid = any (array(select t.ctid from %1$s t
         where t.%2$I < clock.now() - $1 and t.org_id <> private.canary_org_id() and (%3$s) limit $2))',
      rule.relation::regclass, rule.moment, rule.ended) using rule.keep, at_most;
    get diagnostics removed = row_count;
    total := total + removed;
  end loop;
  return total;
end $$;
revoke all on function private.delete_past_retention(integer) from public;
grant execute on function private.delete_past_retention(integer) to arti_worker;

call private.map_shared_table('private.retentions', 'internal: relation moment keep ended', 'of the schema');
-- A column of the gateway's own queue.
insert into private.subject_columns (relation, name, holds) values ('mail.queue', 'budget', 'internal');
