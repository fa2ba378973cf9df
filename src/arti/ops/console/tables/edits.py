"""Changing single rows, named by their primary key: one transaction each, refused when the row changed meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arti.ops.console.audit import record_change
from arti.ops.console.tables.catalog import CatalogTable, quoted
from arti.ops.console.transactions import read_only_transaction, write_transaction
from arti_core.database import Connection, Pool
from arti_core.errors import Conflict, Invalid, NotFound

MAX_EDITED = 100_000
MAX_REFERRERS = 1000
_ACTIONS = {"a": "refuses the delete", "r": "refuses the delete", "c": "is deleted too", "n": "is set to null",
            "d": "is set to its default"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One whole row as text. `version` changes with every change of it. `too_long`: columns cut, not to be edited."""

    values: Mapping[str, str | None]
    version: str
    too_long: frozenset[str]


@dataclass(frozen=True, slots=True)
class Referrer:
    """Rows elsewhere that point at one row, and what happens to them when it is deleted."""

    table: str
    count: int
    on_delete: str


async def get_row(pool: Pool, table: CatalogTable, key: Sequence[str]) -> FoundRow:
    """Return one row by its primary key. Raises NotFound, and Invalid for a table without one."""
    async with read_only_transaction(pool) as connection:
        return await _get(connection, table, key)


async def insert_row(pool: Pool, table: CatalogTable, values: Mapping[str, str | None], *, session: str) -> list[str]:
    """Add a row; columns that are not in `values` get their default. Returns its primary key."""
    if not table.is_insertable:
        raise Invalid("Rows can be added to tables only.")
    chosen = [column for column in table.columns if column.name in values]
    names = ", ".join(column.quoted for column in chosen)
    places = ", ".join(f"${number}::text::{column.type}" for number, column in enumerate(chosen, 1))
    what = f"({names}) values ({places})" if chosen else "default values"
    key = ", ".join(f"{column.quoted}::text" for column in table.key)
    sql = f"insert into {table.quoted} {what} returning array[{key}]::text[]"
    async with write_transaction(pool) as connection:
        made: list[str] | None = await connection.fetchval(sql, *(values[column.name] for column in chosen))
        if made is None:
            raise Conflict("A trigger of the table swallowed the row: nothing was added.")
        detail = f"{_named(table, made)}: {', '.join(column.name for column in chosen) or 'defaults'}"
        await record_change(connection, session=session, action="insert", target=table.quoted, detail=detail)
    return made


async def update_row(
    pool: Pool, table: CatalogTable, key: Sequence[str], values: Mapping[str, str | None], *, version: str, session: str
) -> list[str]:
    """Set what differs from the stored row; return the names of the changed columns.

    Raises NotFound, and Conflict when the row is not any more the one of `version`.
    """
    async with write_transaction(pool) as connection:
        row = await _get(connection, table, key, lock=True)
        if row.version != version:
            raise Conflict("Somebody changed this row meanwhile. Look at it as it is now, then change it again.")
        changed = [
            column
            for column in table.columns
            if column.name in values and values[column.name] != row.values[column.name]
        ]
        if not changed:
            return []
        where = _where(table, len(changed))
        what = ", ".join(f"{column.quoted} = ${n}::text::{column.type}" for n, column in enumerate(changed, 1))
        sql = f"update {table.quoted} set {what} where {where}"  # noqa: S608 - names of the catalogue
        done = await connection.execute(sql, *(values[column.name] for column in changed), *key)
        if done != "UPDATE 1":
            raise Conflict(f"The database answered {done} instead of UPDATE 1, so nothing was kept.")
        names = [column.name for column in changed]
        detail = f"{_named(table, key)}: {', '.join(names)}"
        await record_change(connection, session=session, action="update", target=table.quoted, detail=detail)
    return names


async def delete_row(pool: Pool, table: CatalogTable, key: Sequence[str], *, version: str, session: str) -> None:
    """Delete one row. Raises NotFound, and Conflict when the row is not any more the one of `version`."""
    async with write_transaction(pool) as connection:
        row = await _get(connection, table, key, lock=True)
        if row.version != version:
            raise Conflict("Somebody changed this row meanwhile. Look at it as it is now, then decide again.")
        sql = f"delete from {table.quoted} where {_where(table)}"  # noqa: S608 - names of the catalogue
        done = await connection.execute(sql, *key)
        if done != "DELETE 1":
            raise Conflict(f"The database answered {done} instead of DELETE 1, so nothing was kept.")
        await record_change(
            connection, session=session, action="delete", target=table.quoted, detail=_named(table, key)
        )


async def list_referrers(pool: Pool, table: CatalogTable, row: FoundRow) -> list[Referrer]:
    """Return where rows point at this one, counted up to MAX_REFERRERS."""
    found = []
    async with read_only_transaction(pool) as connection:
        keys = await connection.fetch(
            """select n.nspname as schema, c.relname as name, k.confdeltype::text as on_delete,
                 array_agg(own.attname::text order by u.place) as own,
                 array_agg(format_type(own.atttypid, own.atttypmod) order by u.place) as types,
                 array_agg(other.attname::text order by u.place) as other
               from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
               cross join lateral unnest(k.conkey, k.confkey) with ordinality u (own, other, place)
               join pg_attribute own on own.attrelid = k.conrelid and own.attnum = u.own
               join pg_attribute other on other.attrelid = k.confrelid and other.attnum = u.other
               where k.confrelid = $1 and k.contype = 'f' and k.conparentid = 0
               group by n.nspname, c.relname, k.conname, k.confdeltype order by n.nspname, c.relname, k.conname""",
            table.oid,
        )
        for key in keys:
            values = [row.values[name] for name in key["other"]]
            pairs = zip(key["own"], key["types"], strict=True)
            where = " and ".join(f"{quoted(own)} = ${n}::text::{type_}" for n, (own, type_) in enumerate(pairs, 1))
            place = f"{quoted(key['schema'])}.{quoted(key['name'])}"
            sql = f"select count(*) from (select from {place} where {where} limit {MAX_REFERRERS}) pointing"  # noqa: S608
            count = await connection.fetchval(sql, *values)
            if count:
                found.append(Referrer(f"{key['schema']}.{key['name']}", count, _ACTIONS[key["on_delete"]]))
    return found


async def _get(connection: Connection, table: CatalogTable, key: Sequence[str], *, lock: bool = False) -> FoundRow:
    if not table.is_updatable:
        raise Invalid("This table has no primary key, so single rows cannot be named. Use SQL.")
    if len(key) != len(table.key):
        raise NotFound("row")
    shown = ", ".join(f"left({column.quoted}::text, {MAX_EDITED + 1})" for column in table.columns)
    sql = f"select xmin::text, {shown} from {table.quoted} where {_where(table)}"  # noqa: S608 - names of the catalogue
    row = await connection.fetchrow(sql + (" for update" if lock else ""), *key)
    if row is None:
        raise NotFound("row")
    version, *texts = row.values()
    values = dict(zip((column.name for column in table.columns), texts, strict=True))
    too_long = frozenset(name for name, text in values.items() if text is not None and len(text) > MAX_EDITED)
    return FoundRow(values, version, too_long)


def _where(table: CatalogTable, after: int = 0) -> str:
    return " and ".join(
        f"{column.quoted} = ${number}::text::{column.type}" for number, column in enumerate(table.key, after + 1)
    )


def _named(table: CatalogTable, key: Sequence[str]) -> str:
    return ", ".join(f"{column.name} {value}" for column, value in zip(table.key, key, strict=True)) or "a row"
