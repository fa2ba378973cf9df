"""The mail queue: a mail is a row of mail.queue, written in the transaction that causes it and sent after the commit.

Subject and body are sealed, since they may hold links and codes that sign people in. Without a mail server the mails
are kept in the queue, which then is the local mailbox.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, TypeAlias, cast
from uuid import UUID, uuid4

import structlog

from arti_core import clock, mail, mail_queue_store
from arti_core.backoff import DEFAULT_BACKOFF
from arti_core.crypto import Vault
from arti_core.database import Connection, Pool, Row, open_transaction
from arti_core.errors import Misconfigured
from arti_core.mail_budget import MailLimits, delete_full_budgets, take_mail_budget

log = structlog.get_logger()

MAX_ATTEMPTS: Final = 6
RETENTION: Final = timedelta(days=7)
MailBudget: TypeAlias = Literal["account", "newcomer", "notice"]
_POLL_SECONDS = 5.0  # the delay of a mail that another process has queued
_SEND_SECONDS = 20.0
_CLAIM = timedelta(minutes=2)  # after this another process sends a mail whose process ended
_SEAL_BATCH = 100


@dataclass(frozen=True, slots=True)
class MailContent:
    """What is sealed of a mail."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server: an SMTP URL (empty: mails are kept), the From header, and the domain of Message-IDs."""

    url: str
    sender: str
    message_id_domain: str


class MailQueue:
    """The queue of one process. Any number of processes may send from it."""

    def __init__(self, pool: Pool, vault: Vault, server: MailServer, limits: MailLimits | None = None) -> None:
        """`limits` need the mail budgets of an application's migrations; None: no budget."""
        self._pool, self._vault, self._server, self._limits = pool, vault, server, limits
        self._committed = asyncio.Event()

    async def enqueue(
        self,
        connection: Connection,
        *,
        recipient: str,
        kind: str,
        title: str,
        content: MailContent,
        budget: MailBudget = "account",
        ip: str | None = None,
    ) -> UUID:
        """Write a mail about an account in the caller's transaction and return its id.

        `title` is the subject as lists may show it: no code in it. `ip` is who asked for a mail to a newcomer. Call
        `wake` after the commit. Raises MailLimitReached.
        """
        if self._limits:
            budgets = self._limits.notice(recipient) if budget == "notice" else self._limits.account_mail(recipient)
            await take_mail_budget(connection, budgets)
        if budget == "newcomer":
            await self.take_newcomer_mail(connection, ip)
        mail_id = uuid4()
        await mail_queue_store.insert_mail(
            connection,
            mail_id,
            recipient=recipient,
            kind=kind,
            title=title,
            sealed=seal_content(self._vault, mail_id, content),
            state="queued" if self._server.url else "kept",
            created_at=clock.now(),
            budget=budget,
        )
        return mail_id

    async def take_request(self, connection: Connection, recipient: str) -> None:
        """Count a stranger's request for a mail to an address, known or not. Raises MailLimitReached."""
        if self._limits:
            await take_mail_budget(connection, self._limits.account_request(recipient))

    async def take_newcomer_mail(self, connection: Connection, ip: str | None) -> None:
        """Count a mail to an address that is nobody's yet. Raises MailLimitReached."""
        if self._limits:
            await take_mail_budget(connection, self._limits.newcomer_mail(ip))

    def wake(self) -> None:
        """Look for mails now, before the next poll."""
        self._committed.set()

    async def run(self) -> None:
        """Send until cancelled. Returns at once without a mail server."""
        if not self._server.url:
            return
        while True:
            try:
                while await self.send_next():
                    pass
            except Exception as error:
                log.error("mails cannot be sent", exc_info=error)
                await asyncio.sleep(_POLL_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._committed.wait(), _POLL_SECONDS)
            self._committed.clear()

    async def send_next(self) -> bool:
        """Send the mail that has been due longest. Returns False when none is due."""
        now = clock.now()
        async with open_transaction(self._pool, "begin") as connection:
            row = await mail_queue_store.claim_due_mail(connection, now=now, until=now + _CLAIM)
        if row is None:
            return False
        await self._record_result(row["id"], await self._send(row), attempt=row["attempts"])
        return True

    async def _send(self, row: Row) -> mail.MailResult:
        try:
            content = open_content(self._vault, row["id"], row["sealed"])
        except Misconfigured as error:  # sealed with another key: no later attempt can open it
            return mail.MailResult("refused", error=error.message)
        message = mail.compose(
            sender=self._server.sender,
            recipient=row["recipient"],
            subject=content.subject,
            text=content.text,
            html=content.html,
            message_id=f"{row['id']}@{self._server.message_id_domain}",
        )
        return await mail.send(self._server.url, message, timeout_seconds=_SEND_SECONDS)

    async def _record_result(self, mail_id: UUID, result: mail.MailResult, *, attempt: int) -> None:
        if result.state == "sent":
            async with open_transaction(self._pool, "begin") as connection:
                await mail_queue_store.mark_sent(connection, mail_id)
            return
        failed = result.state == "refused" or attempt >= MAX_ATTEMPTS
        due_at = clock.now() + timedelta(seconds=DEFAULT_BACKOFF.delay_seconds(attempt))
        async with open_transaction(self._pool, "begin") as connection:
            await mail_queue_store.record_failure(
                connection, mail_id, state="failed" if failed else "queued", error=result.error, due_at=due_at
            )
        log.warning("a mail was not sent", mail_id=str(mail_id), failed=failed)

    async def delete_old(self) -> None:
        """Delete mails older than the retention, and what no mail budget needs."""
        async with open_transaction(self._pool, "begin") as connection:
            await mail_queue_store.delete_mails_before(connection, clock.now() - RETENTION)
            if self._limits:
                await delete_full_budgets(connection)

    async def seal_unsealed(self) -> None:
        """Seal the mails that a version before sealing has left in clear."""
        while True:
            async with open_transaction(self._pool, "begin") as connection:
                rows = await mail_queue_store.lock_unsealed(connection, _SEAL_BATCH)
                for row in rows:
                    content = MailContent(row["unsealed_subject"], row["unsealed_text"], row["unsealed_html"])
                    sealed = seal_content(self._vault, row["id"], content)
                    await mail_queue_store.store_sealed(connection, row["id"], sealed)
            if len(rows) < _SEAL_BATCH:
                return


def seal_content(vault: Vault, mail_id: UUID, content: MailContent) -> bytes:
    """Return the content of a mail as bytes that open for this mail only."""
    return vault.seal([content.subject, content.text, content.html], owner_id=mail_id, kind="mail", ref="content")


def open_content(vault: Vault, mail_id: UUID, sealed: bytes) -> MailContent:
    """Return the content of a mail. Raises Misconfigured with another key."""
    opened = vault.open(sealed, owner_id=mail_id, kind="mail", ref="content")
    return MailContent(*cast(list[str], opened))
