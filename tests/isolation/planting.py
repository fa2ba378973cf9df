"""Two orgs with a row in every tenant table, each with its own mark: what must never be seen outside its org.

The rows are those of the canary migration, so a table that has none there fails here too. All ids of a planted org,
its own, its artists', its jobs' and so on, are one and the same UUID.
"""

import re
from uuid import UUID, uuid4

from arti.base.migrations import list_migrations
from tests.conftest import Database

_CANARY = next(migration.sql for migration in list_migrations() if migration.name == "canary")
_ROWS = _CANARY[_CANARY.index("do $$") :]


class Planted:
    """An org whose every row bears `mark`."""

    def __init__(self, database: Database) -> None:
        self.id: UUID = uuid4()
        self.mark = f"mark-{uuid4().hex[:12]}"
        self.email = f"{self.mark}@example.test"
        self._database = database

    async def plant(self) -> None:
        """Put all rows back as they were at first."""
        rows = _ROWS.replace("private.canary_org_id()", f"'{self.id}'::uuid")
        rows = re.sub(r"(['\"])canary\1", rf"\g<1>{self.mark}\g<1>", rows)
        await self._database.as_owner("delete from orgs where id = $1", self.id)
        await self._database.as_owner(
            "insert into auth.users (id, email) values ($1, $2) on conflict do nothing", self.id, self.email
        )
        await self._database.as_owner(
            """insert into users (id, email, display_name) values ($1, $2, $3)
               on conflict (id) do update set email = $2, display_name = $3""",
            self.id,
            self.email,
            self.mark,
        )
        await self._database.as_owner(rows)

    async def rows(self) -> list[str]:
        """Return every row of the org in every tenant table, as text."""
        tables = await self._database.as_owner("select name::text, key_column from private.tenant_tables()")
        union = " union all ".join(
            f"select '{table['name']} ' || t::text as row from {table['name']} t where {table['key_column']} = $1"
            for table in tables
        )
        found = [row["row"] for row in await self._database.as_owner(union, self.id)]
        assert len({row.split()[0] for row in found}) == len(tables), "a tenant table has no planted row"
        return sorted(found)
