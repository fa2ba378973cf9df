"""Hear what changed in the database, and tell each subscriber what their own policies let them see.

A change arrives as a table's name and a row's id (supabase/migrations, `private.tell_change`). The row is then read
once for each distinct subscriber, under their role and claims: who cannot see it hears nothing, and who lost their
membership a moment ago hears nothing either.
"""

# ruff: noqa: S608  # what is put into the statement comes from rest/catalogue.py, quoted by PostgreSQL

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import orjson
import structlog

from arti.base.database import Pool, as_role
from arti.supabase.gate import Asker
from arti.supabase.realtime.channels import Binding, Channel
from arti.supabase.rest.catalogue import SCHEMA, Catalogue, Table
from arti.supabase.rest.grammar import Filter
from arti.supabase.rest.statement import Parameters, conditions

log = structlog.get_logger()

_BELL = "arti_changes"
_BATCH = 500
_AT_ONCE = 8
_RECONNECT_SECONDS = 1.0

_Key: TypeAlias = tuple[UUID, UUID]
_Audience: TypeAlias = tuple[str, str, tuple[Filter, ...]]  # role, claims, filters: who sees the same rows


@dataclass(frozen=True, slots=True)
class Listener:
    """A binding as it stands when a batch begins."""

    channel: Channel
    binding: Binding
    asker: Asker
    audience: _Audience


@dataclass(frozen=True, slots=True)
class Change:
    table: str
    event: str
    org_id: UUID
    id: UUID
    at: str

    @property
    def key(self) -> _Key:
        return self.org_id, self.id


class Changes:
    """Listens on a connection of its own and fans changes out to the joined channels."""

    def __init__(self, pool: Pool, dsn: str, catalogue: Catalogue) -> None:
        """`pool` and `dsn` log in as authenticator."""
        self._pool = pool
        self._dsn = dsn
        self._catalogue = catalogue
        self._channels: set[Channel] = set()
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self.listening = asyncio.Event()

    async def start(self) -> None:
        """Begin, and wait until the database is heard."""
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._tell())]
        await self.listening.wait()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def add(self, channel: Channel) -> None:
        self._channels.add(channel)

    def remove(self, channel: Channel) -> None:
        self._channels.discard(channel)

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_until_lost()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("realtime does not hear the database", error=type(error).__name__)
            for channel in list(self._channels):
                channel.lose(channel)
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen_until_lost(self) -> None:
        lost = asyncio.Event()
        connection = await asyncpg.connect(self._dsn)
        try:
            connection.add_termination_listener(lambda *_: lost.set())
            await connection.add_listener(_BELL, lambda *heard: self._waiting.put_nowait(str(heard[3])))
            self.listening.set()
            await lost.wait()
        finally:
            self.listening.clear()
            await connection.close()

    async def _tell(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < _BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            try:
                await self._deliver([_parse(text) for text in batch])
            except Exception as error:  # one bad batch must not end the stream
                log.error("changes were not told", exc_info=error)

    async def _deliver(self, changes: Sequence[Change]) -> None:
        for name in dict.fromkeys(change.table for change in changes):
            listeners = self._listeners(name)
            table = await self._catalogue.find_table(name) if listeners else None
            if table is None:
                continue
            of_table = [change for change in changes if change.table == name]
            audiences = {one.audience: one for one in listeners}
            rows = await asyncio.gather(
                *(self._visible(table, one.asker, one.binding.filters, of_table) for one in audiences.values())
            )
            seen = dict(zip(audiences, rows, strict=True))
            for change in of_table:
                self._push(table, change, listeners, seen)

    def _listeners(self, table: str) -> list[Listener]:
        found = []
        for channel in self._channels:
            # Claims that only say when the token was made do not set two tabs of one person apart.
            claims = {name: value for name, value in channel.asker.claims.items() if name not in ("iat", "exp")}
            written = orjson.dumps(claims, option=orjson.OPT_SORT_KEYS).decode()
            for binding in channel.bindings:
                if binding.table in (None, table):
                    audience = (channel.asker.role, written, binding.filters)
                    found.append(Listener(channel, binding, channel.asker, audience))
        return found

    def _push(
        self,
        table: Table,
        change: Change,
        listeners: Sequence[Listener],
        seen: dict[_Audience, dict[_Key, dict[str, Any]]],
    ) -> None:
        told: dict[Channel, tuple[list[int], dict[str, Any]]] = {}
        for one in listeners:
            record = seen[one.audience].get(change.key)
            if record is None or not one.binding.wants(change.table, change.event):
                continue
            if one.channel in self._channels and _same_person(one.channel.asker, one.asker):
                told.setdefault(one.channel, ([], record))[0].append(one.binding.id)
        for channel, (ids, record) in told.items():
            channel.push("postgres_changes", {"ids": ids, "data": _data(table, change, record)})

    async def _visible(
        self, table: Table, asker: Asker, filters: tuple[Filter, ...], changes: Sequence[Change]
    ) -> dict[_Key, dict[str, Any]]:
        """Return the changed rows that `asker` may see, by their key."""
        parameters = Parameters([[change.org_id for change in changes], [change.id for change in changes]])
        chosen = conditions(table, filters, parameters).replace(" where ", " and ", 1)
        sql = (
            f"select t.org_id, t.id, row_to_json(t)::text as record from {table.sql_name} t "
            f"where (t.org_id, t.id) in (select * from unnest($1::uuid[], $2::uuid[])){chosen}"
        )
        try:
            async with (
                self._gate,
                as_role(self._pool, asker.role, asker.claims_json(), read_only=True) as connection,
            ):
                rows = await connection.fetch(sql, *parameters.values)
        except asyncpg.InsufficientPrivilegeError:
            return {}
        return {(row["org_id"], row["id"]): orjson.loads(row["record"]) for row in rows}


def _same_person(now: Asker, then: Asker) -> bool:
    """Say whether the rows that were read for `then` may be told to `now`, whose token may have changed since."""
    return now.role == then.role and now.claims.get("sub") == then.claims.get("sub")


def _parse(text: str) -> Change:
    raw = orjson.loads(text)
    return Change(raw["table"], raw["type"], UUID(raw["org_id"]), UUID(raw["id"]), raw["at"])


def _data(table: Table, change: Change, record: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "table": change.table,
        "commit_timestamp": change.at,
        "type": change.event,
        "columns": [{"name": column.name, "type": column.type_name} for column in table.columns.values()],
        "record": record,
        "errors": None,
    }
    if change.event == "UPDATE":
        data["old_record"] = {"org_id": str(change.org_id), "id": str(change.id)}
    return data
