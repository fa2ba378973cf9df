-- Whether a metric means the same on every platform, so that their numbers may be added: a stream is a stream, an hour an
-- hour; what a view or a play is, each platform decides by itself.
alter table public.metrics add column across_platforms boolean not null default false;
update public.metrics set across_platforms = true
where slug in ('consumption.streams', 'consumption.watch_hours', 'engagement.likes', 'engagement.comments',
  'engagement.likes_total', 'engagement.comments_total', 'money.estimated_revenue');
