"""Check a binding against the published tables, the role's privileges and PostgreSQL's operators."""

from collections.abc import Sequence

import asyncpg

from arti_core.database import role_transaction
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.realtime.postgres_changes.bindings import Binding, BindingFilter, BindingRefused, condition
from supabase_local.realtime.postgres_changes.publication import Publication, PublicationTable


async def check_binding(pools: DatabasePools, publication: Publication, binding: Binding, role: str) -> None:
    """Raises BindingRefused with upstream's message."""
    tables = await publication.tables(binding.schema, binding.table)
    if not tables:
        raise BindingRefused(
            "Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the "
            f"given connect parameters: {binding.describe()}"
        )
    if not (binding.filters or binding.columns):
        return
    row_security = await publication.row_security(role, tables[0].name)
    if row_security is None:
        return
    try:
        await _check_filters(pools, tables[0], binding.filters, row_security.readable_columns)
        unreadable = (binding.columns or frozenset()) - row_security.readable_columns
        if unreadable:
            raise BindingRefused(f"invalid column for select {min(unreadable)}")
    except BindingRefused as refused:
        raise BindingRefused(
            "Unable to subscribe to changes with given parameters. An exception happened so please check your "
            f"connect parameters: {binding.describe()}. Exception: {refused}"
        ) from None


async def _check_filters(
    pools: DatabasePools, table: PublicationTable, filters: Sequence[BindingFilter], readable: frozenset[str]
) -> None:
    """Evaluate filters on an empty row. Raises BindingRefused for an invalid column, operator or operand."""
    for row_filter in filters:
        test = row_filter.test
        if test.column not in readable:
            raise BindingRefused(f"invalid column for filter {test.column}")
        left = f"null::{table.sql_types[test.column]}"
        sql = f"select {condition(test, left, table.sql_types[test.column], '$1::text')}"
        try:
            async with role_transaction(pools.user, "anon", "", read_only=True) as connection:
                await connection.fetchval(sql, row_filter.operand)
                if test.operator in ("match", "imatch"):
                    await connection.fetchval("select '' ~ $1::text", row_filter.operand)
        except (asyncpg.DataError, asyncpg.PostgresSyntaxError, asyncpg.UndefinedFunctionError) as error:
            raise BindingRefused(str(error).splitlines()[0]) from None
        except asyncpg.PostgresError as error:
            raise BindingRefused(f"the filter on {test.column} cannot be applied") from error
