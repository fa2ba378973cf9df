-- The logo of an org: a file of its own kind, which admins change and each member sees, also one who reads no imports.

alter table public.files drop constraint files_kind_check;
alter table public.files add constraint files_kind_check check (kind in ('import', 'import_rows', 'logo'));
create unique index files_logo on public.files (org_id) where kind = 'logo';

-- Which file is the logo of one of the caller's orgs. By it a browser notices that there is another one.
create function private.logo_id(org uuid) returns uuid
language sql stable security definer set search_path = '' as $$
  select f.id from public.files f
  where f.org_id = org and f.kind = 'logo' and org = any (private.member_org_ids())
$$;

-- Its row, and its bytes where they are in the database. A logo has one piece.
create function private.read_logo(org uuid)
returns table (id uuid, kind text, artist_id uuid, name text, media_type text, byte_size bigint, sha256 bytea,
               created_by uuid, created_at timestamptz, problem text, content bytea)
language sql stable security definer set search_path = '' as $$
  select f.id, f.kind, f.artist_id, f.name, f.media_type, f.byte_size, f.sha256, f.created_by, f.created_at, f.problem,
    p.content
  from public.files f
  left join private.file_pieces p on p.org_id = f.org_id and p.file_id = f.id and p.number = 0
  where f.org_id = org and f.kind = 'logo' and org = any (private.member_org_ids())
$$;
revoke all on function private.logo_id(uuid), private.read_logo(uuid) from public;
grant execute on function private.logo_id(uuid), private.read_logo(uuid) to authenticated;
