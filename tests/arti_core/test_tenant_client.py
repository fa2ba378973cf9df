"""Tenants' URLs: public hosts over https only, and one answer to everything that fails."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from arti_core import tenant_client
from arti_core.tenant_client import ReceiverFailed, TenantClient, TenantUrl, UrlNotAllowed
from tests.automation.fake_receivers import Receiver
from tests.fake_internet import PUBLIC, FakeInternet, open_internet

# Twelve calls each: `./arti test --long counts` makes 10,000.
_REBINDS = 834 if os.environ.get("ARTI_TEST_LONG") else 4
HOST = "n8n.label.test"
OTHER_HOST = "n8n.rival.test"

REFUSED = [
    "http://n8n.label.test/webhook/x",
    "https://n8n.label.test:8443/x",
    "https://n8n.label.test:80/x",
    "https://n8n.label.test:0/x",
    "https://n8n.label.test:99999/x",
    "https://user@n8n.label.test/x",
    "https://user:word@n8n.label.test/x",
    "https://@n8n.label.test/x",
    "https://n8n.label.test@127.0.0.1/x",
    "https://n8n.label.test/x#part",
    "https://n8n.label.test\\@127.0.0.1/",
    "https://n8n.label.test /x",
    "https://n8n.label.test/x\r\nHost: 127.0.0.1",
    "\thttps://n8n.label.test/x",
    "https:/n8n.label.test/x",
    "https:///n8n.label.test/x",
    "//n8n.label.test/x",
    "ftp://n8n.label.test/x",
    "gopher://n8n.label.test/x",
    "file:///etc/passwd",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.0.0.0x1/",
    "https://127.0.0.1./",
    "https://8.8.8.8/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1%25eth0]/",
    "https://[2606:4700:4700::1111]/",
    "https://[::1",
    "https://localhost/",
    "https://localhost.localdomain/",
    "https://foo.localhost/",
    "https://ollama/",
    "https://n8n.internal/",
    "https://metadata.google.internal/computeMetadata/",
    "https://printer.local/",
    "https://n8n.label.test./",
    "https://n8n..label.test/",
    "https://-n8n.label.test/",
    "https://①②⑦.⓪.⓪.①/",
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "https://n8n。label。test/",
    "https://münchen.test/",
    f"https://{'a' * 250}.test/",
    "https://n8n.label.test/" + "a" * 2000,
    "",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_public_https_url_is_refused_without_a_lookup(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("a name was looked up"))
    with pytest.raises(UrlNotAllowed) as refused:
        TenantUrl.parse(text)
    assert refused.value.message == TenantUrl.FORM


@pytest.mark.parametrize(
    ("text", "kept", "host"),
    [
        ("https://n8n.label.test/webhook/x?a=b", "https://n8n.label.test/webhook/x?a=b", HOST),
        ("https://N8N.Label.TEST:443/x", "https://n8n.label.test/x", HOST),
        ("https://xn--mnchen-3ya.test/x", "https://xn--mnchen-3ya.test/x", "xn--mnchen-3ya.test"),
        ("https://a.co/", "https://a.co/", "a.co"),
    ],
)
def test_a_public_https_url_is_accepted(text: str, kept: str, host: str) -> None:
    assert TenantUrl.parse(text) == TenantUrl(kept, host)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def internet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, receiver: Receiver) -> AsyncIterator[FakeInternet]:
    monkeypatch.setattr(tenant_client, "TENANT_SECONDS", 0.5)
    async with open_internet(monkeypatch, tmp_path, receiver.serve, HOST, OTHER_HOST) as made:
        made.add(HOST, PUBLIC)
        made.add(OTHER_HOST, PUBLIC)
        yield made
        receiver.silence.set()


@pytest.fixture
async def client(internet: FakeInternet) -> AsyncIterator[TenantClient]:
    made = TenantClient(operator_hosts=frozenset({"n8n.operator.test", "93.184.216.99"}))
    yield made
    await made.close()


async def post(client: TenantClient, host: str = HOST) -> int:
    return await client.post(TenantUrl.parse(f"https://{host}/webhook/x"), content=b"{}", headers={"webhook-id": "1"})


async def test_a_message_goes_to_the_checked_address_under_the_hosts_name(
    client: TenantClient, internet: FakeInternet, receiver: Receiver
) -> None:
    receiver.answers = [(204, {})]
    assert await post(client) == 204
    (call,) = receiver.calls
    assert (call.method, call.path, call.headers["host"], call.headers["webhook-id"]) == (
        "POST",
        "/webhook/x",
        HOST,
        "1",
    )
    assert internet.connected == [(PUBLIC, 443)]


async def test_every_failure_has_one_answer_and_takes_the_whole_time(
    client: TenantClient, internet: FakeInternet, receiver: Receiver
) -> None:
    internet.add("private.test", "10.0.0.7")
    internet.add("half.test", PUBLIC, "127.0.0.1")
    internet.add("mapped.test", "::ffff:192.168.0.1")
    internet.add("metadata.test", "169.254.169.254")
    internet.add("closed.test", "93.184.216.35")
    internet.add("n8n.operator.test", PUBLIC)
    internet.add("alias.test", "93.184.216.99")
    internet.add("uncertified.test", PUBLIC)
    answers = [
        (301, {"Location": "https://127.0.0.1/"}),
        (307, {"Location": "/y"}),
        (404, {}),
        (500, {}),
        (0, {}),
        (-1, {}),
    ]
    hosts = ["unknown.test", *(name for name in internet.names if name not in (HOST, OTHER_HOST))]
    loop = asyncio.get_running_loop()
    messages = set()
    for host, answer in [*((host, (200, {})) for host in hosts), *((HOST, answer) for answer in answers)]:
        receiver.answers = [answer]
        started = loop.time()
        with pytest.raises(ReceiverFailed) as failed:
            await post(client, host)
        assert loop.time() - started >= tenant_client.TENANT_SECONDS, (host, answer)
        assert not failed.value.gone
        messages.add(failed.value.message)
    assert len(messages) == 1
    (message,) = messages
    assert not any(name in message for name in hosts)
    assert {address for address, _ in internet.connected} == {PUBLIC, "93.184.216.35"}
    assert [call.headers["host"] for call in receiver.calls] == [HOST] * len(answers)  # and no redirect was followed


async def test_a_name_that_changes_its_address_never_leads_inside(
    client: TenantClient, internet: FakeInternet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenant_client, "TENANT_SECONDS", 0.2)
    inside = ["127.0.0.1", "10.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "100.64.0.1"] * _REBINDS
    internet.names["rebinding.test"] = [[address] for turn in inside for address in ("93.184.216.40", turn)]
    for _ in range(_REBINDS):
        answers = await asyncio.gather(*(post(client, "rebinding.test") for _ in range(12)), return_exceptions=True)
        assert {type(answer) for answer in answers} == {ReceiverFailed}
    # At most one look-up a call, and the address that was checked is the one that is called. On a loaded machine the
    # time of a call may be up before its look-up, or before it connects.
    assert set(internet.looked_up) == {"rebinding.test"}
    assert set(internet.connected) == {("93.184.216.40", 443)}
    assert len(inside) <= len(internet.looked_up) <= 2 * len(inside)
    assert len(inside) // 2 <= len(internet.connected) <= len(inside)


async def test_hosts_that_share_an_address_share_neither_cookies_nor_connections(
    client: TenantClient, internet: FakeInternet, receiver: Receiver
) -> None:
    receiver.answers = [(200, {"Set-Cookie": "org=label; Path=/"}), (200, {})]
    for host in (HOST, OTHER_HOST, HOST):
        await post(client, host)
    assert [call.headers.get("cookie") for call in receiver.calls] == [None] * 3
    assert internet.connected == [(PUBLIC, 443)] * 3


async def test_410_and_a_requested_pause_are_passed_on(client: TenantClient, receiver: Receiver) -> None:
    receiver.answers = [(410, {}), (503, {"Retry-After": "90"})]
    with pytest.raises(ReceiverFailed) as gone:
        await post(client)
    with pytest.raises(ReceiverFailed) as busy:
        await post(client)
    assert (gone.value.gone, busy.value.gone, busy.value.retry_after_seconds) == (True, False, 90)
    assert gone.value.message == busy.value.message
