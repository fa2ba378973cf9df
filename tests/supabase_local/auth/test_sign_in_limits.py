"""Guessing is slow, from one address and from many, and nobody can lock the owner of an account out."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2 as httpx
import pytest

from arti.settings import Settings
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database
from tests.supabase_local.auth.mailbox import Mailbox
from tests.supabase_local.conftest import Gateway, opened

ADA, BEA, PASSWORD = "ada@example.test", "bea@example.test", "correct horse"
HOME, OFFICE, ATTACKER = "203.0.113.7", "2001:db8:1:2::7", "198.51.100.9"
HEADER = "x-client-address"


@pytest.fixture
async def gateway(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys
) -> AsyncIterator[Gateway]:
    """A gateway behind a proxy that names the client."""
    async with opened(database, gateway_settings(rate_limit_header=HEADER, smtp_max_frequency=0), local_keys) as served:
        yield served


async def sign_in(gateway: Gateway, email: str, password: str, address: str) -> httpx.Response:
    return await gateway.http.post(
        "/auth/v1/token?grant_type=password",
        json={"email": email, "password": password},
        headers={HEADER: address, "user-agent": "Guesser/1"},
    )


async def guess(gateway: Gateway, email: str, address: str, times: int) -> list[int]:
    return [(await sign_in(gateway, email, f"wrong {n}", address)).status_code for n in range(times)]


async def let_pass(gateway: Gateway, seconds: int) -> None:
    """Let all attempts be `seconds` longer ago."""
    await gateway.database.as_owner(
        """update auth.attempts set at = at - $1::integer * interval '1 second',
             blocked_until = blocked_until - $1::integer * interval '1 second'""",
        seconds,
    )


async def audit_entries(gateway: Gateway, action: str) -> list[dict[str, Any]]:
    rows = await gateway.database.as_owner(
        """select payload, ip_address from auth.audit_log_entries where payload ->> 'action' = $1
           order by created_at, id""",
        action,
    )
    return [json.loads(row["payload"]) | {"ip": row["ip_address"]} for row in rows]


@pytest.mark.parametrize("email", [ADA, "unknown@example.test"])
async def test_guesses_of_one_account_wait_twice_as_long_each_time(gateway: Gateway, email: str) -> None:
    await gateway.sign_up(ADA)
    assert await guess(gateway, email, ATTACKER, 14) == [400] * 10 + [429] * 4
    refused = await sign_in(gateway, email, PASSWORD, ATTACKER)
    assert (refused.status_code, refused.json()["error_code"]) == (429, "over_request_rate_limit")
    assert 1 <= int(refused.headers["retry-after"]) <= 30
    assert f"after {refused.headers['retry-after']} seconds" in refused.json()["msg"]
    await let_pass(gateway, 30)
    assert await guess(gateway, email, ATTACKER, 2) == [400, 429]
    await let_pass(gateway, 40)
    waits = []
    for _ in range(5):  # what the wait forgets meanwhile, it does not grow by
        refused = await sign_in(gateway, email, PASSWORD, ATTACKER)
        waits.append(int(refused.headers["retry-after"]))
        await let_pass(gateway, waits[-1])
        assert await guess(gateway, email, ATTACKER, 1) == [400]
    assert waits == sorted(waits)
    assert waits[1] > 60
    assert 240 < waits[4] <= 900


async def test_the_right_password_works_after_the_wait_and_forgets_the_guesses(gateway: Gateway) -> None:
    await gateway.sign_up(ADA)
    assert await guess(gateway, ADA, HOME, 11) == [400] * 10 + [429]
    assert (await sign_in(gateway, ADA, PASSWORD, HOME)).status_code == 429
    await let_pass(gateway, 30)
    assert (await sign_in(gateway, ADA, PASSWORD, HOME)).status_code == 200
    assert await guess(gateway, ADA, HOME, 10) == [400] * 10


async def test_an_attacker_cannot_lock_the_owner_out(gateway: Gateway) -> None:
    session = await gateway.sign_up(ADA)
    assert (await sign_in(gateway, ADA, PASSWORD, HOME)).status_code == 200
    assert 429 in await guess(gateway, ADA, ATTACKER, 40)
    # One attacker's address exhausts no other's allowance, not even one that the account has never seen.
    assert (await sign_in(gateway, ADA, PASSWORD, OFFICE)).status_code == 200
    for n in range(60):
        await guess(gateway, ADA, f"198.51.100.{n + 10}", 3)
    assert (await sign_in(gateway, ADA, PASSWORD, "192.0.2.200")).status_code == 429  # unknown, during the attack
    assert (await sign_in(gateway, ADA, PASSWORD, HOME)).status_code == 200
    refreshed = await gateway.http.post(
        "/auth/v1/token?grant_type=refresh_token",
        json={"refresh_token": session["refresh_token"]},
        headers={HEADER: "192.0.2.201"},
    )
    assert refreshed.status_code == 200
    await gateway.http.post("/auth/v1/otp", json={"email": ADA}, headers={HEADER: "192.0.2.202"})
    mail = await Mailbox(gateway.database).next(ADA)
    body = {"type": "email", "email": ADA, "token": mail.code}
    by_code = await gateway.http.post("/auth/v1/verify", json=body, headers={HEADER: "192.0.2.202"})
    assert by_code.status_code == 200


async def test_many_addresses_evaluate_few_guesses_of_one_account(gateway: Gateway) -> None:
    await gateway.sign_up(ADA)
    statuses: Counter[int] = Counter()
    for n in range(0, 1000, 50):
        addresses = [f"10.{n // 250}.{(n + k) % 250}.1" for k in range(50)]
        statuses.update(
            response.status_code
            for response in await asyncio.gather(*(sign_in(gateway, ADA, "wrong", address) for address in addresses))
        )
    assert statuses.keys() == {400, 429}
    assert statuses[400] <= 30


async def test_one_address_evaluates_few_guesses_of_many_accounts(gateway: Gateway) -> None:
    statuses: Counter[int] = Counter()
    for n in range(60):
        statuses.update(await guess(gateway, f"person{n}@example.test", f"2001:db8:9:9::{n:x}", 1))  # one /64
    assert 30 <= statuses[400] <= 32
    await gateway.sign_up(ADA)
    # A success of one's own in between does not reset the others.
    await let_pass(gateway, 30)
    assert (await sign_in(gateway, ADA, PASSWORD, "2001:db8:9:9::1")).status_code == 200
    assert (await guess(gateway, "again@example.test", "2001:db8:9:9::1", 3)).count(400) <= 1


async def test_parallel_guesses_are_counted_before_they_are_evaluated(gateway: Gateway) -> None:
    await gateway.sign_up(ADA)
    answers = await asyncio.gather(*(sign_in(gateway, ADA, f"wrong {n}", ATTACKER) for n in range(60)))
    assert Counter(response.status_code for response in answers)[400] <= 11


async def test_codes_recovery_and_the_current_password_are_limited_too(
    gateway: Gateway, gateway_settings: Callable[..., Settings]
) -> None:
    await gateway.sign_up(ADA)

    async def statuses(path: str, body: dict[str, Any], method: str = "POST", **headers: str) -> list[int]:
        sent = headers | {HEADER: ATTACKER}
        return [(await gateway.http.request(method, path, json=body, headers=sent)).status_code for _ in range(12)]

    wrong = {"type": "email", "email": ADA, "token": "000000"}
    assert await statuses("/auth/v1/verify", wrong) == [403] * 10 + [429] * 2
    assert await statuses("/auth/v1/recover", {"email": ADA}) == [200] * 10 + [429] * 2
    assert await statuses("/auth/v1/otp", {"email": "unknown@example.test"}) == [200] * 10 + [429] * 2
    settings = gateway_settings(rate_limit_header=HEADER, security_update_password_require_current_password=True)
    async with opened(gateway.database, settings, gateway.keys) as strict:
        session = await strict.sign_up(BEA)
        bearer = {"authorization": f"Bearer {session['access_token']}"}
        change = {"password": "a wholly new one", "current_password": "a guess"}
        tries = [
            (await strict.http.put("/auth/v1/user", json=change, headers=bearer | {HEADER: ATTACKER})).status_code
            for _ in range(12)
        ]
        assert tries == [400] * 10 + [429] * 2


async def test_failures_stand_in_the_audit_log(gateway: Gateway) -> None:
    await gateway.sign_up(ADA)
    await guess(gateway, ADA, ATTACKER, 12)
    await guess(gateway, "what-if-a-password@example.test", ATTACKER, 1)
    failures = await audit_entries(gateway, "login_failed")
    assert len(failures) == 11  # refused attempts are not evaluated
    of_ada = [entry for entry in failures if entry["actor_username"] == ADA]
    assert {(entry["ip"], entry["traits"]["method"], entry["traits"]["user_agent"]) for entry in of_ada} == {
        (ATTACKER, "password", "Guesser/1")
    }
    assert [entry["traits"]["blocked_seconds"] for entry in of_ada] == [0] * 9 + [30]
    assert "what-if" not in str(failures)
    assert (await sign_in(gateway, ADA, PASSWORD, HOME)).status_code == 200
    assert [entry["ip"] for entry in await audit_entries(gateway, "login")] == [HOME]
