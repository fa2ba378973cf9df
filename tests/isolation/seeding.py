"""Two orgs with a row in every tenant table, each with its own mark: what must never be seen outside its org.

The rows are copies of the canary org's, so a tenant table where the canary has none fails here too. All ids of a seeded
org, its own, its artists', its jobs' and so on, are one and the same UUID.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg

from arti_core.database import Connection
from local_stack.postgres import SUPERUSER
from tests.conftest import Database

# One insert for each row of the canary, as text: what the table's columns are is read from the catalog.
_CANARY_ROWS = """
  select format('insert into %1$s (%2$s) select %2$s from jsonb_populate_record(null::%1$s, %3$L)', $1::regclass,
    (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''), to_jsonb(t)) as sql
  from {table} t where {key} = private.canary_org_id()"""


class TenantTables:
    """One connection past row-level security, kept for the whole test: thousands of rows are inserted and compared."""

    def __init__(self, connection: Connection, tables: list[tuple[str, str]], canary_id: UUID, rows: str) -> None:
        self.connection = connection
        self.canary_id = canary_id
        self.canary_rows = rows
        self.tables = tables

    @staticmethod
    @asynccontextmanager
    async def of(database: Database) -> AsyncIterator["TenantTables"]:
        connection = await asyncpg.connect(database.dsn(SUPERUSER))
        try:
            tables = await connection.fetch("select name::text, key_column from private.tenant_tables()")
            rows = [
                row["sql"]
                for table in tables
                if table["name"] != "users"
                for row in await connection.fetch(
                    _CANARY_ROWS.format(table=table["name"], key=table["key_column"]), table["name"]
                )
            ]
            canary_id = await connection.fetchval("select private.canary_org_id()")
            named = [(table["name"], table["key_column"]) for table in tables]
            yield TenantTables(connection, named, canary_id, ";\n".join(rows))
        finally:
            await connection.close()


class SeededOrg:
    """An org whose every row bears `mark`."""

    def __init__(self, seeded_database: TenantTables) -> None:
        self.id: UUID = uuid4()
        self.mark = f"mark-{uuid4().hex[:12]}"
        self.email = f"{self.mark}@example.test"
        self._tables = seeded_database

    async def seed(self) -> None:
        """Put all rows back as they were at first."""
        rows = self._tables.canary_rows.replace(str(self._tables.canary_id), str(self.id))
        rows = rows.replace('"canary"', f'"{self.mark}"').replace(b"canary".hex(), self.mark.encode().hex())
        await self._tables.connection.execute(
            f"""delete from orgs where id = '{self.id}';
                insert into auth.users (id, email) values ('{self.id}', '{self.email}') on conflict do nothing;
                insert into users (id, email, display_name) values ('{self.id}', '{self.email}', '{self.mark}')
                on conflict (id) do update set email = excluded.email, display_name = excluded.display_name;
                set local session_replication_role = replica;  -- rows in any order, and nothing follows from them
                {rows}"""
        )

    async def rows(self) -> list[str]:
        """Return every row of the org in every tenant table, as text."""
        union = " union all ".join(
            f"select '{name} ' || t::text as row from {name} t where {key} = $1" for name, key in self._tables.tables
        )
        found = [row["row"] for row in await self._tables.connection.fetch(union, self.id)]
        assert len({row.split()[0] for row in found}) == len(self._tables.tables), "a tenant table is empty"
        return sorted(found)
