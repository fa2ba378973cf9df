-- Functions, column defaults and policies of earlier migrations ask the clock instead of the server. Their text is taken
-- from the catalogue, since some were made anew on the way here: each now() becomes clock.now(), and so on.
create function clock.asking(sql text) returns text language sql immutable return
  regexp_replace(regexp_replace(regexp_replace(sql,
    '(?<![\w.])(pg_catalog\.)?now\(\)', 'clock.now()', 'g'),
    '(?<![\w.])(pg_catalog\.)?clock_timestamp\(\)', 'clock.wall_now()', 'g'),
    '\mcurrent_date\M', 'clock.today()', 'gi');

do $$
declare
  found record;
begin
  for found in
    select pg_get_functiondef(p.oid) as definition
    from pg_proc p
    where p.pronamespace = 'private'::regnamespace
      and p.prokind in ('f', 'p') and clock.asking(p.prosrc) <> p.prosrc
  loop
    execute clock.asking(found.definition);
  end loop;
  -- Ours are those that hold an org, and two more. Tables of the installation's owner in public stay as they are.
  for found in
    select c.oid::regclass as name, a.attname, pg_get_expr(d.adbin, d.adrelid) as expression
    from pg_attrdef d
    join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    join pg_class c on c.oid = d.adrelid
    where (c.relnamespace = 'private'::regnamespace or c.relnamespace = 'public'::regnamespace and (
             c.relname in ('orgs', 'users') or exists (
               select from pg_attribute o where o.attrelid = c.oid and o.attname = 'org_id')))
      and clock.asking(pg_get_expr(d.adbin, d.adrelid)) <> pg_get_expr(d.adbin, d.adrelid)
  loop
    execute format('alter table %s alter column %I set default %s',
                   found.name, found.attname, clock.asking(found.expression));
  end loop;
  for found in
    select p.polname, c.oid::regclass as on_table, pg_get_expr(p.polwithcheck, p.polrelid) as checked
    from pg_policy p join pg_class c on c.oid = p.polrelid
    where c.relnamespace = 'public'::regnamespace
      and clock.asking(pg_get_expr(p.polwithcheck, p.polrelid)) <> pg_get_expr(p.polwithcheck, p.polrelid)
  loop
    execute format('alter policy %I on %s with check (%s)', found.polname, found.on_table, clock.asking(found.checked));
  end loop;
end $$;

drop function clock.asking(text);
