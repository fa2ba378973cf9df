-- A connected workflow whose channel is gone leaves n8n, and then this row goes: by the worker that holds the job.
create function private.remove_connected_workflow(workflow uuid) returns void
language sql security definer set search_path = '' as $$
  delete from public.n8n_workflows w
  where w.org_id = (select private.leased_org_id()) and w.id = workflow and w.n8n_id is not null
    and not exists (select from public.channels c where c.org_id = w.org_id and c.workflow_id = w.id)
$$;
revoke all on function private.remove_connected_workflow(uuid) from public;
grant execute on function private.remove_connected_workflow(uuid) to arti_worker;

insert into private.request_permissions (kind, name, permission, arguments) values
  ('job', 'automation.remove_n8n_workflow', 'automation:manage', '{"workflow_id": "n8n_workflows"}');
alter policy visible_artists_only on public.jobs
  with check (org_id = any ((select private.all_artist_org_ids())::uuid[])
              or (org_id, artist_id) in (select v.org_id, v.artist_id from private.visible_artists() v)
              or artist_id is null and requested_by = (select auth.uid())
                 and name in ('automation.test_channel', 'automation.remove_n8n_workflow'));
