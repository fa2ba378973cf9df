-- Telling people: where to, when, and what became of it.

create table public.channels (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  kind text not null check (kind in ('slack', 'email', 'sms', 'n8n')),
  name text not null check (length(name) between 1 and 120),
  target jsonb not null default '{}',      -- what may be shown: an address, a host; secrets lie in the vault
  enabled boolean not null default true,
  disabled_reason text,                    -- why we switched it off ourselves, e.g. the receiver answered 410
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id)
);
call private.isolate('public.channels', 'automation:read', 'automation:manage');

create table public.rules (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 120),
  event_type text not null default 'insight.created',
  conditions jsonb not null default '{}',  -- {min_severity, detectors, providers, metrics, artist_ids}; missing = any
  channel_id uuid not null,
  enabled boolean not null default true,
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, channel_id) references public.channels (org_id, id) on delete cascade
);
call private.isolate('public.rules', 'automation:read', 'automation:manage', worker_verbs => 'select');

-- One message owed to one channel because of one event and one rule. Sent once.
--   pending -> sending -> sent | failed (tried again at next_attempt_at) | dead (given up)
--                       | unknown (may have arrived; only a person sends it again) | mailbox (no way out is configured)
create table public.deliveries (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  event_id uuid,                           -- null: a test message that a person asked for
  insight_id uuid,                         -- deleted data takes what was told about it along
  rule_id uuid,
  channel_id uuid,
  kind text not null,
  provider public.provider,                -- whose numbers it tells: hidden from those who may not read that platform
  recipient text not null,                 -- as it may be shown
  subject text not null,
  body text not null,
  payload jsonb not null,                  -- what goes over the wire, without secrets
  status text not null default 'pending'
    check (status in ('pending', 'sending', 'sent', 'mailbox', 'failed', 'unknown', 'dead')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  last_error text,
  read_at timestamptz,                     -- in the local mailbox
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, event_id) references public.events (org_id, id) on delete cascade,
  foreign key (org_id, insight_id) references public.insights (org_id, id) on delete cascade,
  foreign key (org_id, rule_id) references public.rules (org_id, id) on delete set null (rule_id),
  foreign key (org_id, channel_id) references public.channels (org_id, id) on delete set null (channel_id)
);
create unique index deliveries_once on public.deliveries (org_id, event_id, channel_id);
create index deliveries_insight on public.deliveries (org_id, insight_id) where insight_id is not null;
create index deliveries_recent on public.deliveries (org_id, created_at desc);
call private.isolate('public.deliveries', 'automation:read', null);
create policy mark_read on public.deliveries for update to authenticated
  using (org_id = any ((select private.org_ids_with('automation:read'))::uuid[]))
  with check (org_id = any ((select private.org_ids_with('automation:read'))::uuid[]));
grant update (read_at) on public.deliveries to authenticated;
create policy on_platform on public.deliveries as restrictive for all to authenticated
  using (provider is null or (org_id, provider) in (select p.org_id, p.provider from private.platforms_with('read') p))
  with check (provider is null or (org_id, provider) in (select p.org_id, p.provider from private.platforms_with('read') p));

create table public.delivery_attempts (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  delivery_id uuid not null,
  attempt integer not null,
  started_at timestamptz not null default now(),
  outcome text not null default 'sending' check (outcome in ('sending', 'sent', 'failed', 'unknown')),
  duration_seconds double precision,
  response_status integer,
  error text,
  primary key (org_id, id),
  unique (org_id, delivery_id, attempt),
  foreign key (org_id, delivery_id) references public.deliveries (org_id, id) on delete cascade
);
call private.isolate('public.delivery_attempts', 'automation:read', null);
create policy with_its_delivery on public.delivery_attempts as restrictive for select to authenticated
  using (exists (select from public.deliveries d where d.org_id = delivery_attempts.org_id and d.id = delivery_id));

-- Who may call in, and how they sign. The secret lies in the vault, kind webhook_source, under the source's name.
create table public.webhook_sources (
  org_id uuid not null references public.orgs (id) on delete cascade,
  source text not null check (source in ('n8n', 'slack', 'meta', 'custom')),
  created_by uuid,
  created_at timestamptz not null default now(),
  primary key (org_id, source)
);
call private.isolate('public.webhook_sources', 'automation:read', 'automation:manage', worker_verbs => 'select');

-- Calls that came in, kept before anything is done with them. The same id has one effect.
create table public.webhook_events (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  source text not null,
  external_id text not null,
  payload jsonb not null,
  status text not null default 'received' check (status in ('received', 'processed', 'failed')),
  note text,                               -- what came of it, or why nothing did
  received_at timestamptz not null default now(),
  processed_at timestamptz,
  primary key (org_id, id),
  unique (org_id, source, external_id)
);
create index webhook_events_recent on public.webhook_events (org_id, received_at desc);
call private.isolate('public.webhook_events', 'automation:read', null);

-- The inbound route has checked the signature with the org's secret before it calls this.
-- Returns the new row's id, or null when this event is already kept.
create function private.receive_webhook(target_org uuid, webhook_source text, webhook_id text, body jsonb,
                                        job_name text) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  new_id uuid;
begin
  insert into public.webhook_events (org_id, source, external_id, payload)
    values (target_org, webhook_source, webhook_id, body)
    on conflict (org_id, source, external_id) do nothing returning id into new_id;
  if new_id is not null then
    insert into public.jobs (org_id, name, args, dedupe_key)
      values (target_org, job_name, jsonb_build_object('webhook_event_id', new_id), job_name || ':' || new_id);
  end if;
  return new_id;
end $$;
revoke all on function private.receive_webhook(uuid, text, text, jsonb, text) from public;
grant execute on function private.receive_webhook(uuid, text, text, jsonb, text) to arti_api;
