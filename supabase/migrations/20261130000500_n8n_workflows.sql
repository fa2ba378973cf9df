-- The operator's n8n is no URL of a tenant: a channel names a workflow that the operator registered for its org, and the
-- address is built from N8N_URL and the workflow's path. Rows are written by the operator alone (./arti n8n).
create table public.n8n_workflows (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 120),
  path text not null check (path ~ '^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$' and length(path) <= 200),
  created_at timestamptz not null default clock.now(),
  primary key (org_id, id)
);
call private.isolate('public.n8n_workflows', 'automation:read', null, worker_verbs => 'select');

alter table public.channels add column workflow_id uuid;
alter table public.channels add foreign key (org_id, workflow_id)
  references public.n8n_workflows (org_id, id) on delete set null (workflow_id);
create index channels_workflow on public.channels (org_id, workflow_id) where workflow_id is not null;

-- A Slack channel could hold any address. What does not lead to Slack is not called any more.
update public.channels set enabled = false,
    disabled_reason = 'Its URL is not one of Slack. Enter the incoming webhook URL of your Slack app, '
      'or add a channel of kind n8n for another receiver.'
  where kind = 'slack' and target ->> 'host' <> 'hooks.slack.com';

do $$
declare
  canary constant uuid := private.canary_org_id();
begin
  insert into public.n8n_workflows (org_id, id, name, path) values (canary, canary, 'canary', 'canary');
end $$;
