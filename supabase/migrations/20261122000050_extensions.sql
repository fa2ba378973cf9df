-- What ARTi needs of the database besides PostgreSQL itself. A hosted Supabase lets its owner create it; elsewhere the
-- installer, a superuser, has done so already.
create extension if not exists vector with schema extensions;
