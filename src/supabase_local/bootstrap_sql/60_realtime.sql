-- Realtime as on hosted Supabase: the login that reads changes, the publication, realtime.messages, whose policies
-- authorize private channels, and the functions with which triggers send broadcasts.
-- Names are upstream's, except for two functions of the gateway (ask_as, standing).

-- Reads the changes of all tables in the server's write-ahead log, so only the gateway may use it.
do $$
begin
  if not exists (select from pg_roles where rolname = 'supabase_replication_admin') then
    create role supabase_replication_admin login replication noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'supabase_realtime_admin') then
    create role supabase_realtime_admin nologin noinherit;
  end if;
exception when insufficient_privilege then
  raise notice 'no role may be made that reads changes, so Realtime tells none';
end $$;
grant supabase_realtime_admin to postgres;

create schema realtime authorization supabase_realtime_admin;
grant usage on schema realtime to postgres, anon, authenticated, service_role;

create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;

-- Messages sent from SQL, kept for three days. Its policies authorize private channels: select to receive, insert to
-- send, `extension` is broadcast or presence, realtime.topic() the channel's name.
create table realtime.messages (
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  updated_at timestamp not null default (now() at time zone 'utc'),
  inserted_at timestamp not null default (now() at time zone 'utc'),
  id uuid not null default gen_random_uuid(),
  binary_payload bytea,
  primary key (id, inserted_at)
);
create index messages_inserted_at_topic_index on realtime.messages (inserted_at desc, topic)
  where extension = 'broadcast' and private is true;
alter table realtime.messages owner to supabase_realtime_admin;
alter table realtime.messages enable row level security;
grant select, insert on realtime.messages to postgres, anon, authenticated, service_role;
create publication supabase_realtime_messages_publication for table realtime.messages with (publish = 'insert');

create function realtime.topic() returns text language sql stable as
$$ select nullif(current_setting('realtime.topic', true), '') $$;

-- Sends a broadcast from SQL, at the commit. A failure is a warning: the transaction that sends it must not fail.
create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
language plpgsql set search_path = '' as $$
declare
  message_id constant uuid := pg_catalog.gen_random_uuid();
begin
  perform pg_catalog.set_config('realtime.topic', topic, true);
  insert into realtime.messages (id, topic, extension, event, private, payload)
  values (message_id, topic, 'broadcast', event, private,
          case when pg_catalog.jsonb_typeof(payload) = 'object' and not payload ? 'id'
               then payload || pg_catalog.jsonb_build_object('id', message_id) else payload end);
exception when others then
  raise warning 'ErrorSendingBroadcastMessage: %', sqlerrm;
end $$;

create function realtime.send_binary(payload bytea, event text, topic text, private boolean default true) returns void
language plpgsql set search_path = '' as $$
begin
  perform pg_catalog.set_config('realtime.topic', topic, true);
  insert into realtime.messages (topic, extension, event, private, binary_payload)
  values (topic, 'broadcast', event, private, payload);
exception when others then
  raise warning 'ErrorSendingBroadcastMessage: %', sqlerrm;
end $$;

create function realtime.forget_messages() returns void
language sql security definer set search_path = '' as $$
  delete from realtime.messages where inserted_at < pg_catalog.now() at time zone 'utc' - interval '3 days'
$$;
alter function realtime.forget_messages() owner to supabase_realtime_admin;
revoke all on function realtime.forget_messages() from public;
do $$
begin
  if exists (select from pg_roles where rolname = 'supabase_replication_admin') then
    grant usage on schema realtime to supabase_replication_admin;
    grant execute on function realtime.forget_messages() to supabase_replication_admin;
  end if;
end $$;

-- For triggers: broadcasts a change of a row on a private channel.
create function realtime.broadcast_changes(
  topic_name text, event_name text, operation text, table_name text, table_schema text,
  new record, old record, level text default 'ROW'
) returns void
language plpgsql set search_path = '' as $$
begin
  if level = 'STATEMENT' then
    raise exception 'function can only be triggered for each row, not for each statement';
  end if;
  perform realtime.send(pg_catalog.jsonb_build_object(
    'old_record', old, 'record', new, 'operation', operation, 'table', table_name, 'schema', table_schema),
    event_name, topic_name);
end $$;

-- Evaluate a prepared query once for each element of `claims`, in one round trip and with the privileges of the calling
-- role. `answer` is null where a policy fails.
create function realtime.ask_as(claims text[], topics text[], question text, subject jsonb)
returns table (asker integer, answer jsonb)
language plpgsql as $$
declare
  prepared constant text := 'arti_' || md5(current_user || question);
begin
  if not exists (select from pg_catalog.pg_prepared_statements p where p.name = prepared) then
    execute format('prepare %I (jsonb) as %s', prepared, question);
  end if;
  for i in 1 .. cardinality(claims) loop
    asker := i;
    begin
      perform set_config('request.jwt.claims', claims[i], true),
              set_config('realtime.topic', coalesce(topics[i], ''), true);
      execute format('execute %I (%L)', prepared, subject) into answer;
    exception when others then
      answer := null;
    end;
    return next;
  end loop;
end $$;
revoke all on function realtime.ask_as(text[], text[], text, jsonb) from public;
grant execute on function realtime.ask_as(text[], text[], text, jsonb) to anon, authenticated, service_role;

-- A role's privileges and policies on the published tables.
create function realtime.standing(asker_role name) returns table (
  schema_name name, table_name name, secured boolean, readable name[], policies jsonb
)
language sql stable set search_path = '' as $$
  select n.nspname, c.relname,
    c.relrowsecurity and not (r.rolsuper or r.rolbypassrls),
    array(select a.attname from pg_catalog.pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            and pg_catalog.has_schema_privilege(r.oid, n.oid, 'usage')
            and pg_catalog.has_column_privilege(r.oid, c.oid, a.attnum, 'select')),
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'command', p.polcmd, 'permissive', p.polpermissive,
        'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
        'check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid),
        'columns', (select coalesce(jsonb_agg(distinct a.attname), '[]') from pg_catalog.pg_depend d
                    join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                    where d.classid = 'pg_catalog.pg_policy'::regclass and d.objid = p.oid
                      and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid > 0)))
      from pg_catalog.pg_policy p
      where p.polrelid = c.oid and exists (
        select from unnest(p.polroles) as roles (oid)
        where roles.oid = 0 or pg_catalog.pg_has_role(r.oid, roles.oid, 'usage'))), '[]')
  from pg_catalog.pg_publication_tables t
  join pg_catalog.pg_namespace n on n.nspname = t.schemaname
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.tablename
  join pg_catalog.pg_roles r on r.rolname = asker_role
  where t.pubname in ('supabase_realtime', 'supabase_realtime_messages_publication')
$$;
