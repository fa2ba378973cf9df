"""Where the work of a large import runs: in a job, or in the one transaction of a terminal."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Protocol
from uuid import UUID

from arti.imports.large import store
from arti.jobs import JobRun
from arti.orgs.authorization import Actor, Membership
from arti.vocabulary import ArtistAccess, Permission, Role
from arti_core.clock import now
from arti_core.database import Principal, Row, job_transaction
from arti_core.errors import Forbidden
from arti_core.files.file_store import FileStore
from arti_core.garbage import return_memory
from arti_core.text_cache import forget_files

_REPORT_SECONDS = 1.0


class Steps(Protocol):
    """Transactions of who imports, and a place to say how far it is."""

    file_store: FileStore

    def transaction(self) -> AbstractAsyncContextManager[Actor]:
        """Open a transaction without limits of time."""

    def whole_file(self) -> AbstractAsyncContextManager[object]:
        """Wait for a turn to hold a whole file in memory, which goes back at the end; enter it before a transaction."""

    async def report(self, done: int, total: int) -> None:
        """Say how far it is."""

    async def only_artists(self, actor: Actor) -> frozenset[UUID] | None:
        """Return the artists that who imports sees, or None for all."""

    async def need(self, actor: Actor, permission: Permission) -> None:
        """Raise Forbidden unless who imports has a permission."""


class JobSteps:
    """A job: each step asks anew what the member who asked for it may do."""

    def __init__(self, job: JobRun) -> None:
        self.file_store = job.worker_context.file_store
        self._job = job
        self._import_id = UUID(job.args["import_id"])
        self._user_id = UUID(job.args["requested_by"])
        self._reported = now().timestamp()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Actor]:
        async with self._job.transaction() as connection:
            await store.lift_time_limits(connection)
            yield Actor(connection, self._job.org_id, Principal(self._user_id, None), self._job.worker_context.vault)

    @asynccontextmanager
    async def whole_file(self) -> AsyncIterator[None]:
        async with self._job.worker_context.whole_files:
            try:
                yield
            finally:
                forget_files()
                await asyncio.to_thread(return_memory)

    async def report(self, done: int, total: int) -> None:
        moment = now().timestamp()
        if 0 <= moment - self._reported < _REPORT_SECONDS:
            return
        self._reported = moment
        async with job_transaction(self._job.worker_context.pool, self._job.org_id, durable=False) as connection:
            await store.report_progress(connection, self._job.org_id, self._import_id, done=done, total=total)

    async def only_artists(self, actor: Actor) -> frozenset[UUID] | None:
        return _listed_artists(await store.find_requester(actor.connection, actor.org_id, self._user_id))

    async def need(self, actor: Actor, permission: Permission) -> None:
        row = await store.find_requester(actor.connection, actor.org_id, self._user_id)
        if row is None:
            raise Forbidden("Whoever asked for this import is no member of the organisation any more.")
        Membership(Role(row["role"]), ArtistAccess(row["artist_access"]), row["money_access"]).require(permission)


class OneTransaction:
    """A terminal, or a request: the policies of the database decide."""

    def __init__(self, actor: Actor, file_store: FileStore, show: Callable[[int, int], None]) -> None:
        self.file_store = file_store
        self._actor, self._show = actor, show

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Actor]:
        yield self._actor

    def whole_file(self) -> AbstractAsyncContextManager[object]:
        return nullcontext()

    async def report(self, done: int, total: int) -> None:
        self._show(done, total)

    async def only_artists(self, actor: Actor) -> frozenset[UUID] | None:
        assert actor.principal is not None  # files are imported by a person
        return _listed_artists(await store.find_requester(actor.connection, actor.org_id, actor.principal.user_id))

    async def need(self, actor: Actor, permission: Permission) -> None:
        return None


def _listed_artists(member: Row | None) -> frozenset[UUID] | None:
    if member is None:
        raise Forbidden("Whoever asked for this import is no member of the organisation any more.")
    return None if member["artist_access"] == ArtistAccess.ALL else frozenset(member["artists"])


def progress_of(what: str, unit: str, print_line: Callable[[str], None]) -> Callable[[int, int], None]:
    """Return what prints how far an import is, at each tenth of it."""
    divisor, shown = (1048576 if unit == "MB" else 1), [0]

    def show(done: int, total: int) -> None:
        tenth = 10 * done // total if total else 0
        if tenth > shown[0]:
            shown[0] = tenth
            print_line(f"  {what} {done // divisor:,} of {total // divisor:,} {unit}".rstrip())

    return show
