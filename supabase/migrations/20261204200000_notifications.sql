-- What a person or a channel gets, and when: the digest, mails at once, quiet hours. A channel's row says what it gets
-- besides its rules; `run_as` is the member who set that up, and whose access decides what it holds.
create table public.notification_settings (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  user_id uuid,                            -- of a member
  channel_id uuid,                         -- or of a channel
  run_as uuid not null,
  frequency text not null default 'off' check (frequency in ('off', 'daily', 'weekly')),
  weekday smallint not null default 1 check (weekday between 1 and 7),  -- 1: Monday
  hour smallint not null default 8 check (hour between 0 and 23),
  time_zone text not null default 'UTC' check (length(time_zone) between 1 and 64),
  by_mail boolean not null default true,   -- of a member: in the app only, or by mail too
  at_once text not null default 'off' check (at_once in ('off', 'important', 'all')),  -- mails beside the digest
  min_severity text not null default 'notice' check (min_severity in ('info', 'notice', 'important')),
  artist_ids uuid[] not null default '{}' check (cardinality(artist_ids) <= 500),  -- none: all that may be seen
  cc text[] not null default '{}' check (cardinality(cc) <= 10),
  quiet_from smallint check (quiet_from between 0 and 23),
  quiet_to smallint check (quiet_to between 0 and 23),
  covered_until timestamptz not null default clock.now(),  -- the end of the last period that is done with
  created_at timestamptz not null default clock.now(),
  updated_at timestamptz not null default clock.now(),
  primary key (org_id, id),
  unique (org_id, user_id),
  unique (org_id, channel_id),
  check ((user_id is null) <> (channel_id is null)),
  check (user_id is null or user_id = run_as),
  check ((quiet_from is null) = (quiet_to is null) and quiet_from is distinct from quiet_to or quiet_from is null),
  foreign key (org_id, user_id) references public.memberships (org_id, user_id) on delete cascade,
  foreign key (org_id, channel_id) references public.channels (org_id, id) on delete cascade
);
call private.isolate('public.notification_settings', null, null, worker_verbs => 'select, update');
create policy own on public.notification_settings for all to authenticated
  using (org_id = any ((select private.org_ids_with('insights:read'))::uuid[]) and user_id = (select claims.uid()))
  with check (org_id = any ((select private.org_ids_with('insights:read'))::uuid[]) and user_id = (select claims.uid()));
create policy read_of_channels on public.notification_settings for select to authenticated
  using (org_id = any ((select private.org_ids_with('automation:read'))::uuid[]) and user_id is null);
create policy add_of_channels on public.notification_settings for insert to authenticated
  with check (org_id = any ((select private.org_ids_with('automation:manage'))::uuid[]) and user_id is null
    and run_as = (select claims.uid()));
create policy change_of_channels on public.notification_settings for update to authenticated
  using (org_id = any ((select private.org_ids_with('automation:manage'))::uuid[]) and user_id is null)
  with check (org_id = any ((select private.org_ids_with('automation:manage'))::uuid[]) and user_id is null
    and run_as = (select claims.uid()));
grant select, insert, update on public.notification_settings to authenticated;
call private.limit_rows('public.notification_settings', 20000);

-- What stands behind the bell of one member. What it says is read from the story, the account or the period.
create table public.notifications (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  kind text not null check (kind in ('story', 'account', 'digest')),
  event_id uuid,                           -- of which it was written once
  insight_id uuid,
  account_id uuid,
  period_from timestamptz,                 -- of a digest
  period_until timestamptz,
  created_at timestamptz not null default clock.now(),
  read_at timestamptz,
  check ((kind = 'digest') = (period_from is not null and period_until is not null)),
  check ((kind = 'story') = (insight_id is not null) and (kind = 'account') = (account_id is not null)),
  primary key (org_id, id),
  foreign key (org_id, user_id) references public.memberships (org_id, user_id) on delete cascade,
  foreign key (org_id, insight_id) references public.insights (org_id, id) on delete cascade,
  foreign key (org_id, account_id) references public.accounts (org_id, id) on delete cascade
);
create unique index notifications_once on public.notifications (org_id, user_id, event_id) where event_id is not null;
create unique index notifications_of_period on public.notifications (org_id, user_id, period_until)
  where period_until is not null;
create index notifications_recent on public.notifications (org_id, user_id, created_at desc, id desc);
create index notifications_insight on public.notifications (org_id, insight_id) where insight_id is not null;
create index notifications_account on public.notifications (org_id, account_id) where account_id is not null;
call private.isolate('public.notifications', null, null, worker_verbs => 'select, insert');
create policy own on public.notifications for select to authenticated
  using (org_id = any ((select private.org_ids_with('insights:read'))::uuid[]) and user_id = (select claims.uid()));
create policy mark_read on public.notifications for update to authenticated
  using (org_id = any ((select private.org_ids_with('insights:read'))::uuid[]) and user_id = (select claims.uid()))
  with check (org_id = any ((select private.org_ids_with('insights:read'))::uuid[]) and user_id = (select claims.uid()));
create policy visible_artists_only on public.notifications as restrictive for all to authenticated
  using ((insight_id is null or exists (
            select from public.insights i where i.org_id = notifications.org_id and i.id = insight_id))
         and (account_id is null or exists (
            select from public.accounts a where a.org_id = notifications.org_id and a.id = account_id)))
  with check ((insight_id is null or exists (
            select from public.insights i where i.org_id = notifications.org_id and i.id = insight_id))
         and (account_id is null or exists (
            select from public.accounts a where a.org_id = notifications.org_id and a.id = account_id)));
grant select on public.notifications to authenticated;
grant update (read_at) on public.notifications to authenticated;

do $$
declare
  target text;
begin
  foreach target in array array['public.notification_settings', 'public.notifications'] loop
    execute format('create trigger require_api_login before insert or update or delete on %s for each statement '
      'when (current_user = ''authenticated'' and session_user <> ''arti_api'') '
      'execute function private.require_api_login()', target);
  end loop;
end $$;

-- A delivery to a member (`user_id`), of a digest (`settings_id` with its period), or of what arrived in a period. What a digest holds is put together
-- at each attempt, by what may be seen then, and is not kept. `held`: refused by a limit, until a member sends it again.
-- `cancelled`: there was nothing to send any more.
alter table public.deliveries
  add column user_id uuid,
  add column settings_id uuid,
  add column period_from timestamptz,
  add column period_until timestamptz,
  add column is_copy boolean not null default false,  -- of a digest, to somebody who was named for one
  add foreign key (org_id, user_id) references public.memberships (org_id, user_id) on delete cascade,
  add foreign key (org_id, settings_id) references public.notification_settings (org_id, id) on delete cascade,
  drop constraint deliveries_status_check,
  add constraint deliveries_status_check check (status in
    ('pending', 'sending', 'sent', 'mailbox', 'failed', 'unknown', 'dead', 'held', 'cancelled'));
create index deliveries_user on public.deliveries (org_id, user_id) where user_id is not null;
create unique index deliveries_of_period on public.deliveries (org_id, settings_id, period_until, recipient)
  where period_until is not null;
create unique index deliveries_of_member on public.deliveries (org_id, event_id, user_id) where user_id is not null;
-- A mail to a member is theirs alone; a channel's digest holds all sorts, so it is for those who see everything.
create policy own_or_unrestricted on public.deliveries as restrictive for all to authenticated
  using (user_id = (select claims.uid()) or user_id is null and period_until is null
         or user_id is null and org_id = any ((select private.all_artist_org_ids())::uuid[])
           and org_id = any ((select private.all_platform_org_ids())::uuid[]))
  with check (user_id = (select claims.uid()) or user_id is null and period_until is null
         or user_id is null and org_id = any ((select private.all_artist_org_ids())::uuid[])
           and org_id = any ((select private.all_platform_org_ids())::uuid[]));

-- What the local mailbox keeps of a digest goes with any insight that it shows.
create index deliveries_kept_digests on public.deliveries (org_id) where period_until is not null and status = 'mailbox';
create function private.delete_kept_digests() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.deliveries d using gone g
    where d.org_id = g.org_id and d.period_until is not null and d.status = 'mailbox'
      and d.payload -> 'insight_ids' ? g.id::text;
  return null;
end $$;
revoke all on function private.delete_kept_digests() from public;
create trigger delete_kept_digests after delete on public.insights referencing old table as gone
  for each statement execute function private.delete_kept_digests();

-- What a link in a mail may change without a sign-in: its own subscription and nothing else. The API has checked the
-- link's seal. `part`: digest, at_once, copy (to `address`), or channel, whose id `subject` then is.
create function private.read_subscription(org uuid, part text, subject uuid, address text)
returns table (org_name text, language text, frequency text, weekday smallint, hour smallint, time_zone text)
language sql stable security definer set search_path = '' as $$
  select o.name, coalesce(u.language, o.language),
    case part when 'digest' then s.frequency when 'at_once' then s.at_once
      else case when address = any (s.cc) then s.frequency else 'off' end end,
    s.weekday, s.hour, s.time_zone
  from public.notification_settings s join public.orgs o on o.id = s.org_id
  left join public.users u on u.id = s.user_id
  where part <> 'channel' and s.org_id = org and s.id = subject and session_user = 'arti_api'
  union all
  select o.name, o.language, case when c.enabled then 'on' else 'off' end, 1::smallint, 8::smallint, 'UTC'
  from public.channels c join public.orgs o on o.id = c.org_id
  where part = 'channel' and c.org_id = org and c.id = subject and c.kind = 'email' and session_user = 'arti_api'
$$;

create function private.change_subscription(
  org uuid, part text, subject uuid, address text, new_frequency text, reason text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if session_user <> 'arti_api' then
    raise exception 'only the API changes subscriptions' using errcode = '42501';
  end if;
  case part
    when 'digest' then
      update public.notification_settings s set frequency = new_frequency, updated_at = clock.now(),
          covered_until = case when s.frequency = 'off' then clock.now() else s.covered_until end
        where s.org_id = org and s.id = subject;
    when 'at_once' then
      update public.notification_settings s set at_once = new_frequency, updated_at = clock.now()
        where s.org_id = org and s.id = subject;
    when 'copy' then
      update public.notification_settings s
        set cc = array_remove(s.cc, address), updated_at = clock.now()
        where s.org_id = org and s.id = subject and new_frequency = 'off';
    else
      update public.channels c set enabled = new_frequency <> 'off', updated_at = clock.now(),
          disabled_reason = case when new_frequency = 'off' then reason end
        where c.org_id = org and c.id = subject and c.kind = 'email'
          and (new_frequency = 'off' or c.disabled_reason = reason);
  end case;
  return found;
end $$;
revoke all on function private.read_subscription(uuid, text, uuid, text),
  private.change_subscription(uuid, text, uuid, text, text, text) from public;
grant execute on function private.read_subscription(uuid, text, uuid, text),
  private.change_subscription(uuid, text, uuid, text, text, text) to arti_api;

insert into private.retentions (relation, moment, keep, ended) values
  ('public.notifications', 'created_at', '90 days', 'true');

call private.map_subject('public.notification_settings',
  'subject: org_id user_id, reference: id channel_id artist_ids, author: run_as, address: cc, '
  'figure: frequency weekday hour time_zone by_mail at_once min_severity quiet_from quiet_to covered_until created_at '
  'updated_at',
  of_org => 'org_id = $1', of_person => 'user_id = $1', exported_to => '{org,person}');
call private.map_subject('public.notifications',
  'subject: org_id user_id, reference: id event_id insight_id account_id, figure: kind period_from period_until '
  'created_at read_at',
  of_org => 'org_id = $1', of_person => 'user_id = $1', exported_to => '{org,person}');
call private.map_subject('public.deliveries',
  'subject: org_id, reference: id event_id insight_id rule_id channel_id artist_id user_id settings_id, '
  'address: recipient, text: subject body payload last_error, '
  'figure: kind provider status next_attempt_at read_at sent_at created_at is_money period_from period_until '
  'is_copy, internal: attempts',
  of_org => 'org_id = $1', of_person => 'lower(recipient) = any ($2)', exported_to => '{org}',
  with_person => 'anonymise', why => 'the message is the org''s');
update private.subject_columns set anonymised = '''former member'''
  where relation = 'public.deliveries' and name = 'recipient';

insert into public.notification_settings (org_id, id, user_id, run_as)
  select m.org_id, m.org_id, m.user_id, m.user_id from public.memberships m
  where m.org_id = private.canary_org_id() limit 1;
insert into public.notifications (org_id, id, user_id, kind, period_from, period_until)
  select m.org_id, m.org_id, m.user_id, 'digest', '2000-01-01', '2000-01-02' from public.memberships m
  where m.org_id = private.canary_org_id() limit 1;
