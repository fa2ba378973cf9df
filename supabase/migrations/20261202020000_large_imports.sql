-- Imports of files that are too large for a request: jobs read, commit and undo them.

alter table public.imports drop constraint imports_status_check;
alter table public.imports add constraint imports_status_check
  check (status in ('reading', 'previewed', 'committing', 'committed', 'undoing', 'undone', 'refused'));

alter table public.files drop constraint files_kind_check;
alter table public.files add constraint files_kind_check check (kind in ('import', 'import_rows'));

-- A table of its own: a worker writes how far it is while the import itself is being changed.
create table public.import_stages (
  org_id uuid not null,
  import_id uuid not null,
  file_id uuid,                            -- what was read: lines for the commit, results of rows for the pages
  content jsonb not null default '{}',     -- where in that file they are, questions, and the answers it was read with
  done bigint not null default 0,          -- bytes of the file that are read, or lines that are recorded or taken back
  total bigint not null default 0,
  problem text check (length(problem) <= 1000),                         -- why the last job failed, and what to do
  primary key (org_id, import_id),
  foreign key (org_id, import_id) references public.imports (org_id, id) on delete cascade,
  foreign key (org_id, file_id) references public.files (org_id, id) on delete set null (file_id)
);
create index import_stages_file on public.import_stages (org_id, file_id);
call private.isolate('public.import_stages', 'imports:read', 'imports:write');
call private.restrict_to_parent('public.import_stages', 'public.imports', 'import_id');
create trigger require_api_login before insert or update or delete on public.import_stages for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();

insert into private.request_permissions (kind, name, permission, arguments) values
  ('job', 'imports.read', 'imports:write', '{"import_id": "imports", "artist_id": "artists", "requested_by": "self"}'),
  ('job', 'imports.commit', 'imports:write', '{"import_id": "imports", "artist_id": "artists", "requested_by": "self"}'),
  ('job', 'imports.undo', 'imports:write', '{"import_id": "imports", "artist_id": "artists", "requested_by": "self"}');

call private.map_org_table('public.import_stages',
  'reference: import_id file_id, figure: done total, text: content problem');

insert into public.import_stages (org_id, import_id)
  select i.org_id, i.id from public.imports i where i.org_id = private.canary_org_id();
