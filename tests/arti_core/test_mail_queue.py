"""The mail queue: sealed content, one attempt at a time, a back-off, and mails of the version before."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from arti_core import clock
from arti_core.crypto import Vault
from arti_core.database import Pool, open_transaction
from arti_core.mail_queue import MAX_ATTEMPTS, MailContent, MailQueue, MailServer, open_content
from supabase_local.bootstrap import apply_steps, list_steps
from tests.automation.fake_receivers import FakeMailServer, run_server
from tests.conftest import MASTER_KEY, Database

CONTENT = MailContent("123456 is your code", "Open http://a.example/verify?token=t0ken", "<p>t0ken</p>")


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    pool = await database.pool("supabase_auth_admin", size=2)
    yield pool
    await pool.close()


@pytest.fixture
async def smtp() -> AsyncIterator[FakeMailServer]:
    server = FakeMailServer()
    async with run_server(server.serve) as port:
        server.port = port
        yield server


def queue_to(pool: Pool, url: str = "") -> MailQueue:
    return MailQueue(pool, Vault(MASTER_KEY), MailServer(url, "ARTi <arti@example.test>", "a.example"))


async def write(pool: Pool, queue: MailQueue) -> UUID:
    async with open_transaction(pool, "begin") as connection:
        return await queue.enqueue(
            connection, recipient="ada@example.test", kind="code", title="Your code", content=CONTENT
        )


async def row_of(database: Database, mail_id: UUID) -> asyncpg.Record:
    return (await database.as_owner("select * from mail.queue where id = $1", mail_id))[0]


async def test_codes_and_links_are_not_stored_in_clear(database: Database, pool: Pool) -> None:
    mail_id = await write(pool, queue_to(pool))
    row = await row_of(database, mail_id)
    assert (row["state"], row["title"]) == ("kept", "Your code")
    stored = str(list(row.values())).encode() + row["sealed"]
    assert b"t0ken" not in stored
    assert b"123456" not in stored
    assert open_content(Vault(MASTER_KEY), mail_id, row["sealed"]) == CONTENT


async def test_a_mail_of_a_rolled_back_transaction_is_not_sent(pool: Pool, smtp: FakeMailServer) -> None:
    queue = queue_to(pool, f"smtp://127.0.0.1:{smtp.port}")
    with pytest.raises(ZeroDivisionError):
        async with open_transaction(pool, "begin") as connection:
            await queue.enqueue(connection, recipient="a@b.test", kind="code", title="T", content=CONTENT)
            raise ZeroDivisionError
    assert not await queue.send_next()


async def test_a_mail_is_sent_once_and_its_content_deleted(
    database: Database, pool: Pool, smtp: FakeMailServer
) -> None:
    queue = queue_to(pool, f"smtp://127.0.0.1:{smtp.port}")
    mail_id = await write(pool, queue)
    assert await queue.send_next()
    assert not await queue.send_next()
    row = await row_of(database, mail_id)
    assert (row["state"], row["sealed"], row["attempts"]) == ("sent", None, 1)
    assert [mail["Subject"] for mail in smtp.mails] == [CONTENT.subject]
    assert smtp.mails[0]["Message-ID"] == f"<{mail_id}@a.example>"


async def test_a_busy_server_is_tried_again_until_the_attempts_are_used(
    database: Database, pool: Pool, smtp: FakeMailServer
) -> None:
    smtp.answers = [451]
    queue = queue_to(pool, f"smtp://127.0.0.1:{smtp.port}")
    mail_id = await write(pool, queue)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert await queue.send_next()
        assert not await queue.send_next()  # not due before the pause is over
        row = await row_of(database, mail_id)
        assert (row["attempts"], row["state"]) == (attempt, "failed" if attempt == MAX_ATTEMPTS else "queued")
        await database.as_owner("update mail.queue set due_at = clock.now()")
    assert not await queue.send_next()


async def test_a_mail_sealed_with_another_key_fails_and_blocks_no_other(
    database: Database, pool: Pool, smtp: FakeMailServer
) -> None:
    queue = queue_to(pool, f"smtp://127.0.0.1:{smtp.port}")
    broken = await write(pool, queue)
    await database.as_owner("update mail.queue set sealed = set_byte(sealed, 90, get_byte(sealed, 90) # 1)")
    await write(pool, queue)
    assert await queue.send_next()
    assert await queue.send_next()
    row = await row_of(database, broken)
    assert row["state"] == "failed"
    assert "does not open with this master key" in row["last_error"]
    assert len(smtp.mails) == 1


async def test_old_mails_are_deleted(database: Database, pool: Pool) -> None:
    queue = queue_to(pool)
    old, recent = await write(pool, queue), await write(pool, queue)
    await database.as_owner(
        "update mail.queue set created_at = $2 where id = $1", old, clock.now() - timedelta(days=7, hours=1)
    )
    await queue.delete_old()
    rows = await database.as_owner("select id from mail.queue")
    assert [row["id"] for row in rows] == [recent]


async def test_mails_of_the_version_before_are_kept_and_sealed(database: Database, pool: Pool) -> None:
    steps = list_steps()
    connection = await asyncpg.connect(database.dsn("supabase_admin"))
    try:
        # The tables of the version before, as step 40 makes them.
        await connection.execute("drop schema mail cascade")
        await connection.execute("delete from auth.schema_migrations where version = '80_mail_queue'")
        old = steps["40_auth_flows"]
        start = old.index("create table auth.mails (")
        await connection.execute(old[start : old.index(";", start) + 1])
        await connection.execute("alter table auth.mails owner to supabase_auth_admin")
        await connection.execute(
            """insert into auth.mails (recipient, kind, subject, body_text, body_html, state) values
               ('ada@example.test', 'reauthentication', '123456 is your code', 'text 123456', '<p>123456</p>', 'kept'),
               ('eve@example.test', 'recovery', 'Reset your password', 'link', '<a>link</a>', 'queued'),
               ('bob@example.test', 'recovery', 'Reset your password', '', '', 'sent')"""
        )
        assert await apply_steps(connection) == ["80_mail_queue"]
    finally:
        await connection.close()
    await queue_to(pool).seal_unsealed()
    rows = await database.as_owner("select * from mail.queue order by recipient")
    assert [(row["title"], row["state"]) for row in rows] == [
        ("… is your code", "kept"),
        ("Reset your password", "sent"),
        ("Reset your password", "queued"),
    ]
    assert open_content(Vault(MASTER_KEY), rows[0]["id"], rows[0]["sealed"]) == MailContent(
        "123456 is your code", "text 123456", "<p>123456</p>"
    )
    assert rows[1]["sealed"] is None
    assert "123456" not in str([list(row.values()) for row in rows])
