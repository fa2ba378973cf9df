-- The clock of SQL: for every time that is compared, or stored and compared later. In an ordinary installation the
-- functions are now() and clock_timestamp(), inlined by the planner. Their bodies are bound at creation, so that no
-- search_path changes what they call, and only their owner can replace them.
-- They have a schema of their own, since `auth` and `realtime` have other owners and migrations create `private`.
create schema if not exists clock authorization postgres;
grant usage on schema clock to public;
set local role postgres;

-- The kind of installation: 'ordinary', or 'test' or 'demo', whose clock may be moved.
create or replace function clock.installation() returns text language sql immutable parallel safe
  return 'ordinary'::text;
-- How far the clock is ahead of the real time.
create or replace function clock.ahead() returns interval language sql immutable parallel safe
  return '0'::interval;
-- When the transaction began.
create or replace function clock.now() returns timestamptz language sql stable parallel safe
  return pg_catalog.now();
-- The time of the call, for several times within one transaction.
create or replace function clock.wall_now() returns timestamptz language sql volatile parallel safe
  return pg_catalog.clock_timestamp();
-- The day in UTC.
create or replace function clock.today() returns date language sql stable parallel safe
  return (clock.now() at time zone 'UTC')::date;
-- The day in a time zone, for example that in which a provider counts its days.
create or replace function clock.today_in(time_zone text) returns date language sql stable parallel safe
  return (clock.now() at time zone time_zone)::date;
grant execute on function clock.installation(), clock.ahead(), clock.now(), clock.wall_now(), clock.today(),
  clock.today_in(text) to public;

-- Mark this database as that of a test or demo installation, and set how far its clock is ahead. It replaces the
-- functions above with the privileges of the caller, so only their owner can; a mark is never removed.
create or replace procedure clock.move(installation text, ahead interval) language plpgsql set search_path = '' as $$
begin
  if installation is null or ahead is null or installation not in ('test', 'demo') then
    raise exception 'only the clock of a test or demo installation can be moved' using errcode = '22023';
  end if;
  execute format(
    'create or replace function clock.installation() returns text language sql immutable parallel safe
       return %L::text', installation);
  execute format(
    'create or replace function clock.ahead() returns interval language sql immutable parallel safe
       return %L::interval', make_interval(secs => extract(epoch from ahead)::double precision));
  create or replace function clock.now() returns timestamptz language sql stable parallel safe
    return pg_catalog.now() + clock.ahead();
  create or replace function clock.wall_now() returns timestamptz language sql volatile parallel safe
    return pg_catalog.clock_timestamp() + clock.ahead();
end $$;
revoke all on procedure clock.move(text, interval) from public;
reset role;

-- Replace now() in the functions and column defaults of earlier steps.
do $$
declare
  server constant text := '(?<![\w.])(pg_catalog\.)?now\(\)';
  found record;
begin
  for found in
    select pg_catalog.pg_get_functiondef(p.oid) as definition
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('auth', 'realtime') and p.prokind = 'f' and p.prosrc ~ server
  loop
    execute regexp_replace(found.definition, server, 'clock.now()', 'g');
  end loop;
  for found in
    select c.oid::regclass as name, a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid) as expression
    from pg_catalog.pg_attrdef d
    join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    join pg_catalog.pg_class c on c.oid = d.adrelid
    where c.relnamespace in ('auth'::regnamespace, 'realtime'::regnamespace)
      and pg_catalog.pg_get_expr(d.adbin, d.adrelid) ~ server
  loop
    execute format('alter table %s alter column %I set default %s',
                   found.name, found.attname, regexp_replace(found.expression, server, 'clock.now()', 'g'));
  end loop;
end $$;
