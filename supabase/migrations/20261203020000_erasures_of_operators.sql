-- The operator of an installation may have an org deleted, who is no person of it.
alter table private.org_erasures alter column requested_by drop not null;
