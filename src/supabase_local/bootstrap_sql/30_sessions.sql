-- As upstream since 2024: the owner of the schema public may read whether a session is still valid.
set local role supabase_auth_admin;
grant select on auth.sessions to postgres with grant option;
grant select on auth.users to postgres with grant option;
