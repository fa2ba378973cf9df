-- Files that were dropped together: which imports they became, in which order, and how each found its artist.
create table public.import_batches (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  created_by uuid,
  created_at timestamptz not null default clock.now(),
  primary key (org_id, id)
);
call private.isolate('public.import_batches', 'imports:read', 'imports:write');
call private.limit_rows('public.import_batches', 100000);

-- `placed_by`: the evidence for the artist. `questions`: those of the preview; `open`: the keys of those that need a
-- person's answer before the file may be committed with the others.
create table public.import_batch_items (
  org_id uuid not null,
  batch_id uuid not null,
  import_id uuid not null,
  placed_by text not null check (length(placed_by) between 1 and 300),
  questions jsonb not null default '[]',
  open text[] not null default '{}',
  primary key (org_id, batch_id, import_id),
  foreign key (org_id, batch_id) references public.import_batches (org_id, id) on delete cascade,
  foreign key (org_id, import_id) references public.imports (org_id, id) on delete cascade
);
create index import_batch_items_import on public.import_batch_items (org_id, import_id);
call private.isolate('public.import_batch_items', 'imports:read', 'imports:write');
call private.restrict_to_parent('public.import_batch_items', 'public.imports', 'import_id');

create trigger require_api_login before insert or update or delete on public.import_batches for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();
create trigger require_api_login before insert or update or delete on public.import_batch_items for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();

-- A batch is only the way in: its imports stay.
insert into private.retentions (relation, moment, keep, ended) values
  ('public.import_batches', 'created_at', '30 days', 'true');

call private.map_org_table('public.import_batches', 'reference: id, author: created_by, figure: created_at');
call private.map_org_table('public.import_batch_items', 'reference: batch_id import_id, text: placed_by questions open');

insert into public.import_batches (org_id, id, created_by) values
  (private.canary_org_id(), private.canary_org_id(), private.canary_org_id());
insert into public.import_batch_items (org_id, batch_id, import_id, placed_by) values
  (private.canary_org_id(), private.canary_org_id(), private.canary_org_id(), 'canary');
