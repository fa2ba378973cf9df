"""Poll a logical replication slot by plain SQL; dispatch its changes in commit order, each once.

The slot exists as long as the gateway runs, also while the connection is lost. Changes are peeked, dispatched, and only
then is the slot advanced, so none is lost; changes that are peeked twice are recognized by their LSN.
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
_MAX_CHANGES = 2000  # per poll; a larger transaction is still read whole
_SLOT_PREFIX = "supabase_realtime_"
_SLOT_NAMES = "_realtime_[0-9a-f]{16}$"  # of every gateway's slot
_PUBLICATIONS = ("supabase_realtime", "supabase_realtime_messages_publication")
_ORPHANED_SECONDS = 60.0
_UNAVAILABLE_SECONDS = 30.0
_SESSION = {"application_name": "supabase-local-realtime", "timezone": "UTC", "datestyle": "ISO"}


class ReplicationUnavailable(Exception):
    """The database provides no changes; the message, which clients receive, says why."""


@dataclass(slots=True)
class _OrphanedSlots:
    """Slots of other gateways that no connection held at the last check."""

    names: frozenset[str] = frozenset()
    checked_at: float = float("-inf")


class ReplicationPoller:
    def __init__(
        self,
        dsn: str,
        permission_publication: str,
        dispatch: Callable[[Sequence[Change]], Awaitable[None]],
        on_missed: Callable[[], None],
        on_begin: Callable[[Collection[str]], None],
    ) -> None:
        """`dsn` logs in as a role with REPLICATION.

        `permission_publication` is read too if it exists. `on_missed` is called when changes were lost, `on_begin` with
        the publications that are read.
        """
        self._dsn = dsn
        self._publications = [*_PUBLICATIONS, permission_publication]
        self._dispatch = dispatch
        self._on_missed = on_missed
        self._on_begin = on_begin
        self._slot = f"{_SLOT_PREFIX}{secrets.token_hex(8)}"
        self._dispatched_lsn = 0  # the end of the last transaction that was dispatched
        self._slot_created = False
        self._orphaned_slots = _OrphanedSlots()
        self.started = asyncio.Event()  # set once the slot is read or `error` says why it is not
        self.error: str | None = None

    async def run(self) -> None:
        """Poll until cancelled; then drop the slot."""
        try:
            while True:
                try:
                    await self._read_until_lost()
                except ReplicationUnavailable as unavailable:
                    self.error = str(unavailable)
                    self.started.set()
                    log.warning("realtime cannot read changes", reason=self.error)
                    await asyncio.sleep(_UNAVAILABLE_SECONDS)
                except Exception as error:  # asyncpg has no common base for a connection that is lost in a query
                    log.warning("realtime lost the database", exc_info=error)
                    await asyncio.sleep(_RECONNECT_SECONDS)
        finally:
            if self._slot_created:
                await self._drop()

    async def _read_until_lost(self) -> None:
        if not self._dsn:
            raise ReplicationUnavailable("The database provides no changes: REALTIME_DATABASE_URL is not set")
        try:
            connection: Connection = await asyncpg.connect(self._dsn, timeout=10, server_settings=_SESSION)
        except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidPasswordError):
            raise ReplicationUnavailable("The database provides no changes: it refuses the login of Realtime") from None
        try:
            await connection.fetchval("select pg_advisory_lock($1)", _lock(self._slot))
            publications = await self._prepare(connection)
            self.error = None
            self.started.set()
            await self._poll(connection, publications)
        finally:
            connection.terminate()

    async def _prepare(self, connection: Connection) -> str:
        """Create the slot unless it exists. Returns the publications to read. Raises ReplicationUnavailable."""
        if await connection.fetchval("show wal_level") != "logical":
            raise ReplicationUnavailable(
                "The database provides no changes: wal_level is not logical, see docs/supabase.md"
            )
        publications = await connection.fetch(
            "select pubname from pg_publication where pubname = any ($1::text[])", self._publications
        )
        if not publications:
            raise ReplicationUnavailable("The database provides no changes: it has no publication supabase_realtime")
        state = await connection.fetchrow(
            "select wal_status from pg_replication_slots where slot_name = $1", self._slot
        )
        if state is not None and state["wal_status"] == "lost":
            await connection.execute(f"select pg_drop_replication_slot('{self._slot}')")
            state = None
        if state is None:
            await self._create_slot(connection)
            if self._slot_created:
                log.error("realtime has missed changes: its slot was lost")
                self._on_missed()
            self._slot_created = True
        self._on_begin({row["pubname"] for row in publications})
        return ",".join(f'"{row["pubname"]}"' for row in publications)

    async def _create_slot(self, connection: Connection) -> None:
        create = f"select pg_create_logical_replication_slot('{self._slot}', 'pgoutput')"
        try:
            await connection.execute(create)
        except asyncpg.ConfigurationLimitExceededError:
            await self._clean_up(connection, immediately=True)
            await connection.execute(create)
        except asyncpg.InsufficientPrivilegeError:
            raise ReplicationUnavailable(
                "The database provides no changes: the gateway's login lacks REPLICATION"
            ) from None

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
                _MAX_CHANGES,
                publications,
            )
            took = loop.time() - began
            decoded = decode(row["data"] for row in rows)
            changes = [change for change in decoded if change.end_lsn > self._dispatched_lsn]
            if changes:
                await self._dispatch(changes)
                self._dispatched_lsn = changes[-1].end_lsn
            complete = len(rows) < _MAX_CHANGES
            idle = _ADVANCE_SECONDS if rows else _IDLE_ADVANCE_SECONDS
            if not complete or loop.time() - advanced_at > idle:
                # Everything up to `end` was read unless the limit was reached. Advancing writes to disk.
                to = end if complete else rows[-1]["lsn"]
                await connection.execute(f"select pg_replication_slot_advance('{self._slot}', '{to}')")
                advanced_at = loop.time()
                await self._clean_up(connection)
            if complete:
                read_to = parse_lsn(end)
                # Each peek decodes the log again from the last restart point, which is slow during a large import:
                # use a third of a processor at most.
                await asyncio.sleep(max(_POLL_SECONDS, 2 * took))

    async def _clean_up(self, connection: Connection, *, immediately: bool = False) -> None:
        """Delete old messages, and drop slots of killed gateways: those that no connection held for a minute."""
        now = asyncio.get_running_loop().time()
        if not immediately and now - self._orphaned_slots.checked_at < _ORPHANED_SECONDS:
            return
        await connection.execute("select realtime.purge_messages()")
        rows = await connection.fetch(
            """select slot_name from pg_replication_slots
               where slot_name ~ $2 and slot_name <> $1 and database = current_database() and active_pid is null""",
            self._slot,
            _SLOT_NAMES,
        )
        unheld = set()
        for row in rows:
            name = row["slot_name"]
            if await connection.fetchval("select pg_try_advisory_lock($1)", _lock(name)):
                unheld.add(name)
                if immediately or name in self._orphaned_slots.names:
                    log.warning("realtime drops the slot of a gateway that no longer runs", slot=name)
                    await connection.execute(f"select pg_drop_replication_slot('{name}')")
                await connection.fetchval("select pg_advisory_unlock($1)", _lock(name))
        self._orphaned_slots = _OrphanedSlots(frozenset(unheld), now)

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
            log.warning("realtime could not drop its slot, the next gateway will", error=type(error).__name__)


def _lock(slot: str) -> int:
    return 4_127_100_000_000 + zlib.crc32(slot.encode())
