-- The days that a chunk of a document names beside something that may move numbers, such as a show: the document may be
-- cited around such a day. What was indexed before has none until the daily job indexes its document again.
alter table public.chunks add column named_on date[];
call private.map_org_table('public.chunks',
  'reference: id document_id, figure: position, text: text, derived: embedding model language words named_on');
