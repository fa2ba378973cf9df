-- A page of a sync reads each month once. Before, what differs was read without locks and then again with them; now a month
-- is written if it is still the row that was read, and one that another transaction has changed meanwhile is read again.

-- A month of a series as it is to be written. `version`: the row that was read, null for a month without one; `added` and
-- `restated`: how many of its days are new and were changed.
create type private.month_to_write as (
  series_id uuid, month date, version xid, days integer, revised integer, artist_id uuid, asset_id uuid, provider text,
  is_money boolean, values double precision[], batches integer[], source_rows integer[], states jsonb,
  added integer, restated integer
);

-- Keep what was known before; returns how many values that is.
drop function private.add_revisions(uuid, private.replaced_value[]);
create function private.add_revisions(org uuid, replaced private.replaced_value[]) returns bigint
language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan as $$
declare
  kept bigint;
begin
  insert into public.observation_revisions (org_id, series_id, observed_on, value, null_reason, state,
    sync_run_id, import_id, entered_by, source_row, known_at)
  select org, r.series_id, r.observed_on, r.value, case when r.value is null then coalesce(r.code, 'not_reported') end,
    case when r.value is not null then r.code end, b.sync_run_id, b.import_id, b.entered_by, r.source_row, b.known_at
  from unnest(replaced) r
  join public.observation_batches b on b.org_id = org and b.id = r.batch;
  get diagnostics kept = row_count;
  return kept;
end $$;
revoke all on function private.add_revisions(uuid, private.replaced_value[]) from public;
grant execute on function private.add_revisions(uuid, private.replaced_value[]) to authenticated, arti_worker;

-- As before: write values of an artist on a platform, and count those of a new day and those that were changed. The arrays
-- have one element a value: the place of its series in `series`, the month, the day of the month, and so on; no two of one
-- day.
--   `code`: why there is no value (null: it was not reported), or a remark on the one that is there.
--   A value that is the same keeps its source. A day that was only late is no restatement when it comes. What a day was
--   before is kept as a revision.
create or replace function private.write_observations(
  org uuid, artist uuid, source text, sync_run uuid, import uuid, author uuid,
  series uuid[], places integer[], months date[], on_days integer[], new_values double precision[], codes text[],
  rows_of_file integer[], out added bigint, out restated bigint
) language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
#variable_conflict use_column
declare
  item record;
  written private.month_to_write[];
  lost private.month_to_write[];
  replaced private.replaced_value[];
  has_missing boolean;
  v double precision[];
  b integer[];
  r integer[];
  known integer;      -- bitmaps of days, as observation_months has them
  changed integer;
  remarks jsonb;
  code text;
  old_code text;
  batch integer;
  d integer;
  bit integer;
  new_days integer;
  restated_days integer;
  is_changed boolean;
  stored bigint;
  inserted bigint;
begin
  added := 0;
  restated := 0;
  -- More than once only when another transaction has just written the same months.
  loop
    written := '{}';
    replaced := '{}';
    has_missing := false;
    -- What differs from what is there. It is read without locks, since most of what a sync reads again is the same.
    for item in
      select i.*, m.version, m.days, m.revised, m.values, m.batches, m.source_rows, m.states,
        case when m.days is null then s.artist_id else m.artist_id end as artist_id,
        case when m.days is null then s.asset_id else m.asset_id end as asset_id,
        case when m.days is null then s.provider else m.provider end as provider,
        case when m.days is null then s.is_money else m.is_money end as is_money
      from (
        select series[u.place + 1] as series_id, u.month, bit_or(1 << (u.on_day - 1)) as bits,
          array_agg(u.on_day order by u.on_day) as on_days, array_agg(u.new_value order by u.on_day) as new_values,
          array_agg(u.code order by u.on_day) as codes, array_agg(u.row_of_file order by u.on_day) as rows_of_file,
          bool_and(u.code is null) as is_plain
        from unnest(places, months, on_days, new_values, codes, rows_of_file)
          as u (place, month, on_day, new_value, code, row_of_file)
        group by u.place, u.month
      ) i
      left join lateral (
        select m.*, m.xmin as version from public.observation_months m
        where m.org_id = org and m.series_id = i.series_id and m.month = i.month
        offset 0
      ) m on true
      left join lateral (
        select s.artist_id, s.asset_id, s.provider, s.is_money from public.series s
        where m.days is null and s.org_id = org and s.id = i.series_id
        offset 0
      ) s on true
      where m.days is null or m.days & i.bits <> i.bits or case
        when i.is_plain and m.states is null
            and cardinality(i.on_days) = i.on_days[cardinality(i.on_days)] - i.on_days[1] + 1
          then m.values[i.on_days[1]:i.on_days[cardinality(i.on_days)]] is distinct from i.new_values
        else exists (
          select from unnest(i.on_days, i.new_values, i.codes) as u (on_day, new_value, code)
          where m.values[u.on_day] is distinct from u.new_value or m.states ->> u.on_day::text is distinct from u.code)
        end
      order by i.series_id, i.month  -- all writers lock in this order
    loop
      is_changed := false;
      known := coalesce(item.days, 0);
      changed := coalesce(item.revised, 0);
      remarks := item.states;
      r := item.source_rows;
      new_days := 0;
      restated_days := 0;
      if item.version is null then
        has_missing := true;
        d := item.on_days[cardinality(item.on_days)];
        v := array_fill(null::double precision, array[d]);
        b := array_fill(null::integer, array[d]);
      else
        v := item.values;
        b := item.batches;
      end if;
      for k in 1 .. cardinality(item.on_days) loop
        d := item.on_days[k];
        -- Most days of a page, without looking further: the same number, and no remark before or now.
        continue when v[d] = item.new_values[k] and remarks is null and item.is_plain;
        bit := 1 << (d - 1);
        code := item.codes[k];
        old_code := remarks ->> d::text;
        if known & bit = 0 then
          known := known | bit;
          new_days := new_days + 1;
        elsif v[d] is distinct from item.new_values[k] or v[d] is null and old_code = 'late' and code is distinct from 'late'
        then
          if v[d] is null and old_code = 'late' then
            new_days := new_days + 1;
          else
            replaced := replaced
              || row(item.series_id, item.month + d - 1, v[d], old_code, b[d], r[d])::private.replaced_value;
            changed := changed | bit;
            restated_days := restated_days + 1;
          end if;
        else
          bit := 0;  -- the same value, perhaps with another remark
        end if;
        if bit <> 0 then
          is_changed := true;
          batch := coalesce(batch, private.add_batch(org, artist, source, sync_run, import, author, clock.now()));
          v[d] := item.new_values[k];
          b[d] := batch;
          if r is not null or item.rows_of_file[k] is not null then
            r := coalesce(r, array_fill(null::integer, array[d]));
            r[d] := item.rows_of_file[k];
          end if;
        end if;
        if code is not null and (bit <> 0 or v[d] is not null) then
          remarks := coalesce(remarks, '{}') || jsonb_build_object(d::text, code);
        elsif old_code is not null and (bit <> 0 or v[d] is not null) then
          remarks := nullif(remarks - d::text, '{}');
        end if;
      end loop;
      if is_changed or remarks is distinct from item.states then
        if cardinality(r) < cardinality(v) then
          r[cardinality(v)] := null;
        end if;
        written := written || row(item.series_id, item.month, item.version, known, changed, item.artist_id, item.asset_id,
          item.provider, item.is_money, v, b, r, remarks, new_days, restated_days)::private.month_to_write;
        added := added + new_days;
        restated := restated + restated_days;
      end if;
    end loop;
    exit when written = '{}';

    update public.observation_months m
      set days = w.days, revised = w.revised, values = w.values, batches = w.batches, source_rows = w.source_rows,
        states = w.states
      from unnest(written) w
      where m.org_id = org and m.series_id = w.series_id and m.month = w.month and m.xmin = w.version;
    get diagnostics stored = row_count;
    if has_missing then
      insert into public.observation_months (org_id, series_id, month, days, artist_id, asset_id, provider, is_money,
          values, batches, source_rows, states)
        select org, w.series_id, w.month, w.days, w.artist_id, w.asset_id, w.provider, w.is_money, w.values,
          w.batches, w.source_rows, w.states
        from unnest(written) w where w.version is null
        on conflict (org_id, series_id, month) do nothing;
      get diagnostics inserted = row_count;
      stored := stored + inserted;
    end if;
    if stored < cardinality(written) then
      -- The other transaction was faster with these: what this one made of them does not count.
      select coalesce(array_agg(w), '{}') into lost
        from unnest(written) w
        where not exists (
          select from public.observation_months m
          where m.org_id = org and m.series_id = w.series_id and m.month = w.month
            and (m.days, m.revised, m.values, m.batches, m.source_rows, m.states)
              is not distinct from (w.days, w.revised, w.values, w.batches, w.source_rows, w.states));
      select coalesce(sum(l.added), 0), coalesce(sum(l.restated), 0) into new_days, restated_days from unnest(lost) l;
      added := added - new_days;
      restated := restated - restated_days;
      replaced := array(
        select e from unnest(replaced) e
        where not exists (select from unnest(lost) l where l.series_id = e.series_id
                          and l.month = date_trunc('month', e.observed_on)::date));
    end if;
    if replaced <> '{}' and private.add_revisions(org, replaced) <> cardinality(replaced) then
      raise exception 'a value of series % was replaced whose batch is not there', replaced[1].series_id;
    end if;
    exit when stored = cardinality(written);
  end loop;
end $$;
drop type private.month_of_values;
