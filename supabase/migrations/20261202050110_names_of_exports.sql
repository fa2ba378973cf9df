-- Which exports there are is said by the API; the table holds their names.
alter table public.import_cadences drop constraint import_cadences_export_check;
alter table public.import_cadences add check (length(export) between 1 and 60);
