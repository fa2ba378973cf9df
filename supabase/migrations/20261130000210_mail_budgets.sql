-- How many mails may still be written, whoever asks: token buckets by address, person, org and installation, each
-- refilled within a day. And the mail queue, where no gateway of ARTi has made it.

create table private.mail_budgets (
  key text primary key,                    -- names no address: an address is a digest
  tokens double precision not null,
  at timestamptz not null
);
alter table private.mail_budgets enable row level security;
alter table private.mail_budgets force row level security;

-- Take one mail from a budget of `per_day`. Returns 0, or the seconds until there is one.
create function private.take_mail_budget(budget text, per_day integer) returns double precision
language plpgsql security definer set search_path = '' as $$
declare
  rate constant double precision := per_day / 86400.0;
  present constant timestamptz := clock.now();
  seconds double precision;
begin
  if session_user not in ('arti_api', 'arti_worker', 'supabase_auth_admin') then
    raise exception 'only ARTi takes mail budgets' using errcode = '42501';
  end if;
  insert into private.mail_budgets as b (key, tokens, at) values (budget, per_day - 1, present)
    on conflict (key) do update
    set tokens = least(per_day, b.tokens + extract(epoch from present - b.at) * rate) - 1, at = present
    where least(per_day, b.tokens + extract(epoch from present - b.at) * rate) > 1 - 1e-9;
  if found then
    return 0;
  end if;
  select (1 - b.tokens) / rate - extract(epoch from present - b.at) into seconds
    from private.mail_budgets b where b.key = budget;
  return greatest(coalesce(seconds, 1), 1);
end $$;

-- A bucket that is full again is as good as none.
create function private.delete_full_mail_budgets() returns void
language sql security definer set search_path = '' as $$
  delete from private.mail_budgets where at < clock.now() - interval '1 day'
$$;

do $$
begin
  if to_regclass('mail.queue') is null then
    create schema mail;
    create table mail.queue (
      id uuid primary key default gen_random_uuid(),
      recipient text not null,
      kind text not null,
      title text not null,
      sealed bytea,                        -- null: sent; the content is not kept
      state text not null default 'queued' check (state in ('queued', 'sent', 'failed', 'kept')),
      attempts integer not null default 0,
      last_error text,
      due_at timestamptz not null,
      created_at timestamptz not null,
      unsealed_subject text,               -- never used here; the gateway's own queue has them
      unsealed_text text,
      unsealed_html text
    );
    create index queue_due_idx on mail.queue (due_at) where state = 'queued';
    create index queue_created_at_idx on mail.queue (created_at desc);
    alter table mail.queue enable row level security;
    create policy send on mail.queue to arti_worker using (true) with check (true);
    grant usage on schema mail to arti_worker;
    grant select, update, delete on mail.queue to arti_worker;  -- a worker sends, where no gateway does
  end if;
end $$;

-- A worker's mail is written in the transaction that causes it, as auth's are.
create function private.enqueue_mail(mail_id uuid, recipient text, kind text, title text, sealed bytea, state text)
returns void language sql security definer set search_path = '' as $$
  insert into mail.queue (id, recipient, kind, title, sealed, state, due_at, created_at)
    values (mail_id, recipient, kind, title, sealed, state, clock.now(), clock.now())
$$;

revoke all on function private.take_mail_budget(text, integer), private.delete_full_mail_budgets(),
  private.enqueue_mail(uuid, text, text, text, bytea, text) from public;
grant execute on function private.take_mail_budget(text, integer) to authenticated, arti_worker, supabase_auth_admin;
grant execute on function private.delete_full_mail_budgets() to arti_worker, supabase_auth_admin;
grant execute on function private.enqueue_mail(uuid, text, text, text, bytea, text) to arti_worker;
