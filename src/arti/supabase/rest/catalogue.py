"""The schema cache: the only place from which identifiers and types come into a statement."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from arti.base.database import Pool, open_transaction
from arti.supabase.rest.errors import RestError

SCHEMA = "public"
_RELOAD_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type_name: str  # as realtime's clients know it, e.g. int4
    sql_name: str  # quoted
    sql_type: str  # quoted and qualified, e.g. "pg_catalog"."uuid"
    is_array: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view of the exposed schema."""

    name: str
    sql_name: str  # quoted and qualified
    columns: Mapping[str, Column]
    tells_changes: bool  # has the trigger of supabase/migrations/*_realtime.sql

    def column(self, name: str) -> Column:
        """Return a column by its name. Raises RestError as PostgreSQL words it."""
        found = self.columns.get(name)
        if found is None:
            raise RestError(400, "42703", f"column {self.name}.{name[:63]} does not exist")
        return found


class Catalogue:
    """Knows the tables of the exposed schema; looks again when it is asked for one that it does not know."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._tables: dict[str, Table] = {}
        self._loaded_at = -_RELOAD_SECONDS
        self._reloading = asyncio.Lock()

    async def table(self, name: str) -> Table:
        """Return the table or view `name`. Raises RestError PGRST205."""
        found = await self.find_table(name)
        if found is None:
            raise RestError(
                404, "PGRST205", f"Could not find the table '{SCHEMA}.{name[:63]}' in the schema cache", hint=None
            )
        return found

    async def find_table(self, name: str) -> Table | None:
        if name not in self._tables:
            async with self._reloading:  # who comes while it is read waits for the answer
                if name not in self._tables and time.monotonic() - self._loaded_at >= _RELOAD_SECONDS:
                    await self._reload()
        return self._tables.get(name)

    async def _reload(self) -> None:
        async with open_transaction(self._pool, "begin read only") as connection:
            rows = await connection.fetch(
                """select c.relname as table_name, a.attname as column_name, t.typname as type_name,
                     quote_ident(n.nspname) || '.' || quote_ident(c.relname) as sql_table,
                     quote_ident(a.attname) as sql_column,
                     quote_ident(tn.nspname) || '.' || quote_ident(t.typname) as sql_type,
                     t.typcategory = 'A' as is_array,
                     exists (select from pg_trigger g where g.tgrelid = c.oid and g.tgname = 'tell_change') as tells
                   from pg_class c
                   join pg_namespace n on n.oid = c.relnamespace
                   join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                   join pg_type t on t.oid = a.atttypid
                   join pg_namespace tn on tn.oid = t.typnamespace
                   where n.nspname = $1 and c.relkind in ('r', 'p', 'v')
                   order by c.relname, a.attnum""",
                SCHEMA,
            )
        self._loaded_at = time.monotonic()
        columns: dict[tuple[str, str, bool], dict[str, Column]] = {}
        for row in rows:
            column = Column(
                name=row["column_name"],
                type_name=row["type_name"],
                sql_name=row["sql_column"],
                sql_type=row["sql_type"],
                is_array=row["is_array"],
            )
            columns.setdefault((row["table_name"], row["sql_table"], row["tells"]), {})[column.name] = column
        self._tables = {name: Table(name, sql, found, tells) for (name, sql, tells), found in columns.items()}
