-- What lies in a range of days: entries of the calendar, releases, campaigns and posts, in one form. A view, so that it
-- shows to everybody what they may read of each: one row for each artist that a thing is about.

alter table public.calendar_entries
  add column recording_id uuid,
  add column release_id uuid,
  add foreign key (org_id, recording_id) references public.recordings (org_id, id) on delete set null (recording_id),
  add foreign key (org_id, release_id) references public.releases (org_id, id) on delete set null (release_id);
create index releases_released_on on public.releases (org_id, released_on) where released_on is not null;
create index assets_released_on on public.assets (org_id, artist_id, released_on)
  where released_on is not null and kind in ('video', 'short', 'post', 'reel', 'story');
create index campaigns_starts_on on public.campaigns (org_id, starts_on);

create view public.calendar with (security_invoker = true) as
select e.org_id, 'calendar_entries' as source, e.id, e.artist_id, e.kind, e.title, e.starts_on,
  coalesce(e.ends_on, e.starts_on) as ends_on, e.deadline_on, e.owner_id, e.status, e.url, null::text as provider,
  e.recording_id, e.release_id
from public.calendar_entries e
union all
select r.org_id, 'releases', r.id, c.artist_id, 'release', r.title, r.released_on, r.released_on, null, null, null,
  (select min(a.url) from public.assets a where a.org_id = r.org_id and a.release_id = r.id), null, null, r.id
from public.releases r
left join lateral (
  select c.artist_id from public.credits c
  where c.org_id = r.org_id and c.release_id = r.id and c.artist_id is not null and c.role in ('main', 'featured')
  union
  select c.artist_id
  from public.release_tracks t join public.credits c on c.org_id = t.org_id and c.recording_id = t.recording_id
  where t.org_id = r.org_id and t.release_id = r.id and c.artist_id is not null and c.role in ('main', 'featured')
) c on true
where r.released_on is not null
union all
select k.org_id, 'campaigns', k.id, k.artist_id, 'campaign', k.name, k.starts_on, k.ends_on, null, null, null, null,
  k.goal_provider, null, null
from public.campaigns k
union all
select a.org_id, 'assets', a.id, a.artist_id, 'post', a.title, a.released_on, a.released_on, null, null, null, a.url,
  a.provider, a.recording_id, a.release_id
from public.assets a
where a.released_on is not null and a.kind in ('video', 'short', 'post', 'reel', 'story');
grant select on public.calendar to authenticated, arti_worker, service_role;
