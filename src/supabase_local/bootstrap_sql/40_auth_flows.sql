-- Sign-in by mail and by redirect: the flows of PKCE and OAuth, and the mails to send.
set local role supabase_auth_admin;

create type auth.code_challenge_method as enum ('s256', 'plain');
create table auth.flow_state (
  id uuid primary key,
  user_id uuid,
  auth_code text,
  code_challenge_method auth.code_challenge_method,
  code_challenge text,
  provider_type text not null,
  provider_access_token text,
  provider_refresh_token text,
  created_at timestamptz,
  updated_at timestamptz,
  authentication_method text not null,
  auth_code_issued_at timestamptz,
  invite_token text,
  referrer text,
  oauth_client_state_id uuid,
  linking_target_id uuid,
  email_optional boolean not null default false
);
create index idx_auth_code on auth.flow_state (auth_code);
create index idx_user_id_auth_method on auth.flow_state (user_id, authentication_method);
create index flow_state_created_at_idx on auth.flow_state (created_at desc);

-- Not upstream's: the outbox of auth, and without a mail server the local mailbox. It contains sign-in
-- codes, so only its owner and the administrators of the database read it.
create table auth.mails (
  id uuid primary key default gen_random_uuid(),
  recipient text not null,
  kind text not null,
  subject text not null,
  body_text text not null,
  body_html text not null,
  state text not null default 'queued' check (state in ('queued', 'sent', 'failed', 'kept')),
  attempts integer not null default 0,
  last_error text,
  due_at timestamptz not null default now(),
  created_at timestamptz not null default now()
);
create index mails_due_idx on auth.mails (due_at) where state = 'queued';
create index mails_created_at_idx on auth.mails (created_at desc);

-- Not upstream's: requests for mails without a session. The response is the same for known and unknown addresses, and
-- the request is processed after it. The row is kept for a while, to limit the frequency of mails.
create table auth.mail_requests (
  address text not null,
  topic text not null,
  asked_at timestamptz not null,
  owed jsonb,
  primary key (address, topic)
);
create index mail_requests_owed_idx on auth.mail_requests (asked_at) where owed is not null;

-- Not upstream's: token buckets of rate limits, shared by all gateways. Unlogged: after a crash they are full again.
create unlogged table auth.rate_limits (
  key text primary key,
  tokens double precision not null,
  at timestamptz not null
);

-- token_hash is in the mailed link and code_hash is of the mailed code: with upstream's one hash for both, anyone who
-- knows an address could compute the million links of its six digits.
alter table auth.one_time_tokens
  add column expires_at timestamptz,
  add column code_hash text,
  add column wrong_guesses integer not null default 0;
create index one_time_tokens_code_hash_idx on auth.one_time_tokens using hash (code_hash);

alter table auth.mail_requests enable row level security;
alter table auth.rate_limits enable row level security;
-- The administrators of the database read the local mailbox.
grant select on auth.mails to postgres;
alter table auth.flow_state enable row level security;
alter table auth.mails enable row level security;
reset role;
