"""The database console: accessible pages, edits, row-level security, and mails without scripts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from uuid import UUID, uuid4

import asyncpg
import httpx2 as httpx
import pytest
from playwright.sync_api import Page, expect

from arti_core.crypto import Vault
from arti_core.mail_queue import MailContent, seal_content
from local_stack import postgres
from tests.browser.conftest import PageErrors, assert_accessible
from tests.browser.site import wait_until
from tests.conftest import MASTER_KEY, TEMPLATE, free_port, run_in_thread

PASSWORD = "open sesame 123"
PATHS = (
    "/tables?q=artist",
    "/table?schema=public&name=artists&as=ada",
    "/sql",
    "/activity",
    "/sizes",
    "/mails",
    "/log",
)
_SEED = """
  insert into orgs (id, name) values ('11111111-1111-4111-a111-111111111111', 'Night Owl'),
    ('22222222-2222-4222-a222-222222222222', 'Blue Harbor');
  insert into auth.users (id, email, aud, role) values
    ('33333333-3333-4333-a333-333333333333', 'ada@example.test', 'authenticated', 'authenticated');
  insert into public.users (id, email) values ('33333333-3333-4333-a333-333333333333', 'ada@example.test');
  insert into memberships (org_id, user_id, role)
    values ('11111111-1111-4111-a111-111111111111', '33333333-3333-4333-a333-333333333333', 'admin');
  insert into artists (org_id, name) select '11111111-1111-4111-a111-111111111111', 'Own ' || n
    from generate_series(1, 3) n;
  insert into artists (org_id, name) values ('22222222-2222-4222-a222-222222222222', 'Foreign');
"""
_MAIL_ID = UUID("44444444-4444-4444-a444-444444444444")
_MAIL = MailContent(
    "Reset your password",
    "Go to http://127.0.0.1:9/verify?token=1",
    '<h1>Hello</h1><script>document.body.append("ran")</script><img src="https://evil.example/x.png">',
)
_INSERT_MAIL = """insert into mail.queue (id, recipient, kind, title, sealed, state, due_at, created_at)
  values ($1, 'ada@example.test', 'recovery', 'Reset your password', $2, 'kept', clock.now(), clock.now())"""


@pytest.fixture(scope="module")
def console(cluster: postgres.Cluster) -> Iterator[str]:
    """The console as its service runs it, with a database of two orgs."""
    name, port = f"t_{uuid4().hex[:12]}", free_port()

    async def run(database: str, *statements: str) -> None:
        connection = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER, database))
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    run_in_thread(run("postgres", f'create database "{name}" template {TEMPLATE} strategy file_copy'))
    run_in_thread(run(name, _SEED))

    async def store_mail() -> None:
        connection = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER, name))
        await connection.execute(_INSERT_MAIL, _MAIL_ID, seal_content(Vault(MASTER_KEY), _MAIL_ID, _MAIL))
        await connection.close()

    run_in_thread(store_mail())
    settings = {
        "CONSOLE_DATABASE_URL": cluster.dsn("arti_console", name),
        "CLAIMS_SIGNING_KEY": cluster.claims_key,
        "ARTI_CONSOLE_PASSWORD": PASSWORD,
        "ARTI_MASTER_KEY": MASTER_KEY,
        "ARTI_CONSOLE_PORT": str(port),
        "PYTHONPATH": "src",
    }
    command = [sys.executable, "-m", "local_stack.supervision.entrypoint", "arti.ops.console.app:run"]
    server = subprocess.Popen(command, env=os.environ | settings, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"

    def is_ready() -> bool:
        try:
            return httpx.get(address, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_until(is_ready, seconds=30)
        yield address
    finally:
        server.terminate()
        server.wait()
        run_in_thread(run("postgres", f'drop database "{name}" with (force)'))


@pytest.fixture
def operator_console(page: Page, console: str) -> Page:
    """The console after a sign-in by keyboard."""
    page.goto(console)
    expect(page.get_by_label("Console password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tables", exact=True)).to_be_visible()
    return page


def assert_accessible_in_both_themes(page: Page, what: str) -> None:
    """`assert_accessible` on a phone in the light theme, and on a desktop in the dark one."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    assert_accessible(page, f"{what}, phone")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert_accessible(page, f"{what}, dark")


def test_every_page_is_accessible(operator_console: Page, console: str) -> None:
    for path in PATHS:
        operator_console.goto(console + path)
        assert_accessible_in_both_themes(operator_console, path)
    operator_console.goto(f"{console}/sql")
    operator_console.get_by_label("One statement").fill("select nmae from artists")
    operator_console.get_by_role("button", name="Run").click()
    expect(operator_console.get_by_role("alert")).to_contain_text("does not exist")
    assert_accessible_in_both_themes(operator_console, "an SQL error")
    operator_console.get_by_role("button", name="Sign out").click()
    expect(operator_console.get_by_label("Console password")).to_be_visible()
    assert_accessible_in_both_themes(operator_console, "sign-in page")


def test_a_row_is_changed_and_deleted(operator_console: Page, console: str) -> None:
    operator_console.goto(f"{console}/table?schema=public&name=artists&column=name&operator=equals&value=Foreign")
    operator_console.get_by_role("link", name="Edit row 1").click()
    expect(operator_console.get_by_role("button", name="Save")).to_be_visible()
    assert_accessible_in_both_themes(operator_console, "the form of a row")
    operator_console.get_by_label("country", exact=False).first.fill("DE")
    operator_console.get_by_role("button", name="Save").click()
    operator_console.get_by_label("Column").first.select_option("name")
    operator_console.get_by_label("Value").first.fill("Foreign")
    operator_console.get_by_role("button", name="Show").click()
    expect(operator_console.get_by_role("cell", name="DE", exact=True)).to_be_visible()
    operator_console.get_by_role("link", name="Edit row 1").click()
    operator_console.get_by_role("link", name="Delete this row").click()
    delete = operator_console.get_by_role("button", name="Delete")
    expect(delete).to_be_visible()
    assert_accessible_in_both_themes(operator_console, "confirmation of a delete")
    delete.click()
    expect(delete).not_to_be_attached()
    operator_console.goto(f"{console}/log")
    expect(operator_console.get_by_role("region", name="Changes").get_by_role("row")).to_have_count(3)


def test_a_query_as_a_user_shows_row_level_security(operator_console: Page, console: str) -> None:
    operator_console.goto(f"{console}/sql")
    operator_console.get_by_label("One statement").fill("select * from orgs")
    operator_console.get_by_label("See it as").fill("ada")
    operator_console.get_by_role("button", name="Run").click()
    expect(operator_console.get_by_role("definition")).to_have_text(["3 rows", "1 row"])
    expect(operator_console.get_by_role("cell", name="Night Owl")).to_be_visible()
    expect(operator_console.get_by_role("cell", name="Blue Harbor")).to_have_count(0)


def test_scripts_and_images_of_a_mail_are_blocked(
    operator_console: Page, console: str, page_errors: PageErrors
) -> None:
    operator_console.goto(f"{console}/mails")
    with page_errors.expecting("Blocked script execution|evil.example"):  # the browser reports what it blocked
        operator_console.get_by_role("link", name="Reset your password").click()
        frame = operator_console.frame_locator("iframe")
        expect(frame.get_by_role("heading", name="Hello")).to_be_visible()
        expect(frame.get_by_text("ran")).to_have_count(0)
    assert_accessible_in_both_themes(operator_console, "a mail")
