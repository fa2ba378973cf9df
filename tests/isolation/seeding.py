"""Two orgs with a row in every tenant table, each with its own mark: what must never be seen outside its org.

The rows are copies of the canary org's, so a tenant table where the canary has none fails here too. All ids of a seeded
org, its own, its artists', its jobs' and so on, are one and the same UUID. Likewise the artists of an org, of whom a
member with a list sees one: each has a row in every table that access by artist restricts.
"""

import re
from collections.abc import AsyncIterator, Iterator
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

_NUMERIC_ID = re.compile(r'"id": (\d+)[,}]')

_ARTIST_TABLES = "select polrelid::regclass::text as name from pg_policy where polname = 'visible_artists_only'"

# Columns that name a thing of the org, which is not of one artist, or a person.
_COLUMNS_OF_ORG = f"""
  select distinct con.conrelid::regclass::text as table, a.attname::text as column,
    con.confrelid::regclass::text as other
  from pg_constraint con join pg_attribute a on a.attrelid = con.conrelid and a.attnum = any (con.conkey)
  where con.contype = 'f' and a.attname <> 'org_id' and con.confrelid::regclass::text not in ({_ARTIST_TABLES})"""


class TenantTables:
    """One connection past row-level security, kept for the whole test: thousands of rows are inserted and compared."""

    def __init__(self, connection: Connection, tables: list[tuple[str, str]], canary_id: UUID) -> None:
        self.connection = connection
        self.canary_id = canary_id
        self.tables = tables
        self.canary_rows: list[tuple[str, str]] = []  # table, statement
        self.numeric_ids: set[int] = set()
        self.artist_tables: set[str] = set()
        self.columns_of_org: set[tuple[str, str, str]] = set()  # table, column, the table that it names
        self._read: dict[tuple[str, UUID], tuple[str, list[str]]] = {}  # with the snapshot in which they were read

    @staticmethod
    @asynccontextmanager
    async def of(database: Database) -> AsyncIterator["TenantTables"]:
        connection = await asyncpg.connect(database.dsn(SUPERUSER))
        try:
            tables = await connection.fetch("select name::text, key_column from private.tenant_tables()")
            canary_id = await connection.fetchval("select private.canary_org_id()")
            found = TenantTables(connection, [(table["name"], table["key_column"]) for table in tables], canary_id)
            found.canary_rows = [
                # The canary's key opens nothing, so it is the key of somebody who does nothing here.
                (name, row["sql"].replace(f'"person_id": "{canary_id}"', f'"person_id": "{uuid4()}"'))
                for name, key in found.tables
                if name != "users"
                for row in await connection.fetch(_CANARY_ROWS.format(table=name, key=key), name)
            ]
            found.numeric_ids = {int(number) for _, sql in found.canary_rows for number in _NUMERIC_ID.findall(sql)}
            found.artist_tables = {row["name"] for row in await connection.fetch(_ARTIST_TABLES)}
            columns = await connection.fetch(_COLUMNS_OF_ORG)
            found.columns_of_org = {(row["table"], row["column"], row["other"]) for row in columns}
            yield found
        finally:
            await connection.close()

    async def read_rows(self, union: str, org_id: UUID) -> list[str]:
        """Return the rows of a statement in order. It runs only if a transaction has ended or begun to write since.

        Equal snapshots show equal rows, and to compare them takes a hundredth of the time.
        """
        snapshot = await self.connection.fetchval("select pg_current_snapshot()::text")
        known = self._read.get((union, org_id))
        if known is None or known[0] != snapshot:
            rows = sorted(row["row"] for row in await self.connection.fetch(union, org_id))
            known = self._read[union, org_id] = snapshot, rows
        return known[1]


class SeededOrg:
    """An org whose every row bears `mark`."""

    def __init__(self, seeded_database: TenantTables) -> None:
        self.id: UUID = uuid4()
        self.mark = f"mark-{uuid4().hex[:12]}"
        self.email = f"{self.mark}@example.test"
        self.artists: list[SeededArtist] = []
        self._tables = seeded_database
        self._seeded: tuple[str, list[str]] = ("", [])  # the statements of the last time, and the rows after them

    async def seed(self) -> None:
        """Put all rows back as they were at first."""
        rows = ";\n".join(sql for _, sql in self._tables.canary_rows)
        rows = with_mark(rows.replace(str(self._tables.canary_id), str(self.id)), self.mark)
        of_artists = [sql for artist in self.artists for sql in artist.known_statements(self, self._tables)]
        statements = ";\n".join([rows, *of_artists])
        if self._seeded[0] == statements and self._seeded[1] == await self._all_rows():
            return  # nothing changed since, and to look takes a tenth of the time
        await self._tables.connection.execute(
            f"""delete from orgs where id = '{self.id}';
                insert into auth.users (id, email) values ('{self.id}', '{self.email}') on conflict do nothing;
                insert into users (id, email, display_name) values ('{self.id}', '{self.email}', '{self.mark}')
                on conflict (id) do update set email = excluded.email, display_name = excluded.display_name;
                set local session_replication_role = replica;  -- rows in any order, and nothing follows from them
                {statements};
                set local session_replication_role = origin;
                select private.refresh_member_access(m.user_id) from memberships m where m.org_id = '{self.id}'"""
        )
        self._seeded = statements, await self._all_rows()

    async def rows(self) -> list[str]:
        """Return every row of the org in every tenant table, as text."""
        found = await self._all_rows()
        assert len({row.split()[0] for row in found}) == len(self._tables.tables), "a tenant table is empty"
        return found

    async def _all_rows(self) -> list[str]:
        union = " union all ".join(
            f"select '{name} ' || t::text as row from {name} t where {key} = $1" for name, key in self._tables.tables
        )
        return await self._tables.read_rows(union, self.id)

    async def rows_of(self, artist: "SeededArtist") -> list[str]:
        """Return the rows of one artist in the tables that access by artist restricts."""
        union = " union all ".join(
            f"select '{name} ' || t::text as row from {name} t where org_id = $1"
            for name in sorted(self._tables.artist_tables)
        )
        rows = await self._tables.read_rows(union, self.id)
        return [row for row in rows if str(artist.id) in row or artist.mark in row]


class SeededArtist:
    """An artist of a seeded org, whose every row bears `mark`, and, if asked for, a manager who sees this artist only.

    All ids of the rows are the artist's. `usable`: what belongs to the org, such as a channel, is there under this id
    too, with the org's mark, so that any operation can be called with it. `changed`: other days, numbers and marks.
    """

    def __init__(self, *, usable: bool = False, has_manager: bool = True) -> None:
        self.id: UUID = uuid4()
        self.mark = f"mark-{uuid4().hex[:12]}"
        self.manager_id: UUID = uuid4()
        self.email = f"{self.manager_id}@example.test"
        self.usable, self.has_manager = usable, has_manager
        self.changed = False
        self._statements: dict[tuple[object, ...], list[str]] = {}

    def variant(self) -> "SeededArtist":
        """Return an artist of the same ids, with other marks, days and numbers."""
        other = SeededArtist(usable=self.usable, has_manager=self.has_manager)
        other.id, other.manager_id, other.email, other.changed = self.id, self.manager_id, self.email, True
        return other

    def known_statements(self, org: SeededOrg, tables: TenantTables) -> list[str]:
        """Return the statements, which are made once: an org is seeded hundreds of times."""
        key = (tables, org.id, org.mark, self.id, self.mark, self.manager_id)
        if key not in self._statements:
            self._statements[key] = list(self.statements(org, tables))
        return self._statements[key]

    def statements(self, org: SeededOrg, tables: TenantTables) -> Iterator[str]:
        """Yield the inserts of the artist's rows and of the manager."""
        for table, canary_row in tables.canary_rows:
            names = {(column, other) for owner, column, other in tables.columns_of_org if owner == table}
            if table in tables.artist_tables:
                yield self._row(canary_row, org, tables, {column for column, _ in names}, self.mark)
            elif self.usable and not {"users", "memberships"} & {table, *(other for _, other in names)}:
                yield self._row(canary_row, org, tables, set(), org.mark)
        if not self.has_manager:
            return
        yield f"insert into auth.users (id, email) values ('{self.manager_id}', '{self.email}') on conflict do nothing"
        yield f"insert into users (id, email) values ('{self.manager_id}', '{self.email}') on conflict do nothing"
        yield f"""insert into memberships (org_id, user_id, role, artist_access)
                  values ('{org.id}', '{self.manager_id}', 'manager', 'list')"""
        yield f"""insert into member_artists (org_id, user_id, artist_id)
                  values ('{org.id}', '{self.manager_id}', '{self.id}')"""

    def _row(self, canary_row: str, org: SeededOrg, tables: TenantTables, of_org: set[str], mark: str) -> str:
        canary = tables.canary_id
        sql = re.sub(rf'"({"|".join(["org_id", *of_org])})": "{canary}"', rf'"\1": "{org.id}"', canary_row)
        sql = with_mark(sql.replace(str(canary), str(self.id)), mark)
        sql = sql.replace('"artist_id": null', f'"artist_id": "{self.id}"')
        sql = sql.replace('"run_as": null', f'"run_as": "{self.manager_id}"')
        for number in tables.numeric_ids:  # as a number of its own: the minutes of a time may be the same digits
            sql = re.sub(rf"(?<=[ \[{{,]){number}(?=[\]}},])", str((number + self.id.int) % 2**31), sql)
        if self.changed:
            sql = re.sub(r'("values?": \[?|"amount": )1\b', r"\g<1>7", sql.replace("2026-01-0", "2026-02-0"))
        return f"{sql} on conflict do nothing"


def with_mark(rows: str, mark: str) -> str:
    """Return inserts with the canary's word replaced."""
    return rows.replace('"canary"', f'"{mark}"').replace(b"canary".hex(), mark.encode().hex())
