-- How many SMS an org sent in each month and what they cost by the operator's price, against the limits of the org and of
-- the operator. The price of an attempt is taken before it, and given back when it certainly was not sent.
alter table public.orgs
  add column sms_limit_messages integer check (sms_limit_messages between 0 and 1000000),
  add column sms_limit_cents integer check (sms_limit_cents between 0 and 100000000);
grant update (sms_limit_messages, sms_limit_cents) on public.orgs to authenticated;
call private.map_subject('public.orgs',
  'subject: id, name: name, figure: created_at updated_at refused_file_days language model_limit_cents '
  'sms_limit_messages sms_limit_cents',
  of_org => 'id = $1', exported_to => '{org}');

create table public.sms_use (
  org_id uuid not null references public.orgs (id) on delete cascade,
  month date not null check (extract(day from month) = 1),
  messages integer not null default 0 check (messages >= 0),
  parts integer not null default 0 check (parts >= 0),       -- what operators charge: 160 characters, or fewer
  spent_micros bigint not null default 0 check (spent_micros >= 0),  -- of a US dollar
  refused integer not null default 0,                        -- by a limit
  primary key (org_id, month)
);
call private.isolate('public.sms_use', 'automation:read', null, worker_verbs => 'select, insert, update');
call private.map_org_table('public.sms_use', 'figure: month messages parts spent_micros refused');
insert into public.sms_use (org_id, month) values (private.canary_org_id(), '2000-01-01');
