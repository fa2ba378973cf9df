-- Work owed, facts that happened, and who did what. PostgreSQL is the truth; Redis only rings the bell.

-- What a member may ask for by themselves: the work and the events of the things that their role may do. All else is
-- owed and recorded by workers. Without this, any member could ask for any work under any name.
create table private.requestable (
  kind text not null check (kind in ('job', 'event')),
  name text not null,
  permission text not null,
  primary key (kind, name)
);
insert into private.requestable (kind, name, permission) values
  ('job', 'connections.sync', 'connections:manage'),
  ('job', 'insights.index_document', 'documents:write'),
  ('job', 'insights.reword', 'documents:write'),
  ('job', 'automation.deliver', 'automation:manage'),
  ('job', 'automation.test_channel', 'automation:manage'),
  ('event', 'import.committed', 'imports:write'),
  ('event', 'import.undone', 'imports:write');
create function private.requestable_by_caller(wanted_kind text) returns table (org_id uuid, name text)
language sql stable security definer set search_path = '' as $$
  select m.org_id, r.name
  from public.memberships m
  join private.role_permissions p on p.role = m.role
  join private.requestable r on r.permission = p.permission and r.kind = wanted_kind
  where m.user_id = (select auth.uid()) and m.status = 'active'
$$;
revoke all on function private.requestable_by_caller(text) from public;
grant execute on function private.requestable_by_caller(text) to authenticated;

-- A job is work owed. It is handed to the queue after the commit and handed out again by the sweeper
-- when its lease ran out or when it was never picked up.
create table public.jobs (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  name text not null,                      -- room.verb, e.g. connections.sync
  args jsonb not null default '{}',        -- ids only
  status text not null default 'queued' check (status in ('queued', 'running', 'done', 'failed', 'dead')),
  dedupe_key text,                         -- one unfinished job per key
  run_at timestamptz not null default now(),
  handed_at timestamptz,
  attempts integer not null default 0,
  max_attempts integer not null default 5,
  lease_token uuid,
  lease_until timestamptz,
  progress jsonb not null default '{}',
  last_error text,
  requested_by uuid,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (org_id, id)
);
create unique index jobs_one_unfinished on public.jobs (org_id, dedupe_key)
  where status in ('queued', 'running') and dedupe_key is not null;
create index jobs_due on public.jobs (run_at) where status in ('queued', 'running');
create index jobs_recent on public.jobs (org_id, created_at desc);
call private.isolate('public.jobs', 'jobs:read', null);
create policy request on public.jobs for insert to authenticated
  with check ((org_id, name) in (select r.org_id, r.name from private.requestable_by_caller('job') r)
              and requested_by = (select auth.uid()));
grant insert on public.jobs to authenticated;
create policy retry on public.jobs for update to authenticated
  using (org_id = any ((select private.org_ids_with('automation:manage'))::uuid[]) and status in ('failed', 'dead'))
  with check (org_id = any ((select private.org_ids_with('automation:manage'))::uuid[]) and status = 'queued');
grant update (status, attempts, run_at, handed_at, finished_at) on public.jobs to authenticated;

-- The outbox: what happened, written in the transaction in which it happened.
create table public.events (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  type text not null,                      -- past tense, e.g. insight.created
  payload jsonb not null,
  created_at timestamptz not null default now(),
  dispatched_at timestamptz,
  attempts integer not null default 0,
  last_error text,
  primary key (org_id, id)
);
create index events_owed on public.events (created_at) where dispatched_at is null;
create index events_recent on public.events (org_id, created_at desc);
call private.isolate('public.events', 'automation:read', null);
create policy record on public.events for insert to authenticated
  with check ((org_id, type) in (select r.org_id, r.name from private.requestable_by_caller('event') r));
grant insert on public.events to authenticated;

create table public.audit_log (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  actor_id uuid,                           -- null: the system itself
  action text not null,                    -- e.g. member.role_changed
  subject_kind text not null,
  subject_id text not null,
  details jsonb not null default '{}',
  request_id text,
  created_at timestamptz not null default now(),
  primary key (org_id, id)
);
create index audit_log_recent on public.audit_log (org_id, created_at desc);
call private.isolate('public.audit_log', 'audit:read', null, worker_verbs => 'insert');
create policy record on public.audit_log for insert to authenticated
  with check (org_id = any ((select private.member_org_ids())::uuid[]) and actor_id = (select auth.uid()));
grant insert on public.audit_log to authenticated;

-- What a worker may see across orgs, and nothing else: which jobs and events are due, and where.
create function private.due_jobs(at_most integer) returns table (org_id uuid, id uuid, name text)
language sql security definer set search_path = '' as $$
  update public.jobs j set handed_at = now()
  from (
    select d.org_id, d.id from public.jobs d
    where (d.status = 'queued' and d.run_at <= now()
           and (d.handed_at is null or d.handed_at < now() - interval '30 seconds'))
       or (d.status = 'running' and d.lease_until < now())
    order by d.run_at limit at_most for update skip locked
  ) due
  where j.org_id = due.org_id and j.id = due.id
  returning j.org_id, j.id, j.name
$$;
create function private.owed_events(at_most integer) returns table (org_id uuid, id uuid, type text)
language sql stable security definer set search_path = '' as $$
  select e.org_id, e.id, e.type from public.events e
  where e.dispatched_at is null
  order by e.created_at limit at_most
$$;
create function private.all_org_ids() returns setof uuid
language sql stable security definer set search_path = '' as
$$ select o.id from public.orgs o where o.id <> private.canary_org_id() $$;
revoke all on function private.due_jobs(integer), private.owed_events(integer), private.all_org_ids() from public;
grant execute on function private.due_jobs(integer), private.owed_events(integer), private.all_org_ids()
  to arti_worker;

-- Secrets, sealed by the application (AES-256-GCM, see arti.base.crypto). The database never sees one in clear.
create table private.vault (
  org_id uuid not null references public.orgs (id) on delete cascade,
  kind text not null check (kind in ('connection', 'channel', 'provider_app', 'webhook_source')),
  ref text not null,
  sealed bytea not null,
  key_version integer not null,
  updated_at timestamptz not null default now(),
  primary key (org_id, kind, ref)
);
alter table private.vault enable row level security;
alter table private.vault force row level security;
create policy job_only on private.vault for all to arti_worker
  using (org_id = (select private.job_org_id())) with check (org_id = (select private.job_org_id()));
grant select, insert, update, delete on private.vault to arti_worker;

-- People may put a secret in or take it away; only workers read one back.
create function private.put_secret(target_org uuid, secret_kind text, secret_ref text, secret bytea, version integer)
returns void language plpgsql security definer set search_path = '' as $$
begin
  if not target_org = any (private.org_ids_with(case secret_kind
      when 'connection' then 'connections:manage' when 'provider_app' then 'connections:manage'
      else 'automation:manage' end)) then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  insert into private.vault (org_id, kind, ref, sealed, key_version)
    values (target_org, secret_kind, secret_ref, secret, version)
    on conflict (org_id, kind, ref) do update
    set sealed = excluded.sealed, key_version = excluded.key_version, updated_at = now();
end $$;
create function private.delete_secret(target_org uuid, secret_kind text, secret_ref text)
returns void language plpgsql security definer set search_path = '' as $$
begin
  if not target_org = any (private.org_ids_with(case secret_kind
      when 'connection' then 'connections:manage' when 'provider_app' then 'connections:manage'
      else 'automation:manage' end)) then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  delete from private.vault v where v.org_id = target_org and v.kind = secret_kind and v.ref = secret_ref;
end $$;
-- The OAuth callback and the inbound webhook route need one sealed secret before anybody is signed in.
create function private.sealed_secret(target_org uuid, secret_kind text, secret_ref text) returns bytea
language sql stable security definer set search_path = '' as $$
  select v.sealed from private.vault v
  where v.org_id = target_org and v.kind = secret_kind and v.ref = secret_ref
    and secret_kind in ('provider_app', 'webhook_source')
$$;
revoke all on function private.put_secret(uuid, text, text, bytea, integer),
  private.delete_secret(uuid, text, text), private.sealed_secret(uuid, text, text) from public;
grant execute on function private.put_secret(uuid, text, text, bytea, integer),
  private.delete_secret(uuid, text, text) to authenticated;
grant execute on function private.sealed_secret(uuid, text, text) to arti_api, arti_worker;

-- Rings the workers' dispatcher at the commit, and not at all on rollback. Polling finds what a lost ring missed.
create function private.ring() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform pg_catalog.pg_notify('arti_work', tg_table_name);
  return null;
end $$;
create trigger ring after insert on public.jobs for each statement execute function private.ring();
create trigger ring after insert on public.events for each statement execute function private.ring();
