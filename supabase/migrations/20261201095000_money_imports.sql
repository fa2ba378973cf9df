-- Whether an import is a royalty report becomes a column: a deleted row is judged by the columns of the replica identity,
-- and one that may be null cannot be part of it.

alter table public.imports add column is_money boolean not null default false;
create function private.set_import_is_money() returns trigger language plpgsql set search_path = '' as $$
begin
  new.is_money := coalesce(starts_with(new.source, 'royalties.'), false);
  return new;
end $$;
revoke all on function private.set_import_is_money() from public;
create trigger set_is_money before insert or update of source, is_money on public.imports
  for each row execute function private.set_import_is_money();
update public.imports set is_money = true where starts_with(source, 'royalties.');

drop policy money_only on public.imports;
create policy money_only on public.imports as restrictive for all to authenticated
  using (not is_money or org_id = any ((select private.org_ids_with('money:read'))::uuid[]))
  with check (not is_money or org_id = any ((select private.org_ids_with('money:write'))::uuid[]));

alter index public.imports_identity rename to imports_former_identity;
create unique index imports_identity on public.imports (org_id, id, artist_id, is_money);
alter table public.imports replica identity using index imports_identity;
drop index public.imports_former_identity;

call private.map_org_table('public.imports',
  'reference: id artist_id file_id, name: file_name, figure: provider source content_sha256 byte_size status parser_version created_at committed_at undone_at is_money, '
  'text: options summary refusal, author: created_by');
