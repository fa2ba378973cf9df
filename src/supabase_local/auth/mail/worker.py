"""What the gateway does beside its requests: carries out wishes for mails, sends them, sweeps up what is over."""

import asyncio
import random
from contextlib import suppress

import structlog

from arti_core.database import open_transaction
from supabase_local.auth.context import AuthContext
from supabase_local.auth.mail import requests

log = structlog.get_logger()

_LOOK_SECONDS = 5.0  # somebody else's wishes and mails: of a gateway that stopped in the middle
_PAUSE_SECONDS = (0.05, 0.15)
_SWEEP_SECONDS = 3600.0


class MailWorker:
    """Runs from the start of the gateway to its end. Any number of gateways may run one each."""

    def __init__(self, context: AuthContext) -> None:
        self._doors = context
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        mails = self._doors.mail_queue.run()
        self._tasks = [asyncio.create_task(each) for each in (self._process_request(), self._sweep(), mails)]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _process_request(self) -> None:
        while True:
            try:
                while await requests.process_next_request(self._doors):
                    pass
            except Exception as error:
                log.error("a mail that was asked for cannot be written", exc_info=error)
                with suppress(Exception):
                    await requests.drop_next_request(self._doors)
            await _wait(self._doors.requests_waiting)
            # Not while the answer is on its way: whoever asked could feel whether there is work to do.
            await asyncio.sleep(random.uniform(*_PAUSE_SECONDS))  # noqa: S311  # spreads, hides nothing

    async def _sweep(self) -> None:
        while True:
            try:
                await sweep(self._doors)
            except Exception as error:
                log.error("what is over in schema auth cannot be swept up", exc_info=error)
            await asyncio.sleep(_SWEEP_SECONDS)


async def _wait(event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), _LOOK_SECONDS)
    event.clear()


async def sweep(context: AuthContext) -> None:
    """Delete what is over: old mails, flows and tokens that nobody can use any more."""
    await context.mail_queue.delete_old()
    async with open_transaction(context.pool, "begin") as connection:
        for statement in (
            "delete from auth.mail_requests where owed is null and asked_at < now() - interval '1 day'",
            "delete from auth.one_time_tokens where expires_at < now() - interval '1 day'",
            "delete from auth.flow_state where created_at < now() - interval '1 day'",
            "delete from auth.rate_limits where at < now() - interval '1 hour'",
        ):
            await connection.execute(statement)
