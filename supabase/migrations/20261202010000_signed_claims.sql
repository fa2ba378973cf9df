-- Claims count when they are signed (docs/adr/0029-signed-claims.md). supabase_local makes schema claims for a database of
-- its own (bootstrap_sql/98_signed_claims.sql says more), in which the first block changes nothing; a hosted Supabase gets
-- it here. Its auth.uid() cannot be replaced and believes any claims, so policies and functions ask claims.uid().
do $make$
begin
  if to_regprocedure('claims.is_valid()') is not null then
    return;
  end if;
  create schema claims;
  grant usage on schema claims to public;

  -- The keys that are accepted, as the two blocks with which HMAC starts its hashes.
  create table claims.signing_keys (
    inner_block bytea not null check (length(inner_block) = 64),
    outer_block bytea not null check (length(outer_block) = 64)
  );
  alter table claims.signing_keys enable row level security;
  alter table claims.signing_keys force row level security;
  -- Logins whose claims count unsigned: those of another Supabase's own services, where one serves this database.
  create table claims.unsigned_logins (
    login name not null
  );
  alter table claims.unsigned_logins enable row level security;
  alter table claims.unsigned_logins force row level security;

  -- Whether the signature in force was made with this key, for this backend, role, job and claims, within a minute of the
  -- transaction's start. By real time on both sides.
  create function claims.signed_with(inner_block bytea, outer_block bytea) returns boolean language sql stable
  return case when left(current_setting('app.claims_signature', true), 64) =
      encode(sha256(outer_block || sha256(inner_block || convert_to(concat(
        pg_backend_pid(), E'\n', substr(current_setting('app.claims_signature', true), 66), E'\n', current_setting('role'),
        E'\n', current_setting('app.job_org_id', true), E'\n', current_setting('request.jwt.claims', true)), 'UTF8'))), 'hex')
    then abs(date_part('epoch', clock.now() - clock.ahead())
             - substr(current_setting('app.claims_signature', true), 66, 10)::bigint) <= 60
    else false end;
  -- The user of the claims, when they are signed; as upstream's auth.uid() reads it when they are not.
  create function claims.signed_user() returns uuid language sql stable
  return nullif(substr(current_setting('app.claims_signature', true), 77), '')::uuid;
  create function claims.unsigned_user() returns uuid language sql stable
  return case when current_setting('app.claims_signature', true) <> '' then null
    when exists (select from claims.unsigned_logins u where u.login = session_user) then
      coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
               nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid end;

  -- Whether the claims and the job's org of this transaction count.
  create function claims.is_valid() returns boolean
  language plpgsql stable security definer set search_path = '' as $$
  begin
    if current_setting('app.claims_signature', true) <> '' then
      return exists (select from claims.signing_keys k where claims.signed_with(k.inner_block, k.outer_block));
    end if;
    return coalesce(current_setting('app.job_org_id', true), '') = ''
      and exists (select from claims.unsigned_logins u where u.login = session_user);
  end $$;

  -- What policies ask. Null for claims that do not count.
  create function claims.jwt() returns jsonb language sql stable
  return case when claims.is_valid() then nullif(current_setting('request.jwt.claims', true), '')::jsonb end;
  create function claims.uid() returns uuid language sql stable
  return case when claims.is_valid() then coalesce(
    case when current_setting('app.claims_signature', true) <> ''
      then nullif(substr(current_setting('app.claims_signature', true), 77), '')
      else nullif(current_setting('request.jwt.claim.sub', true), '') end,
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid end;
  create function claims.role() returns text language sql stable
  return claims.jwt() ->> 'role';
  create function claims.email() returns text language sql stable
  return claims.jwt() ->> 'email';
  create function claims.job_org_id() returns uuid language sql stable
  return case when current_setting('app.job_org_id', true) <> '' and claims.is_valid()
    then current_setting('app.job_org_id', true)::uuid end;
  revoke all on function claims.signed_with(bytea, bytea), claims.signed_user(), claims.unsigned_user() from public;
  grant execute on function claims.is_valid(), claims.jwt(), claims.uid(), claims.role(), claims.email(),
    claims.job_org_id() to public;
end $make$;
-- What runs as its owner has one owner.
do $$ begin execute format('alter function claims.is_valid() owner to %I', current_user); end $$;
do $$ begin
  execute format('alter table claims.signing_keys owner to %I', current_user);
  execute format('alter table claims.unsigned_logins owner to %I', current_user);
end $$;

call private.map_shared_table('claims.signing_keys', 'internal: inner_block outer_block', 'of the installation');
call private.map_shared_table('claims.unsigned_logins', 'internal: login', 'of the installation');

-- The org of a worker's job is signed like claims.
create or replace function private.job_org_id() returns uuid language sql stable
return claims.job_org_id();

-- What policies ask about the caller is read from private.member_access each time. It was kept in settings of the
-- transaction, which any session can set.
do $do$
declare
  found record;
begin
  for found in
    select f.*, case when f.signature like 'role_in%' then 'text' else 'uuid[]' end as kind,
      case when f.signature like 'role_in%' then 'null' else $$'{}'$$ end as nothing
    from (values
      ('role_in(org uuid)', 'a.roles ->> org::text'), ('member_org_ids()', 'a.member'), ('all_artist_org_ids()', 'a.all_artists'),
      ('all_platform_org_ids()', 'a.all_platforms'), ('unrestricted_org_ids()', 'a.unrestricted'),
      ('org_ids_with(wanted text)', $$case wanted when 'members:read' then a.members_read
        when 'roster:read' then a.roster_read when 'connections:read' then a.connections_read
        when 'metrics:read' then a.metrics_read when 'money:read' then a.money_read
        else array(
          select m.org_id
          from public.memberships m left join private.role_permissions p on p.role = m.role and p.permission = wanted
          where m.user_id = a.user_id and m.status = 'active' and p.role is not null
            and (wanted <> 'money:write' or coalesce(m.money_access, true))) end$$)
    ) as f (signature, answer)
  loop
    execute format($made$
      create or replace function private.%s returns %s
      language plpgsql stable security definer set search_path = '' as $body$
      begin
        if current_setting('app.claims_signature', true) <> '' then
          return coalesce((
            select %s from claims.signing_keys k, private.member_access a
            where claims.signed_with(k.inner_block, k.outer_block) and a.user_id = claims.signed_user()), %s);
        end if;
        return coalesce((select %s from private.member_access a where a.user_id = claims.unsigned_user()), %s);
      end $body$$made$, found.signature, found.kind, found.answer, found.nothing, found.answer, found.nothing);
  end loop;
end $do$;
create or replace function private.visible_artists() returns table (org_id uuid, artist_id uuid)
language plpgsql stable security definer rows 50 set search_path = '' as $$
#variable_conflict use_column
declare
  person constant uuid := claims.uid();
begin
  return query
    select a.org_id, a.artist_id
    from public.memberships m join public.member_artists a on a.org_id = m.org_id and a.user_id = m.user_id
    where m.user_id = person and m.status = 'active' and m.artist_access = 'list'
    union
    select a.org_id, a.artist_id
    from public.memberships m
    join public.member_groups g on g.org_id = m.org_id and g.user_id = m.user_id
    join public.artist_group_members a on a.org_id = g.org_id and a.group_id = g.group_id
    where m.user_id = person and m.status = 'active' and m.artist_access = 'list';
end $$;
revoke all on function private.role_in(uuid) from public;
grant execute on function private.role_in(uuid) to authenticated;
drop function private.find_member_org_ids(), private.find_all_artist_org_ids(), private.find_all_platform_org_ids(),
  private.find_unrestricted_org_ids(), private.find_org_ids_with(text), private.find_visible_artists(),
  private.claims_in_force();

-- As before, and 3 for claims that do not count.
create or replace function private.session_state() returns integer
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
declare
  claims constant jsonb := claims.jwt();
  person constant uuid := (claims ->> 'sub')::uuid;
  key constant uuid := (claims ->> 'key_id')::uuid;
  session constant uuid := (claims ->> 'session_id')::uuid;
  lacks_factor boolean;
begin
  if claims is null then
    return case when coalesce(current_setting('request.jwt.claims', true), '') = '' then 1 else 3 end;
  end if;
  if session is not null then
    -- A second factor that only the browser asks for would be none.
    select claims ->> 'aal' = 'aal1' and exists (
      select from auth.mfa_factors f where f.user_id = person and f.status = 'verified')
    into lacks_factor
    from auth.sessions s join auth.users u on u.id = s.user_id
    where s.id = session and s.user_id = person
      and (s.not_after is null or s.not_after > clock.now())
      and (u.banned_until is null or u.banned_until <= clock.now())
      and u.deleted_at is null
      and coalesce(nullif(u.role, ''), 'authenticated') = claims ->> 'role';
    if lacks_factor is null then
      return 0;
    elsif lacks_factor then
      return 2;
    end if;
  end if;
  if key is not null
    and not exists (select from private.installation_keys k where k.id = key and k.revoked_at is null)
    and not exists (
      select from private.org_keys k join public.memberships m on m.org_id = k.org_id and m.user_id = k.user_id
      where k.id = key and k.revoked_at is null and m.status = 'active')
  then
    return 0;
  end if;
  return 1;
end $$;

-- The series of an artist: as before, with the signature of the claims.
do $$
declare
  old constant regprocedure :=
    'private.read_artist_series(text, uuid, uuid, uuid, text[], text[], date, integer, date)'::regprocedure;
  definition constant text := pg_get_functiondef(old);
  made text := definition;
begin
  made := replace(made, '(claims text, ', '(claims text, signature text, ');
  made := replace(made, 'pg_catalog.set_config(''request.jwt.claims'', claims, true),',
    'pg_catalog.set_config(''request.jwt.claims'', claims, true),
    pg_catalog.set_config(''app.claims_signature'', signature, true),
    pg_catalog.set_config(''app.job_org_id'', '''', true),');
  made := replace(made, 'nullif(current_setting(''app.roles'', true), '''')::jsonb ->> org::text', 'private.role_in(org)');
  if made like '%app.roles%' or made not like '%signature text%' or made not like '%claims_signature%' then
    raise exception 'private.read_artist_series is not what this migration changes';
  end if;
  execute made;
  execute format('drop function %s', old);
end $$;
revoke all on function
  private.read_artist_series(text, text, uuid, uuid, uuid, text[], text[], date, integer, date) from public;
grant execute on function
  private.read_artist_series(text, text, uuid, uuid, uuid, text[], text[], date, integer, date) to arti_api;

-- Earlier migrations look for realtime.evaluate_as by its former arguments.
do $$
begin
  if to_regprocedure('realtime.evaluate_as(text[], text[], text[], text, jsonb)') is not null
     and not exists (select from pg_catalog.pg_publication where pubname = 'arti_permissions') then
    create publication arti_permissions for table public.memberships, public.user_permissions, public.member_artists,
      public.member_groups, public.artist_group_members, public.sources, private.role_permissions;
  end if;
end $$;

-- Wherever a migration says auth.uid(), the catalogue says claims.uid(): called after each migration, so that one which
-- is written as for any Supabase holds where upstream's function believes any claims.
create function private.signed(sql text) returns text language sql immutable set search_path = '' return
  regexp_replace(regexp_replace(sql, '\mauth\.(uid|jwt|role|email)\(\)', 'claims.\1()', 'g'),
    'nullif\((pg_catalog\.)?current_setting\(''request\.jwt\.claims'', true\), ''''\)::jsonb', 'claims.jwt()', 'gi');
create function private.ask_signed_claims() returns void language plpgsql set search_path = '' as $$
declare
  found record;
begin
  for found in
    select pg_get_functiondef(p.oid) as definition
    from pg_proc p
    where p.pronamespace in ('private'::regnamespace, 'public'::regnamespace) and p.prokind in ('f', 'p')
      and p.proname <> 'signed' and not exists (
        select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
      and (p.prosrc ~ 'auth\.|request\.jwt' or p.prosqlbody is not null)
  loop
    if private.signed(found.definition) <> found.definition then
      execute private.signed(found.definition);
    end if;
  end loop;
  for found in
    select p.polname, c.oid::regclass as on_table, u.condition as used, k.condition as checked
    from pg_policy p join pg_class c on c.oid = p.polrelid,
      lateral (select pg_get_expr(p.polqual, p.polrelid) as condition) u,
      lateral (select pg_get_expr(p.polwithcheck, p.polrelid) as condition) k
    where c.relnamespace in ('private'::regnamespace, 'public'::regnamespace)
      and private.signed(concat(u.condition, ' ', k.condition)) <> concat(u.condition, ' ', k.condition)
  loop
    execute concat(format('alter policy %I on %s', found.polname, found.on_table),
      ' using (' || private.signed(found.used) || ')', ' with check (' || private.signed(found.checked) || ')');
  end loop;
end $$;
revoke all on function private.signed(text), private.ask_signed_claims() from public;

create or replace function private.record_functions() returns void
language plpgsql set search_path = '' as $$
begin
  perform private.ask_signed_claims();
  delete from private.function_digests;
  insert into private.function_digests (name, digest)
    select p.oid::regprocedure::text, encode(sha256(convert_to(concat_ws('|', p.prosrc,
      pg_get_function_sqlbody(p.oid), p.proconfig, p.prosecdef, p.provolatile, p.proisstrict, p.proleakproof,
      (select l.lanname from pg_language l where l.oid = p.prolang)), 'UTF8')), 'hex')
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prokind <> 'a' and (n.nspname in ('private', 'public', 'claims') or exists (
        select from pg_depend d where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_proc'::regclass
          and d.refobjid = p.oid))
      and n.nspname not in ('clock', 'pg_catalog')  -- the clock of a demo moves, and has a check of its own
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
                      and d.deptype = 'e');
end $$;
select private.record_functions();
