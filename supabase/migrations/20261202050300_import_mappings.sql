-- What the columns of a table hold that no parser knows, as a person has said it: used by itself for the next file with
-- the same header.
create table public.import_mappings (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  header_sha256 bytea not null check (length(header_sha256) = 32),
  source text not null check (length(source) between 1 and 100),
  header text[] not null,
  options jsonb not null default '{}',
  saved_by uuid,
  saved_at timestamptz not null default clock.now(),
  primary key (org_id, id)
);
create unique index import_mappings_header on public.import_mappings (org_id, header_sha256);
call private.isolate('public.import_mappings', 'imports:read', 'imports:write');
call private.limit_rows('public.import_mappings', 2000);
create trigger require_api_login before insert or update or delete on public.import_mappings for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();
call private.map_org_table('public.import_mappings',
  'reference: id source, figure: header_sha256 saved_at, text: header options, author: saved_by');
insert into public.import_mappings (org_id, id, header_sha256, source, header)
  select c, c, sha256('canary'), 'canary', '{canary}' from private.canary_org_id() c;
