-- A key of each org for its files in a folder or a bucket, sealed with the master key like rows of the vault: kind
-- `file_key`, ref `files`. It is made with the first file that is written there. Without it those bytes open no more,
-- wherever copies of them lie.
create table private.file_keys (
  org_id uuid primary key references public.orgs (id) on delete cascade,
  sealed bytea not null,
  key_version integer not null,
  created_at timestamptz not null default clock.now()
);
call private.isolate('private.file_keys', null, null, worker_verbs => '');
insert into private.file_keys (org_id, sealed, key_version) values (private.canary_org_id(), 'canary', 1);
call private.map_subject('private.file_keys', 'subject: org_id, secret: sealed, internal: key_version created_at',
  of_org => 'org_id = $1');

-- The sealed key of the caller's org, of the worker's, or of any org for a login that row-level security does not
-- restrict; `fresh` is stored when there is none. Opens nothing by itself.
create function private.file_key(target_org uuid, fresh bytea, version integer) returns bytea
language plpgsql security definer set search_path = '' as $$
begin
  if not (target_org = any (private.member_org_ids())
          or session_user = 'arti_worker' and target_org is not distinct from private.job_org_id()
          or (select r.rolsuper or r.rolbypassrls from pg_catalog.pg_roles r where r.rolname = session_user)) then
    raise exception 'not a member of this org' using errcode = '42501';
  end if;
  if fresh is not null then
    insert into private.file_keys (org_id, sealed, key_version) values (target_org, fresh, version)
      on conflict do nothing;
  end if;
  return (select k.sealed from private.file_keys k where k.org_id = target_org);
end $$;
revoke all on function private.file_key(uuid, bytea, integer) from public;
grant execute on function private.file_key(uuid, bytea, integer) to authenticated, arti_worker;
