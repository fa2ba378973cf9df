-- The series route sends one statement and no preamble, so nothing asked whether the caller's session had ended, or misses a
-- second factor (ADR 0012). This takes on the caller's claims for the transaction and answers as session_state() does,
-- which also keeps the caller's access for the policies of the rest of the statement.
create function private.assume_session(claims text) returns integer language plpgsql set search_path = '' as $$
begin
  perform set_config('role', 'authenticated', true), set_config('request.jwt.claims', claims, true),
    set_config('transaction_read_only', 'on', true);
  return private.session_state();
end $$;
revoke all on function private.assume_session(text) from public;
grant execute on function private.assume_session(text) to arti_api;
