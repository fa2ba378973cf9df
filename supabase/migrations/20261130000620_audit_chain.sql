-- The audit log of an org is append-only, and each entry is chained to the one before it by a hash: a change, a
-- deletion or another order is found by ./arti audit verify. The chain is over ids and a salted digest of the details.
-- The details themselves (names, addresses, old and new values) lie beside it, sealed by the application with a key for
-- each person and org. When the key is destroyed they are unreadable, and the chain still verifies.

alter table public.audit_log add column details_digest bytea check (length(details_digest) = 32);
grant insert (details_digest) on public.audit_log to authenticated;
revoke insert, update, delete on public.audit_log from service_role;

-- The keys, sealed with the master key like rows of the vault: kind `audit_key`, ref `person_id`. Whoever an entry is
-- about: a member, else who acted, else nobody in particular (the id of zeros).
create table private.audit_keys (
  org_id uuid not null references public.orgs (id) on delete cascade,
  person_id uuid not null,
  sealed bytea not null,
  key_version integer not null,
  created_at timestamptz not null default clock.now(),
  primary key (org_id, person_id)
);
call private.isolate('private.audit_keys', null, null, worker_verbs => '');

-- `sealed` is of the application. What the database records itself, of writes over REST, has no key: it is `plain`, and
-- is deleted where a key would be destroyed.
create table private.audit_details (
  org_id uuid not null,
  entry_id uuid not null,
  person_id uuid not null,
  sealed bytea,
  salt bytea,
  plain jsonb,
  primary key (org_id, entry_id),
  foreign key (org_id, entry_id) references public.audit_log (org_id, id) on delete cascade
    deferrable initially deferred,
  check ((sealed is null) = (plain is not null) and (plain is null) = (salt is null))
);
create index audit_details_person on private.audit_details (person_id) where plain is not null;
call private.isolate('private.audit_details', 'audit:read', null, worker_verbs => 'insert');
create policy record on private.audit_details for insert to authenticated
  with check (org_id = any ((select private.member_org_ids())::uuid[]));
grant insert (org_id, entry_id, person_id, sealed) on private.audit_details to authenticated;

-- One link for each entry, in the order of the commits. No foreign key to the entry: a link outlives what it proves.
create table private.audit_chain (
  org_id uuid not null references public.orgs (id) on delete cascade,
  position bigint not null check (position > 0),
  entry_id uuid not null,
  hash bytea not null check (length(hash) = 32),
  primary key (org_id, position),
  unique (org_id, entry_id)
);
call private.isolate('private.audit_chain', null, null, worker_verbs => '');

-- The hash of an entry at its place, as arti.orgs.audit.chain computes it: each field with its length in bytes.
create function private.audit_hash(entry public.audit_log, place bigint, previous bytea) returns bytea
language sql immutable set search_path = '' as $$
  select sha256(convert_to(string_agg(coalesce(octet_length(f.value) || ':' || f.value, '-'), ',' order by f.number), 'UTF8'))
  from unnest(array[entry.org_id::text, place::text, entry.id::text, entry.actor_id::text, entry.action,
    entry.subject_kind, entry.subject_id, entry.request_id,
    to_char(entry.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    encode(entry.details_digest, 'hex'), encode(previous, 'hex')]) with ordinality as f (value, number)
$$;

-- Whom an entry is about, for the key of its details. As arti.orgs.audit.log.
create function private.audit_person(entry public.audit_log) returns uuid
language sql immutable set search_path = '' as $$
  select coalesce(
    case when entry.subject_kind in ('member', 'sign_in')
           and entry.subject_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then entry.subject_id::uuid end,
    entry.actor_id, '00000000-0000-0000-0000-000000000000')
$$;

-- The application seals details and passes their digest; what others pass as `details` is set aside here.
create function private.set_audit_details_aside() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  fresh constant bytea := uuid_send(gen_random_uuid());
begin
  if new.details <> '{}' then
    new.details_digest := sha256(fresh || convert_to(new.details::text, 'UTF8'));
    insert into private.audit_details (org_id, entry_id, person_id, salt, plain)
      values (new.org_id, new.id, private.audit_person(new), fresh, new.details);
    new.details := '{}';
  end if;
  return new;
end $$;

-- Runs at the commit, so that orgs' entries wait for each other for a moment only and never for a whole transaction.
create function private.chain_audit_entry() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  entry public.audit_log;
  last_position bigint;
  last_hash bytea;
begin
  perform pg_advisory_xact_lock(4127003, hashtext(new.org_id::text));
  -- As stored; gone when the same transaction deleted the org.
  select * into entry from public.audit_log a where a.org_id = new.org_id and a.id = new.id;
  if not found then
    return null;
  end if;
  select c.position, c.hash into last_position, last_hash from private.audit_chain c
  where c.org_id = new.org_id order by c.position desc limit 1;
  last_position := coalesce(last_position, 0);
  insert into private.audit_chain (org_id, position, entry_id, hash) values (
    new.org_id, last_position + 1, new.id, private.audit_hash(entry, last_position + 1, coalesce(last_hash, '')));
  return null;
end $$;

create function private.refuse_audit_change() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'DELETE' and not exists (select from public.orgs o where o.id = old.org_id) then
    return old;  -- the org is being deleted, and its log with it
  end if;
  raise exception 'the audit log is append-only' using errcode = '42501';
end $$;

-- A person who is deleted takes along the keys of what is recorded about them.
create function private.forget_in_audit() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from private.audit_keys k where k.person_id = old.id;
  delete from private.audit_details d where d.person_id = old.id and d.plain is not null;
  return old;
end $$;
create trigger forget_in_audit after delete on public.users for each row execute function private.forget_in_audit();

-- A sealed key of the caller's org or of the worker's; `fresh` is stored when there is none. Opens nothing by itself.
create function private.audit_key(target_org uuid, person uuid, fresh bytea, version integer) returns bytea
language plpgsql security definer set search_path = '' as $$
begin
  if not (target_org = any (private.member_org_ids())
          or session_user = 'arti_worker' and target_org is not distinct from private.job_org_id()) then
    raise exception 'not a member of this org' using errcode = '42501';
  end if;
  if fresh is not null then
    insert into private.audit_keys (org_id, person_id, sealed, key_version) values (target_org, person, fresh, version)
      on conflict do nothing;
  end if;
  return (select k.sealed from private.audit_keys k where k.org_id = target_org and k.person_id = person);
end $$;

-- The sealed keys of these persons, for those who read the log.
create function private.audit_keys_of(target_org uuid, persons uuid[]) returns table (person_id uuid, sealed bytea)
language sql stable security definer set search_path = '' as $$
  select k.person_id, k.sealed from private.audit_keys k
  where k.org_id = target_org and k.person_id = any (persons)
    and target_org = any (private.org_ids_with('audit:read'))
$$;

-- For the sign-in service: a failed sign-in is recorded in each org of the person, at most once a minute.
create function private.record_failed_sign_in(person uuid, reason text) returns void
language sql security definer set search_path = '' as $$
  insert into public.audit_log (org_id, action, subject_kind, subject_id, details)
  select m.org_id, 'sign_in.failed', 'sign_in', person::text, jsonb_build_object('reason', left(reason, 200))
  from public.memberships m
  where m.user_id = person and m.status = 'active' and not exists (
    select from public.audit_log a
    where a.org_id = m.org_id and a.created_at > clock.now() - interval '1 minute'
      and a.action = 'sign_in.failed' and a.subject_id = person::text)
$$;

revoke all on function private.audit_hash(public.audit_log, bigint, bytea), private.audit_person(public.audit_log),
  private.set_audit_details_aside(), private.chain_audit_entry(), private.refuse_audit_change(),
  private.forget_in_audit(), private.audit_key(uuid, uuid, bytea, integer), private.audit_keys_of(uuid, uuid[]),
  private.record_failed_sign_in(uuid, text) from public;
grant execute on function private.audit_key(uuid, uuid, bytea, integer) to authenticated, arti_worker;
grant execute on function private.audit_keys_of(uuid, uuid[]) to authenticated;
grant execute on function private.record_failed_sign_in(uuid, text) to supabase_auth_admin;

-- What was recorded until here is set aside and chained in the order of its time.
do $$
declare
  entry public.audit_log;
  fresh bytea;
  place bigint := 0;
  last_org uuid;
  last_hash bytea;
begin
  for entry in select * from public.audit_log order by org_id, created_at, id loop
    if entry.details <> '{}' then
      fresh := uuid_send(gen_random_uuid());
      entry.details_digest := sha256(fresh || convert_to(entry.details::text, 'UTF8'));
      insert into private.audit_details (org_id, entry_id, person_id, salt, plain)
        values (entry.org_id, entry.id, private.audit_person(entry), fresh, entry.details);
      update public.audit_log a set details = '{}', details_digest = entry.details_digest
        where a.org_id = entry.org_id and a.id = entry.id;
    end if;
    if last_org is distinct from entry.org_id then
      place := 0; last_hash := '';
    end if;
    place := place + 1; last_org := entry.org_id;
    last_hash := private.audit_hash(entry, place, last_hash);
    insert into private.audit_chain (org_id, position, entry_id, hash)
      values (entry.org_id, place, entry.id, last_hash);
  end loop;
  insert into private.audit_keys (org_id, person_id, sealed, key_version)
    values (private.canary_org_id(), private.canary_org_id(), 'canary', 1);
  insert into private.audit_details (org_id, entry_id, person_id, sealed)
    values (private.canary_org_id(), private.canary_org_id(), private.canary_org_id(), 'canary');
end $$;
set constraints all immediate;

create trigger set_details_aside before insert on public.audit_log
  for each row execute function private.set_audit_details_aside();
create constraint trigger chain after insert on public.audit_log deferrable initially deferred
  for each row execute function private.chain_audit_entry();
create trigger append_only before update or delete on public.audit_log
  for each row execute function private.refuse_audit_change();
create trigger never_truncated before truncate on public.audit_log
  for each statement execute function private.refuse_audit_change();
create trigger append_only before update or delete on private.audit_chain
  for each row execute function private.refuse_audit_change();
create trigger never_truncated before truncate on private.audit_chain
  for each statement execute function private.refuse_audit_change();
create trigger append_only before update on private.audit_details
  for each row execute function private.refuse_audit_change();
