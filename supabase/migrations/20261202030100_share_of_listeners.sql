-- The part of the listeners that an export of a streaming service states in percent.

insert into public.metrics (slug, name, unit, kind, aggregation, description, higher_is_better, can_fall) values
  ('audience.listeners_share', 'Share of listeners', 'percent', 'ratio', 'none', 'Part of the listeners.', true, true);

insert into public.dimension_rules (dimension, provider, metric, unit, parts, cut, absent, listed) values
  ('age', '', 'audience.listeners_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('city', '', 'audience.listeners_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('content_type', '', 'audience.listeners_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('country', '', 'audience.listeners_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('device', '', 'audience.listeners_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('gender', '', 'audience.listeners_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('subscription', '', 'audience.listeners_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('traffic_source', '', 'audience.listeners_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null);
