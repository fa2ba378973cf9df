"""Mails of auth go through the operator's mail server, after the commit, again when it cannot take them."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from arti.settings import Settings
from local_stack.commands.mail import list_mails, show_mail
from supabase_local.auth.mail.worker import MailWorker
from supabase_local.keys.signing_keys import LocalKeys
from tests.automation.fake_receivers import FakeMailServer, run_server
from tests.clock import clock_environment
from tests.conftest import MASTER_KEY, Database
from tests.supabase_local.auth.mailbox import Mail, Mailbox
from tests.supabase_local.conftest import Gateway, opened

ADA = "ada@example.test"
PASSWORD = "correct horse battery"


@pytest.fixture
async def sink() -> AsyncIterator[FakeMailServer]:
    sink = FakeMailServer()
    async with run_server(sink.serve) as port:
        sink.port = port
        yield sink


@pytest.fixture
async def gateway(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys, sink: FakeMailServer
) -> AsyncIterator[Gateway]:
    settings = gateway_settings(
        enable_email_autoconfirm=False,
        smtp_url=f"smtp://127.0.0.1:{sink.port}",
        mail_from="Night Owl <hello@owl.example>",
    )
    async with opened(database, settings, local_keys) as served:
        yield served


async def settled(mailbox: Mailbox, *states: str) -> list[Mail]:
    """Wait until the mails are in these states."""
    for _ in range(500):
        mails = await mailbox.all()
        if sorted(mail.state for mail in mails) == sorted(states):
            return mails
        await asyncio.sleep(0.02)
    raise AssertionError(await mailbox.all())


async def sign_up(gateway: Gateway, email: str = ADA) -> None:
    response = await gateway.http.post("/auth/v1/signup", json={"email": email, "password": PASSWORD})
    assert response.status_code == 200, response.text


async def test_a_mail_is_sent_and_its_body_deleted(gateway: Gateway, sink: FakeMailServer) -> None:
    await sign_up(gateway)
    kept = (await settled(Mailbox(gateway.database), "sent"))[0]
    assert (kept.text, kept.html) == ("", "")  # content of sent mails is deleted
    mail = sink.mails[0]
    assert (mail["From"], mail["To"]) == ("Night Owl <hello@owl.example>", ADA)
    assert mail["Subject"] == "Confirm your email address"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert f"{gateway.url}/auth/v1/verify?token=" in plain.get_content()
    assert "<h2>Confirm your email address</h2>" in html.get_content()


async def test_a_busy_server_is_retried(gateway: Gateway, sink: FakeMailServer) -> None:
    sink.answers = [451, 250]
    await sign_up(gateway)
    for _ in range(500):
        rows = await gateway.database.as_owner("select last_error, due_at > clock.now() as later from mail.queue")
        if rows and rows[0]["last_error"]:
            break
        await asyncio.sleep(0.02)
    assert rows[0]["last_error"] == "The mail server cannot take the message now (451)."
    assert rows[0]["later"]
    await gateway.database.as_owner("update mail.queue set due_at = clock.now()")
    await sign_up(gateway, "eve@example.test")  # wakes the mail worker
    await settled(Mailbox(gateway.database), "sent", "sent")
    assert sorted(str(mail["To"]) for mail in sink.mails) == [ADA, ADA, "eve@example.test"]
    same = [mail["Message-ID"] for mail in sink.mails if mail["To"] == ADA]
    assert same[0] == same[1]  # the same Message-ID


async def test_a_refused_mail_is_not_sent_again(gateway: Gateway, sink: FakeMailServer) -> None:
    sink.answers = [550]
    await sign_up(gateway)
    await settled(Mailbox(gateway.database), "failed")
    assert len(sink.mails) == 1
    dsn = gateway.database.dsn("postgres")
    assert "Error: The mail server refused the message (550)." in await show_mail(None, dsn, MASTER_KEY)


async def test_the_command_shows_mails(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys
) -> None:
    async with opened(database, gateway_settings(enable_email_autoconfirm=False), local_keys) as gateway:
        dsn = database.dsn("postgres")
        assert await list_mails(dsn) == "No mails yet."
        await sign_up(gateway)
        await sign_up(gateway, "eve@example.test")
        mails = await Mailbox(database).all()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "arti", "mail"),
        env={"OWNER_DATABASE_URL": dsn, "PYTHONPATH": "src", "PATH": "", **clock_environment()},
        cwd=Path(__file__).parents[3],
        stdout=asyncio.subprocess.PIPE,
    )
    printed = (await process.communicate())[0].decode().splitlines()
    assert process.returncode == 0
    assert [line.split()[4] for line in printed[:2]] == [ADA, "eve@example.test"]
    shown = await show_mail(printed[0].split()[0], dsn, MASTER_KEY)
    assert shown.startswith(f"To: {ADA}\nSubject: Confirm your email address\nState: kept\n")
    assert mails[0].link in shown


async def test_a_pending_request_is_sealed(
    database: Database,
    gateway_settings: Callable[..., Settings],
    local_keys: LocalKeys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(MailWorker, "start", lambda mail_worker: None)
    body = {"email": "ada@example.test", "create_user": True, "data": {"name": "Ada Lovelace"}}
    async with opened(database, gateway_settings(), local_keys) as gateway:
        response = await gateway.http.post("/auth/v1/otp", json=body)
        assert response.status_code == 200, response.text
        (row,) = await database.as_owner("select unsealed, sealed from auth.mail_requests")
    assert row["unsealed"] is None
    assert len(row["sealed"]) == 1
    assert b"Ada" not in row["sealed"][0]


async def test_requests_of_the_version_before_are_sealed_and_processed(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys
) -> None:
    await database.as_owner(
        """insert into auth.mail_requests (address, topic, asked_at, unsealed) values
             ('ada@example.test', 'sign_in', clock.now(), '[{"kind": "magiclink", "redirect_to": "",
               "challenge": null, "create_user": true, "data": {}, "ip": null, "user_agent": null}]')"""
    )
    async with opened(database, gateway_settings(), local_keys):
        mails = await Mailbox(database).settled()
    assert [mail.recipient for mail in mails] == ["ada@example.test"]
    assert await database.as_owner("select from auth.mail_requests where unsealed is not null") == []
