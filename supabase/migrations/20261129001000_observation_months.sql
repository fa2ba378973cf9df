-- Daily values, packed: a row for each series and month. docs/adr/0014-packed-observations.md says why. The table
-- observations goes on until the next migration, before which its rows are copied, in small batches, while ARTi runs.

-- One write of values of an artist: which sync run, import or person it was, and when it became known.
create table public.observation_batches (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id integer not null,                     -- random
  artist_id uuid not null,
  provider text not null,
  sync_run_id uuid,
  import_id uuid,
  entered_by uuid,                         -- who typed the values in, or pushed them
  known_at timestamptz not null default clock.now(),
  primary key (org_id, id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade,
  check (num_nonnulls(sync_run_id, import_id, entered_by) > 0)
);
create index observation_batches_artist on public.observation_batches (org_id, artist_id, known_at);
create index observation_batches_import on public.observation_batches (org_id, import_id) where import_id is not null;

-- Whether it is money, which needs a permission of its own: kept equal to the unit of its metric.
alter table public.series add column if not exists is_money boolean not null default false;

-- The sum of an array; null if it has no number. A loop, because it costs half of an aggregate.
create function private.total_of(numbers double precision[]) returns double precision
language plpgsql immutable strict parallel safe set search_path = '' as $$
declare
  total double precision;
  number double precision;
begin
  foreach number in array numbers loop
    total := coalesce(total + number, number, total);
  end loop;
  return total;
end $$;
revoke all on function private.total_of(double precision[]) from public;
grant execute on function private.total_of(double precision[]) to authenticated, arti_worker, service_role;

create table public.observation_months (
  org_id uuid not null,
  series_id uuid not null,
  month date not null check (extract(day from month) = 1),
  days integer not null,                   -- bit 0 is the first of the month: days that have a row, perhaps without a value
  revised integer not null default 0,      -- likewise: days that were restated, see observation_revisions
  artist_id uuid not null,                 -- these four are those of the series, for the policies
  asset_id uuid,
  provider text not null,
  is_money boolean not null default false,
  values double precision[] not null,      -- by day of the month, up to the last day that has a row; null is not 0
  batches integer[] not null,              -- likewise: the write that each day comes from
  source_rows integer[],                   -- likewise: row of the imported file, 1 = the line after the header
  states jsonb,                            -- {"12": "hidden"}: why there is no value, or a remark on the one that is there;
                                           -- a day without a value that is not named here was not reported
  total double precision generated always as (private.total_of(values)) stored,
  primary key (org_id, series_id, month),
  foreign key (org_id, series_id) references public.series (org_id, id) on delete cascade,
  check (cardinality(values) > 0 and days >> (cardinality(values) - 1) = 1),
  check (cardinality(batches) = cardinality(values)),
  check (source_rows is null or cardinality(source_rows) = cardinality(values))
) with (fillfactor = 80);

-- The orgs in which the caller reads every number: no artist, platform or money is kept from them. Asked first, so that
-- for most members a policy costs one comparison a row.
create function private.unrestricted_org_ids() returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(m.org_id), '{}') from public.memberships m
  where m.user_id = (select auth.uid()) and m.status = 'active' and m.artist_access = 'all'
    and coalesce(m.money_access, exists (
      select from private.role_permissions p where p.role = m.role and p.permission = 'money:read'))
    and not exists (
      select from public.user_permissions u where u.org_id = m.org_id and u.user_id = m.user_id and not u.can_read)
$$;
revoke all on function private.unrestricted_org_ids() from public;
grant execute on function private.unrestricted_org_ids() to authenticated;

call private.isolate('public.observation_months', 'metrics:read', 'imports:write');
-- Where values come from is seen by whoever sees the artist, or an asset of theirs.
call private.isolate('public.observation_batches', 'metrics:read', 'imports:write', platform => true);
do $$
declare
  on_platform constant text := '(org_id, provider) in (select p.org_id, p.provider from private.platforms_with(%L) p)';
  any_artist constant text := 'org_id = any ((select private.all_artist_org_ids())::uuid[])';
  listed_artist constant text := '(org_id, artist_id) in (select v.org_id, v.artist_id from private.visible_artists() v)';
  number constant text := concat('org_id = any ((select private.unrestricted_org_ids())::uuid[]) or ',
    format(on_platform, 'read'), ' and (', any_artist, ' or ', listed_artist,
    ' or (org_id, asset_id) in (select f.org_id, f.asset_id from private.featured_assets() f))',
    ' and (not is_money or org_id = any ((select private.org_ids_with(''money:read''))::uuid[]))');
  batch constant text := concat(any_artist, ' or ', listed_artist, ' or exists (select from public.assets a',
    ' where a.org_id = observation_batches.org_id and a.artist_id = observation_batches.artist_id)');
begin
  execute format('create policy visible_artists_only on public.observation_months as restrictive for all '
    'to authenticated using (%s) with check (%s)', number, number);
  execute format('create policy visible_artists_only on public.observation_batches as restrictive for all '
    'to authenticated using (%s) with check (%s)', batch, batch);
  execute format('create policy insert_on_platform on public.observation_months as restrictive for insert '
    'to authenticated with check (%s)', format(on_platform, 'write'));
  execute format('create policy update_on_platform on public.observation_months as restrictive for update '
    'to authenticated using (%s) with check (%s)', format(on_platform, 'write'), format(on_platform, 'write'));
  execute format('create policy delete_on_platform on public.observation_months as restrictive for delete '
    'to authenticated using (%s)', format(on_platform, 'delete'));
end $$;

-- Values are written by the functions below, which ARTi's API and workers call, and not over REST.
revoke insert, update, delete on public.observation_months, public.observation_batches from service_role;
create trigger require_api_login before insert or update or delete on public.observation_months for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();
create trigger require_api_login before insert or update or delete on public.observation_batches for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();

do $$
declare
  canary constant uuid := private.canary_org_id();
begin
  insert into public.observation_batches (org_id, id, artist_id, provider, import_id)
    values (canary, 52, canary, 'spotify', canary);
  insert into public.observation_months (org_id, series_id, month, days, artist_id, asset_id, provider, values, batches)
    values (canary, canary, '2026-01-01', 1, canary, canary, 'spotify', '{1}', '{52}');
end $$;

-- Make the row of a write, and return its id.
create function private.add_batch(
  org uuid, artist uuid, source text, sync_run uuid, import uuid, author uuid, since timestamptz
) returns integer language plpgsql set search_path = '' as $$
declare
  chosen integer;
begin
  loop
    chosen := floor(random() * 2147483647)::integer;
    insert into public.observation_batches (org_id, id, artist_id, provider, sync_run_id, import_id, entered_by, known_at)
      values (org, chosen, artist, source, sync_run, import, author, since)
      on conflict (org_id, id) do nothing;
    if found then
      return chosen;
    end if;
  end loop;
end $$;

-- A month of a series as it is written: each array has one element a day of `on_days`, which ascends.
create type private.month_of_values as (
  series_id uuid, month date, on_days integer[], new_values double precision[], codes text[], rows_of_file integer[]
);
-- A value that was replaced.
create type private.replaced_value as (
  series_id uuid, observed_on date, value double precision, code text, batch integer, source_row integer
);

-- Keep what was known before.
create function private.add_revisions(org uuid, replaced private.replaced_value[]) returns void
language plpgsql set search_path = '' as $$
begin
  insert into public.observation_revisions (org_id, series_id, observed_on, value, null_reason, state,
    sync_run_id, import_id, entered_by, source_row, known_at)
  select org, r.series_id, r.observed_on, r.value, case when r.value is null then coalesce(r.code, 'not_reported') end,
    case when r.value is not null then r.code end, b.sync_run_id, b.import_id, b.entered_by, r.source_row, b.known_at
  from unnest(replaced) r
  join public.observation_batches b on b.org_id = org and b.id = r.batch;
end $$;

-- Write values of an artist on a platform, and count those of a new day and those that were changed. The arrays have one
-- element a value: the place of its series in `series`, the month, the day of the month, and so on; no two of one day.
--   `code`: why there is no value (null: it was not reported), or a remark on the one that is there.
--   A value that is the same keeps its source. A day that was only late is no restatement when it comes. What a day was
--   before is kept as a revision.
create function private.write_observations(
  org uuid, artist uuid, source text, sync_run uuid, import uuid, author uuid,
  series uuid[], places integer[], months date[], on_days integer[], new_values double precision[], codes text[],
  rows_of_file integer[], out added bigint, out restated bigint
) language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
#variable_conflict use_column
declare
  pending private.month_of_values[];
  existing public.observation_months[];
  missing public.observation_months[];
  replaced private.replaced_value[];
  item record;
  n public.observation_months;
  v double precision[];
  b integer[];
  r integer[];
  code text;
  old_code text;
  batch integer;
  d integer;
  bit integer;
  is_missing boolean;
  inserted bigint;
begin
  added := 0;
  restated := 0;
  -- What differs from what is there. It is read without locks, since most of what a sync reads again is the same.
  select array_agg(row(i.series_id, i.month, i.on_days, i.new_values, i.codes, i.rows_of_file)::private.month_of_values
                   order by i.series_id, i.month) into pending
  from (
    select series[u.place + 1] as series_id, u.month, bit_or(1 << (u.on_day - 1)) as bits,
      min(u.on_day) as first_day, max(u.on_day) as last_day, count(*) as days,
      array_agg(u.on_day order by u.on_day) as on_days, array_agg(u.new_value order by u.on_day) as new_values,
      array_agg(u.code order by u.on_day) as codes, array_agg(u.row_of_file order by u.on_day) as rows_of_file,
      bool_and(u.code is null) as is_plain
    from unnest(places, months, on_days, new_values, codes, rows_of_file)
      as u (place, month, on_day, new_value, code, row_of_file)
    group by u.place, u.month
  ) i
  left join lateral (
    select m.days, m.values, m.states from public.observation_months m
    where m.org_id = org and m.series_id = i.series_id and m.month = i.month
    offset 0
  ) m on true
  where m.days is null or m.days & i.bits <> i.bits or case
    when i.is_plain and m.states is null and i.days = i.last_day - i.first_day + 1
      then m.values[i.first_day:i.last_day] is distinct from i.new_values
    else exists (
      select from unnest(i.on_days, i.new_values, i.codes) as u (on_day, new_value, code)
      where m.values[u.on_day] is distinct from u.new_value or m.states ->> u.on_day::text is distinct from u.code)
    end;

  -- More than once only when another transaction has just inserted the same months.
  while pending is not null loop
    existing := '{}';
    missing := '{}';
    replaced := '{}';
    for item in
      select p.*, s.artist_id, s.asset_id, s.provider, s.is_money, m as found
      from unnest(pending) p
      left join lateral (
        select s.artist_id, s.asset_id, s.provider, s.is_money from public.series s
        where s.org_id = org and s.id = p.series_id
        offset 0
      ) s on true
      left join lateral (
        select m.* from public.observation_months m
        where m.org_id = org and m.series_id = p.series_id and m.month = p.month
        for update
      ) m on true
    loop
      n := item.found;
      is_missing := n.org_id is null;
      if is_missing then
        n.org_id := org;
        n.series_id := item.series_id;
        n.month := item.month;
        n.days := 0;
        n.revised := 0;
        n.artist_id := item.artist_id;
        n.asset_id := item.asset_id;
        n.provider := item.provider;
        n.is_money := item.is_money;
        n.states := null;
        d := item.on_days[cardinality(item.on_days)];
        v := array_fill(null::double precision, array[d]);
        b := array_fill(null::integer, array[d]);
        r := null;
      else
        v := n.values;
        b := n.batches;
        r := n.source_rows;
      end if;
      for k in 1 .. cardinality(item.on_days) loop
        d := item.on_days[k];
        bit := 1 << (d - 1);
        code := item.codes[k];
        old_code := n.states ->> d::text;
        if n.days & bit = 0 then
          n.days := n.days | bit;
          added := added + 1;
        elsif v[d] is distinct from item.new_values[k] or v[d] is null and old_code = 'late' and code is distinct from 'late'
        then
          if v[d] is null and old_code = 'late' then
            added := added + 1;
          else
            replaced := replaced
              || row(n.series_id, n.month + d - 1, v[d], old_code, b[d], r[d])::private.replaced_value;
            n.revised := n.revised | bit;
            restated := restated + 1;
          end if;
        else
          bit := 0;  -- the same value, perhaps with another remark
        end if;
        if bit <> 0 then
          batch := coalesce(batch, private.add_batch(org, artist, source, sync_run, import, author, clock.now()));
          v[d] := item.new_values[k];
          b[d] := batch;
          if r is not null or item.rows_of_file[k] is not null then
            r := coalesce(r, array_fill(null::integer, array[d]));
            r[d] := item.rows_of_file[k];
          end if;
        end if;
        if code is not null and (bit <> 0 or v[d] is not null) then
          n.states := coalesce(n.states, '{}') || jsonb_build_object(d::text, code);
        elsif old_code is not null and (bit <> 0 or v[d] is not null) then
          n.states := nullif(n.states - d::text, '{}');
        end if;
      end loop;
      if cardinality(r) < cardinality(v) then
        r[cardinality(v)] := null;
      end if;
      n.values := v;
      n.batches := b;
      n.source_rows := r;
      if is_missing then
        missing := missing || n;
      else
        existing := existing || n;
      end if;
    end loop;

    perform private.add_revisions(org, replaced);
    update public.observation_months m
      set days = e.days, revised = e.revised, values = e.values, batches = e.batches, source_rows = e.source_rows,
        states = e.states
      from unnest(existing) e
      where m.org_id = org and m.series_id = e.series_id and m.month = e.month;
    insert into public.observation_months (org_id, series_id, month, days, artist_id, asset_id, provider, is_money,
        values, batches, source_rows, states)
      select e.org_id, e.series_id, e.month, e.days, e.artist_id, e.asset_id, e.provider, e.is_money, e.values,
        e.batches, e.source_rows, e.states
      from unnest(missing) e
      on conflict (org_id, series_id, month) do nothing;
    get diagnostics inserted = row_count;
    exit when inserted = cardinality(missing);
    select added - sum(bit_count(e.days::bit(32))) into added
      from unnest(missing) e
      where not exists (select from public.observation_months m where m.org_id = org and m.series_id = e.series_id
                        and m.month = e.month and batch = any (m.batches));
    select array_agg(p) into pending
      from unnest(pending) p
      where not exists (select from public.observation_months m where m.org_id = org and m.series_id = p.series_id
                        and m.month = p.month and batch = any (m.batches));
  end loop;
end $$;
-- Restore the values from before an import and delete those without one, and count the days. Revisions of imports that
-- are not among `committed` are skipped. What the import said is kept as a revision.
create function private.restore_before_import(org uuid, import uuid, committed uuid[]) returns bigint
language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
#variable_conflict use_column
declare
  undone integer[];
  artist uuid;
  source text;
  n public.observation_months;
  earlier record;
  replaced private.replaced_value[] := '{}';
  batch integer;
  d integer;
  changed bigint := 0;
begin
  select array_agg(b.id), min(b.artist_id::text)::uuid, min(b.provider) into undone, artist, source
    from public.observation_batches b where b.org_id = org and b.import_id = import;
  for n in
    select m.*
    from (select s.id from public.series s where s.org_id = org and s.artist_id = artist order by s.id) s
    cross join lateral (
      select m.* from public.observation_months m
      where m.org_id = org and m.series_id = s.id and m.batches && undone order by m.month for update
    ) m
  loop
    for earlier in
      select g.on_day::integer as on_day, r.superseded_at is not null as is_known, r.value,
        coalesce(nullif(r.null_reason, 'not_reported'), r.state) as code, r.source_row, r.sync_run_id, r.import_id,
        r.entered_by, r.known_at
      from unnest(n.batches) with ordinality as g (batch, on_day)
      left join lateral (
        select r.* from public.observation_revisions r
        where r.org_id = org and r.series_id = n.series_id and r.observed_on = n.month + (g.on_day::integer - 1)
          and (r.import_id is null or r.import_id = any (committed))
        order by r.superseded_at desc limit 1
      ) r on true
      where g.batch = any (undone)
    loop
      d := earlier.on_day;
      changed := changed + 1;
      replaced := replaced || row(n.series_id, n.month + d - 1, n.values[d], n.states ->> d::text, n.batches[d],
                                  n.source_rows[d])::private.replaced_value;
      n.states := nullif(n.states - d::text, '{}');
      if earlier.is_known then
        select b.id into batch from public.observation_batches b
          where b.org_id = org and b.artist_id = artist and b.known_at = earlier.known_at and b.provider = source
            and (b.sync_run_id, b.import_id, b.entered_by)
              is not distinct from (earlier.sync_run_id, earlier.import_id, earlier.entered_by)
          limit 1;
        n.values[d] := earlier.value;
        n.batches[d] := coalesce(batch, private.add_batch(org, artist, source, earlier.sync_run_id, earlier.import_id,
                                                          earlier.entered_by, earlier.known_at));
        n.revised := n.revised | 1 << (d - 1);
        if n.source_rows is not null then
          n.source_rows[d] := earlier.source_row;
        end if;
        if earlier.code is not null then
          n.states := coalesce(n.states, '{}') || jsonb_build_object(d::text, earlier.code);
        end if;
      else
        n.days := n.days & ~(1 << (d - 1));
        n.revised := n.revised & ~(1 << (d - 1));
        n.values[d] := null;
        n.batches[d] := null;
        if n.source_rows is not null then
          n.source_rows[d] := null;
        end if;
      end if;
    end loop;
    if n.days = 0 then
      delete from public.observation_months m
        where m.org_id = org and m.series_id = n.series_id and m.month = n.month;
    else
      d := cardinality(n.values);
      while n.days >> (d - 1) = 0 loop
        d := d - 1;
      end loop;
      update public.observation_months m
        set days = n.days, revised = n.revised, values = n.values[:d], batches = n.batches[:d],
          source_rows = n.source_rows[:d], states = n.states
        where m.org_id = org and m.series_id = n.series_id and m.month = n.month;
    end if;
  end loop;
  perform private.add_revisions(org, replaced);
  return changed;
end $$;

revoke all on function private.add_batch(uuid, uuid, text, uuid, uuid, uuid, timestamptz),
  private.add_revisions(uuid, private.replaced_value[]),
  private.write_observations(uuid, uuid, text, uuid, uuid, uuid, uuid[], integer[], date[], integer[],
    double precision[], text[], integer[]),
  private.restore_before_import(uuid, uuid, uuid[]) from public;
grant execute on function private.add_batch(uuid, uuid, text, uuid, uuid, uuid, timestamptz),
  private.add_revisions(uuid, private.replaced_value[]),
  private.write_observations(uuid, uuid, text, uuid, uuid, uuid, uuid[], integer[], date[], integer[],
    double precision[], text[], integer[]),
  private.restore_before_import(uuid, uuid, uuid[]) to authenticated, arti_worker;

-- What is not packed yet: one row for each series that has values, and one more whenever a transaction changes some.
-- A packer deletes the rows that it sees, and then reads the values, so a change is never missed.
create table private.unpacked_series (org_id uuid not null, series_id uuid not null);
create index unpacked_series_order on private.unpacked_series (org_id, series_id);

create function private.mark_unpacked() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.unpacked_series select distinct c.org_id, c.series_id from changed c;
  return null;
end $$;
revoke all on function private.mark_unpacked() from public;
create trigger mark_inserted after insert on public.observations referencing new table as changed
  for each statement execute function private.mark_unpacked();
create trigger mark_updated after update on public.observations referencing new table as changed
  for each statement execute function private.mark_unpacked();
create trigger mark_deleted after delete on public.observations referencing old table as changed
  for each statement execute function private.mark_unpacked();
insert into private.unpacked_series select s.org_id, s.id from public.series s;

-- Pack up to 100 series. Returns how many rows of unpacked_series are left. The migrations' runner calls it until that
-- is 0, each time in a transaction of its own, before the next migration.
create function private.prepare_20261129001010() returns bigint
language plpgsql set search_path = '' as $$
declare
  chosen uuid[];
  orgs uuid[];
begin
  perform pg_advisory_xact_lock(4127003);
  with due as (
    select distinct c.org_id, c.series_id
    from (select u.org_id, u.series_id from private.unpacked_series u order by u.org_id, u.series_id limit 100) c
  ), taken as (
    delete from private.unpacked_series u using due where u.org_id = due.org_id and u.series_id = due.series_id
  )
  select array_agg(due.org_id), array_agg(due.series_id) into orgs, chosen from due;

  -- Kept until the commit, so that nobody deletes a series meanwhile.
  perform from public.series s
    where (s.org_id, s.id) in (select * from unnest(orgs, chosen)) order by s.org_id, s.id for key share;

  create temporary table if not exists packing (
    org_id uuid, series_id uuid, month date, on_day integer, artist_id uuid, asset_id uuid, provider text,
    is_money boolean, value double precision, code text, source_row integer, revisions integer,
    sync_run_id uuid, import_id uuid, known_at timestamptz
  ) on commit drop;
  truncate packing;
  insert into pg_temp.packing
    select o.org_id, o.series_id, o.observed_on - extract(day from o.observed_on)::integer + 1,
      extract(day from o.observed_on)::integer, s.artist_id, s.asset_id, s.provider::text,
      s.is_money, o.value,
      coalesce(nullif(o.null_reason, 'not_reported'), to_jsonb(o) ->> 'state'), o.source_row, o.revisions,
      o.sync_run_id, o.import_id, o.known_at
    from unnest(orgs, chosen) as c (org_id, series_id)
    join public.series s on s.org_id = c.org_id and s.id = c.series_id
    join public.observations o on o.org_id = c.org_id and o.series_id = c.series_id;

  analyze pg_temp.packing;

  perform private.add_batch(b.org_id, b.artist_id, b.provider, b.sync_run_id, b.import_id, null, b.known_at)
    from (
      select p.org_id, p.artist_id, p.provider, p.sync_run_id, p.import_id, p.known_at from pg_temp.packing p
      except
      select b.org_id, b.artist_id, b.provider, b.sync_run_id, b.import_id, b.known_at
      from public.observation_batches b
      where (b.org_id, b.artist_id) in (select p.org_id, p.artist_id from pg_temp.packing p)
    ) b;

  delete from public.observation_months m where (m.org_id, m.series_id) in (select * from unnest(orgs, chosen));
  insert into public.observation_months (org_id, series_id, month, days, revised, artist_id, asset_id, provider,
      is_money, values, batches, source_rows, states)
    select f.org_id, f.series_id, f.month, f.days, f.revised, f.artist_id, f.asset_id, f.provider, f.is_money,
      a.values, a.batches, case when f.has_source_rows then a.source_rows end, f.states
    from (
      select p.org_id, p.series_id, p.month, p.artist_id, p.asset_id, p.provider, p.is_money,
        bit_or(1 << (p.on_day - 1)) as days, max(p.on_day) as last_day,
        coalesce(bit_or(case when p.revisions > 0 then 1 << (p.on_day - 1) end), 0) as revised,
        bool_or(p.source_row is not null) as has_source_rows,
        jsonb_object_agg(p.on_day, p.code) filter (where p.code is not null) as states
      from pg_temp.packing p
      group by p.org_id, p.series_id, p.month, p.artist_id, p.asset_id, p.provider, p.is_money
    ) f
    join (
      select l.org_id, l.series_id, l.month, array_agg(p.value order by g.on_day) as values,
        array_agg(b.id order by g.on_day) as batches, array_agg(p.source_row order by g.on_day) as source_rows
      from (select p.org_id, p.series_id, p.month, max(p.on_day) as last_day from pg_temp.packing p
            group by p.org_id, p.series_id, p.month) l
      cross join lateral generate_series(1, l.last_day) as g (on_day)
      left join pg_temp.packing p on p.org_id = l.org_id and p.series_id = l.series_id and p.month = l.month
        and p.on_day = g.on_day
      left join public.observation_batches b on b.org_id = p.org_id and b.artist_id = p.artist_id
        and b.known_at = p.known_at and b.provider = p.provider and b.sync_run_id is not distinct from p.sync_run_id
        and b.import_id is not distinct from p.import_id
      group by l.org_id, l.series_id, l.month
    ) a on a.org_id = f.org_id and a.series_id = f.series_id and a.month = f.month;
  return (select count(*) from private.unpacked_series);
end $$;
revoke all on function private.prepare_20261129001010() from public;
