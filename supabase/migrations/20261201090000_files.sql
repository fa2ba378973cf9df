-- Files: digest and size of each in a row, its bytes in the database, or outside of it in a folder or a bucket (the
-- setting ARTI_FILES_URL), where they lie under the org and the digest.
create table public.files (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  kind text not null check (kind in ('import')),
  artist_id uuid,                          -- null: of the org itself
  name text not null check (length(name) between 1 and 1000),
  media_type text not null check (length(media_type) between 1 and 200),
  byte_size bigint not null check (byte_size >= 0),
  sha256 bytea not null check (length(sha256) = 32),
  created_by uuid,
  created_at timestamptz not null default clock.now(),
  checked_at timestamptz,                  -- when a worker last read all of its bytes
  problem text,                            -- what is wrong with them, by the last check
  primary key (org_id, id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade
);
create index files_artist on public.files (org_id, artist_id);
create index files_sha256 on public.files (org_id, sha256);
create index files_to_check on public.files (org_id, checked_at nulls first);
call private.isolate('public.files', 'imports:read', 'imports:write', artist => 'artist_id');
create trigger require_api_login before insert or update or delete on public.files for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();

-- The bytes of a file in pieces of 1 MiB, the last one shorter, so that nobody holds a whole file in memory. They are
-- deleted with their row.
create table private.file_pieces (
  org_id uuid not null,
  file_id uuid not null,
  number integer not null check (number >= 0),
  content bytea not null check (length(content) between 1 and 1048576),
  primary key (org_id, file_id, number),
  foreign key (org_id, file_id) references public.files (org_id, id) on delete cascade
);
call private.isolate('private.file_pieces', 'imports:read', 'imports:write');
call private.restrict_to_parent('private.file_pieces', 'public.files', 'file_id');
create trigger require_api_login before insert or update or delete on private.file_pieces for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();

-- Under which name this database's files lie in a folder or a bucket. A copy of the database gets another one, so that
-- neither sweeps away what only the other one names.
create table private.file_place (
  id boolean primary key default true check (id),
  installation uuid not null default gen_random_uuid()
);
alter table private.file_place enable row level security;
alter table private.file_place force row level security;
insert into private.file_place default values;
create function private.file_installation() returns uuid
language sql stable security definer set search_path = '' as $$ select p.installation from private.file_place p $$;

-- The files whose bytes are not in the database, once for each content: what backups copy and restores bring back.
create function private.external_files()
returns table (org_id uuid, sha256 bytea, byte_size bigint, created_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select f.org_id, f.sha256, f.byte_size, max(f.created_at) from public.files f
  where f.byte_size > 0
    and not exists (select from private.file_pieces p where p.org_id = f.org_id and p.file_id = f.id and p.number = 0)
  group by 1, 2, 3
$$;
create function private.count_file_problems() returns bigint
language sql stable security definer set search_path = '' as $$
  select count(*) from public.files f where f.problem is not null
$$;
revoke all on function private.file_installation(), private.external_files(), private.count_file_problems() from public;
grant execute on function private.file_installation() to authenticated, arti_worker, arti_backup;
grant execute on function private.external_files() to arti_backup;
grant execute on function private.count_file_problems() to arti_api;

-- The files of imports, which were a column. An import whose file is deleted stays, and says so.
insert into public.files (org_id, id, kind, artist_id, name, media_type, byte_size, sha256, created_by, created_at)
  select i.org_id, i.id, 'import', i.artist_id, left(coalesce(nullif(i.file_name, ''), 'file'), 1000),
    'application/octet-stream', length(f.content), sha256(f.content), i.created_by, i.created_at
  from public.import_files f join public.imports i on i.org_id = f.org_id and i.id = f.import_id;
insert into private.file_pieces (org_id, file_id, number, content)
  select f.org_id, f.import_id, n, substring(f.content from n * 1048576 + 1 for 1048576)
  from public.import_files f cross join lateral generate_series(0, (length(f.content) - 1) / 1048576) n
  where length(f.content) > 0;
alter table public.imports add column file_id uuid;
update public.imports i set file_id = i.id
  where exists (select from public.files f where f.org_id = i.org_id and f.id = i.id);
alter table public.imports add foreign key (org_id, file_id)
  references public.files (org_id, id) on delete set null (file_id);
create index imports_file on public.imports (org_id, file_id);
drop table public.import_files;

-- The quota of bytes, of files of every kind.
create or replace function private.enforce_storage_quota() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  of_resource constant text := 'bytes of documents and files';
  touched record;
  allowed bigint;
begin
  for touched in select distinct r.org_id from new_rows r order by r.org_id loop
    allowed := private.quota_of(touched.org_id, of_resource);
    continue when allowed is null;
    perform pg_advisory_xact_lock(hashtextextended(of_resource || ' ' || touched.org_id, 0));
    if allowed < (select coalesce(sum(octet_length(d.body)), 0) from public.documents d where d.org_id = touched.org_id)
        + (select coalesce(sum(f.byte_size), 0) from public.files f where f.org_id = touched.org_id) then
      perform private.refuse_over_quota(of_resource, allowed);
    end if;
  end loop;
  return null;
end $$;
insert into private.quotas (resource, allowed, passes)
  select 'bytes of documents and files', q.allowed, q.passes from private.quotas q
  where q.resource = 'bytes of documents and import files';
update private.org_quotas set resource = 'bytes of documents and files'
  where resource = 'bytes of documents and import files';
delete from private.quotas where resource = 'bytes of documents and import files';
create trigger enforce_storage_quota after insert on public.files referencing new table as new_rows
  for each statement when (session_user in ('arti_api', 'arti_rest', 'authenticator')
    and current_user <> 'service_role') execute function private.enforce_storage_quota();

-- As its admins see it.
create or replace function private.list_quota_use(target_org uuid)
returns table (resource text, used bigint, allowed bigint, passes boolean)
language plpgsql stable security definer set search_path = '' as $$
declare
  counted record;
begin
  if not target_org = any (private.org_ids_with('org:manage')) then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  for counted in
    select q.resource as name, q.passes as waits, private.quota_of(target_org, q.resource) as most, found.args,
      found.relation
    from private.quotas q cross join lateral (
      -- The arguments of a trigger: the resource and, if it is no table's rows, what is counted.
      select string_to_array(encode(g.tgargs, 'escape'), '\000') as args, g.tgrelid::regclass::text as relation
      from pg_catalog.pg_trigger g
      where g.tgfoid = 'private.enforce_quota'::regproc
        and (string_to_array(encode(g.tgargs, 'escape'), '\000'))[1] = q.resource
      limit 1) found
    order by q.resource
  loop
    resource := counted.name;
    passes := counted.waits;
    allowed := counted.most;
    execute format('select count(*) from (%s) as counted', coalesce(nullif(counted.args[2], ''),
      format('select 1 from %s where org_id = $1', counted.relation))) into used using target_org;
    return next;
  end loop;
  -- What workers keep to by themselves.
  resource := 'messages not sent';
  passes := true;
  allowed := private.quota_of(target_org, resource);
  used := (select count(*) from public.deliveries d
           where d.org_id = target_org and d.status in ('pending', 'sending', 'failed'));
  return next;
  resource := 'bytes of documents and files';
  passes := false;
  allowed := private.quota_of(target_org, resource);
  used := (select coalesce(sum(octet_length(d.body)), 0) from public.documents d where d.org_id = target_org)
    + (select coalesce(sum(f.byte_size), 0) from public.files f where f.org_id = target_org);
  return next;
end $$;

-- A restore deletes again what was deleted after its moment.
create trigger ledger_deletion after delete on public.files referencing old table as gone
  for each statement execute function private.ledger_deletion('delete', 'org_id', 'id');
create trigger ledger_deletion after delete on public.imports referencing old table as gone
  for each statement execute function private.ledger_deletion('delete', 'org_id', 'id');

-- What is stored of whom: an export has the bytes in its folder files, and they go with their row.
delete from private.subject_tables t where t.relation = 'public.import_files';
call private.map_org_table('public.files',
  'reference: id artist_id, name: name, figure: kind media_type byte_size sha256 created_at, author: created_by, '
  'internal: checked_at problem');
call private.map_subject('private.file_pieces', 'subject: org_id, reference: file_id, internal: number content',
  of_org => 'org_id = $1', why => 'an export has the bytes in its folder files');
call private.map_shared_table('private.file_place', 'internal: id installation', 'a random id of the installation');
call private.map_org_table('public.imports',
  'reference: id artist_id file_id, name: file_name, figure: provider source content_sha256 byte_size status parser_version created_at committed_at undone_at, '
  'text: options summary refusal, author: created_by');
