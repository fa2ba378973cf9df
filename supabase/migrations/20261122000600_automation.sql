-- Telling people: where to, when, and what became of it.

create table public.channels (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  kind text not null check (kind in ('slack', 'email', 'sms', 'n8n')),
  name text not null check (length(name) between 1 and 120),
  target jsonb not null default '{}',      -- what may be shown: an address, a host; secrets lie in the vault
  enabled boolean not null default true,
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
create table public.deliveries (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  event_id uuid not null,
  rule_id uuid,
  channel_id uuid,
  kind text not null,
  recipient text not null,
  subject text not null,
  body text not null,
  payload jsonb not null,                  -- what goes over the wire, without secrets
  status text not null default 'pending' check (status in ('pending', 'sent', 'mailbox', 'failed', 'dead')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  last_error text,
  read_at timestamptz,                     -- in the local mailbox
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, event_id) references public.events (org_id, id) on delete cascade,
  foreign key (org_id, rule_id) references public.rules (org_id, id) on delete set null (rule_id),
  foreign key (org_id, channel_id) references public.channels (org_id, id) on delete set null (channel_id)
);
create unique index deliveries_once on public.deliveries (org_id, event_id, channel_id);
create index deliveries_recent on public.deliveries (org_id, created_at desc);
call private.isolate('public.deliveries', 'automation:read', null);
create policy mark_read on public.deliveries for update to authenticated
  using (org_id = any ((select private.org_ids_with('automation:read'))::uuid[]))
  with check (org_id = any ((select private.org_ids_with('automation:read'))::uuid[]));
grant update (read_at) on public.deliveries to authenticated;

create table public.delivery_attempts (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  delivery_id uuid not null,
  attempt integer not null,
  started_at timestamptz not null default now(),
  duration_seconds double precision,
  response_status integer,
  error text,
  primary key (org_id, id),
  unique (org_id, delivery_id, attempt),
  foreign key (org_id, delivery_id) references public.deliveries (org_id, id) on delete cascade
);
call private.isolate('public.delivery_attempts', 'automation:read', null);

-- Calls that came in, kept before anything is done with them. The same id has one effect.
create table public.webhook_events (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  source text not null,
  external_id text not null,
  payload jsonb not null,
  status text not null default 'received' check (status in ('received', 'processed', 'failed')),
  last_error text,
  received_at timestamptz not null default now(),
  processed_at timestamptz,
  primary key (org_id, id),
  unique (org_id, source, external_id)
);
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
