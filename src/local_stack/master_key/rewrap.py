"""Count what each version of the master key seals, and wrap it anew while everything runs.

A batch is one short transaction that skips rows in use, so nobody waits for it, and a killed run goes on where it was.
"""

import base64
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from arti_core.crypto import HEAD, Vault
from arti_core.database import Connection
from arti_core.errors import Misconfigured
from local_stack.master_key.sealed_columns import SealedColumn

Place = tuple[SealedColumn, Connection]  # a column, and a connection of its table's owner

BATCH: Final = 1000
# Of a session: the version under which its latest refresh token was made (supabase_local's refresh_tokens.py).
_SESSION_VERSION: Final = """case when refresh_token_hmac_key like '%.%'
  then split_part(refresh_token_hmac_key, '.', 1)::integer else 1 end"""
_FIRST_BYTE: Final = {
    "bytes": "substr({0}, 1, 1)",
    "base64": "substr(decode(left({0}, 4), 'base64'), 1, 1)",
    "array": "substr(item, 1, 1)",
}


@dataclass(slots=True)
class Pass:
    """How many values of a column opened, and how many did not with any key."""

    opened: int = 0
    failed: int = 0

    def __iadd__(self, other: "Pass") -> "Pass":
        self.opened += other.opened
        self.failed += other.failed
        return self


async def count_versions(places: Sequence[Place]) -> Counter[int]:
    """Return how many values each version seals."""
    counted: Counter[int] = Counter()
    for column, connection in places:
        first = _FIRST_BYTE[column.form].format(column.column)
        source = f"{column.table}, unnest({column.column}) item" if column.form == "array" else column.table
        async with _whole_table(connection):
            rows = await connection.fetch(
                f"""select get_byte({first}, 0) as version, count(*) as number from {source}
                    where {column.column} is not null and {column.where} group by 1"""  # noqa: S608 - names of our list
            )
        for row in rows:
            counted[row["version"]] += row["number"]
    return counted


async def count_sessions(connection: Connection) -> Counter[int]:
    """Return how many sessions have a refresh token of each version, as the owner of auth."""
    async with _whole_table(connection):
        rows = await connection.fetch(
            f"""select {_SESSION_VERSION} as version, count(*) as number from auth.sessions
                where refresh_token_hmac_key is not null group by 1"""  # noqa: S608 - names of our list
        )
    return Counter({row["version"]: row["number"] for row in rows})


async def end_sessions(connection: Connection, version: int) -> None:
    """End the sessions whose refresh tokens are of a version."""
    condition = f"refresh_token_hmac_key is not null and {_SESSION_VERSION} = $1"
    async with _whole_table(connection):
        await connection.execute(f"delete from auth.sessions where {condition}", version)  # noqa: S608 - a constant


async def rewrap_column(connection: Connection, vault: Vault, column: SealedColumn, *, batch: int = BATCH) -> Pass:
    """Wrap every row that is not under the version that seals, except rows that are in use."""
    total, after = Pass(), None
    while True:
        async with _whole_table(connection):
            rows = await _read_batch(connection, column, vault.keys.sealing()[0], after=after, limit=batch, lock=True)
            changes = []
            for row in rows:
                fresh = _rewrap(vault, column, row)
                if fresh is None:
                    total.failed += _number(column, row)
                else:
                    total.opened += _number(column, row)
                    changes.append((fresh, *(row[name] for name in column.key)))
            await connection.executemany(_update(column), changes)
        if len(rows) < batch:
            return total
        after = [rows[-1][name] for name in column.key]


async def try_column(connection: Connection, vault: Vault, column: SealedColumn, *, version: int, limit: int) -> Pass:
    """Try whether at most `limit` values of a version open with its key. Changes nothing."""
    async with _whole_table(connection):
        rows = await _read_batch(connection, column, version, after=None, limit=limit, is_other=False)
    opened = sum(_number(column, row) for row in rows if _rewrap(vault, column, row) is not None)
    return Pass(opened, sum(_number(column, row) for row in rows) - opened)


async def _read_batch(
    connection: Connection,
    column: SealedColumn,
    version: int,
    *,
    after: Sequence[Any] | None,
    limit: int,
    lock: bool = False,
    is_other: bool = True,
) -> list[Any]:
    """Return rows with a value of another version than `version`, or of this version."""
    first, comparison = _FIRST_BYTE[column.form].format(column.column), "<>" if is_other else "="
    condition = f"{first} {comparison} $1"
    if column.form == "array":
        condition = f"exists (select from unnest({column.column}) item where {condition})"
    key, value = ", ".join(column.key), f"substr({column.column}, 1, {HEAD})"
    following = ""
    if after is not None:
        following = f"and ({key}) > ({', '.join(f'${number + 3}' for number in range(len(after)))})"
    return await connection.fetch(
        f"""select {key}, {value if column.form == "bytes" else column.column} as sealed from {column.table}
            where {column.column} is not null and {column.where} and {condition} {following}
            order by {key} limit $2 {"for update skip locked" if lock else ""}""",  # noqa: S608 - names of our list
        bytes([version]),
        limit,
        *(after or ()),
    )


def _number(column: SealedColumn, row: Mapping[str, Any]) -> int:
    return len(row["sealed"]) if column.form == "array" else 1


def _update(column: SealedColumn) -> str:
    value = f"$1::bytea || substr({column.column}, {HEAD + 1})" if column.form == "bytes" else "$1"
    version = ", key_version = get_byte($1::bytea, 0)" if column.has_key_version else ""
    key = " and ".join(f"{name} = ${number}" for number, name in enumerate(column.key, start=2))
    return f"update {column.table} set {column.column} = {value}{version} where {key}"  # noqa: S608


def _rewrap(vault: Vault, column: SealedColumn, row: Mapping[str, Any]) -> object:
    """Return the new content of the column, or None when the old does not open."""
    for binding in column.bindings(row):
        try:
            match column.form:
                case "bytes":
                    return vault.rewrap(row["sealed"], **binding)
                case "base64":
                    return base64.b64encode(vault.rewrap(base64.b64decode(row["sealed"]), **binding)).decode()
                case "array":
                    return [vault.rewrap(item, **binding) for item in row["sealed"]]
        except (Misconfigured, ValueError):
            continue
    return None


@asynccontextmanager
async def _whole_table(connection: Connection) -> AsyncIterator[None]:
    """Open a transaction in which row-level security hides nothing: PostgreSQL raises instead."""
    async with connection.transaction():
        await connection.execute("set local row_security = off")
        yield
