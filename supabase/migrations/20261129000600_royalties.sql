-- Royalties: what stores paid, line by line as distributors state it, and the exchange rates that the org states.

-- What was entered or pushed together: a distributor's statement, or a part of it.
create table public.royalty_statements (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  source text not null check (source ~ '^[a-z0-9][a-z0-9_.-]{0,59}$'),  -- the distributor, e.g. distrokid
  title text not null default '' check (length(title) <= 200),
  import_id uuid,                          -- null: entered by hand or pushed by API
  entered_by uuid,
  created_at timestamptz not null default clock.now(),
  primary key (org_id, id),
  foreign key (org_id, import_id) references public.imports (org_id, id) on delete cascade
);

create table public.royalty_lines (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  statement_id uuid not null,
  source_row integer not null,             -- place in the statement, 1 = the first line
  source text not null,
  line_key text not null,                  -- the source's id of the line, or a hash of what it says
  artist_id uuid,
  recording_id uuid,
  release_id uuid,
  title text,                              -- as the source names it, also isrc and upc
  isrc text,
  upc text,
  store text not null check (length(store) between 1 and 80),
  country text check (country ~ '^[A-Z]{2}$'),                          -- ISO 3166-1 alpha-2; null: not stated
  month date not null check (extract(day from month) = 1),              -- in which it was sold
  type text not null check (type in ('stream', 'download', 'physical', 'ugc', 'sync', 'adjustment', 'other')),
  quantity numeric check (quantity between -1e15 and 1e15),             -- null: not stated
  amount numeric not null check (amount between -1e15 and 1e15),        -- in `currency`; below zero: taken back
  currency text not null check (currency ~ '^[A-Z]{3}$'),               -- ISO 4217
  known_at timestamptz not null default clock.now(),
  primary key (org_id, id),
  unique (org_id, source, line_key),       -- the same line twice is one line
  foreign key (org_id, statement_id) references public.royalty_statements (org_id, id) on delete cascade,
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade,
  foreign key (org_id, recording_id) references public.recordings (org_id, id) on delete set null (recording_id),
  foreign key (org_id, release_id) references public.releases (org_id, id) on delete set null (release_id)
);
create index royalty_lines_statement on public.royalty_lines (org_id, statement_id, source_row);
create index royalty_lines_artist on public.royalty_lines (org_id, artist_id, month);
create index royalty_lines_month on public.royalty_lines (org_id, month);
create index royalty_lines_recording on public.royalty_lines (org_id, recording_id);
create index royalty_lines_release on public.royalty_lines (org_id, release_id);

-- One unit of from_currency is `rate` units of to_currency from this day on, until the next stated rate.
create table public.exchange_rates (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  from_currency text not null check (from_currency ~ '^[A-Z]{3}$'),
  to_currency text not null check (to_currency ~ '^[A-Z]{3}$' and to_currency <> from_currency),
  valid_from date not null,
  rate numeric not null check (rate > 0 and rate <= 1e12),
  note text not null default '' check (length(note) <= 500),            -- where the org has it from
  stated_by uuid,
  created_at timestamptz not null default clock.now(),
  updated_at timestamptz not null default clock.now(),
  primary key (org_id, id),
  unique (org_id, from_currency, to_currency, valid_from)
);

call private.isolate('public.royalty_statements', 'money:read', 'money:write');
call private.isolate('public.royalty_lines', 'money:read', 'money:write');
call private.isolate('public.exchange_rates', 'money:read', 'money:write');
-- A line of no artist is for members who see all artists. A statement is seen by who entered it or sees a line of it.
call private.restrict_to_artists('public.royalty_lines', 'artist_id');
create policy visible_artists_only on public.royalty_statements as restrictive for all to authenticated
  using (org_id = any ((select private.all_artist_org_ids())::uuid[]) or entered_by = (select auth.uid())
         or exists (select from public.royalty_lines l
                    where l.org_id = royalty_statements.org_id and l.statement_id = royalty_statements.id))
  with check (org_id = any ((select private.all_artist_org_ids())::uuid[]) or entered_by = (select auth.uid()));
-- Its lines go with a statement, also those that the caller does not see.
create policy removes_own_only on public.royalty_statements as restrictive for delete to authenticated
  using (org_id = any ((select private.all_artist_org_ids())::uuid[]) or entered_by = (select auth.uid()));

-- Who entered a line or stated a rate is written by the API, which knows it: over REST they are read only.
do $$
declare
  target text;
begin
  foreach target in array array['royalty_statements', 'royalty_lines', 'exchange_rates'] loop
    execute format('create trigger require_api_login before insert or update or delete on public.%I '
      'for each statement when (current_user = ''authenticated'' and session_user <> ''arti_api'') '
      'execute function private.require_api_login()', target);
  end loop;
end $$;

do $$
declare
  canary constant uuid := private.canary_org_id();
begin
  insert into public.royalty_statements (org_id, id, source, title) values (canary, canary, 'canary', 'canary');
  insert into public.royalty_lines
    (org_id, id, statement_id, source_row, source, line_key, artist_id, title, store, month, type, amount, currency)
    values (canary, canary, canary, 1, 'canary', 'canary', canary, 'canary', 'canary', '2026-01-01', 'stream', 1, 'EUR');
  insert into public.exchange_rates (org_id, id, from_currency, to_currency, valid_from, rate, note)
    values (canary, canary, 'USD', 'EUR', '2026-01-01', 1, 'canary');
end $$;
