-- Claims count when they are signed. Every session can set request.jwt.claims, so whoever gets to run SQL with a login of
-- the gateway could name any user. The gateway adds a signature in app.claims_signature, `mac seconds user`: HMAC-SHA256
-- over the backend, the seconds since 1970, the user, the role, the org of the job, and the claims. The key is in a table
-- that no role of a request can read.
create schema if not exists claims authorization postgres;
grant usage on schema claims to public;
set local role postgres;

-- The keys that are accepted, as the two blocks with which HMAC starts its hashes.
create table if not exists claims.signing_keys (
  inner_block bytea not null check (length(inner_block) = 64),
  outer_block bytea not null check (length(outer_block) = 64)
);
alter table claims.signing_keys enable row level security;
alter table claims.signing_keys force row level security;
-- Logins whose claims count unsigned: those of another Supabase's own services, where one serves this database.
create table if not exists claims.unsigned_logins (
  login name not null
);
alter table claims.unsigned_logins enable row level security;
alter table claims.unsigned_logins force row level security;

-- Whether the signature in force was made with this key, for this backend, role, job and claims, within a minute of the
-- transaction's start. By real time on both sides.
create or replace function claims.signed_with(inner_block bytea, outer_block bytea) returns boolean language sql stable
return case when left(current_setting('app.claims_signature', true), 64) =
    encode(sha256(outer_block || sha256(inner_block || convert_to(concat(
      pg_backend_pid(), E'\n', substr(current_setting('app.claims_signature', true), 66), E'\n', current_setting('role'),
      E'\n', current_setting('app.job_org_id', true), E'\n', current_setting('request.jwt.claims', true)), 'UTF8'))), 'hex')
  then abs(date_part('epoch', clock.now() - clock.ahead())
           - substr(current_setting('app.claims_signature', true), 66, 10)::bigint) <= 60
  else false end;
-- The user of the claims, when they are signed; as upstream's auth.uid() reads it when they are not.
create or replace function claims.signed_user() returns uuid language sql stable
return nullif(substr(current_setting('app.claims_signature', true), 77), '')::uuid;
create or replace function claims.unsigned_user() returns uuid language sql stable
return case when current_setting('app.claims_signature', true) <> '' then null
  when exists (select from claims.unsigned_logins u where u.login = session_user) then
    coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
             nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid end;

-- Whether the claims and the job's org of this transaction count.
create or replace function claims.is_valid() returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  if current_setting('app.claims_signature', true) <> '' then
    return exists (select from claims.signing_keys k where claims.signed_with(k.inner_block, k.outer_block));
  end if;
  return coalesce(current_setting('app.job_org_id', true), '') = ''
    and exists (select from claims.unsigned_logins u where u.login = session_user);
end $$;

-- What policies ask. Null for claims that do not count.
create or replace function claims.jwt() returns jsonb language sql stable
return case when claims.is_valid() then nullif(current_setting('request.jwt.claims', true), '')::jsonb end;
create or replace function claims.uid() returns uuid language sql stable
return case when claims.is_valid() then coalesce(
  case when current_setting('app.claims_signature', true) <> ''
    then nullif(substr(current_setting('app.claims_signature', true), 77), '')
    else nullif(current_setting('request.jwt.claim.sub', true), '') end,
  nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid end;
create or replace function claims.role() returns text language sql stable
return claims.jwt() ->> 'role';
create or replace function claims.email() returns text language sql stable
return claims.jwt() ->> 'email';
create or replace function claims.job_org_id() returns uuid language sql stable
return case when current_setting('app.job_org_id', true) <> '' and claims.is_valid()
  then current_setting('app.job_org_id', true)::uuid end;
revoke all on function claims.signed_with(bytea, bytea), claims.signed_user(), claims.unsigned_user() from public;
grant execute on function claims.is_valid(), claims.jwt(), claims.uid(), claims.role(), claims.email(),
  claims.job_org_id() to public;
reset role;

-- Upstream's functions believe any claims.
set local role supabase_auth_admin;
create or replace function auth.uid() returns uuid language sql stable as $$ select claims.uid() $$;
create or replace function auth.jwt() returns jsonb language sql stable as $$ select claims.jwt() $$;
create or replace function auth.role() returns text language sql stable as $$ select claims.role() $$;
create or replace function auth.email() returns text language sql stable as $$ select claims.email() $$;
reset role;

-- As before, with the signature of each principal's claims.
drop function realtime.evaluate_as(text[], text[], text, jsonb);
create function realtime.evaluate_as(claims text[], signatures text[], topics text[], query text, parameter jsonb)
returns table (principal integer, answer jsonb)
language plpgsql as $$
declare
  prepared constant text := 'realtime_' || md5(current_user || query);
begin
  if not exists (select from pg_catalog.pg_prepared_statements p where p.name = prepared) then
    execute format('prepare %I (jsonb) as %s', prepared, query);
  end if;
  for i in 1 .. cardinality(claims) loop
    principal := i;
    begin
      perform set_config('request.jwt.claims', claims[i], true),
              set_config('app.claims_signature', signatures[i], true),
              set_config('realtime.topic', coalesce(topics[i], ''), true);
      execute format('execute %I (%L)', prepared, parameter) into answer;
    exception when others then
      answer := null;
    end;
    return next;
  end loop;
end $$;
revoke all on function realtime.evaluate_as(text[], text[], text[], text, jsonb) from public;
grant execute on function realtime.evaluate_as(text[], text[], text[], text, jsonb) to anon, authenticated, service_role;
