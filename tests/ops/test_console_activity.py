"""What runs, who waits, how large things are, and the mails that were kept."""

import asyncio
import re
from html import unescape
from uuid import uuid4

import asyncpg
import pytest

from arti.settings import Settings
from arti_core.crypto import Vault
from arti_core.mail_queue import MailContent, seal_content
from tests.conftest import Database, World
from tests.ops.conftest import Operator


async def wait_for(operator_console: Operator, said: str) -> str:
    for _ in range(100):
        page = unescape(await operator_console.see("/activity"))
        if said in page:
            return page
        await asyncio.sleep(0.05)
    raise AssertionError(f"“{said}” never came")


def line_of(page: str, said: str) -> dict[str, str]:
    """Return the hidden fields in the line of the session that runs `said`."""
    row = next(one for one in re.findall(r"<tr>.*?</tr>", page, re.S) if said in one)
    return dict(re.findall(r'name="(pid|started_at)" value="([^"]+)"', row))


async def test_a_statement_is_seen_and_cancelled(operator_console: Operator, database: Database) -> None:
    working = await asyncpg.connect(database.dsn("arti_api"))
    try:
        running = asyncio.ensure_future(working.execute("select pg_sleep(60) /* one to stop */"))
        which = line_of(await wait_for(operator_console, "one to stop"), "one to stop")
        await operator_console.send("/activity/cancel", which)
        with pytest.raises(asyncpg.QueryCanceledError):
            await running
        assert await working.fetchval("select 1") == 1  # the session lives on
        log = unescape(await operator_console.see("/log"))
        assert "cancel" in log
        assert "one to stop" in log
    finally:
        await working.close()


async def test_who_waits_for_whom_and_ending_a_session(operator_console: Operator, database: Database) -> None:
    holding = await asyncpg.connect(database.dsn("postgres"))
    waiting = await asyncpg.connect(database.dsn("postgres"))
    await holding.execute("begin")
    await holding.execute("lock table artists in access exclusive mode /* the holder */")
    blocked = asyncio.ensure_future(waiting.execute("select from artists /* the one who waits */"))
    page = await wait_for(operator_console, "the one who waits")
    pid = holding.get_server_pid()
    assert "waiting for a lock" in page
    assert f"<td>{pid}</td>" in page  # blocked by
    assert "AccessExclusive" in page
    which = line_of(page, "the holder")
    question = await operator_console.send("/activity/terminate", which, status=200)
    assert "End the session" in question.text
    stale = which | {"started_at": "2020-01-01T00:00:00+00:00", "sure": "yes"}
    await operator_console.send("/activity/terminate", stale, status=409)  # the number may have gone to another
    await operator_console.send("/activity/terminate", which | {"sure": "yes"})
    await blocked
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)):
        await holding.fetchval("select 1")
    await operator_console.send("/activity/terminate", which | {"sure": "yes"}, status=409)
    await operator_console.send("/activity/cancel", {"pid": "x", "started_at": "y"}, status=422)
    await waiting.close()


async def test_sizes_of_tables_and_idle_indexes(operator_console: Operator, database: Database) -> None:
    await database.as_owner(
        "create table public.fat as select n, repeat('x', 200) as t from generate_series(1, 9000) n"
    )
    await database.as_owner("create index fat_t on public.fat (t)")
    await database.as_owner("delete from public.fat where n % 4 > 0")
    await database.as_owner("vacuum analyze public.fat")
    page = await operator_console.see("/sizes")
    row = next(one for one in re.findall(r"<tr>.*?</tr>", page, re.S) if "public.fat" in one)
    assert re.search(r'class="badge warn">[\d.]+ (kB|MB)', row), row  # loose after the delete
    assert "fat_t" in page
    assert "the database takes" in page


@pytest.fixture
async def mail_id(database: Database, console_settings: Settings) -> str:
    html = "<style>b{color:red}</style><b>Hello</b><script>alert(1)</script><img src='https://evil.example/x.png'>"
    content = MailContent(
        "Reset <your> password", "Follow http://127.0.0.1:8000/auth/v1/verify?token=abc&type=recovery to go on.", html
    )
    mail_id = uuid4()
    await database.as_owner(
        """insert into mail.queue (id, recipient, kind, title, sealed, state, due_at, created_at)
           values ($1, 'ann@example.test', 'recovery', 'Reset your password', $2, 'kept', clock.now(), clock.now())""",
        mail_id,
        seal_content(Vault(console_settings.arti_master_key.get_secret_value()), mail_id, content),
    )
    return str(mail_id)


async def test_the_mailbox_shows_what_was_kept(operator_console: Operator, mail_id: str) -> None:
    assert "ann@example.test" in await operator_console.see("/mails", q="ANN@")
    assert "No mails." in await operator_console.see("/mails", q="bob")
    page = await operator_console.see("/mail", id=mail_id)
    assert 'href="http://127.0.0.1:8000/auth/v1/verify?token=abc&amp;type=recovery"' in page
    assert "Reset &lt;your&gt; password" in page
    assert "<script" not in page
    assert 'sandbox=""' in page
    await operator_console.see("/mail", id="nothing", status=404)
    await operator_console.see("/mail", id="00000000-0000-4000-a000-000000000000", status=404)


async def test_the_html_of_a_mail_may_do_nothing(operator_console: Operator, mail_id: str) -> None:
    answer = await operator_console.http.get("/mail/html", params={"id": mail_id})
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox;")
    assert "allow-" not in policy
    assert "default-src 'none'" in policy
    assert "img-src data:" in policy
    assert "<b>Hello</b>" in answer.text


async def test_a_database_without_a_mailbox_says_so(operator_console: Operator, database: Database) -> None:
    await database.as_owner("drop table mail.queue")
    assert "keeps no mails" in await operator_console.see("/mails")


async def test_mails_are_for_the_operator_only(operator_console: Operator, world: World, mail_id: str) -> None:
    member = await world.member()
    for role in ("anon", member.email):
        assert "permission denied" in await operator_console.run("select * from mail.queue", as_=role)
