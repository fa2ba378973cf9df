"""What mails must withstand: guessing, flooding, asking who has an account, links used twice or too late."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2 as httpx
import pytest

from arti.gateway import create_gateway
from arti.settings import Settings
from arti_core.errors import Misconfigured
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database
from tests.supabase_local.auth.mailbox import Mailbox, open_link
from tests.supabase_local.conftest import Gateway, opened

ADA = "ada@example.test"
PASSWORD = "correct horse battery"

Serve = Callable[..., Any]


@pytest.fixture
def serve(database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys) -> Serve:
    """Return a maker of gateways where addresses must be confirmed; keywords are settings."""
    return lambda **changes: opened(
        database, gateway_settings(**({"enable_email_autoconfirm": False} | changes)), local_keys
    )


@pytest.fixture
async def gateway(serve: Serve) -> AsyncIterator[Gateway]:
    async with serve(smtp_max_frequency=0, rate_limit_email_sent=1000) as served:
        yield served


async def confirmed(gateway: Gateway, email: str = ADA) -> None:
    body = {"email": email, "password": PASSWORD, "email_confirm": True}
    assert (await gateway.admin.post("/auth/v1/admin/users", json=body)).status_code == 200


async def post(gateway: Gateway, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    return await gateway.http.post(f"/auth/v1/{path}", json=body, headers=headers)


def visible(response: httpx.Response) -> tuple[int, str, list[str]]:
    return response.status_code, response.text, sorted(response.headers)


async def test_known_and_unknown_addresses_get_the_same_response(serve: Serve) -> None:
    async with serve(rate_limit_email_sent=1000) as gateway:
        requests: tuple[tuple[str, dict[str, Any]], ...] = (
            ("recover", {}),
            ("otp", {"create_user": False}),
            ("otp", {"create_user": True}),
            ("magiclink", {}),
            ("resend", {"type": "signup"}),
            ("resend", {"type": "email_change"}),
            ("token?grant_type=password", {"password": "not this one"}),
        )
        for number, (path, more) in enumerate(requests):
            kinds = [f"{kind}{number}@example.test" for kind in ("confirmed", "waiting", "nobody")]
            await confirmed(gateway, kinds[0])
            await gateway.admin.post("/auth/v1/admin/users", json={"email": kinds[1], "password": PASSWORD})
            answers = []
            for email in kinds:
                first = await post(gateway, path, {"email": email, **more})
                second = await post(gateway, path, {"email": email, **more})
                answers.append(
                    (visible(first), visible(second)[0], visible(second)[2], second.json().get("error_code"))
                )
            assert answers[0] == answers[1] == answers[2]
            mails = "token" not in path
            assert answers[0][3] == ("over_email_send_rate_limit" if mails else "invalid_credentials")


async def test_only_eligible_users_are_mailed(gateway: Gateway) -> None:
    await confirmed(gateway)
    for path, body in (
        ("recover", {"email": "nobody@example.test"}),
        ("otp", {"email": "nobody@example.test", "create_user": False}),
        ("resend", {"email": "nobody@example.test", "type": "signup"}),
        ("resend", {"email": ADA, "type": "signup"}),  # already confirmed
        ("resend", {"email": ADA, "type": "email_change"}),  # no change is pending
    ):
        response = await post(gateway, path, body)
        assert (response.status_code, response.json()) == (200, {})
    assert await Mailbox(gateway.database).settled() == []
    users = (await gateway.admin.get("/auth/v1/admin/users")).json()["users"]
    assert [user["email"] for user in users] == [ADA]


async def test_disabled_sign_ups_create_no_user(serve: Serve) -> None:
    async with serve(disable_signup=True) as gateway:
        assert (await post(gateway, "otp", {"email": ADA})).json() == {}
        assert await Mailbox(gateway.database).settled() == []
        assert (await gateway.admin.get("/auth/v1/admin/users")).json()["users"] == []


async def test_pre_registration_does_not_hijack_an_account(gateway: Gateway) -> None:
    """An attacker signs up with a foreign address, whose owner confirms it later."""
    mailbox = Mailbox(gateway.database)
    attacker, owner = {"password": "a attacker waits"}, {"password": PASSWORD}
    for number, (path, body) in enumerate((("signup", owner), ("otp", {}), ("recover", {}))):
        email = {"email": f"ada{number}@example.test"}
        await post(gateway, "signup", {**email, **attacker})
        await mailbox.next(email["email"])
        await post(gateway, path, {**email, **body})
        landing = await open_link((await mailbox.next(email["email"])).link)
        assert "access_token" in landing.fragment, path
        response = await post(gateway, "token?grant_type=password", {**email, **attacker})
        assert response.json()["error_code"] == "invalid_credentials", path
    email = {"email": "eve@example.test"}
    for _ in range(2):  # the same password again is kept
        await post(gateway, "signup", {**email, **owner})
        mail = await mailbox.next("eve@example.test")
    await open_link(mail.link)
    assert (await post(gateway, "token?grant_type=password", {**email, **owner})).status_code == 200


@pytest.mark.parametrize("kind", ["mailed", "invite", "signup"])
async def test_pre_registration_does_not_hijack_an_invitation(gateway: Gateway, kind: str) -> None:
    """Somebody signs up for the address of one who will be invited, and hopes that they accept."""
    email, attacker = {"email": ADA}, {"password": "a attacker waits"}
    await post(gateway, "signup", {**email, **attacker, "data": {"name": "Not Ada"}})
    await gateway.database.as_owner(
        """insert into auth.identities (user_id, provider, provider_id, identity_data)
           select id, 'spotify', 'stranger', '{"sub": "stranger"}' from auth.users"""
    )
    await Mailbox(gateway.database).settled()
    if kind == "mailed":
        assert (await gateway.admin.post("/auth/v1/invite", json={**email, "data": {"org": "Owl"}})).status_code == 200
        link = (await Mailbox(gateway.database).settled())[-1].link
    else:
        body = {"type": kind, **email, "password": PASSWORD, "data": {"org": "Owl"}}
        link = (await gateway.admin.post("/auth/v1/admin/generate_link", json=body)).json()["action_link"]
    token = (await open_link(link)).fragment["access_token"]
    refused = await post(gateway, "token?grant_type=password", {**email, **attacker})
    assert refused.json()["error_code"] == "invalid_credentials"
    ada = (await gateway.http.get("/auth/v1/user", headers={"Authorization": f"Bearer {token}"})).json()
    assert [identity["provider"] for identity in ada["identities"]] == ["email"]
    assert (ada["app_metadata"], ada["user_metadata"].get("name"), ada["user_metadata"]["org"]) == (
        {"provider": "email", "providers": ["email"]},
        None,
        "Owl",
    )
    signed_in = await post(gateway, "token?grant_type=password", {**email, "password": PASSWORD})
    assert signed_in.status_code == (200 if kind == "signup" else 400)


def test_production_refuses_open_sign_ups_with_autoconfirm(gateway_settings: Callable[..., Settings]) -> None:
    """With autoconfirm the address would belong to the attacker at once."""
    production = {"arti_environment": "production"}
    with pytest.raises(Misconfigured, match="ENABLE_EMAIL_AUTOCONFIRM confirms every address"):
        create_gateway(gateway_settings(**production))
    for way_out in ({"enable_email_autoconfirm": False}, {"disable_signup": True}):
        assert create_gateway(gateway_settings(**production, **way_out)).routes


@pytest.fixture
async def without_backoff(serve: Serve) -> AsyncIterator[Gateway]:
    """A gateway where no attempt waits, so that other limits are reached."""
    async with serve(smtp_max_frequency=0, rate_limit_email_sent=1000, sign_in_backoff=False) as served:
        yield served


async def test_wrong_codes_are_limited(without_backoff: Gateway) -> None:
    gateway = without_backoff
    mailbox = Mailbox(gateway.database)
    await confirmed(gateway)
    await post(gateway, "otp", {"email": ADA})
    mail = await mailbox.next(ADA)
    wrong = f"{(int(mail.code) + 1) % 1_000_000:06}"
    for _ in range(15):
        response = await post(gateway, "verify", {"type": "email", "email": ADA, "token": wrong})
        assert (response.status_code, response.json()["error_code"]) == (403, "otp_expired")
    response = await post(gateway, "verify", {"type": "email", "email": ADA, "token": mail.code})
    assert response.status_code == 403
    await post(gateway, "otp", {"email": ADA})  # a new code does not reset the guesses
    mail = await mailbox.next(ADA)
    body = {"type": "email", "email": ADA, "token": mail.code}
    assert (await post(gateway, "verify", body)).status_code == 403
    await gateway.database.as_owner("update auth.one_time_tokens set created_at = created_at - interval '1 hour'")
    await post(gateway, "otp", {"email": ADA})  # an hour later it does
    late = await mailbox.next(ADA)
    assert (await post(gateway, "verify", body | {"token": late.code})).status_code == 200


async def test_a_link_works_when_its_code_is_locked(without_backoff: Gateway) -> None:
    gateway = without_backoff
    await confirmed(gateway)
    await post(gateway, "otp", {"email": ADA})
    mail = await Mailbox(gateway.database).next(ADA)
    for _ in range(16):
        await post(gateway, "verify", {"type": "email", "email": ADA, "token": "no"})
    assert (await post(gateway, "verify", {"type": "email", "email": ADA, "token": mail.code})).status_code == 403
    landing = await open_link(mail.link)  # the link token cannot be guessed
    assert "access_token" in landing.fragment


async def test_only_one_of_concurrent_requests_uses_a_token(gateway: Gateway) -> None:
    await confirmed(gateway)
    await post(gateway, "otp", {"email": ADA})
    mail = await Mailbox(gateway.database).next(ADA)
    body = {"type": "email", "email": ADA, "token": mail.code}
    answers = await asyncio.gather(*(post(gateway, "verify", body) for _ in range(10)))
    assert sorted(response.status_code for response in answers) == [200] + [403] * 9
    assert len(await gateway.database.as_owner("select from auth.sessions")) == 1


async def test_prefetching_a_link_does_not_use_it(gateway: Gateway) -> None:
    await confirmed(gateway)
    await post(gateway, "recover", {"email": ADA})
    mail = await Mailbox(gateway.database).next(ADA)
    assert (await gateway.http.head(mail.link)).status_code == 405
    landing = await open_link(mail.link)
    assert landing.fragment["type"] == "recovery"


async def test_links_and_codes_expire(gateway: Gateway) -> None:
    await confirmed(gateway)
    mailbox = Mailbox(gateway.database)
    await post(gateway, "recover", {"email": ADA})
    late = await mailbox.next(ADA)
    await gateway.database.as_owner("update auth.one_time_tokens set expires_at = clock.now() - interval '1 second'")
    assert (await open_link(late.link)).fragment["error_code"] == "otp_expired"
    response = await post(gateway, "verify", {"type": "recovery", "email": ADA, "token": late.code})
    assert response.json()["error_code"] == "otp_expired"

    await post(gateway, "recover", {"email": ADA})
    pending = await mailbox.next(ADA)
    user = (await gateway.admin.get("/auth/v1/admin/users")).json()["users"][0]
    path = f"/auth/v1/admin/users/{user['id']}"
    await gateway.admin.put(path, json={"ban_duration": "1h"})
    assert (await open_link(pending.link)).fragment["error_code"] == "user_banned"
    await gateway.admin.put(path, json={"ban_duration": "none", "email": "elsewhere@example.test"})
    # The address has changed: mails in the old mailbox are invalid.
    assert (await open_link(pending.link)).fragment["error_code"] == "otp_expired"


async def test_a_flow_expires_after_five_minutes(gateway: Gateway) -> None:
    await confirmed(gateway)
    challenge = {"code_challenge": "x" * 43, "code_challenge_method": "plain"}
    await post(gateway, "recover", {"email": ADA, **challenge})
    mail = await Mailbox(gateway.database).next(ADA)
    code = (await open_link(mail.link)).query["code"]
    await gateway.database.as_owner("update auth.flow_state set created_at = clock.now() - interval '301 seconds'")
    response = await post(gateway, "token?grant_type=pkce", {"auth_code": code, "code_verifier": "x" * 43})
    assert (response.status_code, response.json()["error_code"]) == (422, "flow_state_expired")
    broken = await open_link(mail.link)
    assert broken.query == {name: value for name, value in broken.fragment.items() if name != "sb"}
    assert broken.query["error_code"] == "otp_expired"


MALFORMED: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("recover", {}, 400),
    ("recover", {"email": "nonsense"}, 400),
    ("recover", {"email": ADA, "code_challenge": "x" * 43}, 400),
    ("recover", {"email": ADA, "code_challenge": "x" * 42, "code_challenge_method": "s256"}, 400),
    ("recover", {"email": ADA, "code_challenge": "x" * 129, "code_challenge_method": "s256"}, 400),
    ("recover", {"email": ADA, "code_challenge": "x" * 42 + "%", "code_challenge_method": "s256"}, 400),
    ("recover", {"email": ADA, "code_challenge": "x" * 43, "code_challenge_method": "s512"}, 400),
    ("recover", {"email": ADA, "code_challenge": 7, "code_challenge_method": 8}, 400),
    ("otp", {}, 400),
    ("otp", {"email": ADA, "phone": "491701234567"}, 400),
    ("otp", {"phone": "491701234567"}, 400),
    ("otp", {"email": ADA, "channel": "sms"}, 400),
    ("otp", {"email": ADA, "data": []}, 400),
    ("otp", {"email": f"{'x' * 250}@example.test"}, 400),
    ("resend", {"email": ADA}, 400),
    ("resend", {"type": "signup"}, 400),
    ("resend", {"type": "email_change"}, 400),
    ("resend", {"type": "sms", "phone": "491701234567"}, 400),
    ("verify", {}, 400),
    ("verify", {"type": "email"}, 400),
    ("verify", {"type": "email", "token": "123456"}, 400),
    ("verify", {"type": "email", "token": "123456", "token_hash": "x"}, 400),
    ("verify", {"type": "email", "token_hash": "x", "email": ADA}, 400),
    ("verify", {"type": "email", "token": "123456", "email": "nonsense"}, 422),
    ("verify", {"type": "none", "token_hash": "x"}, 400),
    ("verify", {"type": "sms", "token": "123456", "phone": "491701234567"}, 403),
    ("verify", {"type": "sms", "token": "123456", "phone": "nonsense"}, 400),
    ("verify", {"type": 7, "token": 123456, "email": ADA}, 400),
    ("token?grant_type=pkce", {}, 400),
    ("token?grant_type=pkce", {"auth_code": "x", "code_verifier": 7}, 400),
    ("token?grant_type=pkce", {"auth_code": "x", "code_verifier": "y"}, 404),
)


async def test_malformed_requests(gateway: Gateway) -> None:
    for path, body, status in MALFORMED:
        old = await post(gateway, path, body)
        new = await post(gateway, path, body, **{"x-supabase-api-version": "2024-01-01"})
        assert (old.status_code, new.status_code) == (status, status), (path, body, old.text)
        assert old.json()["code"] == status
        assert old.json()["error_code"] == new.json()["code"] == old.headers["x-sb-error-code"]
        assert old.json()["msg"] == new.json()["message"]
        assert new.headers["x-supabase-api-version"] == "2024-01-01"


async def test_one_mail_a_minute_for_each_address(serve: Serve) -> None:
    async with serve() as gateway:
        await confirmed(gateway)
        assert (await post(gateway, "recover", {"email": ADA})).status_code == 200
        for path in ("recover", "otp", "magiclink"):  # they share one limit, as upstream
            response = await post(gateway, path, {"email": ADA})
            assert (response.status_code, response.json()["error_code"]) == (429, "over_email_send_rate_limit")
            assert "For security purposes, you can only request this after " in response.json()["msg"]
        await gateway.database.as_owner("update auth.mail_requests set asked_at = clock.now() - interval '61 seconds'")
        assert (await post(gateway, "recover", {"email": ADA})).status_code == 200
        assert len(await Mailbox(gateway.database).settled()) == 2


async def test_hourly_mail_limit(serve: Serve) -> None:
    async with serve(rate_limit_email_sent=3) as gateway:
        await confirmed(gateway)
        await gateway.database.as_owner(
            "update auth.users set email_confirmed_at = email_confirmed_at - interval '2 days'"
        )
        mailbox = Mailbox(gateway.database)
        assert (await post(gateway, "recover", {"email": ADA})).status_code == 200
        await mailbox.settled()
        for email in ("a@example.test", "b@example.test"):
            assert (await post(gateway, "signup", {"email": email, "password": PASSWORD})).status_code == 200
        for path, body in (
            ("signup", {"email": "c@example.test", "password": PASSWORD}),
            ("signup", {"email": ADA, "password": PASSWORD}),  # the same response without a mail
            ("recover", {"email": ADA}),
            ("recover", {"email": "nobody@example.test"}),
        ):
            response = await post(gateway, path, body)
            assert (response.status_code, response.json()["error_code"]) == (429, "over_email_send_rate_limit")
        assert len(await mailbox.settled()) == 3
        await gateway.database.as_owner("update auth.mail_requests set asked_at = clock.now() - interval '61 seconds'")
        await gateway.database.as_owner("update mail.queue set created_at = clock.now() - interval '1 hour'")
        assert (await post(gateway, "recover", {"email": ADA})).status_code == 200


async def test_rate_limit_by_client_address(serve: Serve) -> None:
    """Only where a proxy names the client, and by what the proxy wrote last: two gateways count together."""
    async with (
        serve(rate_limit_header="x-forwarded-for", smtp_max_frequency=0, sign_in_backoff=False) as gateway,
        serve(rate_limit_header="x-forwarded-for", smtp_max_frequency=0, sign_in_backoff=False) as other,
    ):
        body = {"type": "email", "email": ADA, "token": "123456"}
        spoofed = [f"10.0.0.{n}, 203.0.113.7" for n in range(40)]
        codes = [
            (await post((gateway, other)[n % 2], "verify", body, **{"x-forwarded-for": header})).json()["error_code"]
            for n, header in enumerate(spoofed)
        ]
        assert codes == ["otp_expired"] * 30 + ["over_request_rate_limit"] * 10
        response = await post(gateway, "verify", body, **{"x-forwarded-for": "203.0.113.8"})
        assert response.status_code == 403
        assert (await post(gateway, "verify", body)).status_code == 403  # without the proxy's header
        await gateway.database.as_owner("update auth.rate_limits set at = at - interval '10 seconds'")
        response = await post(other, "verify", body, **{"x-forwarded-for": "203.0.113.7"})
        assert response.status_code == 403  # one token was refilled


async def test_without_the_header_no_rate_limit_applies(without_backoff: Gateway) -> None:
    gateway = without_backoff
    for _ in range(40):
        response = await post(gateway, "recover", {"email": ADA}, **{"x-forwarded-for": "203.0.113.7"})
        assert response.status_code == 200
