-- A membership also keeps when its member was last seen, which says nothing of what they may see.
drop trigger refresh_member_access on public.memberships;
create trigger refresh_member_access
  after insert or delete or update of org_id, user_id, role, status, artist_access, money_access on public.memberships
  for each row execute function private.refresh_changed_member_access();
