"""What is published and who may read it: tables, columns, and each role's policies, from the database's catalogue."""

import asyncio
import re
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from arti_core.database import role_transaction
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.realtime.postgres_changes.pgoutput import Relation

_FRESH_SECONDS = 1.0
_RELOAD_SECONDS = 0.5
_MEMBERS = re.compile(r"\(org_id = ANY \(\(\s*SELECT private\.member_org_ids\(\) AS member_org_ids\)::uuid\[\]\)\)")
_CALLED = re.compile(r"([a-z_][\w.]*)\(")
_FROM = re.compile(r"(?i)(?:from|join)\s+([\w.\"]+)")
_PERMISSIONS = {"private.member_org_ids", "private.org_ids_with", "private.platforms_with", "p"}
MESSAGES = ("realtime", "messages")


@dataclass(frozen=True, slots=True)
class Table:
    number: int  # its oid
    name: tuple[str, str]  # schema and table
    sql_name: str  # quoted
    alias: str  # the table's own name, quoted, as policies say it
    types: Mapping[str, str]  # of each column, as clients know them, e.g. int4
    type_numbers: Mapping[str, int]
    sql_types: Mapping[str, str]  # quoted and qualified
    sql_columns: Mapping[str, str]  # quoted
    key: tuple[str, ...]  # the primary key

    @property
    def stamp(self) -> str:
        """Return an SQL comment that changes with the table: what was prepared for its older form is not used again."""
        return f"/* {self.number} {zlib.crc32(repr(sorted(self.type_numbers.items())).encode())} */"

    def matches_relation(self, relation: Relation) -> bool:
        return self.number == relation.number and self.type_numbers.items() >= relation.columns.items()

    @property
    def json_columns(self) -> frozenset[str]:
        return frozenset(name for name, kind in self.types.items() if kind in ("json", "jsonb"))


@dataclass(frozen=True, slots=True)
class Policy:
    command: str  # r, a, w, d or *
    permissive: bool
    using: str | None
    check: str | None
    columns: frozenset[str]  # that it looks at


@dataclass(frozen=True)
class RowSecurity:
    """How one role stands to one table."""

    secured: bool  # policies decide; else every row is open to whoever may read the table
    readable: frozenset[str]
    policies: tuple[Policy, ...]

    def condition(self, *, sending: bool = False) -> str:
        """Return the SQL under which a row is visible, or with `sending` may be inserted."""
        if not self.secured:
            return "true"
        commands = ("a", "*") if sending else ("r", "*")
        chosen = [one for one in self.policies if one.command in commands]
        written = [(one.permissive, (one.check or one.using) if sending else one.using) for one in chosen]
        allowing = [f"({sql})" for permissive, sql in written if permissive and sql]
        limiting = [f"({sql})" for permissive, sql in written if not permissive and sql]
        return " and ".join([f"({' or '.join(allowing) or 'false'})", *limiting])

    @cached_property
    def members_only(self) -> bool:
        """Say whether a restrictive policy lets only members of the row's org pass (`private.isolate`)."""
        return any(
            not one.permissive and one.command == "*" and one.using is not None and _MEMBERS.fullmatch(one.using)
            for one in self.policies
        )

    @cached_property
    def rests_on_permissions(self) -> bool:
        """Say whether the policies ask nothing but who is a member with which permissions."""
        read = [one.using or "" for one in self.policies if one.command in ("r", "*")]
        asked = {name for using in read for name in _CALLED.findall(using)}
        tables = {name for using in read for name in _FROM.findall(using)}
        return asked <= _PERMISSIONS and tables <= _PERMISSIONS

    def referenced_columns(self) -> frozenset[str]:
        """Return the columns on which visibility depends."""
        return frozenset().union(*(one.columns for one in self.policies if one.command in ("r", "*")))


class Publication:
    """The tables of the publication supabase_realtime, read again when they change."""

    def __init__(self, pools: DatabasePools) -> None:
        self._pools = pools
        self._tables: dict[tuple[str, str], Table] = {}
        self._tables_at = float("-inf")
        self._met: dict[tuple[str, str], Relation] = {}  # for which the tables were read again already
        self._row_security: dict[str, tuple[float, dict[tuple[str, str], RowSecurity]]] = {}
        self._reading = asyncio.Lock()

    async def tables(self, schema: str, name: str) -> list[Table]:
        """Return the published tables of these names; `*` stands for all."""
        found = self._matching(schema, name)
        if not found:
            await self.reload()
            found = self._matching(schema, name)
        return found

    def _matching(self, schema: str, name: str) -> list[Table]:
        return [
            table
            for table in self._tables.values()
            if table.name != MESSAGES and schema in ("*", table.name[0]) and name in ("*", table.name[1])
        ]

    async def table(self, relation: Relation) -> Table | None:
        """Return the table that the log speaks of, None when it is published no more."""
        found = self._tables.get(relation.name)
        if (found is None or not found.matches_relation(relation)) and self._met.get(relation.name) != relation:
            self._met[relation.name] = relation
            self._tables_at = float("-inf")
            await self.reload()
            found = self._tables.get(relation.name)
        return found

    async def standing(self, role: str, name: tuple[str, str]) -> RowSecurity | None:
        """Return how `role` stands to a published table, as it was at most a second ago."""
        read_at, standings = self._row_security.get(role, (float("-inf"), {}))
        if time.monotonic() - read_at > _FRESH_SECONDS or name not in standings:
            async with self._reading:
                if self._row_security.get(role, (read_at, {}))[0] <= read_at:
                    standings = await self._read_row_security(role)
                    self._row_security[role] = time.monotonic(), standings
                else:
                    standings = self._row_security[role][1]
        return standings.get(name)

    def forget_row_security(self) -> None:
        self._row_security.clear()

    async def reload(self) -> None:
        """Read the tables again, at most twice a second."""
        async with self._reading:
            if time.monotonic() - self._tables_at < _RELOAD_SECONDS:
                return
            async with role_transaction(self._pools.user, "anon", "", read_only=True) as connection:
                rows = await connection.fetch(
                    """select c.oid::bigint as number, n.nspname as schema_name, c.relname as table_name,
                         quote_ident(n.nspname) || '.' || quote_ident(c.relname) as sql_name,
                         quote_ident(c.relname) as alias,
                         array_agg(a.attname::text order by a.attnum) as columns,
                         array_agg(y.typname::text order by a.attnum) as types,
                         array_agg(y.oid::bigint order by a.attnum) as type_numbers,
                         array_agg(quote_ident(yn.nspname) || '.' || quote_ident(y.typname)
                                   order by a.attnum) as sql_types,
                         array_agg(quote_ident(a.attname) order by a.attnum) as sql_columns,
                         coalesce(array_agg(a.attname::text order by a.attnum)
                                  filter (where a.attnum = any (i.indkey::smallint[])), '{}') as key
                       from pg_publication_tables t
                       join pg_namespace n on n.nspname = t.schemaname
                       join pg_class c on c.relnamespace = n.oid and c.relname = t.tablename
                       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                       join pg_type y on y.oid = a.atttypid
                       join pg_namespace yn on yn.oid = y.typnamespace
                       left join pg_index i on i.indrelid = c.oid and i.indisprimary
                       where t.pubname in ('supabase_realtime', 'supabase_realtime_messages_publication')
                       group by c.oid, n.nspname, c.relname"""
                )
            self._tables_at = time.monotonic()
            self._tables = {
                (row["schema_name"], row["table_name"]): Table(
                    row["number"],
                    (row["schema_name"], row["table_name"]),
                    row["sql_name"],
                    row["alias"],
                    dict(zip(row["columns"], row["types"], strict=True)),
                    dict(zip(row["columns"], row["type_numbers"], strict=True)),
                    dict(zip(row["columns"], row["sql_types"], strict=True)),
                    dict(zip(row["columns"], row["sql_columns"], strict=True)),
                    tuple(row["key"]),
                )
                for row in rows
            }
            self._row_security.clear()

    async def _read_row_security(self, role: str) -> dict[tuple[str, str], RowSecurity]:
        async with role_transaction(self._pools.user, "anon", "", read_only=True) as connection:
            rows = await connection.fetch("select * from realtime.standing($1::text::name)", role)
        return {
            (row["schema_name"], row["table_name"]): RowSecurity(
                row["secured"],
                frozenset(row["readable"]),
                tuple(
                    Policy(one["command"], one["permissive"], one["using"], one["check"], frozenset(one["columns"]))
                    for one in row["policies"]
                ),
            )
            for row in rows
        }
