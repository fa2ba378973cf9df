-- The gain of a counter that the provider rounds is known to a step of the rounding. Growth of such a gain is a figure only
-- where the gain that it is measured against is many steps; else it tells when the last digit changed.

-- The step of a rounded number: providers show three digits.
create function private.rounding_step(value double precision) returns double precision
language sql immutable parallel safe
return case when value >= 1000 then power(10::double precision, floor(log(value)) - 2) else 1 end;
-- Whether a gain is too small, as a base of growth, for the step in which it is known.
create function private.is_coarse_gain(gain double precision, step double precision) returns boolean
language sql immutable parallel safe
return step > 1 and gain < 10 * step;
revoke all on function private.rounding_step(double precision),
  private.is_coarse_gain(double precision, double precision) from public;
grant execute on function private.rounding_step(double precision),
  private.is_coarse_gain(double precision, double precision) to authenticated, arti_worker;

do $$
declare
  target constant regprocedure := 'private.series_figures(uuid, uuid[], date, integer, boolean, date, integer)'::regprocedure;
  definition constant text := pg_get_functiondef(target);
  changed text := definition;
  edit record;
begin
  for edit in select * from (values
    ($a$  unfinished_value double precision;$a$,
     $a$  unfinished_value double precision;
  state_now text;                          -- of the value on `as_of`$a$),
    ($a$                when gain_before < 100 then 'small_base' end;$a$,
     $a$                when gain_before < 100 then 'small_base' end;
              if state_now = 'rounded' and (change_note is null or change_note = 'small_base')
                and private.is_coarse_gain(gain_before, private.rounding_step(now)) then
                change_percent := null;
                change_note := 'rounded';
              end if;$a$),
    ($a$      if not is_summed then
        now := read.values[on_day];
      end if;$a$,
     $a$      state_now := read.states ->> on_day::text;
      if not is_summed then
        now := read.values[on_day];
      end if;$a$)
  ) as edit (old, new) loop
    if strpos(changed, edit.old) = 0 then
      raise exception '% has no part "%" to replace', target, edit.old;
    end if;
    changed := replace(changed, edit.old, edit.new);
  end loop;
  execute changed;
end $$;
