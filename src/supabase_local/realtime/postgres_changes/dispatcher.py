"""Tell changes of tables to the channels that listen, each what its own policies let it see, in commit order."""

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
from supabase_local.realtime.channel.channel import Audience, Channel, Config
from supabase_local.realtime.postgres_changes import row_records
from supabase_local.realtime.postgres_changes.bindings import Binding, BindingRefused, Filter, binding_id, parse_binding
from supabase_local.realtime.postgres_changes.payloads import ChangeMessage
from supabase_local.realtime.postgres_changes.pgoutput import UNCHANGED, Change, Values
from supabase_local.realtime.postgres_changes.publication import MESSAGES, Publication, Table
from supabase_local.realtime.postgres_changes.replication_poller import ReplicationPoller
from supabase_local.realtime.postgres_changes.subscriptions import Subscriptions

log = structlog.get_logger()

_IDLE_SECONDS = 30.0  # how long the slot is kept when nobody listens
_MOST_BINDINGS = 50
_AT_A_TIME = 100  # changes are told before the sockets write
_MANY = 20  # people at once of whom it is not worth looking what is known
_PERMISSIONS = frozenset({("public", "memberships"), ("public", "user_permissions"), ("private", "role_permissions")})


@dataclass(slots=True)
class _Batch:
    """The changes of one table, in commit order, with what is known of each."""

    table: Table
    changes: list[Change] = field(default_factory=list)
    now: list[row_records.Version | None] = field(default_factory=list)
    before: list[row_records.Version | None] = field(default_factory=list)
    seen: list[set[Audience]] = field(default_factory=list)
    seen_before: list[set[Audience]] = field(default_factory=list)
    readable: dict[str, frozenset[str]] = field(default_factory=dict)  # columns, by role
    secured: bool = True


class Changes:
    """Reads changes while anybody listens and fans them out."""

    def __init__(
        self,
        pools: DatabasePools,
        dsn: str,
        published: Publication,
        authorizer: Authorizer,
        deliver: Callable[[Change], None],
    ) -> None:
        """`dsn` logs in with REPLICATION. `deliver` is given the messages that the database sends itself."""
        self._pools = pools
        self._dsn = dsn
        self._publication = published
        self._authorizer = authorizer
        self._deliver = deliver
        self._tables = Subscriptions()
        self._listeners: set[Channel] = set()
        self._poller: ReplicationPoller | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ended: set[asyncio.Task[None]] = set()
        self._idle: asyncio.TimerHandle | None = None
        self.permissions_changed = asyncio.Event()

    async def stop(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._stop_when_unused()
        await asyncio.gather(*self._ended, return_exceptions=True)

    async def subscribe(self, channel: Channel, config: Config) -> list[dict[str, object]]:
        """Take a channel's bindings. Returns them as the client wrote them, with ids. Raises BindingRefused."""
        bindings: list[Binding] = []
        refused: BindingRefused | None = None
        told = []
        for asked in config.bindings:
            number = binding_id(asked)
            told.append({**asked, "id": number})
            try:
                bindings.append(await self._checked(parse_binding(asked, number), channel))
            except BindingRefused as error:
                refused = refused or error
        channel.bindings = tuple(dict.fromkeys(bindings))
        if len(config.bindings) > _MOST_BINDINGS:
            refused = BindingRefused(f"More than {_MOST_BINDINGS} bindings on one channel")
        channel.refusal = str(refused) if refused else None
        return told

    async def _checked(self, binding: Binding, channel: Channel) -> Binding:
        tables = await self._publication.tables(binding.schema, binding.table)
        if not tables:
            raise BindingRefused(
                "Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the "
                f"given connect parameters: {binding.shown()}"
            )
        named = binding.filters or binding.columns
        if named and (standing := await self._publication.standing(channel.audience.role, tables[0].name)) is not None:
            try:
                await row_records.check_filters(self._pools, tables[0], binding.filters, standing.readable)
                strange = (binding.columns or frozenset()) - standing.readable
                if strange:
                    raise BindingRefused(f"invalid column for select {min(strange)}")
            except BindingRefused as refused:
                raise BindingRefused(
                    "Unable to subscribe to changes with given parameters. An exception happened so please check your "
                    f"connect parameters: {binding.shown()}. Exception: {refused}"
                ) from None
        return binding

    async def listen(self, channel: Channel) -> str | None:
        """Begin to tell `channel` of changes. Returns why that cannot be, None when it is done."""
        if channel.refusal is not None:
            return channel.refusal
        self.add(channel)
        reason = await self.settled()
        if reason is not None:
            self.remove(channel)
        return reason

    async def settled(self) -> str | None:
        """Wait until the log is read for those who were added. Returns why it cannot be."""
        poller = self._poller
        assert poller is not None  # started by who asks
        await poller.settled.wait()
        return poller.refusal

    def add(self, channel: Channel) -> None:
        """Keep the log being read for `channel`, and tell it of the changes that it is bound to."""
        self._listeners.add(channel)
        if channel.bindings and channel.refusal is None:
            self._tables.add(channel)
        self._read()

    async def ready(self, seconds: float) -> None:
        """Have the log read soon, and wait for that, `seconds` at most."""
        self._read()
        self._schedule_stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.settled(), seconds)

    def _read(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if self._reading is None or self._reading.done():
            self._authorizer.hears_of_memberships = False
            self._poller = ReplicationPoller(self._dsn, self._dispatch, self._missed, self._begin)
            self._reading = asyncio.create_task(self._poller.run())

    def listens(self, channel: Channel) -> bool:
        return channel in self._listeners

    def remove(self, channel: Channel) -> None:
        self._listeners.discard(channel)
        self._tables.remove(channel)
        self._schedule_stop()

    def _schedule_stop(self) -> None:
        if not self._listeners and self._reading is not None and self._idle is None:
            self._idle = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._stop_when_unused)

    def _stop_when_unused(self) -> None:
        self._idle = None
        if self._reading is not None:
            self._reading.cancel()
            self._authorizer.hears_of_memberships = False
            self._ended.add(self._reading)  # it gives its slot back; who listens meanwhile gets another
            self._reading.add_done_callback(self._ended.discard)
            self._reading = None

    def _begin(self, publications: Collection[str]) -> None:
        self._authorizer.forget_all()
        self._authorizer.hears_of_memberships = "arti_permissions" in publications

    def _missed(self) -> None:
        self._lose(self._listeners)

    def _lose(self, channels: Iterable[Channel]) -> None:
        for channel in list(channels):
            channel.system("error", "Changes may have been missed, read the tables again", "postgres_changes")
            channel.lose(channel)

    async def _dispatch(self, changes: Sequence[Change]) -> None:
        """Tell what was committed. Raises Unavailable when the database was lost before anything was told."""
        permissions = [change for change in changes if change.relation.name in _PERMISSIONS]
        if permissions:
            values = [values for change in permissions for values in (change.new, change.old) if values is not None]
            people = {user for one in values if isinstance(user := one.get("user_id"), str)}
            if len(people) > _MANY or any(change.relation.table == "role_permissions" for change in permissions):
                self._authorizer.forget_all()
            else:
                self._authorizer.forget(people)
            self.permissions_changed.set()
        try:
            await self._push_all(changes, await self._prepare(changes))
        except (Unavailable, OSError, asyncpg.InterfaceError, *NO_ANSWER):
            raise
        except Exception as error:  # one change that cannot be read must not end the stream for all
            log.error("changes were not told", exc_info=error)
            self._missed()

    async def _push_all(self, changes: Sequence[Change], batches: dict[tuple[str, str], _Batch]) -> None:
        at: dict[tuple[str, str], int] = defaultdict(int)
        for n, change in enumerate(changes, 1):
            name = change.relation.name
            if name == MESSAGES:
                self._deliver(change)
            elif (batch := batches.get(name)) is not None:
                self._push(batch, at[name])
                at[name] += 1
            if n % _AT_A_TIME == 0:
                await asyncio.sleep(0)  # else who reads well would seem too slow for a large transaction

    async def _prepare(self, changes: Sequence[Change]) -> dict[tuple[str, str], _Batch]:
        batches: dict[tuple[str, str], _Batch] = {}
        skipped: set[tuple[str, str]] = {MESSAGES, *_PERMISSIONS}
        for change in changes:
            name = change.relation.name
            if name not in batches and name not in skipped:
                wanted = self._tables.bindings_on(name)
                table = await self._publication.table(change.relation) if wanted else None
                if table is None:
                    skipped.add(name)
                else:
                    batches[name] = _Batch(table)
            if name in batches:
                batches[name].changes.append(change)
        for batch in batches.values():
            await self._load_batch(batch)
        return batches

    async def _load_batch(self, batch: _Batch) -> None:
        table, name = batch.table, batch.table.name
        now: list[Values | None] = []
        for change in batch.changes:
            version = change.new
            if version is not None and UNCHANGED in version.values():
                version = await row_records.fill_unchanged(self._pools, table, row_records.from_old(change, version))
            now.append(version)
        before = [change.old for change in batch.changes]
        bindings = self._tables.bindings_on(name)
        filters = [one for binding in bindings for one in binding.filters]
        audiences = self._tables.audiences_of(bindings)
        dressed = await self._build_records(table, [*now, *before], filters)
        seen = await self._authorizer.visible(table, [*now, *before], audiences)
        count = len(now)
        batch.now, batch.before = dressed[:count], dressed[count:]
        batch.seen, batch.seen_before = seen[:count], seen[count:]
        batch.readable = {
            role: standing.readable
            for role in {audience.role for audience in audiences}
            if (standing := await self._publication.standing(role, name)) is not None
        }
        anyones = await self._publication.standing("anon", name)
        batch.secured = anyones is None or anyones.secured

    async def _build_records(
        self, table: Table, versions: Sequence[Values | None], filters: Sequence[Filter]
    ) -> list[row_records.Version | None]:
        """Dress the versions; a filter that fails or takes too long ends the channels that use it, and no others."""
        try:
            return await row_records.build_records(self._pools, table, versions, filters)
        except (asyncpg.DataError, asyncpg.QueryCanceledError):
            good = []
            for one in dict.fromkeys(filters):
                try:
                    await row_records.build_records(self._pools, table, versions, [one])
                    good.append(one)
                except (asyncpg.DataError, asyncpg.QueryCanceledError) as error:
                    for channel in self._tables.users_of(one):
                        channel.end(channel, f"The filter on {one.test.column} cannot be applied: {error}")
            return await row_records.build_records(self._pools, table, versions, good)

    def _push(self, batch: _Batch, n: int) -> None:
        change = batch.changes[n]
        version = batch.before[n] if change.verb == "DELETE" else batch.now[n]
        seen = batch.seen_before[n] if change.verb == "DELETE" else batch.seen[n]
        if version is None or not seen:
            return
        telling = ChangeMessage(batch.table, change, version, batch.before[n], batch.readable, secured=batch.secured)
        for audience in seen:
            sees_before = audience in batch.seen_before[n]
            for bindings, channels in self._tables.groups_of(audience):
                bound = [
                    one
                    for one in bindings
                    if one.wants(change.relation.name, change.verb) and version.passes.issuperset(one.filters)
                ]
                for channel in channels if bound else ():
                    telling.push(channel, bound, sees_before=sees_before)
