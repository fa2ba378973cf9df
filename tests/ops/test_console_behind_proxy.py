"""The console under a host of its own, behind a proxy: who reaches it, and what its cookies say."""

import httpx2 as httpx
import pytest

from arti.ops.console.app import create_console
from arti.settings import Settings
from tests.ops.conftest import PASSWORD

HOST = "db.label.example"


@pytest.fixture
def published(console_settings: Settings) -> Settings:
    public = {"arti_console_url": f"https://{HOST}", "arti_console_allow": "203.0.113.0/24, 2001:db8::/32"}
    return console_settings.model_copy(update=public)


async def answer_of(settings: Settings, url: str, address: str, **form: str) -> httpx.Response:
    """Return what a browser at `address` gets; as the server sees it, after the proxy's headers."""
    app = create_console(settings)
    transport = httpx.ASGITransport(app=app, client=(address, 4711))
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport) as browser:
        if form:
            return await browser.post(url, data=form, headers={"Origin": f"https://{HOST}"})
        return await browser.get(url)


@pytest.mark.parametrize("address", ["203.0.113.7", "::ffff:203.0.113.7", "2001:db8::1"])
async def test_the_listed_networks_may_sign_in_under_its_host(published: Settings, address: str) -> None:
    assert "Console password" in (await answer_of(published, f"https://{HOST}/", address)).text
    signed_in = await answer_of(published, f"https://{HOST}/login", address, password=PASSWORD)
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/tables")
    assert all("; Secure" in cookie for cookie in signed_in.headers.get_list("set-cookie"))


@pytest.mark.parametrize("address", ["198.51.100.7", "127.0.0.1", "", "2001:db9::1"])
async def test_any_other_address_is_refused_there(published: Settings, address: str) -> None:
    refused = await answer_of(published, f"https://{HOST}/login", address, password=PASSWORD)
    assert refused.status_code == 403
    assert "ARTI_CONSOLE_ALLOW" in refused.text
    assert "set-cookie" not in refused.headers


async def test_at_the_machine_itself_it_answers_as_before(published: Settings) -> None:
    assert (await answer_of(published, "http://127.0.0.1:54323/", "127.0.0.1")).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "app.label.example"])
async def test_another_host_is_refused(published: Settings, host: str) -> None:
    assert (await answer_of(published, f"https://{host}/", "203.0.113.7")).status_code == 400
