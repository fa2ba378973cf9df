"""The mailbox of a test: waits for what auth mails, and reads the link and the code out of it."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2 as httpx

from arti_core.crypto import Vault
from arti_core.database import Row
from arti_core.mail_queue import MailContent, open_content
from tests.conftest import MASTER_KEY, Database

_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Mail:
    id: UUID
    recipient: str
    kind: str
    subject: str
    text: str
    html: str
    state: str

    @property
    def link(self) -> str:
        match = re.search(r"^http\S+$", self.text, re.MULTILINE)
        assert match, self.text
        return match[0]

    @property
    def code(self) -> str:
        match = re.search(r"^(?:Alternatively, enter the code: )?(\d{6,10})$", self.text, re.MULTILINE)
        assert match, self.text
        return match[1]

    @property
    def link_query(self) -> dict[str, str]:
        """The query of the link."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.link).query).items()}


class Mailbox:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._vault = Vault(MASTER_KEY)
        self._read: set[UUID] = set()

    async def all(self) -> list[Mail]:
        rows = await self._database.as_owner(
            "select id, recipient, kind, title, sealed, state from mail.queue order by created_at, id"
        )
        return [self._open(row) for row in rows]

    def _open(self, row: Row) -> Mail:
        sent = MailContent(row["title"], "", "")
        content = open_content(self._vault, row["id"], row["sealed"]) if row["sealed"] is not None else sent
        return Mail(row["id"], row["recipient"], row["kind"], content.subject, content.text, content.html, row["state"])

    async def settled(self) -> list[Mail]:
        """Return all mails once no request is pending."""
        for _ in range(int(_WAIT_SECONDS / 0.02)):
            pending = await self._database.as_owner("select from auth.mail_requests where sealed is not null")
            if not pending:
                return await self.all()
            await asyncio.sleep(0.02)
        raise AssertionError("a request is still pending")

    async def next(self, recipient: str) -> Mail:
        """Wait for the next mail to `recipient` that was not read yet; notices, without link and code, are skipped."""
        for _ in range(int(_WAIT_SECONDS / 0.02)):
            for mail in await self.all():
                is_notice = mail.kind.endswith("_notification")
                if mail.recipient == recipient and mail.id not in self._read and not is_notice:
                    self._read.add(mail.id)
                    return mail
            await asyncio.sleep(0.02)
        raise AssertionError(f"no mail to {recipient}; there are {await self.all()}")


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a browser landed that opened a link."""

    page: str
    query: dict[str, str]
    fragment: dict[str, str]


async def open_link(url: str) -> Landing:
    """Open a mailed link like a browser that has no key and keeps no cookies."""
    async with httpx.AsyncClient(timeout=20) as browser:
        response = await browser.get(url, follow_redirects=False)
    assert response.status_code == 303, response.text
    return landing_of(response.headers["location"])


def landing_of(location: str) -> Landing:
    def read(text: str) -> dict[str, Any]:
        return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}

    parts = urlsplit(location)
    return Landing(f"{parts.scheme}://{parts.netloc}{parts.path}", read(parts.query), read(parts.fragment))
