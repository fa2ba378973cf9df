-- Answers that are kept for an Idempotency-Key are rows that members add, of any size up to that of an answer: else
-- whoever makes an org fills the disk with questions, each under a key of its own.
insert into private.quotas (resource, allowed, passes) values ('idempotency keys of a day', 50000, true);
create trigger enforce_quota after insert on private.idempotency_keys referencing new table as new_rows
  for each statement when (session_user in ('arti_api', 'arti_rest', 'authenticator')
    and current_user <> 'service_role') execute function private.enforce_quota('idempotency keys of a day',
    'select 1 from private.idempotency_keys where org_id = $1');
