-- How much of the installation one org may take: rows of each table that members add to, bytes of what they upload, and
-- work that waits. For members only, over the API and REST alike; what workers write follows from what members keep.

-- What an org may have that has no quota of its own. The operator changes both (./arti quotas).
create table private.quotas (
  resource text primary key,               -- a table, or what the triggers below name
  allowed bigint not null check (allowed >= 0),
  passes boolean not null default false    -- whether waiting helps: answered with 429 instead of 403
);
alter table private.quotas enable row level security;
alter table private.quotas force row level security;
create table private.org_quotas (
  org_id uuid not null references public.orgs (id) on delete cascade,
  resource text not null references private.quotas (resource),
  allowed bigint not null check (allowed >= 0),
  primary key (org_id, resource)
);
call private.isolate('private.org_quotas', null, null, worker_verbs => '');

insert into private.quotas (resource, allowed, passes) values
  ('unfinished jobs', 10000, true),
  ('events not dispatched', 10000, true),
  ('messages not sent', 10000, true),
  ('webhook calls not processed', 10000, true),
  ('audit entries of an hour', 20000, true),
  ('pending authorizations', 2000, true),
  ('bytes of documents and import files', 5368709120, false),
  ('orgs of a person', 50, false);

-- How much an org may have.
create function private.quota_of(org uuid, of_resource text) returns bigint
language sql stable security definer set search_path = '' as $$
  select coalesce((select o.allowed from private.org_quotas o where o.org_id = org and o.resource = of_resource),
                  (select q.allowed from private.quotas q where q.resource = of_resource))
$$;

-- The sentence of a full quota, for people: REST passes it on, and the API too.
create function private.refuse_over_quota(of_resource text, allowed bigint) returns void
language plpgsql stable set search_path = '' as $$
declare
  passes constant boolean := (select q.passes from private.quotas q where q.resource = of_resource);
begin
  raise exception 'This org may have % %, and would have more.',
      to_char(allowed, 'FM999,999,999,999'), replace(of_resource, '_', ' ')
    using errcode = case when passes then 'PT429' else 'PT403' end,
      hint = case when passes then 'Wait until some are done, then try again.'
        else 'Delete what is not needed, or let the operator raise the quota.' end;
end $$;

-- Count after the statement, so that one with many rows is refused whole. Whoever comes near the quota queues for it:
-- statements at the same time do not see each other's rows.
create function private.enforce_quota() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  of_resource constant text := tg_argv[0];
  counted constant text := coalesce(tg_argv[1], format('select 1 from %s where org_id = $1', tg_relid::regclass));
  touched record;
  allowed bigint;
  present bigint;
begin
  for touched in select r.org_id, count(*) as added from new_rows r group by r.org_id order by r.org_id loop
    allowed := private.quota_of(touched.org_id, of_resource);
    continue when allowed is null;
    for turn in 1 .. 2 loop
      execute format('select count(*) from (%s limit $2) as counted', counted)
        into present using touched.org_id, allowed + 1;
      if present > allowed then
        perform private.refuse_over_quota(of_resource, allowed);
      end if;
      exit when present < allowed * 8 / 10 and touched.added <= allowed / 100;
      perform pg_advisory_xact_lock(hashtextextended(of_resource || ' ' || touched.org_id, 0));
    end loop;
  end loop;
  return null;
end $$;

-- Bytes: of documents as they are, of import files as they were uploaded.
create function private.enforce_storage_quota() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  of_resource constant text := 'bytes of documents and import files';
  touched record;
  allowed bigint;
begin
  for touched in select distinct r.org_id from new_rows r order by r.org_id loop
    allowed := private.quota_of(touched.org_id, of_resource);
    continue when allowed is null;
    perform pg_advisory_xact_lock(hashtextextended(of_resource || ' ' || touched.org_id, 0));
    if allowed < (select coalesce(sum(octet_length(d.body)), 0) from public.documents d where d.org_id = touched.org_id)
        + (select coalesce(sum(i.byte_size), 0) from public.imports i
           where i.org_id = touched.org_id
             and exists (select from public.import_files f where f.org_id = i.org_id and f.import_id = i.id)) then
      perform private.refuse_over_quota(of_resource, allowed);
    end if;
  end loop;
  return null;
end $$;

-- Else the quotas of an org would be as many as somebody makes orgs.
create function private.limit_orgs_of_person() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  of_resource constant text := 'orgs of a person';
  allowed constant bigint := private.quota_of(null, of_resource);
  person constant uuid := auth.uid();
begin
  perform pg_advisory_xact_lock(hashtextextended(of_resource || ' ' || person, 0));
  if allowed <= (select count(*) from public.memberships m where m.user_id = person and m.role = 'admin') then
    raise exception 'You are an admin of % orgs, and may be of no more.', allowed
      using errcode = 'PT403', hint = 'Delete one that is not needed, or let the operator raise the quota.';
  end if;
  return new;
end $$;
revoke all on function private.quota_of(uuid, text), private.refuse_over_quota(text, bigint), private.enforce_quota(),
  private.enforce_storage_quota(), private.limit_orgs_of_person() from public;
grant execute on function private.quota_of(uuid, text) to arti_worker;

-- For a table that members add rows to: `allowed` of them in an org.
create procedure private.limit_rows(target regclass, allowed bigint)
language plpgsql set search_path = '' as $$
declare
  of_resource constant text := (select c.relname from pg_catalog.pg_class c where c.oid = target);
begin
  insert into private.quotas (resource, allowed) values (of_resource, limit_rows.allowed);
  execute format('create trigger enforce_quota after insert on %s referencing new table as new_rows for each statement '
    'when (session_user in (''arti_api'', ''arti_rest'', ''authenticator'') and current_user <> ''service_role'') '
    'execute function private.enforce_quota(%L)', target, of_resource);
end $$;
revoke all on procedure private.limit_rows(regclass, bigint) from public;
call private.limit_rows('public.memberships', 5000);
call private.limit_rows('public.invitations', 5000);
call private.limit_rows('public.user_permissions', 50000);
call private.limit_rows('public.member_artists', 500000);
call private.limit_rows('public.member_groups', 50000);
call private.limit_rows('private.org_keys', 500);
call private.limit_rows('public.artists', 20000);
call private.limit_rows('public.artist_aliases', 100000);
call private.limit_rows('public.artist_external_ids', 200000);
call private.limit_rows('public.artist_groups', 2000);
call private.limit_rows('public.artist_group_members', 200000);
call private.limit_rows('public.tags', 2000);
call private.limit_rows('public.artist_tags', 200000);
call private.limit_rows('public.accounts', 50000);
call private.limit_rows('public.recordings', 200000);
call private.limit_rows('public.releases', 100000);
call private.limit_rows('public.release_tracks', 400000);
call private.limit_rows('public.credits', 500000);
call private.limit_rows('public.recording_changes', 200000);
call private.limit_rows('public.playlists', 200000);
call private.limit_rows('public.calendar_entries', 100000);
call private.limit_rows('public.campaigns', 20000);
call private.limit_rows('public.campaign_budgets', 20000);
call private.limit_rows('public.campaign_costs', 200000);
call private.limit_rows('public.documents', 20000);
call private.limit_rows('public.imports', 100000);
call private.limit_rows('public.insight_feedback', 500000);
call private.limit_rows('public.org_metrics', 1000);
call private.limit_rows('public.sources', 500);
call private.limit_rows('public.place_names', 100000);
call private.limit_rows('public.exchange_rates', 50000);
call private.limit_rows('public.royalty_statements', 50000);
call private.limit_rows('public.channels', 500);
call private.limit_rows('public.rules', 2000);
call private.limit_rows('public.webhook_sources', 50);

create trigger enforce_quota after insert on public.jobs referencing new table as new_rows for each statement
  when (session_user in ('arti_api', 'arti_rest', 'authenticator')
    and current_user <> 'service_role') execute function private.enforce_quota('unfinished jobs',
    'select 1 from public.jobs where org_id = $1 and status in (''queued'', ''running'')');
create trigger enforce_quota_of_retries after update on public.jobs referencing new table as new_rows for each statement
  when (session_user in ('arti_api', 'arti_rest', 'authenticator')
    and current_user <> 'service_role') execute function private.enforce_quota('unfinished jobs',
    'select 1 from public.jobs where org_id = $1 and status in (''queued'', ''running'')');
create trigger enforce_quota after insert on public.events referencing new table as new_rows for each statement
  when (session_user in ('arti_api', 'arti_rest', 'authenticator')
    and current_user <> 'service_role') execute function private.enforce_quota('events not dispatched',
    'select 1 from public.events where org_id = $1 and dispatched_at is null');
create trigger enforce_quota after insert on public.audit_log referencing new table as new_rows for each statement
  when (session_user in ('arti_api', 'arti_rest', 'authenticator')
    and current_user <> 'service_role') execute function private.enforce_quota('audit entries of an hour',
    'select 1 from public.audit_log where org_id = $1 and created_at > clock.now() - interval ''1 hour''');
create trigger enforce_quota after insert on public.oauth_states referencing new table as new_rows for each statement
  when (session_user in ('arti_api', 'arti_rest', 'authenticator')
    and current_user <> 'service_role') execute function private.enforce_quota('pending authorizations',
    'select 1 from public.oauth_states where org_id = $1 and expires_at > clock.now()');
-- Inserted by private.receive_webhook, as its owner.
create index webhook_events_received on public.webhook_events (org_id) where status = 'received';
create trigger enforce_quota after insert on public.webhook_events referencing new table as new_rows for each statement
  when (session_user in ('arti_api', 'arti_rest', 'authenticator')
    and current_user <> 'service_role') execute function private.enforce_quota('webhook calls not processed',
    'select 1 from public.webhook_events where org_id = $1 and status = ''received''');
create trigger enforce_storage_quota after insert on public.import_files referencing new table as new_rows
  for each statement when (session_user in ('arti_api', 'arti_rest', 'authenticator')
    and current_user <> 'service_role') execute function private.enforce_storage_quota();
create trigger enforce_storage_quota after insert on public.documents referencing new table as new_rows
  for each statement when (session_user in ('arti_api', 'arti_rest', 'authenticator')
    and current_user <> 'service_role') execute function private.enforce_storage_quota();
create trigger enforce_storage_quota_of_changes after update on public.documents referencing new table as new_rows
  for each statement when (session_user in ('arti_api', 'arti_rest', 'authenticator')
    and current_user <> 'service_role') execute function private.enforce_storage_quota();
create trigger limit_orgs_of_person before insert on public.orgs for each row
  when (session_user in ('arti_api', 'arti_rest', 'authenticator')) execute function private.limit_orgs_of_person();
create index deliveries_not_sent on public.deliveries (org_id) where status in ('pending', 'sending', 'failed');

-- The arguments of the jobs that members may request: each is an id of a row that they see, one of a list of words, or
-- themselves; one whose name ends with ? may be missing.
alter table private.request_permissions add column arguments jsonb;
update private.request_permissions r set arguments = a.arguments
from (values
  ('connections.sync', '{"account_id": "accounts", "kind": ["manual", "nightly", "backfill"]}'::jsonb),
  ('insights.index_document', '{"document_id": "documents"}'),
  ('insights.reword', '{"insight_id": "insights"}'),
  ('automation.deliver', '{"delivery_id": "deliveries", "requested_by?": "self"}'),
  ('automation.test_channel', '{"channel_id": "channels"}'),
  ('orgs.mail_invitation', '{"invitation_id": "invitations"}'),
  ('music.match', '{"artist_id": "artists"}')
) as a (name, arguments)
where r.kind = 'job' and r.name = a.name;
alter table private.request_permissions
  add constraint request_permissions_arguments check (kind <> 'job' or jsonb_typeof(arguments) = 'object');

create function private.request_arguments(of_job text) returns jsonb
language sql stable security definer set search_path = '' as $$
  select r.arguments from private.request_permissions r where r.kind = 'job' and r.name = of_job
$$;
revoke all on function private.request_arguments(text) from public;
grant execute on function private.request_arguments(text) to authenticated;

-- Runs as the member, so that only what they see is there.
create function private.check_arguments() returns trigger
language plpgsql set search_path = '' as $$
declare
  declared constant jsonb := private.request_arguments(new.name);
  argument record;
  given jsonb;
  is_valid boolean;
begin
  if declared is null then
    return new;  -- no job of members: the policy refuses it
  end if;
  if jsonb_typeof(new.args) <> 'object' or length(new.dedupe_key) > 200 then
    raise exception 'the arguments of a job are an object, and its key has 200 characters at most' using errcode = '22023';
  end if;
  for argument in
    select coalesce(d.name, a.name) as name, d.value as declared, coalesce(d.may_miss, false) as may_miss
    from (select rtrim(e.key, '?') as name, e.value, e.key like '%?' as may_miss from jsonb_each(declared) e) d
    full join (select k as name from jsonb_object_keys(new.args) k) a on a.name = d.name
    order by 1
  loop
    given := new.args -> argument.name;
    continue when given is null and argument.may_miss;
    is_valid := false;
    if argument.declared is null or given is null then
      null;
    elsif jsonb_typeof(argument.declared) = 'array' then
      is_valid := argument.declared @> given and jsonb_typeof(given) = 'string';
    elsif argument.declared = '"self"' then
      is_valid := given = to_jsonb(auth.uid());
    elsif private.uuid_in(new.args, argument.name) is not null then
      execute format('select exists (select from public.%I where org_id = $1 and id = $2)', argument.declared #>> '{}')
        into is_valid using new.org_id, private.uuid_in(new.args, argument.name);
      if not is_valid then
        raise exception 'something that this names is not here' using errcode = '23503';
      end if;
    end if;
    if not is_valid then
      raise exception 'the job % does not take this argument: %', new.name, left(argument.name, 60)
        using errcode = '22023', hint = 'Its arguments are ' || declared::text;
    end if;
  end loop;
  return new;
end $$;
revoke all on function private.check_arguments() from public;
create trigger check_arguments before insert on public.jobs for each row
  when (current_user = 'authenticated') execute function private.check_arguments();

-- A row of the canary org, by which the probe of isolation sees a leak.
insert into private.org_quotas (org_id, resource, allowed) values (private.canary_org_id(), 'artists', 20000);
