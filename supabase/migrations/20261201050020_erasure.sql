-- Deletion of persons and orgs.

-- An org that will be deleted at a time. Every member sees it; an admin may cancel it until then.
create table private.org_erasures (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  requested_by uuid not null,
  requested_at timestamptz not null default clock.now(),
  due_at timestamptz not null,
  primary key (org_id),
  unique (org_id, id)
);
call private.isolate('private.org_erasures', 'roster:read', 'org:manage');
insert into private.request_permissions (kind, name, permission, arguments) values
  ('job', 'privacy.erase_org', 'org:manage', '{}');
insert into private.org_erasures (org_id, id, requested_by, due_at) values
  (private.canary_org_id(), private.canary_org_id(), private.canary_org_id(), clock.now());
call private.map_subject('private.org_erasures',
  'subject: org_id, reference: id, author: requested_by, figure: requested_at due_at',
  of_org => 'org_id = $1', exported_to => '{org}');

-- Which mails of the queue an org has sent, so that they go with it.
create table private.org_mails (
  org_id uuid not null references public.orgs (id) on delete cascade,
  mail_id uuid not null,
  created_at timestamptz not null default clock.now(),
  primary key (org_id, mail_id)
);
call private.isolate('private.org_mails', null, null, worker_verbs => '');
insert into private.org_mails (org_id, mail_id) values (private.canary_org_id(), private.canary_org_id());
call private.map_subject('private.org_mails', 'subject: org_id, reference: mail_id, internal: created_at',
  of_org => 'org_id = $1');
create or replace function private.enqueue_mail(
  mail_id uuid, recipient text, kind text, title text, sealed bytea, state text
) returns void language sql security definer set search_path = '' as $$
  insert into mail.queue (id, recipient, kind, title, sealed, state, due_at, created_at)
    values (mail_id, recipient, kind, title, sealed, state, clock.now(), clock.now());
  -- The queue forgets a mail after seven days.
  delete from private.org_mails m
    where m.org_id = private.job_org_id() and m.created_at < clock.now() - interval '8 days';
  insert into private.org_mails (org_id, mail_id) select private.job_org_id(), mail_id
    where exists (select from public.orgs o where o.id = private.job_org_id());
$$;

-- An invitee is an address and nobody yet: what the audit log says of them is sealed for the address in this org, so
-- that it goes when the person with this address is deleted. As arti.orgs.audit.log.
create function private.invitee_id(org uuid, address text) returns uuid
language sql immutable set search_path = '' as $$ select md5(org || ' ' || lower(address))::uuid $$;
create or replace function private.audit_person(entry public.audit_log) returns uuid
language sql immutable set search_path = '' as $$
  select coalesce(
    case when entry.subject_kind in ('member', 'sign_in')
           and entry.subject_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then entry.subject_id::uuid
         when entry.subject_kind = 'invitation' then private.invitee_id(entry.org_id, entry.details ->> 'email') end,
    entry.actor_id, '00000000-0000-0000-0000-000000000000')
$$;

-- Deletes a person everywhere, by the subject map. Fails with memberships_last_admin while an org has no other admin.
create function private.erase_person(person uuid) returns void
language plpgsql set search_path = '' as $$
declare
  addresses constant text[] := private.addresses_of(person);
  mapped record;
begin
  for mapped in
    select t.relation, t.of_person, t.with_person,
      (select string_agg(format('%I = %s', c.name, c.anonymised), ', ') from private.subject_columns c
       where c.relation = t.relation and c.anonymised is not null) as anonymised
    from private.subject_tables t
    where t.with_person in ('delete', 'anonymise') and to_regclass(t.relation) is not null
    -- Who a person is, is needed to find the rest. What is computed from memberships goes after them.
    order by array_position(array['private.member_access', 'auth.users'], t.relation) nulls first, t.relation
  loop
    execute case mapped.with_person
      when 'delete' then format('delete from %s where %s', mapped.relation, mapped.of_person)
      else format('update %s set %s where %s', mapped.relation, mapped.anonymised, mapped.of_person) end
      using person, addresses;
  end loop;
end $$;

-- The caller deletes themselves. A machine is deleted with its key.
create function private.erase_own_account() returns void
language plpgsql security definer set search_path = '' as $$
declare
  caller constant uuid := (select auth.uid());
begin
  if session_user <> 'arti_api' or caller is null or not exists (
    select from auth.users u where u.id = caller and u.raw_app_meta_data ->> 'machine' is distinct from 'true') then
    raise exception 'a person deletes their own account' using errcode = '42501';
  end if;
  perform private.erase_person(caller);
end $$;

-- Deletes an org everywhere: first what hangs on it by no foreign key, then the org, then the ledger's entries of its
-- rows, which that of the org makes needless.
create function private.erase_org(org uuid) returns void
language plpgsql set search_path = '' as $$
declare
  mapped record;
begin
  delete from auth.users u using private.org_keys k
    where k.org_id = org and u.id = k.user_id and u.raw_app_meta_data ->> 'machine' = 'true';
  for mapped in
    select t.relation, t.of_org from private.subject_tables t
    where t.with_org = 'delete' and t.relation not in ('public.orgs', 'private.deletions')
      and to_regclass(t.relation) is not null and not exists (
        select from private.subject_columns c where c.relation = t.relation and c.name = 'org_id')
    order by t.relation
  loop
    execute format('delete from %s where %s', mapped.relation, mapped.of_org) using org;
  end loop;
  delete from public.orgs o where o.id = org;
  delete from private.deletions d where d.key ->> 'org_id' = org::text;
end $$;

-- For a worker that holds the job, when the time has come.
create function private.erase_leased_org() returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  org constant uuid := private.leased_org_id();
begin
  if org is null or org = private.canary_org_id()
     or not exists (select from private.org_erasures e where e.org_id = org and e.due_at <= clock.now()) then
    return false;
  end if;
  perform private.erase_org(org);
  return true;
end $$;

-- When the caller last proved who they are, in this session.
create function private.signed_in_at() returns timestamptz
language sql stable security definer set search_path = '' as $$
  select greatest(s.created_at, (select max(c.updated_at) from auth.mfa_amr_claims c where c.session_id = s.id))
  from auth.sessions s
  where s.id = (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'session_id')::uuid
    and s.user_id = (select auth.uid())
$$;
revoke all on function private.invitee_id(uuid, text), private.erase_person(uuid), private.erase_own_account(),
  private.erase_org(uuid), private.erase_leased_org(), private.signed_in_at() from public;
grant execute on function private.erase_own_account(), private.signed_in_at() to authenticated;
grant execute on function private.erase_leased_org() to arti_worker;
