-- The statement timeout of REST by role, as on hosted Supabase. The gateway applies them per request.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
