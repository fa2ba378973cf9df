-- Work of all orgs in turn: whoever has little waiting does not wait behind whoever has much. A job's rank is its place
-- among those of its org, after the ones that are with the workers already; first ranks go first.

-- One entry for each unfinished job of an org, so that the orgs with work are found without reading all of their jobs.
create index jobs_unfinished on public.jobs (org_id, run_at) where status in ('queued', 'running');
create index jobs_in_flight on public.jobs (org_id)
  where dispatched_at is not null and status in ('queued', 'running');

-- Dispatch due jobs: so many that at most `total_slots` are dispatched and not finished, `org_slots` of each org.
-- A wake-up that was lost counts for 30 seconds, a lease until it ends; after that the job is due again.
drop function private.due_jobs(integer);
create function private.due_jobs(total_slots integer, org_slots integer)
returns table (org_id uuid, id uuid, name text)
language sql security definer set search_path = '' as $$
  with recursive time as (
    select clock.now() as present
  ), in_flight as materialized (
    select j.org_id, count(*)::integer as jobs
    from public.jobs j
    where j.dispatched_at is not null and j.status in ('queued', 'running')
      and case j.status when 'running' then j.lease_until >= (select present from time)
          else j.dispatched_at >= (select present from time) - interval '30 seconds' end
    group by j.org_id
  ), with_work (org_id) as (
    (select j.org_id from public.jobs j where j.status in ('queued', 'running') order by j.org_id limit 1)
    union all
    select (select j.org_id from public.jobs j
            where j.status in ('queued', 'running') and j.org_id > w.org_id order by j.org_id limit 1)
    from with_work w where w.org_id is not null
  ), ranked as (
    select due.org_id, due.id, due.run_at,
      coalesce(f.jobs, 0) + row_number() over (partition by due.org_id order by due.run_at, due.id) as rank
    from with_work w
    left join in_flight f on f.org_id = w.org_id
    cross join lateral (
      select j.org_id, j.id, j.run_at
      from public.jobs j
      where j.org_id = w.org_id and j.status in ('queued', 'running') and j.run_at <= (select present from time)
        and case j.status when 'running' then j.lease_until < (select present from time)
            else j.dispatched_at is null
              or j.dispatched_at < (select present from time) - interval '30 seconds' end
      order by j.run_at
      limit greatest(org_slots - coalesce(f.jobs, 0), 0)
    ) due
    where w.org_id is not null
  ), chosen as (
    select r.org_id, r.id
    from ranked r
    order by r.rank, r.run_at
    limit greatest(total_slots - (select coalesce(sum(f.jobs), 0) from in_flight f), 0)
  ), locked as materialized (
    select j.org_id, j.id from public.jobs j join chosen c on c.org_id = j.org_id and c.id = j.id
    for update of j skip locked
  ), dispatched as (
    update public.jobs j set dispatched_at = clock.now()
    from locked l where j.org_id = l.org_id and j.id = l.id
    returning j.org_id, j.id, j.name
  )
  select d.org_id, d.id, d.name
  from dispatched d join ranked r on r.org_id = d.org_id and r.id = d.id
  order by r.rank, r.run_at
$$;
revoke all on function private.due_jobs(integer, integer) from public;
grant execute on function private.due_jobs(integer, integer) to arti_worker;

drop index public.events_pending;
create index events_pending on public.events (org_id, created_at) where dispatched_at is null;

-- Events that are not dispatched yet, the oldest of each org in turn: at most `of_each_org`, and `at_most` in all.
drop function private.pending_events(integer);
create function private.pending_events(at_most integer, of_each_org integer)
returns table (org_id uuid, id uuid, type text)
language sql stable security definer set search_path = '' as $$
  with recursive with_events (org_id) as (
    (select e.org_id from public.events e where e.dispatched_at is null order by e.org_id limit 1)
    union all
    select (select e.org_id from public.events e
            where e.dispatched_at is null and e.org_id > w.org_id order by e.org_id limit 1)
    from with_events w where w.org_id is not null
  )
  select oldest.org_id, oldest.id, oldest.type
  from with_events w
  cross join lateral (
    select e.org_id, e.id, e.type, e.created_at,
      row_number() over (order by e.created_at, e.id) as rank
    from public.events e
    where e.org_id = w.org_id and e.dispatched_at is null
    order by e.created_at, e.id
    limit of_each_org
  ) oldest
  where w.org_id is not null
  order by oldest.rank, oldest.created_at
  limit at_most
$$;
revoke all on function private.pending_events(integer, integer) from public;
grant execute on function private.pending_events(integer, integer) to arti_worker;
