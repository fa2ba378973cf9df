-- Where in a trace an event or a job was caused, as W3C's traceparent: null unless traces are exported.
alter table public.events add column traceparent text check (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$');
alter table public.jobs add column traceparent text check (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$');
grant insert (traceparent) on public.events, public.jobs to authenticated;
insert into private.subject_columns (relation, name, holds) values
  ('public.events', 'traceparent', 'internal'), ('public.jobs', 'traceparent', 'internal');
