-- How long a statement over REST may take, by role, as a hosted Supabase has it. The gateway applies them per request.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
