"""How a table is made and guarded: policies, keys, indexes, grants, triggers."""

from collections.abc import Sequence
from dataclasses import dataclass

from arti.ops.console.tables.catalog import CatalogTable
from arti.ops.console.transactions import read_only_transaction
from arti_core.database import Pool, Row


@dataclass(frozen=True, slots=True)
class TableDefinition:
    policies: Sequence[Row]
    keys: Sequence[Row]
    referrers: Sequence[Row]
    indexes: Sequence[Row]
    grants: Sequence[Row]
    triggers: Sequence[Row]
    owner: str
    text: str | None


async def read_definition(pool: Pool, table: CatalogTable) -> TableDefinition:
    """Return everything beside the rows. `text` is the query of a view."""
    async with read_only_transaction(pool) as connection:
        head = await connection.fetchrow(
            """select pg_get_userbyid(relowner) as owner,
                 case when relkind in ('v', 'm') then pg_get_viewdef(oid) end as text
               from pg_class where oid = $1""",
            table.oid,
        )
        assert head is not None  # get_table has found it
        return TableDefinition(
            policies=await connection.fetch(
                """select policyname as name, permissive, array_to_string(roles, ', ') as roles, cmd, qual, with_check
                   from pg_policies where schemaname = $1 and tablename = $2 order by permissive desc, policyname""",
                table.schema,
                table.name,
            ),
            keys=await connection.fetch(
                """select conname as name, contype::text as kind, pg_get_constraintdef(oid, true) as text, convalidated
                   from pg_constraint where conrelid = $1 and contype <> 'n'
                   order by position(contype::text in 'pufxct'), conname""",
                table.oid,
            ),
            referrers=await connection.fetch(
                """select n.nspname as schema, c.relname as name, k.conname as key,
                     pg_get_constraintdef(k.oid, true) as text
                   from pg_constraint k join pg_class c on c.oid = k.conrelid
                   join pg_namespace n on n.oid = c.relnamespace
                   where k.confrelid = $1 and k.contype = 'f' and k.conparentid = 0 order by 1, 2, 3""",
                table.oid,
            ),
            indexes=await connection.fetch(
                """select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as text,
                     pg_size_pretty(pg_relation_size(i.indexrelid)) as size, coalesce(s.idx_scan, 0) as scans,
                     i.indisvalid as valid
                   from pg_index i left join pg_stat_user_indexes s on s.indexrelid = i.indexrelid
                   where i.indrelid = $1 order by i.indisprimary desc, 1""",
                table.oid,
            ),
            grants=await connection.fetch(
                """select coalesce(r.rolname, 'public') as role, g.columns,
                     string_agg(lower(g.privilege_type), ', ' order by g.privilege_type) as verbs
                   from (
                     select a.grantee, a.privilege_type, '' as columns
                     from pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a where c.oid = $1
                     union all
                     select a.grantee, a.privilege_type, string_agg(t.attname, ', ' order by t.attnum)
                     from pg_attribute t, aclexplode(t.attacl) a where t.attrelid = $1 group by 1, 2
                   ) g left join pg_roles r on r.oid = g.grantee group by 1, 2 order by 1, 2""",
                table.oid,
            ),
            triggers=await connection.fetch(
                """select tgname as name, pg_get_triggerdef(oid, true) as text, tgenabled <> 'D' as enabled
                   from pg_trigger where tgrelid = $1 and not tgisinternal order by tgname""",
                table.oid,
            ),
            owner=head["owner"],
            text=head["text"],
        )
