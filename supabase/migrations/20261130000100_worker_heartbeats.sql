-- When each worker process last reported. One that stops in good order removes its row; one that was killed or frozen
-- leaves it, so that health can say so. Of the installation, not of an org, and reached by these functions alone.
create table private.worker_heartbeats (
  process_id uuid primary key,
  started_at timestamptz not null,
  beat_at timestamptz not null
);
alter table private.worker_heartbeats enable row level security;
alter table private.worker_heartbeats force row level security;

-- Record that a worker is alive, and forget those that have been gone for ten minutes.
create function private.record_worker_heartbeat(worker uuid) returns void
language sql security definer set search_path = '' as $$
  insert into private.worker_heartbeats (process_id, started_at, beat_at) values (worker, clock.now(), clock.now())
    on conflict (process_id) do update set beat_at = excluded.beat_at;
  delete from private.worker_heartbeats w where w.beat_at < clock.now() - interval '10 minutes';
$$;
-- Record that a worker has stopped in good order.
create function private.remove_worker_heartbeat(worker uuid) returns void
language sql security definer set search_path = '' as $$
  delete from private.worker_heartbeats w where w.process_id = worker;
$$;
-- For each worker that is known, the seconds since it last reported.
create function private.worker_silences() returns table (silent_seconds double precision)
language sql stable security definer set search_path = '' as $$
  select extract(epoch from clock.now() - w.beat_at)::double precision from private.worker_heartbeats w
$$;
revoke all on function private.record_worker_heartbeat(uuid), private.remove_worker_heartbeat(uuid),
  private.worker_silences() from public;
grant execute on function private.record_worker_heartbeat(uuid), private.remove_worker_heartbeat(uuid) to arti_worker;
grant execute on function private.worker_silences() to arti_api;
