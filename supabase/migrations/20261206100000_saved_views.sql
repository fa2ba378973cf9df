-- A page as a member left it (path and query), under a name: their own, or shared with the org. `artist_ids` and
-- `recording_ids` are those that the query names, so that nobody is shown a view of artists who are not on their list.
create table public.saved_views (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  name text not null check (length(name) between 1 and 120),
  path text not null check (path in ('/', '/artist/', '/compare/')),
  query text not null default '' check (length(query) <= 2000 and query ~ '^[A-Za-z0-9%&=+*._-]*$'),
  artist_ids uuid[] not null default '{}' check (cardinality(artist_ids) <= 50),
  recording_ids uuid[] not null default '{}' check (cardinality(recording_ids) <= 50),
  is_shared boolean not null default false,
  created_at timestamptz not null default clock.now(),
  updated_at timestamptz not null default clock.now(),
  primary key (org_id, id),
  foreign key (org_id, user_id) references public.memberships (org_id, user_id) on delete cascade
);
create unique index saved_views_name on public.saved_views (org_id, user_id, lower(name));
call private.isolate('public.saved_views', null, null, worker_verbs => '');
create policy own on public.saved_views for all to authenticated
  using (org_id = any ((select private.org_ids_with('roster:read'))::uuid[]) and user_id = (select claims.uid()))
  with check (org_id = any ((select private.org_ids_with('roster:read'))::uuid[]) and user_id = (select claims.uid()));
create policy read_shared on public.saved_views for select to authenticated
  using (org_id = any ((select private.org_ids_with('roster:read'))::uuid[]) and is_shared);
create policy remove_shared on public.saved_views for delete to authenticated
  using (org_id = any ((select private.org_ids_with('members:manage'))::uuid[]) and is_shared);
create policy visible_artists_only on public.saved_views as restrictive for all to authenticated
  using (not exists (select from unnest(artist_ids) named (id) where not exists (
             select from public.artists a where a.org_id = saved_views.org_id and a.id = named.id))
         and not exists (select from unnest(recording_ids) named (id) where not exists (
             select from public.recordings r where r.org_id = saved_views.org_id and r.id = named.id)))
  with check (not exists (select from unnest(artist_ids) named (id) where not exists (
             select from public.artists a where a.org_id = saved_views.org_id and a.id = named.id))
         and not exists (select from unnest(recording_ids) named (id) where not exists (
             select from public.recordings r where r.org_id = saved_views.org_id and r.id = named.id)));
grant select, insert, update, delete on public.saved_views to authenticated;
call private.limit_rows('public.saved_views', 20000);
create trigger require_api_login before insert or update or delete on public.saved_views for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();

call private.map_subject('public.saved_views',
  'subject: org_id user_id, reference: id artist_ids recording_ids, text: name path query, figure: is_shared created_at updated_at',
  of_org => 'org_id = $1', of_person => 'user_id = $1', exported_to => '{org,person}');

insert into public.saved_views (org_id, id, user_id, name, path, query, artist_ids)
  select c, c, c, 'canary', '/artist/', 'id=' || c, array[c] from private.canary_org_id() c;
