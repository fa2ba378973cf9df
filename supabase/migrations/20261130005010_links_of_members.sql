-- What members write over REST is checked as the API checks it: a link that the web app shows as one begins with http(s)
-- and runs no script, and a name that colleagues see in their lists has an end. Rows from before stay as they are.
do $$
declare
  link record;
begin
  for link in select * from (values
    ('artists', 'image_url'), ('assets', 'url'), ('accounts', 'url'), ('calendar_entries', 'url'),
    ('playlists', 'url'), ('documents', 'source_url'), ('sources', 'url')) as link (target, name)
  loop
    execute format('alter table public.%I add constraint %I check (%I ~* %L) not valid',
      link.target, link.target || '_' || link.name || '_is_a_link', link.name, '^https?://');
  end loop;
end $$;
alter table public.users add constraint users_display_name_length check (length(display_name) <= 200) not valid;
