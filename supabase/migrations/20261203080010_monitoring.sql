-- What the operator is shown and told: figures of the whole installation, what was refused, and alerts. The tables are
-- reached by the functions below alone.

-- What was refused, as each process counts it (their counters are gone when they end), and what was added that gives
-- power. Rows are only added, so that no transaction waits for another.
create table private.security_events (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('failed_sign_in', 'refused_token', 'refused_signature', 'rate_limited',
                                     'new_admin', 'new_key', 'new_channel')),
  happened_at timestamptz not null default clock.now(),
  count integer not null default 1
);
create index security_events_recent on private.security_events (happened_at);
-- The result of the last verification of each org's audit chain.
create table private.audit_checks (
  org_id uuid primary key references public.orgs (id) on delete cascade,
  checked_at timestamptz not null,
  entries bigint not null,
  broken_at bigint                         -- the first position that does not verify; null: none
);
call private.isolate('private.audit_checks', null, null, worker_verbs => '');
insert into private.audit_checks (org_id, checked_at, entries) values (private.canary_org_id(), clock.now(), 0);
-- What is wrong now. A row that was told goes when its end was told.
create table private.alerts (
  name text primary key,
  detail text not null,
  hold interval not null,                  -- how long it must last before it is told
  since timestamptz not null,
  notified_at timestamptz,
  ended_at timestamptz
);
-- Which process looks; another one does when it has been silent.
create table private.watch (
  id boolean primary key default true check (id),
  process_id uuid,
  until timestamptz
);
insert into private.watch default values;
do $$
declare
  relation regclass;
begin
  foreach relation in array array['private.security_events', 'private.alerts', 'private.watch']::regclass[] loop
    execute format('alter table %s enable row level security', relation);
    execute format('alter table %s force row level security', relation);
  end loop;
end $$;
call private.map_shared_table('private.security_events', 'internal: id kind happened_at count', 'of the installation');
call private.map_org_table('private.audit_checks', 'internal: checked_at entries broken_at');
call private.map_shared_table('private.alerts', 'internal: name hold since notified_at ended_at, text: detail',
  'of the installation');
call private.map_shared_table('private.watch', 'internal: id process_id until', 'of the installation');

-- What failed and needs a look is found without reading all that went well.
create index jobs_dead on public.jobs (finished_at) where status = 'dead';
create index deliveries_dead on public.deliveries (created_at) where status in ('dead', 'unknown');

create function private.count_refusals(counts jsonb) returns void
language sql security definer set search_path = '' as $$
  insert into private.security_events (kind, count)
    select c.key, c.value::integer from jsonb_each_text(counts) c
    where c.key in ('failed_sign_in', 'refused_token', 'refused_signature', 'rate_limited');
  delete from private.security_events e where e.happened_at < clock.now() - interval '2 days';
$$;
create function private.note_new_power() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.security_events (kind) values (tg_argv[0]);
  return null;
end $$;
-- The first admin of a new org is its founder. The others join one that is there.
create function private.note_new_admin() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from public.memberships m where m.org_id = new.org_id and m.user_id <> new.user_id) then
    insert into private.security_events (kind) values ('new_admin');
  end if;
  return null;
end $$;
create trigger note_new_admin after insert on public.memberships
  for each row when (new.role = 'admin') execute function private.note_new_admin();
create trigger note_raised_admin after update of role on public.memberships
  for each row when (new.role = 'admin' and old.role <> 'admin') execute function private.note_new_admin();
create trigger note_new_key after insert on private.org_keys
  for each row execute function private.note_new_power('new_key');
create trigger note_new_key after insert on private.installation_keys
  for each row execute function private.note_new_power('new_key');
create trigger note_new_channel after insert on public.channels
  for each row execute function private.note_new_power('new_channel');

-- Take or keep the watch. Returns whether this process has it now.
create function private.take_watch(process uuid, seconds double precision) returns boolean
language sql security definer set search_path = '' as $$
  with taken as (
    update private.watch w set process_id = process, until = clock.now() + make_interval(secs => seconds)
    where w.process_id is null or w.process_id = process or w.until < clock.now() returning 1)
  select exists (select from taken)
$$;

-- Store what is wrong now, {name: {detail, hold}} with seconds, and return what is to be told: what has lasted for its
-- `hold`, and the end of what was told. `alert_notified` says that it was; until then it is returned again. A name is that
-- of its rule, or rule:subject; alerts of rules that were not `examined` stay as they are.
create function private.note_alerts(problems jsonb, examined text[] default null)
returns table (name text, detail text, since timestamptz, ended boolean)
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.alerts as a (name, detail, hold, since)
    select p.key, p.value ->> 'detail', make_interval(secs => (p.value ->> 'hold')::double precision), clock.now()
    from jsonb_each(problems) p
    on conflict on constraint alerts_pkey do update set detail = excluded.detail, hold = excluded.hold, ended_at = null;
  update private.alerts a set ended_at = clock.now() where not problems ? a.name and a.ended_at is null
    and (examined is null or split_part(a.name, ':', 1) = any (examined));
  delete from private.alerts a where a.notified_at is null and a.ended_at is not null;
  return query select a.name, a.detail, a.since, a.ended_at is not null from private.alerts a
    where case when a.ended_at is null then a.notified_at is null and a.since <= clock.now() - a.hold
          else a.ended_at <= clock.now() - a.hold end
    order by a.since, a.name;
end $$;
create function private.alert_notified(alert text, ended boolean) returns void
language sql security definer set search_path = '' as $$
  delete from private.alerts a where a.name = alert and ended and a.ended_at is not null;
  update private.alerts a set notified_at = clock.now() where a.name = alert and not ended;
$$;

-- Verify the links of the chain that was checked longest ago, if that was before `older`. As private.audit_hash makes
-- them; ./arti audit verify trusts no function of the database, and opens the details as well.
create function private.check_next_audit_chain(older interval) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  org uuid;
begin
  select o.id into org from public.orgs o left join private.audit_checks c on c.org_id = o.id
    where o.id <> private.canary_org_id() and (c.checked_at is null or c.checked_at < clock.now() - older)
    order by c.checked_at nulls first limit 1;
  if org is null then
    return null;
  end if;
  insert into private.audit_checks (org_id, checked_at, entries, broken_at)
  select org, clock.now(), count(*), min(l.position) filter (where not l.good) from (
    select c.position, c.position = row_number() over w and a.id is not null
      and c.hash = private.audit_hash(a, c.position, coalesce(lag(c.hash) over w, '')) as good
    from private.audit_chain c left join public.audit_log a on a.org_id = c.org_id and a.id = c.entry_id
    where c.org_id = org window w as (order by c.position)
    union all
    -- An entry without a link. One that is being committed is not seen yet, nor is its link missing.
    select 0, false from public.audit_log a where a.org_id = org
      and not exists (select from private.audit_chain c where c.org_id = org and c.entry_id = a.id)) l
  on conflict (org_id) do update
    set checked_at = excluded.checked_at, entries = excluded.entries, broken_at = excluded.broken_at;
  return org;
end $$;

create function private.used_providers() returns setof text
language sql stable security definer set search_path = '' as $$
  select distinct a.provider::text from public.accounts a
  where a.status = 'active' and a.org_id <> private.canary_org_id()
$$;

-- The figures of the installation, as docs/monitoring.md lists them. No label holds more of a tenant than an org's id,
-- and of orgs only the `at_most` with the most work have their own: the others are org="other".
create function private.monitoring_figures(at_most integer default 50)
returns table (name text, labels jsonb, value double precision)
language sql stable security definer set search_path = '' as $$
  with work as (
    select j.org_id, j.name, j.status, count(*) as jobs from public.jobs j
    where (j.status in ('queued', 'running') or j.status = 'dead' and j.finished_at > clock.now() - interval '1 day')
      and j.org_id <> private.canary_org_id()
    group by 1, 2, 3
  ), busiest as (
    select w.org_id from work w group by w.org_id order by sum(w.jobs) desc, w.org_id limit at_most
  ), accounts as (
    select a.provider::text as provider, a.consent_expires_at, coalesce(a.last_success_at, a.created_at) as success_at,
      case when a.status <> 'active' then a.status when a.last_error_class is not null then 'failing'
           else 'ok' end as state
    from public.accounts a where a.status <> 'disconnected' and a.org_id <> private.canary_org_id()
  )
  select 'jobs', jsonb_build_object('org', coalesce(b.org_id::text, 'other'), 'name', w.name, 'status', w.status),
    sum(w.jobs) from work w left join busiest b on b.org_id = w.org_id group by b.org_id, w.name, w.status
  union all select 'queue_age_seconds', '{}', coalesce(private.oldest_due_seconds(), 0)
  union all select 'events_waiting', '{}', count(*) from public.events e
    where e.dispatched_at is null and e.org_id <> private.canary_org_id()
  union all select 'accounts', jsonb_build_object('provider', a.provider, 'state', a.state), count(*)
    from accounts a group by a.provider, a.state
  union all select 'sync_age_seconds', jsonb_build_object('provider', a.provider),
    extract(epoch from clock.now() - min(a.success_at)) from accounts a
    where a.state in ('ok', 'failing') group by a.provider
  union all select 'consent_expires_seconds', jsonb_build_object('provider', a.provider),
    extract(epoch from min(a.consent_expires_at) - clock.now()) from accounts a
    where a.state in ('ok', 'failing') and a.consent_expires_at is not null group by a.provider
  union all select 'deliveries_waiting', '{}', count(*) from public.deliveries d
    where d.status in ('pending', 'sending', 'failed') and d.org_id <> private.canary_org_id()
  union all select 'deliveries_lost', '{}', count(*) from public.deliveries d
    where d.status in ('dead', 'unknown') and d.created_at > clock.now() - interval '1 day'
      and d.org_id <> private.canary_org_id()
  union all select 'backup_age_seconds', '{}', extract(epoch from clock.now() - coalesce(s.last_backup_at, s.since))
    from private.backup_state s
  union all select 'archive_age_seconds', '{}', extract(epoch from clock.now() - coalesce(s.archived_until, s.since))
    from private.backup_state s where s.kind = 'physical'
  union all select 'audit_chains_broken', '{}', count(*) from private.audit_checks c where c.broken_at is not null
  union all select 'audit_check_age_seconds', '{}',
    extract(epoch from clock.now() - coalesce(min(c.checked_at), clock.now())) from private.audit_checks c
    where c.org_id <> private.canary_org_id()
  union all select 'files_damaged', '{}', private.count_file_problems()
  union all select 'worker_silence_seconds', '{}', coalesce(max(w.silent_seconds), 0) from private.worker_silences() w
  union all select 'workers', '{}', count(*) from private.worker_silences() w where w.silent_seconds <= 15
  union all select 'recent_security_events', jsonb_build_object('kind', e.kind), sum(e.count)
    from private.security_events e where e.happened_at > clock.now() - interval '10 minutes' group by e.kind
  union all select 'newest_security_event', jsonb_build_object('kind', e.kind),
    extract(epoch from max(e.happened_at))
    from private.security_events e where e.happened_at > clock.now() - interval '10 minutes' group by e.kind
  union all select 'alerts', jsonb_build_object('name', a.name), 1 from private.alerts a
    where a.notified_at is not null and a.ended_at is null
$$;
revoke all on function private.count_refusals(jsonb), private.note_new_power(), private.note_new_admin(),
  private.take_watch(uuid, double precision), private.note_alerts(jsonb, text[]), private.alert_notified(text, boolean),
  private.check_next_audit_chain(interval), private.monitoring_figures(integer),
  private.used_providers() from public;
grant execute on function private.count_refusals(jsonb) to arti_api, arti_worker, supabase_auth_admin;
grant execute on function private.take_watch(uuid, double precision), private.note_alerts(jsonb, text[]),
  private.alert_notified(text, boolean), private.monitoring_figures(integer) to arti_api, arti_worker;
grant execute on function private.used_providers() to arti_api;
grant execute on function private.check_next_audit_chain(interval) to arti_worker;
