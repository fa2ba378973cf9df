-- The home page of a member: when they were last there (`active_at`, and the end of the session before), and which artists are theirs. Each sees their own rows only.
create table public.home_sessions (
  org_id uuid not null references public.orgs (id) on delete cascade,
  user_id uuid not null,
  active_at timestamptz not null,         -- the newest load of the page
  previous_at timestamptz,                 -- the last load of the session before this one
  primary key (org_id, user_id)
);
call private.isolate('public.home_sessions', null, null, worker_verbs => '');
create policy own on public.home_sessions for all to authenticated
  using (org_id = any ((select private.org_ids_with('roster:read'))::uuid[]) and user_id = (select claims.uid()))
  with check (org_id = any ((select private.org_ids_with('roster:read'))::uuid[]) and user_id = (select claims.uid()));
grant select, insert, update on public.home_sessions to authenticated;
call private.limit_rows('public.home_sessions', 100000);

create table public.starred_artists (
  org_id uuid not null,
  user_id uuid not null,
  artist_id uuid not null,
  primary key (org_id, user_id, artist_id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade
);
create index starred_artists_artist on public.starred_artists (org_id, artist_id);
call private.isolate('public.starred_artists', null, null, artist => 'artist_id', worker_verbs => '');
create policy own on public.starred_artists for all to authenticated
  using (org_id = any ((select private.org_ids_with('roster:read'))::uuid[]) and user_id = (select claims.uid()))
  with check (org_id = any ((select private.org_ids_with('roster:read'))::uuid[]) and user_id = (select claims.uid()));
grant select, insert, delete on public.starred_artists to authenticated;
call private.limit_rows('public.starred_artists', 500000);

do $$
declare
  target text;
begin
  foreach target in array array['public.home_sessions', 'public.starred_artists'] loop
    execute format('create trigger require_api_login before insert or update or delete on %s for each statement '
      'when (current_user = ''authenticated'' and session_user <> ''arti_api'') '
      'execute function private.require_api_login()', target);
  end loop;
end $$;

call private.map_subject('public.home_sessions', 'subject: org_id user_id, figure: active_at previous_at',
  of_org => 'org_id = $1', of_person => 'user_id = $1', exported_to => '{org,person}');
call private.map_subject('public.starred_artists', 'subject: org_id user_id, reference: artist_id',
  of_org => 'org_id = $1', of_person => 'user_id = $1', exported_to => '{org,person}');

insert into public.home_sessions (org_id, user_id, active_at) select c, c, clock.now() from private.canary_org_id() c;
insert into public.starred_artists (org_id, user_id, artist_id) select c, c, c from private.canary_org_id() c;
