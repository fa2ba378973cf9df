"""Cast the text values of the log into JSON records and evaluate filters on them, one statement for many changes."""

# ruff: noqa: S608  # identifiers come from the catalogue, quoted by PostgreSQL

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from arti_core.database import role_transaction
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.realtime.postgres_changes.bindings import BindingFilter, FilterTest, condition
from supabase_local.realtime.postgres_changes.pgoutput import UNCHANGED, Change, Values
from supabase_local.realtime.postgres_changes.publication import PublicationTable

_TIMEOUT = {"statement_timeout": "1000"}  # a regular expression may never finish


@dataclass(frozen=True, slots=True)
class Version:
    """A row as sent to clients: JSON text by column. `passes`: the filters that it passes."""

    columns: Mapping[str, str]
    passes: frozenset[BindingFilter]


async def build_records(
    pools: DatabasePools, table: PublicationTable, versions: Sequence[Values | None], filters: Sequence[BindingFilter]
) -> list[Version | None]:
    """Return each row version as JSON, without the columns that the log does not contain."""
    tests: dict[FilterTest, list[str]] = defaultdict(list)
    for row_filter in dict.fromkeys(filters):
        tests[row_filter.test].append(row_filter.operand)
    records = [None if version is None else _record(table, version) for version in versions]
    passing = [
        f"array(select v.n::integer from unnest(${n}::text[]) with ordinality as v (operand, n) where "
        + condition(test, f"r.{table.sql_columns[test.column]}", table.sql_types[test.column], "v.operand")
        + ")"
        for n, test in enumerate(tests, 2)
    ]
    sql = (
        f"{table.stamp} select (select jsonb_object_agg(j.key, j.value::text) "
        "from jsonb_each(to_jsonb(r)) j)::text as record"
        f"{''.join(f', {sql} as t{n}' for n, sql in enumerate(passing))} "
        f"from jsonb_array_elements($1::jsonb) with ordinality as x (value, n), "
        f"jsonb_populate_record(null::{table.sql_name}, x.value) r order by x.n"
    )
    async with role_transaction(pools.user, "anon", "", read_only=True, settings=_TIMEOUT) as connection:
        rows = await connection.fetch(sql, [record or {} for record in records], *tests.values())
    built: list[Version | None] = []
    for version, row in zip(versions, rows, strict=True):
        if version is None:
            built.append(None)
            continue
        record = orjson.loads(row["record"])
        passes = frozenset(
            BindingFilter(test, operands[passed - 1])
            for n, (test, operands) in enumerate(tests.items())
            if test.column in version
            for passed in row[f"t{n}"]
        )
        columns = {
            name: _without_prefix(record[name]) if type_name == "bytea" else record[name]
            for name, type_name in table.types.items()
            if version.get(name, UNCHANGED) is not UNCHANGED
        }
        built.append(Version(columns, passes))
    return built


async def fill_unchanged(pools: DatabasePools, table: PublicationTable, version: Values) -> Values:
    """Return `version` with unchanged TOASTed values read from the table, as they are now.

    Read as service_role; the visibility of the row and its columns is authorized later, as for every version.
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


def _without_prefix(text: str) -> str:
    """Return the JSON of a bytea in upstream's format: hexadecimal without prefix."""
    return text.replace("\\\\x", "", 1)


def _record(table: PublicationTable, version: Values) -> dict[str, Any]:
    json_columns = table.json_columns
    return {
        name: orjson.Fragment(value) if name in json_columns and isinstance(value, str) else value
        for name, value in version.items()
        if value is not UNCHANGED and name in table.types
    }


def fill_from_old_row(change: Change, version: Values) -> Values:
    """Take unchanged values from the old row, where the log contains it whole."""
    if not change.relation.whole or change.old is None:
        return version
    return {name: change.old[name] if value is UNCHANGED else value for name, value in version.items()}
