-- Backups: the login that takes them, what was deleted (for the ledger that stands beside the backups), and how they
-- are. A restored database has what was deleted after its moment; the ledger says what to delete again.

do $$ begin
  if not exists (select from pg_roles where rolname = 'arti_backup') then
    create role arti_backup login noinherit nosuperuser nobypassrls nocreaterole nocreatedb;
  end if;
end $$;
grant usage on schema private to arti_backup;

-- What people deleted or revoked, as the keys of the rows: no names, no values. A row is in a restored database exactly
-- if the deletion was committed before its moment.
create table private.deletions (
  id uuid primary key default gen_random_uuid(),
  action text not null check (action in ('delete', 'revoke')),
  relation text not null,                  -- as public.artists
  key jsonb not null,                      -- the columns of its primary key
  deleted_at timestamptz not null default clock.now(),
  shipped_at timestamptz                   -- when it was written to the ledger
);
create index deletions_to_ship on private.deletions (deleted_at) where shipped_at is null;
alter table private.deletions enable row level security;
alter table private.deletions force row level security;

-- Arguments: the action, then the columns of the key. A statement for all rows, so that it costs little.
create function private.ledger_deletion() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.deletions (action, relation, key)
    select tg_argv[0], format('%I.%I', tg_table_schema, tg_table_name),
      (select jsonb_object_agg(name, to_jsonb(gone) -> name) from unnest(tg_argv[1:]) name)
    from gone;
  return null;
end $$;
revoke all on function private.ledger_deletion() from public;

-- A key that is revoked, or a member who is disabled, is a row that stays.
create function private.ledger_revocation() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.deletions (action, relation, key)
    select 'revoke', format('%I.%I', tg_table_schema, tg_table_name),
      (select jsonb_object_agg(name, to_jsonb(new) -> name) from unnest(tg_argv) name);
  return null;
end $$;
revoke all on function private.ledger_revocation() from public;

do $$
declare
  recorded record;
begin
  for recorded in
    select c.oid::regclass as target,
      (select string_agg(quote_literal(a.attname), ', ' order by k.place)
       from unnest(i.indkey) with ordinality k (number, place)
       join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number) as columns
    from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.oid = any (array['public.orgs', 'public.users', 'public.memberships', 'public.member_artists',
      'public.member_groups', 'public.artists', 'public.accounts', 'public.assets', 'public.series',
      'public.documents', 'public.campaigns', 'public.calendar_entries', 'public.channels', 'public.rules',
      'public.webhook_sources', 'public.royalty_statements', 'public.sources', 'public.org_metrics',
      'private.vault', 'private.org_keys', 'private.installation_keys']::regclass[])
  loop
    execute format(
      'create trigger ledger_deletion after delete on %s referencing old table as gone
         for each statement execute function private.ledger_deletion(''delete'', %s)', recorded.target, recorded.columns);
  end loop;
end $$;
create trigger ledger_revocation after update of revoked_at on private.org_keys for each row
  when (old.revoked_at is null and new.revoked_at is not null)
  execute function private.ledger_revocation('org_id', 'id');
create trigger ledger_revocation after update of revoked_at on private.installation_keys for each row
  when (old.revoked_at is null and new.revoked_at is not null)
  execute function private.ledger_revocation('id');
create trigger ledger_revocation after update of status on public.memberships for each row
  when (old.status <> 'disabled' and new.status = 'disabled')
  execute function private.ledger_revocation('org_id', 'user_id');

create function private.unshipped_deletions(at_most integer)
returns table (id uuid, action text, relation text, key jsonb, deleted_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select d.id, d.action, d.relation, d.key, d.deleted_at from private.deletions d
  where d.shipped_at is null order by d.deleted_at limit at_most
$$;
-- Those that were shipped longer ago than any backup is kept are in no ledger that is still needed.
create function private.mark_deletions_shipped(ids uuid[], kept interval) returns void
language sql security definer set search_path = '' as $$
  update private.deletions d set shipped_at = clock.now() where d.id = any (ids);
  delete from private.deletions d where d.shipped_at < clock.now() - kept;
$$;

-- How backups are, as the service that makes them reported last. One row.
create table private.backup_state (
  id boolean primary key default true check (id),
  since timestamptz not null default clock.now(),  -- since when there should be backups
  reported_at timestamptz,
  kind text check (kind in ('physical', 'logical')),
  last_backup_at timestamptz,              -- the moment that the newest good backup holds
  archived_until timestamptz,              -- physical: up to here every commit is in the archive
  last_error text,
  last_error_at timestamptz
);
alter table private.backup_state enable row level security;
alter table private.backup_state force row level security;
insert into private.backup_state default values;

create function private.report_backup(
  kind text, last_backup_at timestamptz, archived_until timestamptz, error text
) returns void language sql security definer set search_path = '' as $$
  update private.backup_state s set reported_at = clock.now(), kind = report_backup.kind,
    last_backup_at = coalesce(report_backup.last_backup_at, s.last_backup_at),
    archived_until = coalesce(report_backup.archived_until, s.archived_until),
    last_error = report_backup.error, last_error_at = case when report_backup.error is not null then clock.now() end
$$;
create function private.read_backup_state()
returns table (since timestamptz, reported_at timestamptz, kind text, last_backup_at timestamptz,
               archived_until timestamptz, last_error text)
language sql stable security definer set search_path = '' as $$
  select s.since, s.reported_at, s.kind, s.last_backup_at, s.archived_until, s.last_error from private.backup_state s
$$;
revoke all on function private.unshipped_deletions(integer), private.mark_deletions_shipped(uuid[], interval),
  private.report_backup(text, timestamptz, timestamptz, text), private.read_backup_state() from public;
grant execute on function private.unshipped_deletions(integer), private.mark_deletions_shipped(uuid[], interval),
  private.report_backup(text, timestamptz, timestamptz, text), private.applied_migrations() to arti_backup;
grant execute on function private.read_backup_state() to arti_api;

-- A refresh token that works once may have been spent after the moment of a restored database: such an account renews
-- its tokens before they are used, and asks for a new consent when the provider refuses.
alter table public.accounts add column tokens_restored_at timestamptz;
