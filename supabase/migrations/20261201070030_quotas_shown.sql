-- What an org uses of each of its quotas, counted as the triggers count it, for its admins.
create function private.list_quota_use(target_org uuid)
returns table (resource text, used bigint, allowed bigint, passes boolean)
language plpgsql stable security definer set search_path = '' as $$
declare
  counted record;
begin
  if not target_org = any (private.org_ids_with('org:manage')) then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  for counted in
    select q.resource as name, q.passes as waits, private.quota_of(target_org, q.resource) as most, found.args,
      found.relation
    from private.quotas q cross join lateral (
      -- The arguments of a trigger: the resource and, if it is no table's rows, what is counted.
      select string_to_array(encode(g.tgargs, 'escape'), '\000') as args, g.tgrelid::regclass::text as relation
      from pg_catalog.pg_trigger g
      where g.tgfoid = 'private.enforce_quota'::regproc
        and (string_to_array(encode(g.tgargs, 'escape'), '\000'))[1] = q.resource
      limit 1) found
    order by q.resource
  loop
    resource := counted.name;
    passes := counted.waits;
    allowed := counted.most;
    execute format('select count(*) from (%s) as counted', coalesce(nullif(counted.args[2], ''),
      format('select 1 from %s where org_id = $1', counted.relation))) into used using target_org;
    return next;
  end loop;
  -- What workers keep to by themselves.
  resource := 'messages not sent';
  passes := true;
  allowed := private.quota_of(target_org, resource);
  used := (select count(*) from public.deliveries d
           where d.org_id = target_org and d.status in ('pending', 'sending', 'failed'));
  return next;
  resource := 'bytes of documents and import files';
  passes := false;
  allowed := private.quota_of(target_org, resource);
  used := (select coalesce(sum(octet_length(d.body)), 0) from public.documents d where d.org_id = target_org)
    + (select coalesce(sum(i.byte_size), 0) from public.imports i where i.org_id = target_org and exists (
         select from public.import_files f where f.org_id = i.org_id and f.import_id = i.id));
  return next;
end $$;
revoke all on function private.list_quota_use(uuid) from public;
grant execute on function private.list_quota_use(uuid) to authenticated;
