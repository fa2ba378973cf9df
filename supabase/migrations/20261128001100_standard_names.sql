-- Functions, triggers, tables and columns of earlier migrations get the standard term for what they are. What refers to
-- an object by its identity (policies, grants, triggers, foreign keys) follows a rename; the bodies of functions, and the
-- column aliases inside policies, do not and are made anew here.

-- Work: the trigger that wakes the dispatcher, the events that are not dispatched, the jobs that are.
alter function private.ring() rename to notify_work;
alter trigger ring on public.jobs rename to notify_work;
alter trigger ring on public.events rename to notify_work;
alter function private.owed_events(integer) rename to pending_events;
alter index public.events_owed rename to events_pending;
alter table public.jobs rename column handed_at to dispatched_at;

create or replace function private.due_jobs(at_most integer) returns table (org_id uuid, id uuid, name text)
language sql security definer set search_path = '' as $$
  update public.jobs j set dispatched_at = clock.now()
  from (
    select d.org_id, d.id from public.jobs d
    where (d.status = 'queued' and d.run_at <= clock.now()
           and (d.dispatched_at is null or d.dispatched_at < clock.now() - interval '30 seconds'))
       or (d.status = 'running' and d.lease_until < clock.now())
    order by d.run_at limit at_most for update skip locked
  ) due
  where j.org_id = due.org_id and j.id = due.id
  returning j.org_id, j.id, j.name
$$;

-- Which jobs and events a member may insert, by permission.
alter table private.requestable rename to request_permissions;
alter table private.request_permissions rename constraint requestable_pkey to request_permissions_pkey;
alter table private.request_permissions rename constraint requestable_kind_check to request_permissions_kind_check;
alter function private.requestable_by_caller(text) rename to allowed_requests;

create or replace function private.allowed_requests(wanted_kind text) returns table (org_id uuid, name text)
language sql stable security definer set search_path = '' as $$
  select m.org_id, r.name
  from public.memberships m
  join private.role_permissions p on p.role = m.role
  join private.request_permissions r on r.permission = p.permission and r.kind = wanted_kind
  where m.user_id = (select auth.uid()) and m.status = 'active'
$$;

-- The setting of a worker's transaction has a name that arti_core can use for any application.
create or replace function private.job_org_id() returns uuid
language sql stable set search_path = '' as
$$ select nullif(current_setting('app.job_org_id', true), '')::uuid $$;

-- Users, sessions and OAuth.
alter function private.known_user_ids() rename to visible_user_ids;
alter policy read on public.users using (id = any ((select private.visible_user_ids())::uuid[]));
alter function private.session_lives() rename to session_is_live;
alter function private.take_oauth_state(uuid) rename to consume_oauth_state;

-- Trigger functions are named after what they do.
alter function private.keep_revision() rename to record_revision;
alter trigger keep_revision on public.observations rename to record_revision;

alter function private.keep_an_admin() rename to prevent_last_admin_removal;
alter trigger keep_an_admin on public.memberships rename to prevent_last_admin_removal;
create or replace function private.prevent_last_admin_removal() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if old.role = 'admin' and old.status = 'active'
     and (tg_op = 'DELETE' or new.role <> 'admin' or new.status <> 'active')
  then
    -- A statement of its own, so that the check below sees what a transaction that held this lock has committed.
    -- No org: it is being deleted, and its members with it.
    perform from public.orgs where id = old.org_id for no key update;
    if found and not exists (select from public.memberships
                             where org_id = old.org_id and user_id <> old.user_id
                               and role = 'admin' and status = 'active')
    then
      raise exception 'an org needs an admin' using errcode = '23514', constraint = 'memberships_last_admin';
    end if;
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;

alter function private.keep_machines_in_place() rename to restrict_key_membership;
alter trigger keep_machines_in_place on public.memberships rename to restrict_key_membership;
create or replace function private.restrict_key_membership() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if (tg_op = 'INSERT' or (new.org_id, new.user_id, new.role) is distinct from (old.org_id, old.user_id, old.role))
     and exists (select from private.org_keys k where k.user_id = new.user_id and k.revoked_at is null
                 and (k.org_id <> new.org_id or new.role = 'admin'))
  then
    raise exception 'an API key stays in its org and is no admin' using errcode = '23514',
      constraint = 'memberships_key_membership';
  end if;
  return new;
end $$;

alter function private.only_through_api() rename to require_api_login;
do $$
declare
  found record;
begin
  for found in select tgrelid::regclass as target from pg_catalog.pg_trigger where tgname = 'only_through_api' loop
    execute format('alter trigger only_through_api on %s rename to require_api_login', found.target);
  end loop;
end $$;

-- The audit log of the database console.
alter table private.console_acts rename to console_audit;
alter table private.console_audit rename column act to action;
alter table private.console_audit rename constraint console_acts_pkey to console_audit_pkey;
alter table private.console_audit rename constraint console_acts_act_check to console_audit_action_check;
alter index private.console_acts_recent rename to console_audit_recent;
alter trigger keep on private.console_audit rename to append_only;
alter function private.keep_console_acts() rename to reject_audit_change;
create or replace function private.reject_audit_change() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception 'the audit log of the console is append-only' using errcode = '42501';
end $$;

-- Feedback on an insight is a rating, as in the API.
alter table public.insight_feedback rename column verdict to rating;
alter table public.insight_feedback rename constraint insight_feedback_verdict_check to insight_feedback_rating_check;

create or replace function private.tables_without_canary() returns setof text
language plpgsql stable security definer set search_path = '' as $$
declare
  tenant record;
  has_canary boolean;
begin
  for tenant in select t.name, t.key_column from private.tenant_tables() t loop
    begin
      execute format('select exists (select from %s where %I = $1)', tenant.name, tenant.key_column)
        into has_canary using private.canary_org_id();
    exception when insufficient_privilege then has_canary := false;  -- a table of another owner
    end;
    if not has_canary then
      return next tenant.name::text;
    end if;
  end loop;
end $$;

-- Migration 20261122001300 makes this publication where it finds realtime.ask_as, the former name of evaluate_as.
do $$
begin
  if to_regprocedure('realtime.evaluate_as(text[], text[], text, jsonb)') is not null
     and not exists (select from pg_catalog.pg_publication where pubname = 'arti_permissions') then
    create publication arti_permissions for table public.memberships, public.user_permissions,
      private.role_permissions;
  end if;
end $$;
