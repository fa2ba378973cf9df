"""Running one statement by hand: read only by default, for a bounded time, as the owner or as a user."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

import asyncpg
import orjson
import structlog

from arti.ops.console.audit import record_change
from arti.ops.console.impersonation import OWNER, Impersonation
from arti.ops.console.transactions import ConsoleLogin, read_only_transaction, write_transaction
from arti_core.database import Connection, Pool
from arti_core.errors import Invalid, TooLarge

MAX_ROWS = 500
MAX_TEXT = 1000
MAX_EXPORTED = 100_000
MAX_COUNTED = 100_000
SECONDS = (5, 15, 50)
_MAX_EXPORTED_BYTES = 64 * 1024 * 1024
_BATCH = 1000
_log = structlog.get_logger()
# COPY FROM waits for rows that are never sent.
_COPY = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*copy\b", re.I | re.S)


class Mode(StrEnum):
    READ = "read only"
    TRY = "try and roll back"
    WRITE = "read and write"


@dataclass(frozen=True, slots=True)
class StatementResult:
    """Rows as text, None for null. `status`: the server's command tag. `more`: rows past MAX_ROWS were left out.

    `counts` says for the owner and for a user how many rows each gets, or what each may change.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    status: str
    more: bool = False
    counts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class StatementRequest:
    """One statement, and how to run it."""

    sql: str
    mode: Mode = Mode.READ
    impersonation: Impersonation = OWNER
    seconds: int = 15

    def __post_init__(self) -> None:
        if not self.sql.strip() or "\x00" in self.sql:
            raise Invalid("Write one statement.")
        if _COPY.match(self.sql):
            raise Invalid("COPY needs psql. To read rows into a file, write a query and download it as CSV.")
        if self.mode is Mode.WRITE and not self.impersonation.is_owner:
            raise Invalid(f"As another user nothing is kept: pick “{Mode.TRY}”, or change it as the owner.")


class _RolledBack(Exception):
    """Ends a transaction of Mode.TRY; never leaves this module."""


async def run(login: ConsoleLogin, order: StatementRequest, *, session: str) -> StatementResult:
    """Run a statement. Raises PostgresError as the server says it, TimeoutError when it says nothing."""
    # In the service's log whatever the outcome: a statement that only reads can call a function that acts.
    _log.info(
        "console statement",
        session=session,
        mode=order.mode,
        impersonation=order.impersonation.name,
        sql=order.sql[:2000],
    )
    async with _own_connection(login) as pool:
        if order.mode is Mode.READ:
            async with read_only_transaction(
                pool, role=order.impersonation.role, claims=order.impersonation.claims, seconds=order.seconds
            ) as connection:
                result = await _read(connection, order.sql)
            if not order.impersonation.is_owner:
                counts = [(who.name, await _count(pool, order, who)) for who in (OWNER, order.impersonation)]
                result = StatementResult(result.columns, result.rows, result.status, result.more, counts)
            return result
        if order.mode is Mode.TRY:
            result = await _try(pool, order, order.impersonation)
            if not order.impersonation.is_owner:
                owner = await _try(pool, order, OWNER)
                counts = [(OWNER.name, owner.status), (order.impersonation.name, result.status)]
                result = StatementResult(result.columns, result.rows, result.status, result.more, counts)
            return result
        async with write_transaction(pool, seconds=order.seconds) as connection:
            # First, so that the log is written whatever the statement does to the transaction.
            await record_change(connection, session=session, action="sql", target="", detail=order.sql)
            return await _all(connection, order.sql)


async def export(login: ConsoleLogin, order: StatementRequest) -> tuple[str, bool]:
    """Return what a statement reads as CSV, null as nothing and empty text as "", and whether rows were left out.

    Raises TooLarge past 64 MiB.
    """
    size, lines = 0, list[str]()
    impersonation = order.impersonation
    async with (
        _own_connection(login) as pool,
        read_only_transaction(
            pool, role=impersonation.role, claims=impersonation.claims, seconds=order.seconds
        ) as connection,
    ):
        columns = await _columns(connection, order.sql)
        if not columns:
            raise Invalid("This statement gives no rows.")
        wrapped = await _wrapped(connection, order.sql, columns, cut=None)
        statement = await connection.prepare(wrapped or order.sql)
        cursor = await statement.cursor()
        lines.append(_csv_line(columns))
        while len(lines) <= MAX_EXPORTED:
            batch = await cursor.fetch(_BATCH)
            lines += [_csv_line([_text(value, cut=None) for value in row.values()]) for row in batch]
            size += sum(map(len, lines[-len(batch) :])) if batch else 0
            if size > _MAX_EXPORTED_BYTES:
                raise TooLarge("The result is larger than 64 MiB. Ask for fewer rows or columns.")
            if len(batch) < _BATCH:
                break
        else:
            return "".join(lines), bool(await cursor.fetch(1))
    return "".join(lines), False


@asynccontextmanager
async def _own_connection(login: ConsoleLogin) -> AsyncIterator[Pool]:
    # What a statement leaves on its session (settings, locks, temporary tables) ends with it.
    pool = await login.open_pool(size=1)
    try:
        yield pool
    finally:
        pool.terminate()


async def _read(connection: Connection, sql: str) -> StatementResult:
    columns = await _columns(connection, sql)
    wrapped = await _wrapped(connection, sql, columns, cut=MAX_TEXT) if columns else None
    if wrapped is None:
        return await _all(connection, sql)
    records = await connection.fetch(wrapped)
    rows = [[_text(value) for value in row.values()] for row in records[:MAX_ROWS]]
    return StatementResult(columns, rows, f"SELECT {len(rows)}", more=len(records) > MAX_ROWS)


async def _try(pool: Pool, order: StatementRequest, impersonation: Impersonation) -> StatementResult:
    result: StatementResult | None = None
    try:
        async with write_transaction(
            pool, role=impersonation.role, claims=impersonation.claims, seconds=order.seconds
        ) as connection:
            result = await _all(connection, order.sql)
            raise _RolledBack
    except _RolledBack:
        assert result is not None  # raised after it was set
        return result


async def _all(connection: Connection, sql: str) -> StatementResult:
    """Run a statement to its end, since stopping early would leave out what it does, and keep the first rows."""
    # A prepared statement is one statement: `commit; drop ...` is refused by the server.
    statement = await connection.prepare(sql)
    columns = [attribute.name for attribute in statement.get_attributes()]
    records = await statement.fetch()
    rows = [[_text(value) for value in row.values()] for row in records[:MAX_ROWS]]
    return StatementResult(
        columns, rows if columns else [], statement.get_statusmsg() or "", more=len(records) > MAX_ROWS
    )


async def _count(pool: Pool, order: StatementRequest, impersonation: Impersonation) -> str:
    """Return how many rows one viewer gets, in words."""
    inner = _without_trailing_semicolon(order.sql)
    sql = f"select count(*) from (select from (\n{inner}\n) wrapped limit {MAX_COUNTED + 1}) counted"  # noqa: S608
    try:
        async with read_only_transaction(
            pool, role=impersonation.role, claims=impersonation.claims, seconds=order.seconds
        ) as connection:
            number = await connection.fetchval(sql)
    except asyncpg.PostgresSyntaxError:
        return "not a query"
    except asyncpg.PostgresError as error:
        return str(error)
    return f"{MAX_COUNTED:,}+ rows" if number > MAX_COUNTED else f"{number:,} row{'' if number == 1 else 's'}"


async def _columns(connection: Connection, sql: str) -> list[str]:
    return [attribute.name for attribute in (await connection.prepare(sql)).get_attributes()]


async def _wrapped(connection: Connection, sql: str, columns: Sequence[str], *, cut: int | None) -> str | None:
    """Return `sql` with every value as the server's own text, or None for what cannot stand in a subquery.

    Only for reading: it may stop before the last row.
    """
    names = [f"c{number}" for number in range(len(columns))]
    texts = [f"{name}::text" if cut is None else f"left({name}::text, {cut + 1})" for name in names]
    limit = "" if cut is None else f" limit {MAX_ROWS + 1}"
    wrapped = (
        f"select {', '.join(texts)} from (\n{_without_trailing_semicolon(sql)}\n) wrapped ({', '.join(names)}){limit}"  # noqa: S608
    )
    await connection.execute("savepoint wrapping")
    try:
        await connection.prepare(wrapped)
    except asyncpg.PostgresError:
        await connection.execute("rollback to savepoint wrapping")
        return None
    return wrapped


def _without_trailing_semicolon(sql: str) -> str:
    return sql.strip().rstrip("; \t\r\n")


def _text(value: object, *, cut: int | None = MAX_TEXT) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        value = f"\\x{value.hex()}"
    elif isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, dict | list):
        value = orjson.dumps(value, default=str).decode()
    text = str(value)
    return text if cut is None or len(text) <= cut else f"{text[:cut]}…"


def _csv_line(values: Sequence[str | None]) -> str:
    return ",".join("" if value is None else _csv_value(value) for value in values) + "\r\n"


def _csv_value(value: str) -> str:
    if value and not any(mark in value for mark in ',"\r\n'):
        return value
    escaped = value.replace('"', '""')
    return f'"{escaped}"'
