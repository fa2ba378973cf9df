-- A quiet insight may become a part of a story, unless somebody has commented on it: workers see that, and no comment.
create policy job_only on public.insight_comments for select to arti_worker
  using (org_id = (select private.job_org_id()));
grant select (org_id, insight_id) on public.insight_comments to arti_worker;
