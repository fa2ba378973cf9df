"""Read changes from a logical replication slot by plain SQL, in commit order, each once.

The slot is durable: it lives in the database as long as the gateway does, also while the connection is lost. Changes
are looked at first, told, and only then taken away, so none is lost; what is seen twice is known by its position.
"""

import asyncio
import secrets
import zlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

import asyncpg
import structlog

from arti_core.database import Connection
from supabase_local.realtime.postgres_changes.pgoutput import Change, decode, parse_lsn

log = structlog.get_logger()

_POLL_SECONDS = 0.05
_ADVANCE_SECONDS, _IDLE_ADVANCE_SECONDS = 1.0, 5.0
_RECONNECT_SECONDS = 0.5
_MOST_CHANGES = 2000  # at once; a larger transaction comes whole all the same
_PREFIX = "arti_realtime_"
_PUBLICATIONS = ("supabase_realtime", "supabase_realtime_messages_publication", "arti_permissions")
_ORPHANED_SECONDS = 60.0
_REFUSED_SECONDS = 30.0
_SESSION = {"application_name": "arti-realtime", "timezone": "UTC", "datestyle": "ISO"}


class NoChanges(Exception):
    """The database cannot tell changes; the sentence says why, for the clients."""


@dataclass(slots=True)
class _OrphanedTransactions:
    """Slots of other gateways that nobody held when last looked at."""

    seen: frozenset[str] = frozenset()
    looked_at: float = float("-inf")


class ReplicationPoller:
    def __init__(
        self,
        dsn: str,
        tell: Callable[[Sequence[Change]], Awaitable[None]],
        missed: Callable[[], None],
        begin: Callable[[Collection[str]], None],
    ) -> None:
        """`dsn` logs in as a role with REPLICATION.

        `missed` is called when changes may have been lost for good, `begin` with the publications that are read.
        """
        self._dsn = dsn
        self._dispatch = tell
        self._missed = missed
        self._begin = begin
        self._slot = f"{_PREFIX}{secrets.token_hex(8)}"
        self._told = 0  # the end of the last transaction that was told
        self._made = False
        self._orphans = _OrphanedTransactions()
        self.settled = asyncio.Event()  # set once changes are read, or it is known why they are not
        self.refusal: str | None = None

    async def run(self) -> None:
        """Read until cancelled; then give the slot back."""
        try:
            while True:
                try:
                    await self._read_until_lost()
                except NoChanges as refused:
                    self.refusal = str(refused)
                    self.settled.set()
                    log.warning("realtime cannot read changes", reason=self.refusal)
                    await asyncio.sleep(_REFUSED_SECONDS)
                except Exception as error:  # asyncpg has no common base for a connection that dies in mid-answer
                    log.warning("realtime lost the database", error=type(error).__name__, reason=str(error)[:200])
                    await asyncio.sleep(_RECONNECT_SECONDS)
        finally:
            if self._made:
                await self._drop()

    async def _read_until_lost(self) -> None:
        if not self._dsn:
            raise NoChanges("The database does not tell changes: REALTIME_DATABASE_URL is not set")
        try:
            connection: Connection = await asyncpg.connect(self._dsn, timeout=10, server_settings=_SESSION)
        except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidPasswordError):
            raise NoChanges("The database does not tell changes: it refuses the login of Realtime") from None
        try:
            await connection.fetchval("select pg_advisory_lock($1)", _lock(self._slot))
            publications = await self._prepare(connection)
            self.refusal = None
            self.settled.set()
            await self._poll(connection, publications)
        finally:
            connection.terminate()

    async def _prepare(self, connection: Connection) -> str:
        """Make sure of the slot. Returns the publications to read. Raises NoChanges."""
        if await connection.fetchval("show wal_level") != "logical":
            raise NoChanges("The database does not tell changes: its wal_level is not logical, see docs/supabase.md")
        known = await connection.fetch(
            "select pubname from pg_publication where pubname = any ($1::text[])", list(_PUBLICATIONS)
        )
        if not known:
            raise NoChanges("The database does not tell changes: it has no publication supabase_realtime")
        state = await connection.fetchrow(
            "select wal_status from pg_replication_slots where slot_name = $1", self._slot
        )
        if state is not None and state["wal_status"] == "lost":
            await connection.execute(f"select pg_drop_replication_slot('{self._slot}')")
            state = None
        if state is None:
            await self._make(connection)
            if self._made:
                log.error("realtime has missed changes: its slot was gone")
                self._missed()
            self._made = True
        self._begin({row["pubname"] for row in known})
        return ",".join(f'"{row["pubname"]}"' for row in known)

    async def _make(self, connection: Connection) -> None:
        make = f"select pg_create_logical_replication_slot('{self._slot}', 'pgoutput')"
        try:
            await connection.execute(make)
        except asyncpg.ConfigurationLimitExceededError:
            await self._tidy(connection, at_once=True)
            await connection.execute(make)
        except asyncpg.InsufficientPrivilegeError:
            raise NoChanges("The database does not tell changes: the gateway's login lacks REPLICATION") from None

    async def _poll(self, connection: Connection, publications: str) -> None:
        loop = asyncio.get_running_loop()
        read_to, advanced_at = 0, loop.time()
        while True:
            end = await connection.fetchval("select pg_current_wal_flush_lsn()::text")
            if parse_lsn(end) == read_to:
                await asyncio.sleep(_POLL_SECONDS)
                continue
            began = loop.time()
            rows = await connection.fetch(
                """select lsn::text as lsn, data from pg_logical_slot_peek_binary_changes(
                     $1, $2::text::pg_lsn, $3, 'proto_version', '1', 'publication_names', $4)""",
                self._slot,
                end,
                _MOST_CHANGES,
                publications,
            )
            took = loop.time() - began
            changes = [one for one in decode(row["data"] for row in rows) if one.end_lsn > self._told]
            if changes:
                await self._dispatch(changes)
                self._told = changes[-1].end_lsn
            whole = len(rows) < _MOST_CHANGES
            idle = _ADVANCE_SECONDS if rows else _IDLE_ADVANCE_SECONDS
            if not whole or loop.time() - advanced_at > idle:
                # Up to `end` everything was seen, unless there was more than we asked for. It costs a write to disk.
                to = end if whole else rows[-1]["lsn"]
                await connection.execute(f"select pg_replication_slot_advance('{self._slot}', '{to}')")
                advanced_at = loop.time()
                await self._tidy(connection)
            if whole:
                read_to = parse_lsn(end)
                # The log is read again from its last checkpoint of running transactions: beside a large import that
                # takes long, and may take a third of a processor at most.
                await asyncio.sleep(max(_POLL_SECONDS, 2 * took))

    async def _tidy(self, connection: Connection, *, at_once: bool = False) -> None:
        """Drop old messages, and slots that gateways left when they were killed: those nobody held for a minute."""
        now = asyncio.get_running_loop().time()
        if not at_once and now - self._orphans.looked_at < _ORPHANED_SECONDS:
            return
        await connection.execute("select realtime.forget_messages()")
        rows = await connection.fetch(
            """select slot_name from pg_replication_slots
               where slot_name like 'arti\\_realtime\\_%' and slot_name <> $1 and database = current_database()
                 and active_pid is null""",
            self._slot,
        )
        unheld = set()
        for row in rows:
            name = row["slot_name"]
            if await connection.fetchval("select pg_try_advisory_lock($1)", _lock(name)):
                unheld.add(name)
                if at_once or name in self._orphans.seen:
                    log.warning("realtime drops the slot of a gateway that is gone", slot=name)
                    await connection.execute(f"select pg_drop_replication_slot('{name}')")
                await connection.fetchval("select pg_advisory_unlock($1)", _lock(name))
        self._orphans = _OrphanedTransactions(frozenset(unheld), now)

    async def _drop(self) -> None:
        try:
            connection = await asyncpg.connect(self._dsn, timeout=5)
            try:
                await connection.fetch(
                    """select pg_terminate_backend(active_pid) from pg_replication_slots
                       where slot_name = $1 and active_pid is not null""",
                    self._slot,
                )
                await connection.execute(f"select pg_drop_replication_slot('{self._slot}')")
            finally:
                await connection.close()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            log.warning("realtime leaves its slot behind, the next gateway drops it", error=type(error).__name__)


def _lock(slot: str) -> int:
    return 4_127_100_000_000 + zlib.crc32(slot.encode())
