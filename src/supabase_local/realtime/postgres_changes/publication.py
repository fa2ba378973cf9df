"""The published tables, their columns, and each role's privileges and policies, read from the system catalogue."""

import asyncio
import re
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from arti_core.database import role_transaction
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.realtime.permission_model import PermissionModel
from supabase_local.realtime.postgres_changes.pgoutput import RelationMessage

_CACHE_SECONDS = 1.0
_RELOAD_SECONDS = 0.5
_FUNCTION_CALL = re.compile(r"(?<!\) )(?<![\w.\"])([\w.\"]+)\(")  # but not the column list of an alias: `f() a(b, c)`
_CURRENT_TIME = re.compile(r"\b(?:CURRENT_(?:DATE|TIME|TIMESTAMP)|LOCALTIME(?:STAMP)?)\b")
_FROM_ITEM = re.compile(r"(?i)(?:from|join)\s+([\w.\"]+)")
MESSAGES = ("realtime", "messages")


@dataclass(frozen=True, slots=True)
class PublicationTable:
    oid: int
    name: tuple[str, str]  # schema and table
    sql_name: str  # quoted
    alias: str  # the table's name, quoted, as policies reference it
    types: Mapping[str, str]  # of each column, as sent to clients, e.g. int4
    type_oids: Mapping[str, int]
    sql_types: Mapping[str, str]  # quoted and qualified
    sql_columns: Mapping[str, str]  # quoted
    key: tuple[str, ...]  # the primary key

    @property
    def stamp(self) -> str:
        """Return an SQL comment that changes with the table, so that statements prepared before are not reused."""
        return f"/* {self.oid} {zlib.crc32(repr(sorted(self.type_oids.items())).encode())} */"

    def matches_relation(self, relation: RelationMessage) -> bool:
        return self.oid == relation.oid and self.type_oids.items() >= relation.columns.items()

    @property
    def json_columns(self) -> frozenset[str]:
        return frozenset(name for name, type_name in self.types.items() if type_name in ("json", "jsonb"))


@dataclass(frozen=True, slots=True)
class Policy:
    command: str  # r, a, w, d or *
    permissive: bool
    using: str | None
    check: str | None
    columns: frozenset[str]  # that its expressions read


@dataclass(frozen=True)
class RowSecurity:
    """A role's privileges and policies on one table."""

    enabled: bool  # false: every row is visible to a role that may select
    readable_columns: frozenset[str]
    policies: tuple[Policy, ...]
    model: PermissionModel

    def condition(self, *, insert: bool = False) -> str:
        """Return the SQL condition under which a row is visible, or with `insert` may be inserted."""
        if not self.enabled:
            return "true"
        commands = ("a", "*") if insert else ("r", "*")
        policies = [policy for policy in self.policies if policy.command in commands]
        expressions = [
            (policy.permissive, (policy.check or policy.using) if insert else policy.using) for policy in policies
        ]
        permissive = [f"({sql})" for is_permissive, sql in expressions if is_permissive and sql]
        restrictive = [f"({sql})" for is_permissive, sql in expressions if not is_permissive and sql]
        return " and ".join([f"({' or '.join(permissive) or 'false'})", *restrictive])

    @cached_property
    def restricted_to_tenant(self) -> bool:
        """Whether a restrictive policy hides every row of a tenant that the caller does not belong to."""
        return any(
            not policy.permissive
            and policy.command == "*"
            and policy.using is not None
            and self.model.is_tenant_expression(policy.using)
            for policy in self.policies
        )

    @cached_property
    def depends_on_permissions_only(self) -> bool:
        """Whether the select policies call and read nothing but the functions of the permission model."""
        expressions = [policy.using or "" for policy in self.policies if policy.command in ("r", "*")]
        names = {
            name
            for using in expressions
            for form in (_FUNCTION_CALL, _CURRENT_TIME, _FROM_ITEM)
            for name in form.findall(using)
        }
        return names <= self.model.functions

    def referenced_columns(self) -> frozenset[str]:
        """Return the columns that the select policies read."""
        return frozenset().union(*(policy.columns for policy in self.policies if policy.command in ("r", "*")))


class Publication:
    """The tables of the publication supabase_realtime, reloaded when they change."""

    def __init__(self, pools: DatabasePools, model: PermissionModel) -> None:
        self._pools = pools
        self._model = model
        self._tables: dict[tuple[str, str], PublicationTable] = {}
        self._tables_at = float("-inf")
        self._unmatched: dict[tuple[str, str], RelationMessage] = {}  # for which the tables were reloaded already
        self._row_security: dict[str, tuple[float, dict[tuple[str, str], RowSecurity]]] = {}
        self._tables_lock = asyncio.Lock()
        self._row_security_lock = asyncio.Lock()

    async def tables(self, schema: str, name: str) -> list[PublicationTable]:
        """Return the published tables of a schema and name; `*` matches all."""
        tables = self._matching(schema, name)
        if not tables:
            await self.reload()
            tables = self._matching(schema, name)
        return tables

    def _matching(self, schema: str, name: str) -> list[PublicationTable]:
        return [
            table
            for table in self._tables.values()
            if table.name != MESSAGES and schema in ("*", table.name[0]) and name in ("*", table.name[1])
        ]

    async def table(self, relation: RelationMessage) -> PublicationTable | None:
        """Return the table of a relation in the log, None when it is no longer published."""
        table = self._tables.get(relation.name)
        if (table is None or not table.matches_relation(relation)) and self._unmatched.get(relation.name) != relation:
            self._unmatched[relation.name] = relation
            self._tables_at = float("-inf")
            await self.reload()
            table = self._tables.get(relation.name)
        return table

    async def row_security(self, role: str, name: tuple[str, str]) -> RowSecurity | None:
        """Return the privileges and policies of `role` on a published table, at most one second old."""
        read_at, by_table = self._row_security.get(role, (float("-inf"), {}))
        if time.monotonic() - read_at > _CACHE_SECONDS or name not in by_table:
            async with self._row_security_lock:
                if self._row_security.get(role, (read_at, {}))[0] <= read_at:
                    by_table = await self._read_row_security(role)
                    self._row_security[role] = time.monotonic(), by_table
                else:
                    by_table = self._row_security[role][1]
        return by_table.get(name)

    async def reload(self) -> None:
        """Load the tables as they are now, at most twice a second: a caller waits, and takes no older list."""
        called_at = time.monotonic()
        async with self._tables_lock:
            if self._tables_at >= called_at:
                return
            await asyncio.sleep(self._tables_at + _RELOAD_SECONDS - time.monotonic())
            read_at = time.monotonic()
            async with role_transaction(self._pools.user, "anon", "", read_only=True) as connection:
                rows = await connection.fetch(
                    """select c.oid::bigint as oid, n.nspname as schema_name, c.relname as table_name,
                         quote_ident(n.nspname) || '.' || quote_ident(c.relname) as sql_name,
                         quote_ident(c.relname) as alias,
                         array_agg(a.attname::text order by a.attnum) as columns,
                         array_agg(y.typname::text order by a.attnum) as types,
                         array_agg(y.oid::bigint order by a.attnum) as type_oids,
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
            self._tables_at = read_at
            self._tables = {
                (row["schema_name"], row["table_name"]): PublicationTable(
                    row["oid"],
                    (row["schema_name"], row["table_name"]),
                    row["sql_name"],
                    row["alias"],
                    dict(zip(row["columns"], row["types"], strict=True)),
                    dict(zip(row["columns"], row["type_oids"], strict=True)),
                    dict(zip(row["columns"], row["sql_types"], strict=True)),
                    dict(zip(row["columns"], row["sql_columns"], strict=True)),
                    tuple(row["key"]),
                )
                for row in rows
            }
            self._row_security.clear()

    async def _read_row_security(self, role: str) -> dict[tuple[str, str], RowSecurity]:
        async with role_transaction(self._pools.user, "anon", "", read_only=True) as connection:
            rows = await connection.fetch("select * from realtime.row_security($1::text::name)", role)
        return {
            (row["schema_name"], row["table_name"]): RowSecurity(
                row["secured"],
                frozenset(row["readable"]),
                tuple(
                    Policy(
                        policy["command"],
                        policy["permissive"],
                        policy["using"],
                        policy["check"],
                        frozenset(policy["columns"]),
                    )
                    for policy in row["policies"]
                ),
                self._model,
            )
            for row in rows
        }
