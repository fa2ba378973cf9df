-- Royalty reports as files: who may not see amounts sees neither the import nor its file, whose rows are amounts.

create policy money_only on public.imports as restrictive for all to authenticated
  using (source is null or source not like 'royalties.%' or org_id = any ((select private.org_ids_with('money:read'))::uuid[]))
  with check (
    source is null or source not like 'royalties.%' or org_id = any ((select private.org_ids_with('money:write'))::uuid[]));
