-- A guest: somebody from outside who reads the numbers of some artists. In a file of its own, because a new value of an
-- enum cannot be used in the transaction that adds it.
alter type public.member_role add value if not exists 'guest';
