-- Workflows that a member connects by a button: ARTi makes them in the operator's n8n, with a path of its own making, so
-- that no path of the operator's systems comes from a tenant (ADR 19).

alter table public.n8n_workflows add column n8n_id text check (n8n_id ~ '^[A-Za-z0-9_-]{1,64}$');
alter table public.n8n_workflows add column template text check (template ~ '^[a-z0-9-]{1,40}$');

-- Record a workflow that was made at n8n. The path is below the org's own; a hundred are enough for anybody.
create function private.add_connected_workflow(org uuid, workflow_name text, workflow_path text, of_n8n text, made_of text)
returns uuid language plpgsql security definer set search_path = '' as $$
declare
  made uuid;
begin
  if not org = any (private.org_ids_with('automation:manage')) or not starts_with(workflow_path, 'orgs/' || org || '/') then
    raise exception 'not allowed' using errcode = 'insufficient_privilege';
  end if;
  if (select count(*) from public.n8n_workflows w where w.org_id = org) >= 100 then
    raise exception 'Your org has 100 workflows.'
      using errcode = 'PT403', hint = 'Ask the operator to remove some (./arti n8n remove).';
  end if;
  insert into public.n8n_workflows (org_id, name, path, n8n_id, template)
    values (org, workflow_name, workflow_path, of_n8n, made_of) returning id into made;
  return made;
end $$;
revoke all on function private.add_connected_workflow(uuid, text, text, text, text) from public;
grant execute on function private.add_connected_workflow(uuid, text, text, text, text) to authenticated;

call private.map_org_table('public.n8n_workflows',
  'reference: id n8n_id, name: name, address: path, figure: created_at template');
