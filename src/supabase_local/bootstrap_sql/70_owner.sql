-- Further privileges of hosted Supabase's `postgres`, which is not a superuser.
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;
