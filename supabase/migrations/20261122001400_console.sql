-- What was changed from the database console. Belongs to no org: only whoever runs the installation reads it.
create table private.console_acts (
  id uuid primary key default gen_random_uuid(),
  happened_at timestamptz not null default now(),
  session text not null,                   -- one sign-in; opens nothing
  act text not null check (act in ('insert', 'update', 'delete', 'sql', 'cancel', 'terminate')),
  target text not null,                    -- a table, a process, or nothing
  detail text not null                     -- keys and column names, or the statement
);
create index console_acts_recent on private.console_acts (happened_at desc, id);
alter table private.console_acts enable row level security;
alter table private.console_acts force row level security;

-- A log that can be tidied is none. The owner can still drop the trigger, which leaves a line here and in the box's log.
create function private.keep_console_acts() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception 'the log of the console is only added to' using errcode = '42501';
end $$;
revoke all on function private.keep_console_acts() from public;
create trigger keep before update or delete or truncate on private.console_acts
  for each statement execute function private.keep_console_acts();
