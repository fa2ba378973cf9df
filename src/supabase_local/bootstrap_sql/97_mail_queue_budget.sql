-- Which budget a mail was taken from; null: an org's, or a mail of before. The hourly limit counts accounts' and
-- newcomers' mails only, so that neither invitations of orgs nor newcomers use up the mails with which people sign in.
set local role supabase_auth_admin;
alter table mail.queue add column budget text check (budget in ('account', 'newcomer', 'notice'));
reset role;
