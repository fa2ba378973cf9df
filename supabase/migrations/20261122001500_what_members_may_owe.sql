-- Members write into these tables over REST too, where none of our code stands between. They may say what is owed and
-- what was done, never how far it is or when it happened: a job that claims to run since for ever, with as many tries
-- as an integer holds, came before every other org's work, at each sweep.

revoke insert on public.jobs from authenticated;
grant insert (org_id, id, name, args, dedupe_key, run_at, requested_by, max_attempts) on public.jobs to authenticated;

alter policy request on public.jobs
  with check ((org_id, name) in (select r.org_id, r.name from private.requestable_by_caller('job') r)
              and requested_by = (select auth.uid())
              and run_at >= (select now()) and max_attempts between 1 and 10);
alter policy retry on public.jobs
  with check (org_id = any ((select private.org_ids_with('automation:manage'))::uuid[])
              and status = 'queued' and attempts = 0 and run_at >= (select now()) and handed_at is null);

revoke insert on public.events, public.audit_log from authenticated;
grant insert (org_id, id, type, payload) on public.events to authenticated;
grant insert (org_id, id, actor_id, action, subject_kind, subject_id, details, request_id)
  on public.audit_log to authenticated;

-- The API says so too; over REST a text of any length would keep a worker embedding it for minutes.
alter table public.documents add constraint body_length check (length(body) <= 400000) not valid;
