-- Exports: an org's data as a zip that a worker makes, kept in pieces until it expires; a person's own data, read by
-- themselves.

create table private.org_exports (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  requested_by uuid not null,
  requested_at timestamptz not null default clock.now(),
  job_id uuid,
  finished_at timestamptz,
  byte_size bigint not null default 0,
  expires_at timestamptz not null,
  primary key (org_id, id)
);
create table private.org_export_pieces (
  org_id uuid not null,
  export_id uuid not null,
  position integer not null check (position >= 0),
  content bytea not null,
  primary key (org_id, export_id, position),
  foreign key (org_id, export_id) references private.org_exports (org_id, id) on delete cascade
);
-- A zip is compressed already.
alter table private.org_export_pieces alter column content set storage external;
call private.isolate('private.org_exports', 'org:manage', 'org:manage');
call private.isolate('private.org_export_pieces', 'org:manage', null);
call private.limit_rows('private.org_exports', 20);
insert into private.request_permissions (kind, name, permission, arguments) values
  ('job', 'privacy.export_org', 'org:manage', '{}');

create function private.delete_expired_exports() returns void
language sql security definer set search_path = '' as $$
  delete from private.org_exports e where e.expires_at <= clock.now() and e.org_id <> private.canary_org_id()
$$;

-- What an export of an org or a person reads: each table, and the statement that returns its rows as JSON, for the id $1
-- and the addresses $2. `is_open`: the caller may read the table, under its policies; the rows of the others are
-- returned by private.rows_of_leased_org().
create function private.exported_tables(subject text)
returns table (relation text, statement text, is_open boolean)
language sql stable security definer set search_path = '' as $$
  select t.relation,
    format('select to_jsonb(r)::text as line from (select %s from %s where %s) r',
      string_agg(quote_ident(c.name), ', ' order by a.attnum), t.relation,
      case subject when 'org' then t.of_org else t.of_person end),
    has_table_privilege(session_user, a.attrelid, 'select')
  from private.subject_tables t
  join private.subject_columns c on c.relation = t.relation and c.exported
  join pg_catalog.pg_attribute a on a.attrelid = to_regclass(t.relation) and a.attname = c.name
  where subject = any (t.exported_to)
  group by t.relation, t.of_org, t.of_person, a.attrelid
  order by t.relation
$$;

create function private.rows_of_subject(subject text, subject_id uuid, addresses text[], of_relation text)
returns setof text language plpgsql stable set search_path = '' as $$
declare
  wanted constant text := (select x.statement from private.exported_tables(subject) x where x.relation = of_relation);
begin
  if wanted is not null then
    return query execute wanted using subject_id, addresses;
  end if;
end $$;
create function private.addresses_of(person uuid) returns text[]
language sql stable set search_path = '' as $$
  select coalesce(array_agg(distinct lower(a.address)), '{}') from (
    select u.email from public.users u where u.id = person
    union all select u.email from auth.users u where u.id = person) a (address)
  where a.address like '%_@_%'
$$;
-- The caller's own rows. Through the API alone.
create function private.own_rows(of_relation text) returns setof text
language plpgsql stable security definer set search_path = '' as $$
begin
  if session_user <> 'arti_api' or (select auth.uid()) is null then
    raise exception 'only the API exports' using errcode = '42501';
  end if;
  return query select private.rows_of_subject(
    'person', (select auth.uid()), private.addresses_of((select auth.uid())), of_relation);
end $$;
-- For a worker that holds a job of the org.
create function private.rows_of_leased_org(of_relation text) returns setof text
language sql stable security definer set search_path = '' as $$
  select private.rows_of_subject('org', (select private.leased_org_id()), '{}', of_relation)
  where (select private.leased_org_id()) is not null
$$;
create function private.details_of_org(org uuid)
returns table (id uuid, person_id uuid, sealed bytea, plain text, sealed_key bytea)
language sql stable set search_path = '' as $$
  select d.entry_id, d.person_id, d.sealed, d.plain::text, k.sealed
  from private.audit_details d
  left join private.audit_keys k on k.org_id = d.org_id and k.person_id = d.person_id
  where d.org_id = org
$$;
create function private.details_of_leased_org()
returns table (id uuid, person_id uuid, sealed bytea, plain text, sealed_key bytea)
language sql stable security definer set search_path = '' as $$
  select * from private.details_of_org((select private.leased_org_id()))
$$;
revoke all on function private.delete_expired_exports(), private.exported_tables(text),
  private.rows_of_subject(text, uuid, text[], text), private.addresses_of(uuid), private.own_rows(text),
  private.rows_of_leased_org(text), private.details_of_org(uuid), private.details_of_leased_org() from public;
grant execute on function private.exported_tables(text) to authenticated, arti_worker;
grant execute on function private.own_rows(text) to authenticated;
grant execute on function private.delete_expired_exports(), private.rows_of_leased_org(text),
  private.details_of_leased_org() to arti_worker;

call private.map_subject('private.org_exports',
  'subject: org_id, reference: id job_id, author: requested_by, figure: requested_at finished_at byte_size expires_at',
  of_org => 'org_id = $1', exported_to => '{org}');
call private.map_subject('private.org_export_pieces', 'subject: org_id, reference: export_id, internal: position content',
  of_org => 'org_id = $1', why => 'the exports themselves');

insert into private.org_exports (org_id, id, requested_by, expires_at) values
  (private.canary_org_id(), private.canary_org_id(), private.canary_org_id(), clock.now());
insert into private.org_export_pieces (org_id, export_id, position, content) values
  (private.canary_org_id(), private.canary_org_id(), 0, 'canary');
