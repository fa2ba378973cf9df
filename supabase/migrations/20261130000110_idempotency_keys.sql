-- The answer to a POST with an Idempotency-Key, kept for a day for whoever sent it: written in the transaction of the
-- effect, so that there is one exactly when there is the other. Sealed by the application; reached through the functions
-- below alone, which act for the caller.
create table private.idempotency_keys (
  org_id uuid not null references public.orgs (id) on delete cascade,
  user_id uuid not null,
  route text not null,            -- method, path and query
  key_digest bytea not null,      -- SHA-256 of the key
  body_digest bytea not null,
  status smallint not null,
  sealed bytea not null,
  created_at timestamptz not null default clock.now(),
  primary key (org_id, user_id, route, key_digest)
);
create index idempotency_keys_age on private.idempotency_keys (org_id, created_at);
call private.isolate('private.idempotency_keys', null, null, worker_verbs => '');

-- Lock a key until the transaction ends, and return the answer that is stored for it. `is_free`: no other request with
-- the same key runs now. An org that is null stands for all of the caller's: the request makes one.
create function private.lock_idempotency_key(target_org uuid, requested_route text, requested_key bytea)
returns table (is_free boolean, org_id uuid, body_digest bytea, status smallint, sealed bytea)
language plpgsql security definer set search_path = '' as $$
declare
  caller constant uuid := (select auth.uid());
begin
  if caller is null or not (target_org is null or target_org = any (private.member_org_ids())) then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  is_free := pg_try_advisory_xact_lock(hashtextextended(
    concat_ws('|', target_org, caller, requested_route, encode(requested_key, 'hex')), 20261130));
  if is_free then
    select k.org_id, k.body_digest, k.status, k.sealed into org_id, body_digest, status, sealed
      from private.idempotency_keys k
      where k.org_id = any (case when target_org is null then private.member_org_ids() else array[target_org] end)
        and k.user_id = caller and k.route = requested_route and k.key_digest = requested_key
        and k.created_at > clock.now() - interval '24 hours'
      order by k.created_at desc limit 1;
  end if;
  return next;
end $$;

create function private.store_idempotent_answer(
  target_org uuid, requested_route text, requested_key bytea, requested_body bytea, answer_status smallint,
  answer bytea
) returns void language plpgsql security definer set search_path = '' as $$
declare
  caller constant uuid := (select auth.uid());
begin
  if caller is null or not target_org = any (private.member_org_ids()) then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  insert into private.idempotency_keys (org_id, user_id, route, key_digest, body_digest, status, sealed)
    values (target_org, caller, requested_route, requested_key, requested_body, answer_status, answer)
    on conflict (org_id, user_id, route, key_digest) do update
    set body_digest = excluded.body_digest, status = excluded.status, sealed = excluded.sealed,
      created_at = excluded.created_at;
end $$;

-- Delete what has expired, of all orgs; a worker calls it.
create function private.delete_expired_idempotency_keys() returns void
language sql security definer set search_path = '' as $$
  delete from private.idempotency_keys k
  where k.created_at <= clock.now() - interval '24 hours' and k.org_id <> private.canary_org_id()
$$;

revoke all on function private.lock_idempotency_key(uuid, text, bytea),
  private.store_idempotent_answer(uuid, text, bytea, bytea, smallint, bytea),
  private.delete_expired_idempotency_keys() from public;
grant execute on function private.lock_idempotency_key(uuid, text, bytea),
  private.store_idempotent_answer(uuid, text, bytea, bytea, smallint, bytea) to authenticated;
grant execute on function private.delete_expired_idempotency_keys() to arti_worker;

do $$
declare
  canary constant uuid := private.canary_org_id();
begin
  insert into private.idempotency_keys (org_id, user_id, route, key_digest, body_digest, status, sealed)
    values (canary, canary, 'canary', 'canary', 'canary', 200, 'canary');
end $$;
