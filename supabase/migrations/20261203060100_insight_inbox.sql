-- Insights as a team works through them: read by each member for themselves, given to one of them, put off until a day,
-- and talked about.
alter table public.insights
  add column assigned_to uuid,             -- who looks into it
  add column snoozed_until date;           -- not in the inbox before this day
grant update (assigned_to, snoozed_until) on public.insights to authenticated;
create index insights_assigned on public.insights (org_id, assigned_to) where assigned_to is not null;

create table public.insight_reads (
  org_id uuid not null,
  user_id uuid not null,
  insight_id uuid not null,
  read_at timestamptz not null default clock.now(),
  primary key (org_id, user_id, insight_id),
  foreign key (org_id, insight_id) references public.insights (org_id, id) on delete cascade
);
create index insight_reads_insight on public.insight_reads (org_id, insight_id);
call private.isolate('public.insight_reads', null, null, worker_verbs => '');
call private.restrict_to_parent('public.insight_reads', 'public.insights', 'insight_id');
create policy own on public.insight_reads for all to authenticated
  using (org_id = any ((select private.org_ids_with('insights:read'))::uuid[]) and user_id = (select claims.uid()))
  with check (org_id = any ((select private.org_ids_with('insights:read'))::uuid[]) and user_id = (select claims.uid()));
grant select, insert, delete on public.insight_reads to authenticated;
call private.limit_rows('public.insight_reads', 2000000);

create table public.insight_comments (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  insight_id uuid not null,
  user_id uuid not null,
  body text not null check (length(body) between 1 and 4000),
  created_at timestamptz not null default clock.now(),
  primary key (org_id, id),
  foreign key (org_id, insight_id) references public.insights (org_id, id) on delete cascade
);
create index insight_comments_insight on public.insight_comments (org_id, insight_id, created_at);
call private.isolate('public.insight_comments', 'insights:read', null, worker_verbs => '');
call private.restrict_to_parent('public.insight_comments', 'public.insights', 'insight_id');
create policy add on public.insight_comments for insert to authenticated
  with check (org_id = any ((select private.org_ids_with('insights:feedback'))::uuid[]) and user_id = (select claims.uid()));
create policy remove on public.insight_comments for delete to authenticated
  using (org_id = any ((select private.org_ids_with('insights:feedback'))::uuid[]) and user_id = (select claims.uid()));
create policy own_or_of_members on public.insight_comments as restrictive for select to authenticated
  using (org_id = any ((select private.org_ids_with('members:read'))::uuid[]) or user_id = (select claims.uid()));
grant insert, delete on public.insight_comments to authenticated;
call private.limit_rows('public.insight_comments', 500000);

do $$
declare
  target text;
begin
  foreach target in array array['public.insight_reads', 'public.insight_comments'] loop
    execute format('create trigger require_api_login before insert or update or delete on %s for each statement '
      'when (current_user = ''authenticated'' and session_user <> ''arti_api'') '
      'execute function private.require_api_login()', target);
  end loop;
end $$;

call private.map_org_table('public.insights',
  'reference: id artist_id series_id asset_id fingerprint, text: title body template withdrawn_reason cause next_step, '
  'author: assigned_to, '
  'figure: detector severity provider metric happened_on period_from period_to narrator prompt_version confidence status created_at updated_at is_money quiet direction snoozed_until');
call private.map_subject('public.insight_reads', 'subject: org_id user_id, reference: insight_id, figure: read_at',
  of_org => 'org_id = $1', of_person => 'user_id = $1', exported_to => '{org,person}');
call private.map_org_table('public.insight_comments',
  'reference: id insight_id, author: user_id, text: body, figure: created_at');

insert into public.insight_reads (org_id, user_id, insight_id)
  select i.org_id, i.org_id, i.id from public.insights i where i.org_id = private.canary_org_id();
insert into public.insight_comments (org_id, id, insight_id, user_id, body)
  select i.org_id, i.id, i.id, i.org_id, 'canary' from public.insights i where i.org_id = private.canary_org_id();
