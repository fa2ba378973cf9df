-- Which asset is which song, and which songs are one, is decided through the API: it keeps what was before, and the audit
-- log says who. Over REST a song's facts and credits may be changed, as the rest of the roster.
create trigger require_api_login before update of merged_into on public.recordings for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();
create trigger require_api_login before update of recording_id, release_id, matchable on public.assets for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();
