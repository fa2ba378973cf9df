"""A column that says who did something is never what a caller of REST likes to say."""

from tests.conftest import Database

# What a policy compares with the caller.
COMPARED = {("insight_feedback", "user_id"), ("jobs", "requested_by")}
# Who is to do something, not who did it: a member, by a foreign key.
CHOSEN = {("calendar_entries", "owner_id")}


async def test_every_author_that_rest_may_write_is_the_caller(database: Database) -> None:
    rows = await database.as_owner(
        """select c.relname as relation, a.attname as name, exists (
             select from pg_trigger g where g.tgrelid = c.oid and g.tgname = 'set_author'
               and split_part(encode(g.tgargs, 'escape'), '\\000', 1) = a.attname) as is_set
           from private.subject_columns s
           join pg_class c on c.oid = to_regclass(s.relation)
           join pg_attribute a on a.attrelid = c.oid and a.attname = s.name
           where (s.holds = 'author' or s.holds = 'subject' and s.name <> 'org_id') and s.relation like 'public.%'
             and (has_column_privilege('authenticated', c.oid, a.attnum, 'insert')
               or has_column_privilege('authenticated', c.oid, a.attnum, 'update'))
             and not exists (
               select from pg_trigger g where g.tgrelid = c.oid and g.tgname = 'require_api_login'
                 and (g.tgattr::text = '' or a.attnum = any (g.tgattr)))"""
    )
    found = {(row["relation"], row["name"]): row["is_set"] for row in rows}
    assert {place for place, is_set in found.items() if not is_set} == COMPARED | CHOSEN | {("users", "id")}
    assert len([place for place, is_set in found.items() if is_set]) == 8
