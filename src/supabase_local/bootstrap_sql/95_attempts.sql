-- Not upstream's: attempts to sign in, counted for a pair of account and address, for the account, and for the address.
-- Keys are digests: what is typed for an address may be a password. Unlogged: after a crash everyone starts anew.
set local role supabase_auth_admin;
create unlogged table auth.attempts (
  key bytea primary key,
  count double precision not null,
  at timestamptz not null,
  blocked_until timestamptz
);
alter table auth.attempts enable row level security;
-- Until here a factor counted its own failures.
alter table auth.mfa_factors drop column failed_attempts, drop column last_failed_at;
-- A person's own sign-ins, and the addresses from which they have signed in.
create index audit_log_entries_actor_idx on auth.audit_log_entries ((payload ->> 'actor_id'), created_at desc);
reset role;
