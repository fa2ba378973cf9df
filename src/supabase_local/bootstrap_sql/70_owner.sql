-- What hosted Supabase's `postgres` may besides, without being a superuser: see and stop what runs, read every schema.
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;
