"""What the catalogue says of tables: which there are, their columns and their key."""

from collections.abc import Sequence
from dataclasses import dataclass

from arti.ops.console.transactions import read_only_transaction
from arti_core.database import Connection, Pool, Row
from arti_core.errors import NotFound

KINDS = {"r": "table", "p": "partitioned table", "v": "view", "m": "materialized view", "f": "foreign table"}


@dataclass(frozen=True, slots=True)
class CatalogColumn:
    """`type` is what the server itself writes, quoted where needed. `computed`: the server alone gives the value."""

    name: str
    type: str
    category: str
    nullable: bool
    default: str | None
    computed: bool
    choices: Sequence[str]
    points_to: tuple[str, str, str] | None

    @property
    def quoted(self) -> str:
        return quoted(self.name)


@dataclass(frozen=True, slots=True)
class CatalogTable:
    oid: int
    schema: str
    name: str
    kind: str
    columns: Sequence[CatalogColumn]
    key: Sequence[CatalogColumn]
    protection: str
    policies: int
    estimate: int
    comment: str | None

    @property
    def quoted(self) -> str:
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    @property
    def is_insertable(self) -> bool:
        return self.kind in "rp"

    @property
    def is_updatable(self) -> bool:
        """Return whether single rows can be named: without a primary key two equal rows cannot be distinguished."""
        return self.is_insertable and bool(self.key)

    def find(self, name: str) -> CatalogColumn | None:
        return next((column for column in self.columns if column.name == name), None)


def quoted(name: str) -> str:
    """Quote a name that comes from the catalogue."""
    return '"' + name.replace('"', '""') + '"'


async def list_tables(pool: Pool, *, word: str = "") -> list[Row]:
    """Return every table and view whose name contains `word`, with the planner's estimate of its rows (-1: unknown)."""
    async with read_only_transaction(pool) as connection:
        return await connection.fetch(
            """select n.nspname as schema, c.relname as name, c.relkind::text as kind, c.reltuples::bigint as rows,
                 pg_size_pretty(pg_total_relation_size(c.oid)) as size,
                 case when c.relforcerowsecurity then 'forced' when c.relrowsecurity then 'on' else 'off'
                 end as protection,
                 (select count(*) from pg_policy p where p.polrelid = c.oid) as policies,
                 obj_description(c.oid, 'pg_class') as comment
               from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^(pg_|information_schema$)'
                 and position(lower($1) in lower(n.nspname || '.' || c.relname)) > 0
               order by n.nspname <> 'public', n.nspname, c.relname""",
            word,
        )


async def get_table(pool: Pool, schema: str, name: str) -> CatalogTable:
    """Return what the catalogue says of one table or view. Raises NotFound."""
    async with read_only_transaction(pool) as connection:
        found = await connection.fetchrow(
            """select c.oid, c.relkind::text as kind, c.relrowsecurity, c.relforcerowsecurity,
                 c.reltuples::bigint as estimate, obj_description(c.oid, 'pg_class') as comment,
                 (select count(*) from pg_policy p where p.polrelid = c.oid) as policies,
                 coalesce((select i.indkey::int2[] from pg_index i where i.indrelid = c.oid and i.indisprimary), '{}')
                   as key
               from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')""",
            schema,
            name,
        )
        if found is None:
            raise NotFound("table")
        rows = await _columns(connection, found["oid"])
    columns = {row["number"]: _column(row) for row in rows}
    protection = "forced" if found["relforcerowsecurity"] else "on" if found["relrowsecurity"] else "off"
    return CatalogTable(
        oid=found["oid"],
        schema=schema,
        name=name,
        kind=found["kind"],
        columns=list(columns.values()),
        key=[columns[number] for number in found["key"]],
        protection=protection,
        policies=found["policies"],
        estimate=found["estimate"],
        comment=found["comment"],
    )


async def _columns(connection: Connection, oid: int) -> list[Row]:
    return await connection.fetch(
        """select a.attnum as number, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
             t.typcategory::text as category, not a.attnotnull as nullable, pg_get_expr(d.adbin, d.adrelid) as default,
             a.attgenerated <> '' or a.attidentity = 'a' as computed, a.attidentity::text as identity,
             array(select e.enumlabel::text from pg_enum e where e.enumtypid = a.atttypid order by e.enumsortorder)
               as choices,
             (select array[n.nspname::text, f.relname::text, fa.attname::text]
              from pg_constraint k join pg_class f on f.oid = k.confrelid join pg_namespace n on n.oid = f.relnamespace
              join pg_attribute fa on fa.attrelid = f.oid
                and fa.attnum = k.confkey[array_position(k.conkey, a.attnum)]
              where k.conrelid = a.attrelid and k.contype = 'f' and k.conkey[cardinality(k.conkey)] = a.attnum
              order by cardinality(k.conkey), k.conname limit 1) as points_to
           from pg_attribute a join pg_type t on t.oid = a.atttypid
           left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
           where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum""",
        oid,
    )


def _column(row: Row) -> CatalogColumn:
    target = row["points_to"]
    identity = "the next number" if row["identity"] else None
    return CatalogColumn(
        name=row["name"],
        type=row["type"],
        category=row["category"],
        nullable=row["nullable"],
        default=row["default"] or identity,
        computed=row["computed"],
        choices=row["choices"],
        points_to=(target[0], target[1], target[2]) if target else None,
    )
