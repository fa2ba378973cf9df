-- Platforms whose numbers come from files only: there is no connector for them.

insert into public.providers (slug, name, time_zone, has_connector) values
  ('tiktok', 'TikTok', 'UTC', false),
  ('facebook', 'Facebook', 'America/Los_Angeles', false);

insert into public.metrics (slug, name, unit, kind, aggregation, description, higher_is_better) values
  ('engagement.link_clicks', 'Link clicks', 'count', 'flow', 'sum', 'Clicks on the links of the profile or of a post.', true);
