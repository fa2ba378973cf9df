"""Dispatch changes of tables to the subscribed channels that may see them, in commit order."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import asyncpg
import structlog

from arti_core.database import NO_ANSWER
from arti_core.errors import Unavailable
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.realtime.authorization import Authorizer
from supabase_local.realtime.channel.channel import JoinConfig, RealtimeChannel, Subscriber
from supabase_local.realtime.permission_model import PermissionModel
from supabase_local.realtime.postgres_changes import row_records
from supabase_local.realtime.postgres_changes.binding_checks import check_binding
from supabase_local.realtime.postgres_changes.bindings import (
    Binding,
    BindingFilter,
    BindingRefused,
    binding_id,
    parse_binding,
)
from supabase_local.realtime.postgres_changes.payloads import ChangeMessage
from supabase_local.realtime.postgres_changes.pgoutput import UNCHANGED, Change, Values
from supabase_local.realtime.postgres_changes.publication import MESSAGES, Publication, PublicationTable
from supabase_local.realtime.postgres_changes.replication_poller import ReplicationPoller
from supabase_local.realtime.postgres_changes.subscriptions import Subscriptions

log = structlog.get_logger()

_IDLE_SECONDS = 30.0  # how long the slot is kept without a channel that needs it
_MAX_BINDINGS = 50
_CHANGES_PER_TURN = 100  # pushed before the sockets may write
_MAX_INVALIDATED_USERS = 20  # with more at once, the whole cache is dropped


@dataclass(slots=True)
class _Batch:
    """The changes of one table in commit order; the other lists have one item for each change."""

    table: PublicationTable
    changes: list[Change] = field(default_factory=list)
    now: list[row_records.Version | None] = field(default_factory=list)
    before: list[row_records.Version | None] = field(default_factory=list)
    visible_to: list[set[Subscriber]] = field(default_factory=list)
    before_visible_to: list[set[Subscriber]] = field(default_factory=list)
    readable: dict[str, frozenset[str]] = field(default_factory=dict)  # columns, by role
    row_security_enabled: bool = True


class ChangeDispatcher:
    """Reads the replication slot while a channel needs it, and pushes its changes."""

    def __init__(
        self,
        pools: DatabasePools,
        dsn: str,
        publication: Publication,
        authorizer: Authorizer,
        permission_model: PermissionModel,
        broadcast_row: Callable[[Change], None],
    ) -> None:
        """`dsn` logs in with REPLICATION. `broadcast_row` is called with each change of realtime.messages."""
        self._pools = pools
        self._dsn = dsn
        self._publication = publication
        self._authorizer = authorizer
        self._permission_model = permission_model
        self._broadcast_row = broadcast_row
        self._subscriptions = Subscriptions()
        self._channels: set[RealtimeChannel] = set()
        self._poller: ReplicationPoller | None = None
        self._polling: asyncio.Task[None] | None = None
        self._cancelled: set[asyncio.Task[None]] = set()
        self._idle_timer: asyncio.TimerHandle | None = None
        self.permissions_changed = asyncio.Event()

    async def stop(self) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        self._stop_polling()
        await asyncio.gather(*self._cancelled, return_exceptions=True)

    async def set_bindings(self, channel: RealtimeChannel, config: JoinConfig) -> list[dict[str, object]]:
        """Parse the bindings of a join into `channel`. Returns them as the client sent them, with ids.

        An invalid binding is stored as the channel's `subscription_error`.
        """
        bindings: list[Binding] = []
        error: BindingRefused | None = None
        with_ids = []
        for params in config.bindings:
            number = binding_id(params)
            with_ids.append({**params, "id": number})
            try:
                binding = parse_binding(params, number)
                await check_binding(self._pools, self._publication, binding, channel.subscriber.role)
                bindings.append(binding)
            except BindingRefused as refused:
                error = error or refused
        channel.bindings = tuple(dict.fromkeys(bindings))
        if len(config.bindings) > _MAX_BINDINGS:
            error = BindingRefused(f"More than {_MAX_BINDINGS} bindings on one channel")
        channel.subscription_error = str(error) if error else None
        return with_ids

    async def subscribe(self, channel: RealtimeChannel) -> str | None:
        """Subscribe `channel` to its bindings. Returns an error message, None on success."""
        if channel.subscription_error is not None:
            return channel.subscription_error
        self.add(channel)
        error = await self.wait_until_reading()
        if error is not None:
            self.remove(channel)
        return error

    async def wait_until_reading(self) -> str | None:
        """Wait until the slot is read for the channels that were added. Returns an error message, None on success."""
        poller = self._poller
        assert poller is not None  # started by `add` or `ensure_reading`
        await poller.started.wait()
        return poller.error

    def add(self, channel: RealtimeChannel) -> None:
        """Keep the slot being read for `channel`, and push the changes of its bindings to it."""
        self._channels.add(channel)
        if channel.bindings and channel.subscription_error is None:
            self._subscriptions.add(channel)
        self._start_polling()

    async def ensure_reading(self, seconds: float) -> None:
        """Start to read the slot if necessary and wait for it, `seconds` at most."""
        self._start_polling()
        self._schedule_stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.wait_until_reading(), seconds)

    def _start_polling(self) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None
        if self._polling is None or self._polling.done():
            self._authorizer.permissions_replicated = False
            self._poller = ReplicationPoller(
                self._dsn, self._permission_model.publication, self._dispatch, self._fail, self._begin
            )
            self._polling = asyncio.create_task(self._poller.run())

    def is_subscribed(self, channel: RealtimeChannel) -> bool:
        return channel in self._channels

    def remove(self, channel: RealtimeChannel) -> None:
        self._channels.discard(channel)
        self._subscriptions.remove(channel)
        self._schedule_stop()

    def _schedule_stop(self) -> None:
        if not self._channels and self._polling is not None and self._idle_timer is None:
            self._idle_timer = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._stop_polling)

    def _stop_polling(self) -> None:
        self._idle_timer = None
        if self._polling is not None:
            self._polling.cancel()
            self._authorizer.permissions_replicated = False
            self._cancelled.add(self._polling)  # it drops its slot; a later subscription creates another
            self._polling.add_done_callback(self._cancelled.discard)
            self._polling = None

    def _begin(self, publications: Collection[str]) -> None:
        self._authorizer.invalidate_all()
        self._authorizer.permissions_replicated = self._permission_model.publication in publications

    def _fail(self, channels: Iterable[RealtimeChannel] | None = None) -> None:
        for channel in list(self._channels if channels is None else channels):
            channel.system("error", "Changes may have been missed, read the tables again", "postgres_changes")
            channel.fail(channel)

    async def _dispatch(self, changes: Sequence[Change]) -> None:
        """Push committed changes. Raises Unavailable when the database was lost before any was pushed."""
        self._invalidate_permissions(changes)
        try:
            await self._push_all(changes, await self._load_batches(changes))
        except (Unavailable, OSError, asyncpg.InterfaceError, *NO_ANSWER):
            raise
        except Exception as error:  # one change that cannot be read must not end the stream for all
            log.error("realtime could not dispatch changes", exc_info=error)
            self._fail()

    def _invalidate_permissions(self, changes: Sequence[Change]) -> None:
        tables = self._permission_model.tables
        changed = [change for change in changes if change.relation.name in tables]
        if not changed:
            return
        user_ids = set()
        affects_all = False
        for change in changed:
            column = tables[change.relation.name]
            affects_all = affects_all or column is None
            for values in (change.new, change.old):
                if values is not None and column is not None and isinstance(user_id := values.get(column), str):
                    user_ids.add(user_id)
        if affects_all or len(user_ids) > _MAX_INVALIDATED_USERS:
            self._authorizer.invalidate_all()
        else:
            self._authorizer.invalidate(user_ids)
        self.permissions_changed.set()

    async def _push_all(self, changes: Sequence[Change], batches: dict[tuple[str, str], _Batch]) -> None:
        next_in_batch: dict[tuple[str, str], int] = defaultdict(int)
        for n, change in enumerate(changes, 1):
            name = change.relation.name
            if name == MESSAGES:
                self._broadcast_row(change)
            elif (batch := batches.get(name)) is not None:
                self._push(batch, next_in_batch[name])
                next_in_batch[name] += 1
            if n % _CHANGES_PER_TURN == 0:
                await asyncio.sleep(0)  # else a large transaction would fill the queue of every socket

    async def _load_batches(self, changes: Sequence[Change]) -> dict[tuple[str, str], _Batch]:
        batches: dict[tuple[str, str], _Batch] = {}
        skipped: set[tuple[str, str]] = {MESSAGES}
        for change in changes:
            name = change.relation.name
            if name not in batches and name not in skipped:
                bindings = self._subscriptions.bindings_on(name)
                table = await self._publication.table(change.relation) if bindings else None
                if table is None:
                    skipped.add(name)
                else:
                    batches[name] = _Batch(table)
            if name in batches:
                batches[name].changes.append(change)
        for batch in batches.values():
            await self._load(batch)
        return batches

    async def _load(self, batch: _Batch) -> None:
        table, name = batch.table, batch.table.name
        now: list[Values | None] = []
        for change in batch.changes:
            version = change.new
            if version is not None and UNCHANGED in version.values():
                version = row_records.fill_from_old_row(change, version)
                version = await row_records.fill_unchanged(self._pools, table, version)
            now.append(version)
        before = [change.old for change in batch.changes]
        bindings = self._subscriptions.bindings_on(name)
        filters = [row_filter for binding in bindings for row_filter in binding.filters]
        subscribers = self._subscriptions.subscribers_of(bindings)
        records = await self._build_records(table, [*now, *before], filters)
        visible_to = await self._authorizer.visible(table, [*now, *before], subscribers)
        count = len(now)
        batch.now, batch.before = records[:count], records[count:]
        batch.visible_to, batch.before_visible_to = visible_to[:count], visible_to[count:]
        for role in {subscriber.role for subscriber in subscribers}:
            row_security = await self._publication.row_security(role, name)
            if row_security is not None:
                batch.readable[role] = row_security.readable_columns
        of_anon = await self._publication.row_security("anon", name)
        batch.row_security_enabled = of_anon is None or of_anon.enabled

    async def _build_records(
        self, table: PublicationTable, versions: Sequence[Values | None], filters: Sequence[BindingFilter]
    ) -> list[row_records.Version | None]:
        """Build records; a filter that fails or times out closes the channels that use it, and no others."""
        try:
            return await row_records.build_records(self._pools, table, versions, filters)
        except (asyncpg.DataError, asyncpg.QueryCanceledError):
            valid = []
            for row_filter in dict.fromkeys(filters):
                try:
                    await row_records.build_records(self._pools, table, versions, [row_filter])
                    valid.append(row_filter)
                except (asyncpg.DataError, asyncpg.QueryCanceledError) as error:
                    for channel in self._subscriptions.channels_of(row_filter):
                        channel.close(channel, f"The filter on {row_filter.test.column} cannot be applied: {error}")
            return await row_records.build_records(self._pools, table, versions, valid)

    def _push(self, batch: _Batch, n: int) -> None:
        change = batch.changes[n]
        version = batch.before[n] if change.verb == "DELETE" else batch.now[n]
        visible_to = batch.before_visible_to[n] if change.verb == "DELETE" else batch.visible_to[n]
        if version is None or not visible_to:
            return
        rls = batch.row_security_enabled
        message = ChangeMessage(batch.table, change, version, batch.before[n], batch.readable, row_security_enabled=rls)
        name, verb = change.relation.name, change.verb
        for subscriber in visible_to:
            sees_before = subscriber in batch.before_visible_to[n]
            for bindings, channels in self._subscriptions.groups_of(subscriber):
                passed = [b for b in bindings if b.matches(name, verb) and version.passes.issuperset(b.filters)]
                for channel in channels if passed else ():
                    message.push(channel, passed, sees_before=sees_before)
