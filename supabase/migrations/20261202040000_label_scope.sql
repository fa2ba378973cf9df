-- Numbers of a label team's exports cover that label's tracks only, so they are never one series with those of an artist
-- team: the terms of a series, which are part of its identity, tell them apart.
alter table public.series drop constraint series_terms_check;
alter table public.series add constraint series_terms_check
  check (terms in ('own', 'own_label', 'spotify_api', 'youtube_api', 'instagram_api', 'soundcloud_api'));

create or replace function private.stale_after_days(terms text) returns integer language sql immutable parallel safe
return case when terms in ('own', 'own_label') then 10 else 4 end;
