-- The calendar: what the team plans and notes. The annotations of charts are its beginning and become entries of it.

alter table public.annotations rename to calendar_entries;
alter table public.calendar_entries rename column occurred_on to starts_on;
alter table public.calendar_entries rename constraint annotations_pkey to calendar_entries_pkey;
alter table public.calendar_entries rename constraint annotations_org_id_artist_id_fkey
  to calendar_entries_org_id_artist_id_fkey;
alter index public.annotations_days rename to calendar_entries_days;

alter table public.calendar_entries
  drop constraint annotations_kind_check,
  add constraint calendar_entries_kind_check
    check (kind in ('release', 'campaign', 'post', 'show', 'pitch', 'playlist', 'press', 'note')),
  alter column artist_id drop not null,    -- null: it concerns the whole label
  add foreign key (org_id) references public.orgs (id) on delete cascade,
  add column ends_on date check (ends_on >= starts_on),              -- null: one day
  add column deadline_on date,             -- by when the owner must have acted
  add column owner_id uuid,
  add column status text check (status in ('open', 'sent', 'accepted', 'declined')),
  add column notes text not null default '' check (length(notes) <= 10000),
  add column updated_at timestamptz not null default clock.now(),
  add check (length(title) between 1 and 300),
  add check (kind <> 'pitch' or (status is not null and deadline_on is not null)),
  add check (kind = 'pitch' or status is null),
  add foreign key (org_id, owner_id) references public.memberships (org_id, user_id) on delete set null (owner_id);
create index calendar_entries_starts on public.calendar_entries (org_id, starts_on);
