"""Reads of one statement each, on a few connections of a pool that are kept while there is work.

Such a read is a transaction of its own, so nothing has to be begun or ended. Taking a connection from the pool and
giving it back costs more of this process than the read, and a server on the same machine does less the more of its
processes compete for the processors: 0.54 ms of processor time a read on 32 connections, 0.34 on 4 (bench/api).
"""

import asyncio
import os
from collections import deque
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg

from arti_core.database import BROKEN, Pool, Row, begin_transaction, connection_lost, is_connection_closed, signature_of

_WAIT_SECONDS: Final = 10.0
_SWEEP_SECONDS: Final = 1.0
_ELSEWHERE: Final = 16  # most of the time of a read is the way to the server
_THIS_MACHINE: Final = (None, "", "localhost", "127.0.0.1", "::1")


def count_connections(dsn: str) -> int:
    """Return how many statements should run at once: few where the server has the same processors as we."""
    if urlsplit(dsn).hostname not in _THIS_MACHINE:
        return _ELSEWHERE
    return min(_ELSEWHERE, 2 * (os.cpu_count() or 1))


class SingleStatements:
    """Runs statements on at most `size` connections of `pool`; others of the pool are left to transactions.

    A statement waits for its turn. Connections that were not needed for a second go back to the pool.
    """

    def __init__(self, pool: Pool, size: int) -> None:
        self._pool = pool
        self._size = size
        self._taken = 0
        self._free: list[Any] = []  # the last one is used first
        self._unused = 0  # of the free ones, since the last sweep
        self._waiting: deque[tuple[float, asyncio.Future[Any]]] = deque()
        self._sweep: asyncio.TimerHandle | None = None
        self._releases: set[asyncio.Task[None]] = set()

    async def fetch(self, sql: str, *values: Any, claims: str = "", role: str = "authenticated") -> list[Row]:
        """Return the rows. `sql` sets what it needs for its own transaction only. Raises Unavailable.

        With `claims`, they are $1 and their signature for `role` is $2; `values` come after.
        """
        connection = self._pop_free() or await self._take()
        try:
            if connection.pooled:  # its backend is known within a transaction only
                await begin_transaction(connection, "begin read only")
            if claims:
                values = (claims, signature_of(connection, claims, role=role), *values)
            rows: list[Row] = await connection.fetch(sql, *values)
            if connection.pooled:
                await connection.execute("commit")
        except BaseException as error:
            is_closed = is_connection_closed(connection)
            self._give_back(connection)  # the pool looks after one that was interrupted
            if is_closed and isinstance(error, BROKEN):
                raise connection_lost() from error
            raise
        self._put(connection)
        return rows

    async def close(self) -> None:
        """Give all connections back to the pool; whoever waits is told that there is no database."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        self._size = 0
        self._refuse_waiting(float("inf"))
        while self._free:
            self._give_back(self._free.pop())
        await asyncio.gather(*self._releases, return_exceptions=True)

    def _pop_free(self) -> Any:
        while self._free:
            connection = self._free.pop()
            self._unused = min(self._unused, len(self._free))
            if not is_connection_closed(connection):
                return connection
            self._give_back(connection)
        return None

    async def _take(self) -> Any:
        """Return a connection of the pool, or wait for one of ours. Raises Unavailable."""
        if self._taken < self._size:
            self._taken += 1
            try:
                connection = await self._pool.acquire(timeout=_WAIT_SECONDS)
            except BaseException as error:
                self._forget_one()
                if isinstance(error, OSError | asyncpg.PostgresError | asyncpg.InterfaceError):
                    raise connection_lost() from error
                raise
            self._start_sweep()
            return connection
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[Any] = loop.create_future()
        self._waiting.append((loop.time() + _WAIT_SECONDS, turn))
        self._start_sweep()
        try:
            connection = await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and (handed := turn.result()) is not None:
                self._put(handed)
            raise
        # None: one of ours was given back to the pool, so there is room for another.
        return connection or await self._take()

    def _put(self, connection: Any) -> None:
        if not self._pass_on(connection):
            if self._size:
                self._free.append(connection)
            else:
                self._give_back(connection)

    def _pass_on(self, connection: Any) -> bool:
        while self._waiting:
            turn = self._waiting.popleft()[1]
            if not turn.done():
                turn.set_result(connection)
                return True
        return False

    def _give_back(self, connection: Any) -> None:
        release = asyncio.ensure_future(self._pool.release(connection))
        self._releases.add(release)
        release.add_done_callback(self._released)
        self._forget_one()

    def _released(self, release: asyncio.Task[None]) -> None:
        self._releases.discard(release)
        if not release.cancelled():
            release.exception()  # the pool has ended such a connection

    def _forget_one(self) -> None:
        self._taken -= 1
        self._pass_on(None)

    def _start_sweep(self) -> None:
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._on_sweep)

    def _on_sweep(self) -> None:
        self._sweep = None
        self._refuse_waiting(asyncio.get_running_loop().time())
        unused, self._free = self._free[: self._unused], self._free[self._unused :]
        for connection in unused:
            self._give_back(connection)
        self._unused = len(self._free)
        if self._taken or self._waiting:
            self._start_sweep()

    def _refuse_waiting(self, now: float) -> None:
        while self._waiting and (self._waiting[0][0] <= now or self._waiting[0][1].done()):
            turn = self._waiting.popleft()[1]
            if not turn.done():
                turn.set_exception(connection_lost())
