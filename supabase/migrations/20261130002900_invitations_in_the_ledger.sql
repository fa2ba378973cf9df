-- An invitation that was accepted, declined or withdrawn does not come back with a restored database: its link works
-- once.
create trigger ledger_deletion after delete on public.invitations referencing old table as gone
  for each statement execute function private.ledger_deletion('delete', 'org_id', 'id');
