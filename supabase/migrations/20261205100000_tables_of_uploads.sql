-- Which uploads of a link a table of its batch came from. Until now a table was told by its name, so whoever had the link
-- saw the outcome of members' files of the same name in the batch. Uploads of before show no tables.
alter table public.import_batch_items add column upload_ids uuid[] not null default '{}';
call private.map_org_table('public.import_batch_items',
  'reference: batch_id import_id upload_ids, text: placed_by questions open');

-- A file that the org had imported before the link brought it looks like a new one: neither the name that a member gave it
-- nor that it counts is shown.
create or replace function private.uploads_of_link(hash bytea, upload_ids uuid[])
returns table (id uuid, name text, byte_size bigint, received_at timestamptz, status text, reason text, imports jsonb)
language sql stable security definer set search_path = '' as $$
  select f.id, f.name, f.byte_size, f.received_at, f.status, f.reason,
    coalesce((select jsonb_agg(jsonb_build_object('source', t.source, 'rows', t.summary -> 'rows', 'refusal', t.refusal,
        'file_name', case when t.is_own then t.file_name else f.name end,
        'is_committed', t.is_own and t.status = 'committed') order by t.file_name)
      from (
        select i.*, exists (select from public.upload_link_files o
                            where o.org_id = f.org_id and o.link_id = f.link_id and o.id = any (b.upload_ids)
                              and o.received_at <= i.created_at) as is_own
        from public.import_batch_items b join public.imports i on i.org_id = b.org_id and i.id = b.import_id
        where b.org_id = f.org_id and b.batch_id = l.batch_id and f.id = any (b.upload_ids)) t), '[]')
  from public.upload_link_files f
  join public.upload_links l on l.org_id = f.org_id and l.id = f.link_id
  where l.token_hash = hash and exists (select from private.open_upload_link(hash))
    and f.id = any (uploads_of_link.upload_ids)
  order by f.received_at, f.id
$$;
