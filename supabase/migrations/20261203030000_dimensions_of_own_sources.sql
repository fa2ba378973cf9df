-- By what the exports of ads, links, tickets and mails split their numbers; the same rows as arti.dimensions.

insert into public.dimensions (slug, name, description, kind, open) values
  ('campaign', 'Campaign', 'A campaign of ads or a mail to a list, as its source names it.', 'text', false),
  ('channel', 'Channel', 'Where a link was shared; as its source names it.', 'text', false),
  ('event', 'Event', 'A show or another event; as the seller of its tickets names it.', 'text', false),
  ('link', 'Link', 'A smart link; as its source names it.', 'text', false);
insert into public.dimension_rules (dimension, provider, metric, unit, parts, cut, absent, listed)
select slug, '', '', unit, parts, true, 'A part that is missing was in no file. How many is unknown, not 0.', null
from (values
  ('campaign', '', 'partition'), ('channel', '', 'partition'), ('event', '', 'partition'), ('link', '', 'partition'),
  ('campaign', 'people', 'overlap'), ('channel', 'people', 'overlap')) as rule (slug, unit, parts);

-- A file with amounts of ads or tickets is money like a royalty report: whoever sees no money sees nothing of it.
create or replace function private.set_import_is_money() returns trigger language plpgsql set search_path = '' as $$
begin
  new.is_money := coalesce(new.source ^@ any (array['royalties.', 'own_money.']), false);
  return new;
end $$;
