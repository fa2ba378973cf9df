"""Ways in by mail, driven by the official JavaScript client, unmodified, under Node: PKCE, codes, made links."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from arti.settings import Settings
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database
from tests.supabase_local.auth.mailbox import Mailbox, open_link
from tests.supabase_local.conftest import Gateway, opened
from tests.supabase_local.node import NODE, WEB, node_environment

SITE = "http://127.0.0.1:3000"


class Script:
    """The running mail.mjs. It asks for what was mailed to an address, and tells what it got."""

    def __init__(self, process: asyncio.subprocess.Process, mailbox: Mailbox) -> None:
        self._process = process
        self._mailbox = mailbox
        self.landings: list[str] = []

    async def receive(self) -> dict[str, Any]:
        """Return the next report; answer the questions before it."""
        assert self._process.stdout is not None
        assert self._process.stdin is not None
        while True:
            line = await asyncio.wait_for(self._process.stdout.readline(), 60)
            if not line:
                assert self._process.stderr is not None
                pytest.fail((await self._process.stderr.read()).decode())
            message: dict[str, Any] = json.loads(line)
            if "question" not in message:
                return message
            self._process.stdin.write(json.dumps(await self._answer(message["question"])).encode() + b"\n")
            await self._process.stdin.drain()

    async def _answer(self, address: str) -> str:
        mail = await self._mailbox.next(address)
        if not mail.link_query["token"].startswith("pkce_"):
            return mail.code
        landing = await open_link(mail.link)
        self.landings.append(landing.page)
        return landing.query["code"]


@pytest.fixture
async def gateway(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys
) -> AsyncIterator[Gateway]:
    settings = gateway_settings(
        enable_email_autoconfirm=False, smtp_max_frequency=0, enable_anonymous_users=True, rate_limit_email_sent=1000
    )
    async with opened(database, settings, local_keys) as served:
        yield served


async def test_supabase_js_signs_in_by_mail(gateway: Gateway) -> None:
    if not (WEB / "node_modules/@supabase/supabase-js").is_dir():
        pytest.fail("web/node_modules has no @supabase/supabase-js. Run npm ci in web/, or ./arti test.")
    process = await asyncio.create_subprocess_exec(
        NODE,
        Path(__file__).with_name("mail.mjs"),
        WEB,
        gateway.url,
        gateway.keys.publishable_key,
        gateway.keys.secret_key,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=node_environment(),
    )
    try:
        script = Script(process, Mailbox(gateway.database))
        assert await script.receive() == {
            "signedUp": {"session": None, "email": "ada@example.test"},
            "confirmed": "ada@example.test",
            "byLink": "ada@example.test",
            "recovering": "recovery",
            "newPassword": None,
            "samePassword": {"status": 422, "code": "same_password"},
            "amr": ["recovery"],
        }
        assert script.landings == [f"{SITE}/hello", SITE, f"{SITE}/new-password"]
        assert await script.receive() == {
            "stolen": {"status": 400, "code": "bad_code_verifier"},
            "used": None,
            "again": [404, "flow_state_not_found"],
        }
        report = await script.receive()
        check_made(gateway, report.pop("made"))
        assert report == {
            "byHash": "invite@example.test",
            "otp": "signup@example.test",
            "wrong": {"status": 403, "code": "otp_expired"},
            "unknown": {"status": 404, "code": "user_not_found"},
            "half": None,
            "changed": "new@example.test",
            "anonymous": [True, False],
        }
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def check_made(gateway: Gateway, links: dict[str, Any]) -> None:
    for kind, link in links.items():
        opens = "email_change" if kind.startswith("email_change") else kind
        assert link["verification_type"] == kind, link
        assert link["redirect_to"] == f"{SITE}/made"
        assert link["email_otp"].isdecimal()
        assert link["action_link"] == (
            f"{gateway.url}/auth/v1/verify?token={link['hashed_token']}&type={opens}&redirect_to={SITE}/made"
        )
