"""Strangers' sign-ups never use up the mails of known people: half at most, few from one network."""

from collections.abc import AsyncIterator, Callable

import httpx2 as httpx
import pytest

from arti.settings import Settings
from arti_core.mail_budget import network_of
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database
from tests.supabase_local.auth.mailbox import Mailbox
from tests.supabase_local.conftest import Gateway, gateway_settings, local_keys, opened

__all__ = ["gateway_settings", "local_keys"]

PASSWORD = "quite a long sentence of words"
KNOWN = "known@example.test"
HEADER = "x-client-address"


@pytest.fixture
async def gateway(
    request: pytest.FixtureRequest,
    database: Database,
    gateway_settings: Callable[..., Settings],
    local_keys: LocalKeys,
) -> AsyncIterator[Gateway]:
    """Serve a gateway whose strangers confirm by mail, with one person known for two days."""
    settings = gateway_settings(
        enable_email_autoconfirm=False,
        disable_signup=False,
        smtp_max_frequency=0,
        rate_limit_header=HEADER,
        **request.param,
    )
    async with opened(database, settings, local_keys) as served:
        created = await served.admin.post(
            "/auth/v1/admin/users", json={"email": KNOWN, "password": PASSWORD, "email_confirm": True}
        )
        assert created.status_code == 200, created.text
        await database.as_owner("update auth.users set email_confirmed_at = email_confirmed_at - interval '2 days'")
        yield served


async def sign_up(gateway: Gateway, name: str, ip: str) -> httpx.Response:
    body = {"email": name if "@" in name else f"{name}@example.test", "password": PASSWORD}
    return await gateway.http.post("/auth/v1/signup", json=body, headers={HEADER: ip})


async def recover(gateway: Gateway, email: str) -> int:
    answer = await gateway.http.post("/auth/v1/recover", json={"email": email}, headers={HEADER: "9.9.9.9"})
    return answer.status_code


def addresses(count: int) -> list[str]:
    return [f"8.{number}.1.1" for number in range(count)]


@pytest.mark.parametrize(
    "gateway",
    [{"mail_limit_per_installation": 8}, {"rate_limit_email_sent": 8}],
    ids=["of a day", "of an hour"],
    indirect=True,
)
async def test_half_of_the_mails_are_left_for_known_people(gateway: Gateway) -> None:
    statuses = [(await sign_up(gateway, f"s{n}", ip)).status_code for n, ip in enumerate(addresses(10))]
    assert statuses == [200] * 4 + [429] * 6
    # An account that a stranger has just confirmed is no known person: its mails are strangers' too.
    await gateway.database.as_owner(
        "update auth.users set email_confirmed_at = clock.now() where email = 's0@example.test'"
    )
    assert await recover(gateway, "s0@example.test") == 200
    assert await recover(gateway, KNOWN) == 200
    assert (await gateway.admin.post("/auth/v1/invite", json={"email": "invited@example.test"})).status_code == 200
    mails = [(mail.recipient, mail.kind) for mail in await Mailbox(gateway.database).settled()]
    assert (KNOWN, "recovery") in mails
    assert ("invited@example.test", "invite") in mails
    assert ("s0@example.test", "recovery") not in mails
    refused = await sign_up(gateway, "unknown", "7.7.7.7")
    same = await sign_up(gateway, KNOWN, "7.7.7.7")
    assert (refused.status_code, refused.json()["msg"]) == (same.status_code, same.json()["msg"])
    assert refused.status_code == 429


@pytest.mark.parametrize("gateway", [{"mail_limit_per_network": 2, "rate_limit_email_sent": 100}], indirect=True)
async def test_one_network_has_few_mails_for_newcomers(gateway: Gateway) -> None:
    ips = ["8.8.8.1", "8.8.8.2", "8.8.8.3", "8.8.9.1", "2001:4860:1:a::1", "2001:4860:1:b::1", "2001:4860:1:c::1"]
    statuses = [(await sign_up(gateway, f"s{n}", ip)).status_code for n, ip in enumerate(ips)]
    assert statuses == [200, 200, 429, 200, 200, 200, 429]
    assert (await sign_up(gateway, KNOWN, "8.8.8.4")).status_code == 429, "a known address is answered alike"
    assert await recover(gateway, KNOWN) == 200


@pytest.mark.parametrize("gateway", [{"rate_limit_email_sent": 4}], indirect=True)
async def test_invitations_of_orgs_do_not_use_up_the_hour(gateway: Gateway) -> None:
    await gateway.database.as_owner(
        """insert into mail.queue (id, recipient, kind, title, state, due_at, created_at)
           select gen_random_uuid(), 'a@example.test', 'org_invitation', 'x', 'sent', clock.now(), clock.now()
           from generate_series(1, 20)"""
    )
    assert await recover(gateway, KNOWN) == 200
    assert [mail.kind for mail in await Mailbox(gateway.database).settled()].count("recovery") == 1


@pytest.mark.parametrize("gateway", [{"mail_limit_per_address": 2, "rate_limit_email_sent": 100}], indirect=True)
async def test_repeated_sign_ups_do_not_reveal_a_known_address(gateway: Gateway) -> None:
    statuses = {
        email: [(await sign_up(gateway, email, ip)).status_code for ip in addresses(4)]
        for email in (KNOWN, "unknown@example.test")
    }
    assert statuses[KNOWN] == statuses["unknown@example.test"] == [200, 200, 429, 429]


def test_networks_of_private_addresses_are_unknown() -> None:
    assert [network_of(ip) for ip in (None, "127.0.0.1", "10.1.2.3", "::1", "fd00::1")] == [None] * 5
    assert network_of("8.8.8.8") == "8.8.8.0/24"
    assert network_of("2001:4860:4860::8888") == "2001:4860:4860::/48"
