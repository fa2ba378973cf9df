-- A pending request holds metadata of a sign-up, an address and a code challenge, so the gateway seals each one.
set local role supabase_auth_admin;
-- Requests of the version before, in clear: the gateway seals them at its start and empties this column.
alter table auth.mail_requests rename column owed to unsealed;
alter table auth.mail_requests add column sealed bytea[];  -- null: nothing is pending
drop index auth.mail_requests_owed_idx;
create index mail_requests_sealed_idx on auth.mail_requests (asked_at) where sealed is not null;
reset role;
