-- What a counter gained, in one definition. Tiles, detectors, ask, campaigns and exports call it, or something made of it.

-- Whether a counter may honestly fall. If it may not, a lower value means that the provider took something out of the
-- count (a deleted track, a video made private, a correction), and there is no gain: it is never a negative one.
--   may fall: followers (people leave), likes, reposts and saves (taken back), comments and published items (deleted).
--   may not: plays, views and shares. They happened, and nobody takes them back.
-- Of other kinds than counters it says nothing.
alter table public.metrics add column can_fall boolean not null default true;
update public.metrics set can_fall = false
where slug in ('consumption.plays', 'consumption.views_total', 'engagement.shares_total');

-- The gain from `before` to `value`; null if one is unknown, or if the counter fell that cannot. Whoever calls it looks
-- for a change of definition in between. The body is bound when it is made, so the planner can inline it.
create function private.counter_gain(value double precision, before double precision, can_fall boolean)
returns double precision language sql immutable parallel safe
return case when can_fall or value >= before then value - before end;

revoke all on function private.counter_gain(double precision, double precision, boolean) from public;
grant execute on function private.counter_gain(double precision, double precision, boolean)
  to authenticated, arti_worker, service_role;
