-- A worker reads the sealed secrets of an org only while it holds a job of it, and shows so by the secret of the lease.
-- The setting app.job_org_id alone opened the vault of any org before: any statement can set it. The job's row keeps a
-- digest of the secret, so that whoever reads the row cannot show the lease.

-- The org of the job whose lease the worker shows: `app.job_lease` is the job's id and the secret. An outdated lease is
-- shown by nobody: the next worker's replaces the digest.
create function private.leased_org_id() returns uuid
language sql stable security definer set search_path = '' as $$
  select j.org_id from public.jobs j
  where j.org_id = (select private.job_org_id())
    and j.id = nullif(split_part(current_setting('app.job_lease', true), ' ', 1), '')::uuid
    and j.status = 'running'
    and j.lease_token = encode(substr(sha256(uuid_send(
      nullif(split_part(current_setting('app.job_lease', true), ' ', 2), '')::uuid)), 1, 16), 'hex')::uuid
$$;
revoke all on function private.leased_org_id() from public;
grant execute on function private.leased_org_id() to arti_worker;

alter policy job_only on private.vault
  using (org_id = (select private.leased_org_id())) with check (org_id = (select private.leased_org_id()));

-- Before sign-in only the API needs a secret; workers read the vault itself, under the policy.
revoke execute on function private.sealed_secret(uuid, text, text) from arti_worker;
