-- The queue of arti_core.mail_queue. Subject and body of a mail contain sign-in links and codes, so they are
-- sealed; `title` is the subject without codes. The gateway's login owns the table, and the database's administrator
-- reads it for ./arti mail and the console, which open it with the installation's key.
create schema mail authorization supabase_auth_admin;
set local role supabase_auth_admin;
create table mail.queue (
  id uuid primary key default gen_random_uuid(),
  recipient text not null,
  kind text not null,
  title text not null,
  sealed bytea,                                    -- null: sent; the content is not kept
  state text not null default 'queued' check (state in ('queued', 'sent', 'failed', 'kept')),
  attempts integer not null default 0,
  last_error text,
  due_at timestamptz not null,
  created_at timestamptz not null,
  -- Mails of the previous version, in clear: the gateway seals them at its start and clears these columns.
  unsealed_subject text,
  unsealed_text text,
  unsealed_html text
);
create index queue_due_idx on mail.queue (due_at) where state = 'queued';
create index queue_created_at_idx on mail.queue (created_at desc);
create index queue_unsealed_idx on mail.queue (id) where unsealed_subject is not null;
alter table mail.queue enable row level security;
grant usage on schema mail to postgres;
grant select on mail.queue to postgres;

insert into mail.queue (id, recipient, kind, title, state, attempts, last_error, due_at, created_at,
                        unsealed_subject, unsealed_text, unsealed_html)
select id, recipient, kind, regexp_replace(subject, '[0-9]{6,}', '…', 'g'), state, attempts, last_error, due_at,
       created_at, case when state <> 'sent' then subject end, case when state <> 'sent' then body_text end,
       case when state <> 'sent' then body_html end
from auth.mails;
drop table auth.mails;
reset role;
