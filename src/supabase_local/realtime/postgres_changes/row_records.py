"""Turn the log's texts into the records that clients get, and put filters to them: one statement for many changes."""

# ruff: noqa: S608  # what is put into the statements comes from the catalogue, quoted by PostgreSQL

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from arti_core.database import role_transaction
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.realtime.postgres_changes.bindings import BindingRefused, Filter, Test, condition
from supabase_local.realtime.postgres_changes.pgoutput import UNCHANGED, Change, Values
from supabase_local.realtime.postgres_changes.publication import Table

_PATIENCE = {"statement_timeout": "1000"}  # a regular expression can take for ever


@dataclass(frozen=True, slots=True)
class Version:
    """A row as clients get it: JSON text by column. `passes` names the filters that it passes."""

    columns: Mapping[str, str]
    passes: frozenset[Filter]


async def build_records(
    pools: DatabasePools, table: Table, versions: Sequence[Values | None], filters: Sequence[Filter]
) -> list[Version | None]:
    """Return each version of a row as JSON. Columns that the log does not tell are left out."""
    tests: dict[Test, list[str]] = defaultdict(list)
    for one in dict.fromkeys(filters):
        tests[one.test].append(one.operand)
    subject = [None if version is None else _subject(table, version) for version in versions]
    written = [
        f"array(select v.n::integer from unnest(${n}::text[]) with ordinality as v (operand, n) where "
        + condition(test, f"r.{table.sql_columns[test.column]}", table.sql_types[test.column], "v.operand")
        + ")"
        for n, test in enumerate(tests, 2)
    ]
    sql = (
        f"{table.stamp} select (select jsonb_object_agg(j.key, j.value::text) "
        "from jsonb_each(to_jsonb(r)) j)::text as record"
        f"{''.join(f', {sql} as t{n}' for n, sql in enumerate(written))} "
        f"from jsonb_array_elements($1::jsonb) with ordinality as x (value, n), "
        f"jsonb_populate_record(null::{table.sql_name}, x.value) r order by x.n"
    )
    async with role_transaction(pools.user, "anon", "", read_only=True, settings=_PATIENCE) as connection:
        rows = await connection.fetch(sql, [one or {} for one in subject], *tests.values())
    dressed: list[Version | None] = []
    for version, row in zip(versions, rows, strict=True):
        if version is None:
            dressed.append(None)
            continue
        record = orjson.loads(row["record"])
        passes = frozenset(
            Filter(test, operands[passed - 1])
            for n, (test, operands) in enumerate(tests.items())
            if test.column in version
            for passed in row[f"t{n}"]
        )
        told = {
            name: _without_prefix(record[name]) if kind == "bytea" else record[name]
            for name, kind in table.types.items()
            if version.get(name, UNCHANGED) is not UNCHANGED
        }
        dressed.append(Version(told, passes))
    return dressed


async def fill_unchanged(pools: DatabasePools, table: Table, version: Values) -> Values:
    """Return `version` with the large values that the log did not repeat, as they stand in the table now.

    Read as service_role; who may see the version and which columns is decided later, as for every other.
    """
    missing = [name for name, value in version.items() if value is UNCHANGED]
    if not missing or not table.key:
        return version
    keys = " and ".join(
        f"t.{table.sql_columns[name]} = ${n}::text::{table.sql_types[name]}" for n, name in enumerate(table.key, 1)
    )
    columns = ", ".join(f"t.{table.sql_columns[name]}::text" for name in missing)
    try:
        async with role_transaction(pools.service, "service_role", "", read_only=True) as connection:
            row = await connection.fetchrow(
                f"select {columns} from {table.sql_name} t where {keys}", *(version[name] for name in table.key)
            )
    except asyncpg.InsufficientPrivilegeError:
        row = None
    return version if row is None else {**version, **dict(zip(missing, row, strict=True))}


async def check_filters(
    pools: DatabasePools, table: Table, filters: Sequence[Filter], readable: frozenset[str]
) -> None:
    """Try filters on an empty row. Raises BindingRefused for a column, an operator or an operand that cannot be."""
    for one in filters:
        if one.test.column not in readable:
            raise BindingRefused(f"invalid column for filter {one.test.column}")
        left = f"null::{table.sql_types[one.test.column]}"
        sql = f"select {condition(one.test, left, table.sql_types[one.test.column], '$1::text')}"
        try:
            async with role_transaction(pools.user, "anon", "", read_only=True) as connection:
                await connection.fetchval(sql, one.operand)
                if one.test.operator in ("match", "imatch"):
                    await connection.fetchval("select '' ~ $1::text", one.operand)
        except (asyncpg.DataError, asyncpg.PostgresSyntaxError, asyncpg.UndefinedFunctionError) as error:
            raise BindingRefused(str(error).splitlines()[0]) from None
        except asyncpg.PostgresError as error:
            raise BindingRefused(f"the filter on {one.test.column} cannot be applied") from error


def _without_prefix(text: str) -> str:
    """Return the JSON of bytes as upstream tells them: bare hexadecimal."""
    return text.replace("\\\\x", "", 1)


def _subject(table: Table, version: Values) -> dict[str, Any]:
    kinds = table.json_columns
    return {
        name: orjson.Fragment(value) if name in kinds and isinstance(value, str) else value
        for name, value in version.items()
        if value is not UNCHANGED and name in table.types
    }


def from_old(change: Change, version: Values) -> Values:
    """Take what the log did not repeat from the old row, where it is told whole."""
    if not change.relation.whole or change.old is None:
        return version
    return {name: change.old[name] if value is UNCHANGED else value for name, value in version.items()}
