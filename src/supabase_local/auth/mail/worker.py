"""The gateway's background tasks: process requests for mails, send mails, delete expired rows."""

import asyncio
import random
from contextlib import suppress

import structlog

from arti_core.database import open_transaction
from supabase_local.auth.context import AuthContext
from supabase_local.auth.errors import AuthError
from supabase_local.auth.mail import requests, store

log = structlog.get_logger()

_POLL_SECONDS = 5.0  # for requests of a gateway that stopped before it processed them
_PAUSE_SECONDS = (0.05, 0.15)
_CLEANUP_SECONDS = 3600.0


class MailWorker:
    """Runs from the start of the gateway to its end. Any number of gateways may run one each."""

    def __init__(self, context: AuthContext) -> None:
        self._context = context
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        mails = self._context.mail_queue.run()
        self._tasks = [asyncio.create_task(task) for task in (self._process_requests(), self._delete_expired(), mails)]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _process_requests(self) -> None:
        while True:
            try:
                while await requests.process_next_request(self._context):
                    pass
            except Exception as error:
                if isinstance(error, AuthError):  # a limit; whoever asked has their answer
                    log.warning("a mail request was refused", code=error.code)
                else:
                    log.error("a mail request could not be processed", exc_info=error)
                with suppress(Exception):
                    await requests.drop_next_request(self._context)
            await _wait(self._context.requests_waiting)
            # Not while the response is sent: its timing could reveal whether the address is known.
            await asyncio.sleep(random.uniform(*_PAUSE_SECONDS))  # noqa: S311  # jitter, not a secret

    async def _delete_expired(self) -> None:
        while True:
            try:
                await delete_expired(self._context)
            except Exception as error:
                log.error("expired rows of schema auth could not be deleted", exc_info=error)
            await asyncio.sleep(_CLEANUP_SECONDS)


async def _wait(event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), _POLL_SECONDS)
    event.clear()


async def delete_expired(context: AuthContext) -> None:
    """Delete old mails, and requests, flows and tokens that have expired."""
    await context.mail_queue.delete_old()
    async with open_transaction(context.pool, "begin") as connection:
        await store.delete_expired(connection)
