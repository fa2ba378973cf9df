-- Search by words beside search by meaning: each chunk with the stems of its title and text, in its own language.
-- What was indexed before has none until the daily job indexes its document again.
alter table public.chunks
  add column language text not null default 'simple'
    check (language in ('simple', 'english', 'german', 'spanish', 'french', 'portuguese')),
  add column words tsvector;
call private.map_org_table('public.chunks',
  'reference: id document_id, figure: position, text: text, derived: embedding model language words');
