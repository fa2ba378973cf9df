-- The request that caused an event or a job: its id is in the log lines of every service that worked for it.
alter table public.events add column request_id text check (request_id ~ '^[0-9a-f]{32}$');
alter table public.jobs add column request_id text check (request_id ~ '^[0-9a-f]{32}$');
grant insert (request_id) on public.events, public.jobs to authenticated;
insert into private.subject_columns (relation, name, holds) values
  ('public.events', 'request_id', 'internal'), ('public.jobs', 'request_id', 'internal');
