"""What the gateway does beside its requests: carries out wishes for mails, sends them, sweeps up what is over."""

import asyncio
import random
from contextlib import suppress
from uuid import UUID

import structlog

from arti_core import mail
from arti_core.database import open_transaction
from supabase_local.auth.context import AuthContext
from supabase_local.auth.mail import requests

log = structlog.get_logger()

_LOOK_SECONDS = 5.0  # somebody else's wishes and mails: of a gateway that stopped in the middle
_PAUSE_SECONDS = (0.05, 0.15)
_SWEEP_SECONDS = 3600.0
_SEND_SECONDS = 20.0
_BACKOFF_SECONDS = (15, 60, 300, 1800, 7200)


class MailWorker:
    """Runs from the start of the gateway to its end. Any number of gateways may run one each."""

    def __init__(self, context: AuthContext) -> None:
        self._doors = context
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._process_request()), asyncio.create_task(self._sweep())]
        if self._doors.settings.smtp_url.get_secret_value():
            self._tasks.append(asyncio.create_task(self._send()))

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

    async def _send(self) -> None:
        while True:
            try:
                while await send_next(self._doors):
                    pass
            except Exception as error:
                log.error("mails of auth cannot be sent", exc_info=error)
                await asyncio.sleep(_LOOK_SECONDS)
            await _wait(self._doors.mails_waiting)

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


async def send_next(context: AuthContext) -> bool:
    """Send the mail that has waited longest. Returns False when none is due."""
    async with open_transaction(context.pool, "begin") as connection:
        # Taken for two minutes: should this process end now, another one tries again.
        row = await connection.fetchrow(
            """update auth.mails set attempts = attempts + 1, due_at = now() + interval '2 minutes'
               where id = (select id from auth.mails where state = 'queued' and due_at <= now()
                           order by due_at limit 1 for update skip locked)
               returning id, recipient, subject, body_text, body_html, attempts"""
        )
    if row is None:
        return False
    settings = context.settings
    message = mail.compose(
        sender=settings.mail_from,
        recipient=row["recipient"],
        subject=row["subject"],
        text=row["body_text"],
        html=row["body_html"],
        message_id=f"{row['id']}@auth.arti",
    )
    ended = await mail.send(settings.smtp_url.get_secret_value(), message, timeout_seconds=_SEND_SECONDS)
    await _record_attempt(context, row["id"], ended, attempts=row["attempts"])
    return True


async def _record_attempt(context: AuthContext, mail_id: UUID, ended: mail.MailResult, *, attempts: int) -> None:
    over = ended.state == "refused" or attempts > len(_BACKOFF_SECONDS)
    async with open_transaction(context.pool, "begin") as connection:
        if ended.state == "sent":  # its link and code are in the right hands now, and need not lie here
            await connection.execute(
                "update auth.mails set state = 'sent', last_error = null, body_text = '', body_html = '' where id = $1",
                mail_id,
            )
            return
        await connection.execute(
            """update auth.mails set state = $2, last_error = $3, due_at = now() + make_interval(secs => $4)
               where id = $1""",
            mail_id,
            "failed" if over else "queued",
            ended.error,
            float(_BACKOFF_SECONDS[min(attempts, len(_BACKOFF_SECONDS)) - 1]),
        )
    log.warning("a mail of auth was not sent", mail=str(mail_id), over=over, reason=ended.error)


async def sweep(context: AuthContext) -> None:
    """Delete what is over: old mails, flows and tokens that nobody can use any more."""
    async with open_transaction(context.pool, "begin") as connection:
        for statement in (
            "delete from auth.mails where created_at < now() - interval '7 days'",
            "delete from auth.mail_requests where owed is null and asked_at < now() - interval '1 day'",
            "delete from auth.one_time_tokens where expires_at < now() - interval '1 day'",
            "delete from auth.flow_state where created_at < now() - interval '1 day'",
            "delete from auth.rate_limits where at < now() - interval '1 hour'",
        ):
            await connection.execute(statement)
