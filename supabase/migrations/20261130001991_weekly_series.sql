-- A series knows how many days one of its values covers: a day, or the week that ends on it. It follows from the source,
-- whose cadence stays once it has series.

alter table public.series add column interval_days smallint not null default 1 check (interval_days in (1, 7));
update public.series s set interval_days = 7
  from public.sources o where o.org_id = s.org_id and o.slug = s.provider and o.cadence = 'week';

-- Whoever writes the row: it cannot say of itself what its source says.
create function private.set_interval_days() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.interval_days := case when exists (
    select from public.sources o where o.org_id = new.org_id and o.slug = new.provider and o.cadence = 'week')
    then 7 else 1 end;
  return new;
end $$;
create trigger set_interval_days before insert or update of provider, interval_days on public.series
  for each row execute function private.set_interval_days();
create function private.refuse_new_cadence() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from public.series s where s.org_id = old.org_id and s.provider = old.slug) then
    raise exception '% has numbers, so its days and weeks stay', old.slug using errcode = '23514';
  end if;
  return new;
end $$;
create trigger refuse_new_cadence before update on public.sources for each row
  when (old.cadence <> new.cadence) execute function private.refuse_new_cadence();
revoke all on function private.set_interval_days(), private.refuse_new_cadence() from public;

-- A period of a weekly series is of whole weeks: of those that lie in it, or, where it ends on the newest value, at least
-- of one. The period before has as many.
do $$
declare
  edit record;
  changed text;
begin
  for edit in select * from (values
    ('private.series_figures(uuid, uuid[], date, integer, boolean, date, integer)'::regprocedure,
     $a$s.asset_id, k.kind, k.aggregation, k.can_fall
      from public.series s$a$,
     $a$s.asset_id, k.kind, k.aggregation, k.can_fall,
        s.interval_days
      from public.series s$a$),
    ('private.series_figures(uuid, uuid[], date, integer, boolean, date, integer)',
     $a$select null, null, null, null, null, null, null, null, null, null, null, null, null, null  -- the end$a$,
     $a$select null, null, null, null, null, null, null, null, null, null, null, null, null, null, null  -- the end$a$),
    ('private.series_figures(uuid, uuid[], date, integer, boolean, date, integer)',
     $a$        from_on := as_of - span + 1;
      end if;
      before_on := from_on$a$,
     $a$        from_on := as_of - span + 1;
      end if;
      if read.interval_days > 1 then
        from_on := as_of + 1
          - read.interval_days * greatest((as_of - from_on + 1) / read.interval_days, anchored::integer);
      end if;
      before_on := from_on$a$),
    ('private.read_artist_series(text, uuid, uuid, uuid, text[], text[], date, integer, date)',
     $a$case when s.metric like 'own.%' then private.own_metric_as_json(org, s.metric) end$a$,
     $a$case when s.provider like 'own.%' or s.metric like 'own.%' then
        coalesce(private.own_metric_as_json(org, s.metric), '{}') || jsonb_build_object('interval_days', s.interval_days)
      end$a$)
  ) as edit (target, old, new) loop
    changed := replace(pg_get_functiondef(edit.target), edit.old, edit.new);
    if changed = pg_get_functiondef(edit.target) then
      raise exception '% has no part "%" to replace', edit.target, edit.old;
    end if;
    execute changed;
  end loop;
end $$;
