-- The owner of an application's schema may write a mail, from a function of its own.
set local role supabase_auth_admin;
grant insert on mail.queue to postgres;
reset role;
