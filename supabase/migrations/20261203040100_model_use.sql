-- What a language model cost an org in each month, against the limit of the org and of the operator. A call's highest
-- price is reserved before it and set right after it, so that calls at the same time pass no limit.
alter table public.orgs add column model_limit_cents integer check (model_limit_cents between 0 and 100000000);
grant update (model_limit_cents) on public.orgs to authenticated;
call private.map_subject('public.orgs',
  'subject: id, name: name, figure: created_at updated_at refused_file_days language model_limit_cents',
  of_org => 'id = $1', exported_to => '{org}');

create table public.model_use (
  org_id uuid not null references public.orgs (id) on delete cascade,
  month date not null check (extract(day from month) = 1),
  calls integer not null default 0,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  spent_micros bigint not null default 0 check (spent_micros >= 0),  -- of a US dollar, with what is reserved
  failures integer not null default 0,
  last_error text,                                                  -- the kind of failure, in our own words
  last_error_at timestamptz,
  tested_at timestamptz,                                            -- when somebody last tried it
  test_error text,                                                  -- null: it answered as it should
  primary key (org_id, month)
);
call private.isolate('public.model_use', 'org:manage', null, worker_verbs => 'select, insert, update');
call private.map_org_table('public.model_use',
  'figure: month calls input_tokens output_tokens spent_micros failures last_error last_error_at tested_at test_error');
insert into public.model_use (org_id, month) values (private.canary_org_id(), '2000-01-01');

insert into private.request_permissions (kind, name, permission, arguments) values
  ('job', 'insights.test_model', 'org:manage', '{}');
delete from private.request_permissions where name = 'insights.reword';
