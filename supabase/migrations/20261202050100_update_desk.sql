-- How often an org brings its exports up to date, where it is not as usual.
create table public.import_cadences (
  org_id uuid not null references public.orgs (id) on delete cascade,
  export text not null check (export ~ '^[a-z_.]{1,60}$'),
  days integer check (days between 1 and 366),  -- null: this export is not asked for
  primary key (org_id, export)
);
call private.isolate('public.import_cadences', 'imports:read', 'imports:write', worker_verbs => '');
call private.limit_rows('public.import_cadences', 200);
create trigger require_api_login before insert or update or delete on public.import_cadences for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();
call private.map_org_table('public.import_cadences', 'figure: export days');
insert into public.import_cadences (org_id, export, days) values (private.canary_org_id(), 'canary', 7);

-- The newest import of each source is asked for every artist at once.
create index imports_of_artist on public.imports (org_id, artist_id, source, committed_at desc);
