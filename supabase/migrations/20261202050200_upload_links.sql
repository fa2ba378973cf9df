-- Upload links: whoever has one hands in files for one artist, without an account. The files become previews of the org;
-- the link reads nothing but the names of the org and the artist, and what became of the files that it brought.
create table public.upload_links (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  artist_id uuid not null,
  batch_id uuid not null,                  -- where its files are reviewed; the link goes with it
  note text not null default '' check (length(note) <= 200),  -- for whom it was made
  token_hash bytea not null check (length(token_hash) = 32),
  max_files integer not null check (max_files between 1 and 1000),
  max_bytes bigint not null check (max_bytes between 1 and 1073741824),
  used_files integer not null default 0,
  used_bytes bigint not null default 0,
  created_by uuid not null,
  created_at timestamptz not null default clock.now(),
  expires_at timestamptz not null check (expires_at <= created_at + interval '28 days'),
  revoked_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade,
  foreign key (org_id, batch_id) references public.import_batches (org_id, id) on delete cascade
);
create index upload_links_token on public.upload_links (token_hash);
create index upload_links_artist on public.upload_links (org_id, artist_id);
create index upload_links_batch on public.upload_links (org_id, batch_id);
call private.isolate('public.upload_links', 'imports:read', 'roster:write', artist => 'artist_id', worker_verbs => 'select');
call private.limit_rows('public.upload_links', 2000);
-- The hash is nobody's to read, and a member changes nothing but whether the link still works.
revoke select, update on public.upload_links from authenticated, arti_worker;
grant select (org_id, id, artist_id, batch_id, note, max_files, max_bytes, used_files, used_bytes, created_by, created_at,
  expires_at, revoked_at) on public.upload_links to authenticated, arti_worker;
grant update (revoked_at) on public.upload_links to authenticated;

create table public.upload_link_files (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  link_id uuid not null,
  artist_id uuid not null,
  file_id uuid,                            -- as it was sent, until it is read
  name text not null check (length(name) between 1 and 300),
  byte_size bigint not null check (byte_size > 0),
  status text not null default 'waiting' check (status in ('waiting', 'read', 'failed')),
  reason text check (length(reason) <= 1000),
  received_at timestamptz not null default clock.now(),
  primary key (org_id, id),
  foreign key (org_id, link_id) references public.upload_links (org_id, id) on delete cascade,
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade,
  foreign key (org_id, file_id) references public.files (org_id, id) on delete set null (file_id)
);
create index upload_link_files_link on public.upload_link_files (org_id, link_id);
create index upload_link_files_artist on public.upload_link_files (org_id, artist_id);
create index upload_link_files_file on public.upload_link_files (org_id, file_id);
call private.isolate('public.upload_link_files', 'imports:read', null, artist => 'artist_id', worker_verbs => 'select, update');

create trigger require_api_login before insert or update or delete on public.upload_links for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();

-- The link of a token that still works: not expired, not revoked, and its maker may still bring files for the artist.
create function private.open_upload_link(hash bytea)
returns table (org_id uuid, id uuid, org_name text, artist_name text, expires_at timestamptz, files_left integer,
               bytes_left bigint)
language sql stable security definer set search_path = '' as $$
  select l.org_id, l.id, o.name, a.name, l.expires_at, l.max_files - l.used_files, l.max_bytes - l.used_bytes
  from public.upload_links l
  join public.orgs o on o.id = l.org_id
  join public.artists a on a.org_id = l.org_id and a.id = l.artist_id and a.archived_at is null
  join public.memberships m on m.org_id = l.org_id and m.user_id = l.created_by and m.status = 'active'
  join private.role_permissions p on p.role = m.role and p.permission = 'roster:write'
  where l.token_hash = hash and l.expires_at > clock.now() and l.revoked_at is null
    and l.org_id <> private.canary_org_id()
    and (m.artist_access = 'all'
      or exists (select from public.member_artists s
                 where s.org_id = m.org_id and s.user_id = m.user_id and s.artist_id = l.artist_id)
      or exists (select from public.member_groups g
                 join public.artist_group_members s on s.org_id = g.org_id and s.group_id = g.group_id
                 where g.org_id = m.org_id and g.user_id = m.user_id and s.artist_id = l.artist_id))
$$;

-- Take a file of a link: its row, its bytes in pieces, and the job that reads it. Returns null when the link does not
-- work (any more) or has no room for it.
create function private.add_upload(hash bytea, file_name text, pieces bytea[], digest bytea) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  link public.upload_links;
  size constant bigint := (select sum(length(p)) from unnest(pieces) p);
  upload constant uuid := gen_random_uuid();
  stored constant uuid := gen_random_uuid();
begin
  if session_user <> 'arti_api' then
    raise exception 'only the API takes files' using errcode = '42501';
  end if;
  select l.* into link from public.upload_links l
    where l.token_hash = hash and exists (select from private.open_upload_link(hash)) for update;
  if link.id is null or size is null or link.used_files >= link.max_files or link.used_bytes + size > link.max_bytes then
    return null;
  end if;
  update public.upload_links l set used_files = l.used_files + 1, used_bytes = l.used_bytes + size
    where l.org_id = link.org_id and l.id = link.id;
  insert into public.files (org_id, id, kind, artist_id, name, media_type, byte_size, sha256)
    values (link.org_id, stored, 'import', link.artist_id, file_name, 'application/octet-stream', size, digest);
  insert into private.file_pieces (org_id, file_id, number, content)
    select link.org_id, stored, p.number - 1, p.content from unnest(pieces) with ordinality p (content, number);
  insert into public.upload_link_files (org_id, id, link_id, artist_id, file_id, name, byte_size)
    values (link.org_id, upload, link.id, link.artist_id, stored, file_name, size);
  insert into public.jobs (org_id, id, name, args, run_at)
    values (link.org_id, gen_random_uuid(), 'imports.read_upload', jsonb_build_object('upload_id', upload), clock.now());
  return upload;
end $$;

-- What became of files of a link, by their ids: whoever sent a file has its id.
create function private.uploads_of_link(hash bytea, upload_ids uuid[])
returns table (id uuid, name text, byte_size bigint, received_at timestamptz, status text, reason text, imports jsonb)
language sql stable security definer set search_path = '' as $$
  select f.id, f.name, f.byte_size, f.received_at, f.status, f.reason,
    coalesce((select jsonb_agg(jsonb_build_object('source', i.source, 'file_name', i.file_name, 'rows', i.summary -> 'rows',
        'refusal', i.refusal, 'is_committed', i.status = 'committed')
        order by i.file_name)
      from public.import_batch_items b join public.imports i on i.org_id = b.org_id and i.id = b.import_id
      where b.org_id = f.org_id and b.batch_id = l.batch_id and i.created_at >= f.received_at
        and (i.file_name = f.name or starts_with(i.file_name, f.name || '/'))), '[]')
  from public.upload_link_files f
  join public.upload_links l on l.org_id = f.org_id and l.id = f.link_id
  where l.token_hash = hash and exists (select from private.open_upload_link(hash)) and f.id = any (upload_ids)
  order by f.received_at, f.id
$$;
revoke all on function private.open_upload_link(bytea), private.add_upload(bytea, text, bytea[], bytea),
  private.uploads_of_link(bytea, uuid[]) from public;
grant execute on function private.open_upload_link(bytea), private.add_upload(bytea, text, bytea[], bytea),
  private.uploads_of_link(bytea, uuid[]) to arti_api;

call private.map_org_table('public.upload_links',
  'reference: id artist_id batch_id, text: note, secret: token_hash, author: created_by, '
  'figure: max_files max_bytes used_files used_bytes created_at expires_at revoked_at');
call private.map_org_table('public.upload_link_files',
  'reference: id link_id artist_id file_id, name: name, figure: byte_size status received_at, text: reason');

insert into public.upload_links (org_id, id, artist_id, batch_id, token_hash, max_files, max_bytes, created_by, expires_at)
  select c, c, c, c, sha256('canary'), 1, 1, c, clock.now() + interval '1 day' from private.canary_org_id() c;
insert into public.upload_link_files (org_id, id, link_id, artist_id, name, byte_size)
  select c, c, c, c, 'canary', 1 from private.canary_org_id() c;
