-- When an insight was withdrawn: on an earlier day it stood (known_on).
alter table public.insights add column withdrawn_at timestamptz;
update public.insights set withdrawn_at = updated_at where status = 'withdrawn';
alter table public.insights add check (withdrawn_at is null or status = 'withdrawn');
call private.map_org_table('public.insights',
  'reference: id artist_id series_id asset_id fingerprint, text: title body template withdrawn_reason cause next_step, '
  'author: assigned_to, '
  'figure: detector severity provider metric happened_on period_from period_to narrator prompt_version confidence status created_at updated_at withdrawn_at is_money quiet direction snoozed_until');
