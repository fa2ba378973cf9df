-- The owner of an application's schema may delete a person, from a function of its own, as on a hosted project.
grant select, delete on auth.audit_log_entries, auth.flow_state, auth.identities, auth.mail_requests,
  auth.mfa_amr_claims, auth.mfa_challenges, auth.mfa_factors, auth.one_time_tokens, auth.refresh_tokens, auth.sessions,
  auth.users, mail.queue to postgres;
grant delete on realtime.messages to postgres;
