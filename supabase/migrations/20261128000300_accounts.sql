-- A linked account is an "account" in table, column, payload and vault, as it is in the API: table connected_accounts
-- becomes accounts, connection_id becomes account_id. Policies, grants, triggers and foreign keys follow the rename.

alter table public.connected_accounts rename to accounts;
alter table public.sync_runs rename column connection_id to account_id;

do $$
declare
  old record;
begin
  for old in select c.conname, c.conrelid::regclass as owner,
               replace(replace(c.conname, 'connected_accounts', 'accounts'), 'connection_id', 'account_id') as new_name
             from pg_catalog.pg_constraint c
             where c.conrelid in ('public.accounts'::regclass, 'public.sync_runs'::regclass)
               and (c.conname like '%connected_accounts%' or c.conname like '%connection_id%') loop
    execute format('alter table %s rename constraint %I to %I', old.owner, old.conname, old.new_name);
  end loop;
end $$;

-- What was queued or recorded before the rename is still handled after it.
update public.jobs set args = args - 'connection_id' || jsonb_build_object('account_id', args -> 'connection_id')
  where args ? 'connection_id';
update public.events set payload = payload - 'connection_id' || jsonb_build_object('account_id', payload -> 'connection_id')
  where payload ? 'connection_id';
update public.audit_log set subject_kind = 'account' where subject_kind = 'connected_account';

-- The vault's rows keep their bytes. They were sealed under the old kind, which the application still tries.
alter table private.vault drop constraint vault_kind_check;
update private.vault set kind = 'account' where kind = 'connection';
alter table private.vault add constraint vault_kind_check
  check (kind in ('account', 'channel', 'provider_app', 'webhook_source'));

create or replace function private.put_secret(
  target_org uuid, secret_kind text, secret_ref text, secret bytea, version integer
) returns void language plpgsql security definer set search_path = '' as $$
begin
  if not target_org = any (private.org_ids_with(case secret_kind
      when 'account' then 'connections:manage' when 'provider_app' then 'connections:manage'
      else 'automation:manage' end)) then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  insert into private.vault (org_id, kind, ref, sealed, key_version)
    values (target_org, secret_kind, secret_ref, secret, version)
    on conflict (org_id, kind, ref) do update
    set sealed = excluded.sealed, key_version = excluded.key_version, updated_at = now();
end $$;

create or replace function private.delete_secret(target_org uuid, secret_kind text, secret_ref text)
returns void language plpgsql security definer set search_path = '' as $$
begin
  if not target_org = any (private.org_ids_with(case secret_kind
      when 'account' then 'connections:manage' when 'provider_app' then 'connections:manage'
      else 'automation:manage' end)) then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  delete from private.vault v where v.org_id = target_org and v.kind = secret_kind and v.ref = secret_ref;
end $$;

create or replace function private.record_artist() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  artist public.artists;
begin
  artist := case when tg_op = 'DELETE' then old else new end;
  if tg_op = 'DELETE' and exists (select from public.accounts a
                                  where a.org_id = old.org_id and a.artist_id = old.id
                                    and a.status <> 'disconnected') then
    raise exception 'disconnect the accounts of this artist first' using errcode = '23503';
  end if;
  insert into public.audit_log (org_id, actor_id, action, subject_kind, subject_id, details)
    values (artist.org_id, (select auth.uid()), case tg_op when 'DELETE' then 'artist.deleted' else 'artist.created' end,
            'artist', artist.id::text, jsonb_build_object('name', artist.name));
  return artist;
end $$;
