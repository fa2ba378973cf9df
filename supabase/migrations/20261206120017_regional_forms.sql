-- How an org reads besides its language, and each person who chose otherwise: time zone, form of numbers, the first day
-- of a week, and the currency that a new amount begins with. Nothing is ever converted.
alter table public.orgs
  add column time_zone text not null default 'UTC' check (length(time_zone) between 1 and 64),
  add column currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  add column week_start text not null default 'monday' check (week_start in ('monday', 'sunday', 'saturday')),
  add column number_form text not null default 'language'  -- as the language writes numbers
    check (number_form in ('language', 'comma_point', 'point_comma', 'space_comma', 'apostrophe_point'));
alter table public.users
  add column time_zone text check (length(time_zone) between 1 and 64),
  add column currency text check (currency ~ '^[A-Z]{3}$'),
  add column week_start text check (week_start in ('monday', 'sunday', 'saturday')),
  add column number_form text
    check (number_form in ('language', 'comma_point', 'point_comma', 'space_comma', 'apostrophe_point'));
grant update (time_zone, currency, week_start, number_form) on public.orgs to authenticated;
grant update (time_zone, currency, week_start, number_form) on public.users to authenticated;
call private.map_subject('public.orgs',
  'subject: id, name: name, figure: created_at updated_at refused_file_days language model_limit_cents '
  'sms_limit_messages sms_limit_cents time_zone currency week_start number_form',
  of_org => 'id = $1', exported_to => '{org}');
call private.map_subject('public.users',
  'subject: id, address: email, name: display_name, figure: created_at language time_zone currency week_start '
  'number_form',
  of_org => 'id in (select m.user_id from public.memberships m where m.org_id = $1)', of_person => 'id = $1',
  exported_to => '{org,person}', with_org => 'keep',
  why => 'a person stays when one of their orgs goes; the users of its API keys go');
