-- A large file is read again by a job: what is otherwise is kept for whoever waits for it.
alter table public.import_stages add column reread jsonb;
-- When a file was last stored as a newer parser reads it: it may then hold lines that a later report brought first.
alter table public.imports add column reread_at timestamptz;

insert into private.request_permissions (kind, name, permission, arguments) values
  ('job', 'imports.reread', 'imports:write', '{"import_id": "imports", "artist_id": "artists", "requested_by": "self"}');

call private.map_org_table('public.import_stages',
  'reference: import_id file_id, figure: done total, text: content problem reread');
call private.map_org_table('public.imports',
  'reference: id artist_id file_id, name: file_name, figure: provider source content_sha256 byte_size status parser_version created_at committed_at undone_at is_money reread_at, '
  'text: options summary refusal, author: created_by');
