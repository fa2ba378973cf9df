-- What a value is other than a number, in codes of arti.providers.states: why there is none (null_reason), or a remark
-- on the one that is there (state). Texts of former versions become codes.

alter table public.observations add column state text;
alter table public.observation_revisions add column state text;

-- The sentences for people, in this place only. A text that is no code is its own sentence.
create function private.state_sentence(code text) returns text language sql immutable parallel safe
return case code
  when 'hidden' then 'The account''s owner hides this number.'
  when 'unsupported' then 'The provider does not count this here.'
  when 'late' then 'The provider has not published this day yet.'
  when 'not_reported' then 'The source reported nothing for this day.'
  when 'too_few' then 'Too few people for the provider to show a number.'
  when 'fell' then 'The provider corrected this total downwards, so there is no gain.'
  when 'rounded' then 'The provider rounds this number.'
  when 'negative' then 'Below zero: the provider took back what it had counted before.'
  when 'restated' then 'The provider changed this number later.'
  else code end;
revoke all on function private.state_sentence(text) from public;
grant execute on function private.state_sentence(text) to authenticated, arti_worker, service_role;

update public.observations set null_reason = case null_reason when 'unsupported_metric' then 'unsupported' else 'not_reported' end
where null_reason in ('unsupported_metric', 'no_data', 'The cell is empty in the export.');
update public.observation_revisions set null_reason = case null_reason when 'unsupported_metric' then 'unsupported' else 'not_reported' end
where null_reason in ('unsupported_metric', 'no_data', 'The cell is empty in the export.');

create or replace function private.record_revision() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into public.observation_revisions (org_id, series_id, observed_on, provider, value, null_reason,
    state, definition, sync_run_id, import_id, source_row, known_at)
  values (old.org_id, old.series_id, old.observed_on, old.provider, old.value, old.null_reason,
    old.state, old.definition, old.sync_run_id, old.import_id, old.source_row, old.known_at);
  return new;
end $$;
-- A day that was only late is no restatement when it comes.
create or replace trigger record_revision after update of value, null_reason, definition on public.observations
  for each row when ((old.value is distinct from new.value or old.definition <> new.definition)
                     and old.null_reason is distinct from 'late')
  execute function private.record_revision();
