"""Two orgs with a row in every tenant table, each with its own mark: what must never be seen outside its org.

The rows are those that the migrations plant for the canary, so a table that has none there fails here
too. All ids of a planted org, its own, its artists', its jobs' and so on, are one and the same UUID.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg

from arti import MIGRATIONS
from arti_core.database import Connection
from arti_core.migrations import list_migrations
from local_stack.postgres import SUPERUSER
from tests.conftest import Database

# Each migration that brings a tenant table plants its canary in such a block.
_ROWS = "\n".join(
    block
    for one in list_migrations(MIGRATIONS)
    for block in re.findall(r"^do \$\$\ndeclare\n  canary .*?^end \$\$;", one.sql, re.M | re.S)
)


class TenantTables:
    """One connection past row-level security, kept for the whole test: thousands of rows are planted and compared."""

    def __init__(self, connection: Connection, tables: list[tuple[str, str]]) -> None:
        self.connection = connection
        self.tables = tables

    @staticmethod
    @asynccontextmanager
    async def of(database: Database) -> AsyncIterator["TenantTables"]:
        connection = await asyncpg.connect(database.dsn(SUPERUSER))
        try:
            tables = await connection.fetch("select name::text, key_column from private.tenant_tables()")
            yield TenantTables(connection, [(table["name"], table["key_column"]) for table in tables])
        finally:
            await connection.close()


class SeededOrg:
    """An org whose every row bears `mark`."""

    def __init__(self, seeded_database: TenantTables) -> None:
        self.id: UUID = uuid4()
        self.mark = f"mark-{uuid4().hex[:12]}"
        self.email = f"{self.mark}@example.test"
        self._ground = seeded_database

    async def seed(self) -> None:
        """Put all rows back as they were at first."""
        rows = _ROWS.replace("private.canary_org_id()", f"'{self.id}'::uuid")
        rows = re.sub(r"(['\"])canary\1", rf"\g<1>{self.mark}\g<1>", rows)
        await self._ground.connection.execute(
            f"""delete from orgs where id = '{self.id}';
                insert into auth.users (id, email) values ('{self.id}', '{self.email}') on conflict do nothing;
                insert into users (id, email, display_name) values ('{self.id}', '{self.email}', '{self.mark}')
                on conflict (id) do update set email = excluded.email, display_name = excluded.display_name;
                {rows}"""
        )

    async def rows(self) -> list[str]:
        """Return every row of the org in every tenant table, as text."""
        union = " union all ".join(
            f"select '{name} ' || t::text as row from {name} t where {key} = $1" for name, key in self._ground.tables
        )
        found = [row["row"] for row in await self._ground.connection.fetch(union, self.id)]
        assert len({row.split()[0] for row in found}) == len(self._ground.tables), "a tenant table has no planted row"
        return sorted(found)
