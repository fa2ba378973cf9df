"""What people change of their account, and what the secret key may bring in: passwords, roles, hashes, phones."""

from collections.abc import Callable
from typing import Any

import bcrypt
import httpx2 as httpx
import pytest
from argon2 import PasswordHasher

from arti.settings import Settings
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database
from tests.supabase_local.auth.mailbox import Mailbox, open_link
from tests.supabase_local.conftest import Gateway, opened

ADA = "ada@example.test"
OLD, NEW = "correct horse", "a wholly new one"

Serve = Callable[..., Any]


@pytest.fixture
def serve(database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys) -> Serve:
    return lambda **changes: opened(database, gateway_settings(**changes), local_keys)


async def put_user(gateway: Gateway, session: dict[str, Any], body: dict[str, Any]) -> httpx.Response:
    headers = {"authorization": f"Bearer {session['access_token']}"}
    return await gateway.http.put("/auth/v1/user", json=body, headers=headers)


async def sign_in(gateway: Gateway, password: str, email: str = ADA) -> httpx.Response:
    body = {"email": email, "password": password}
    return await gateway.http.post("/auth/v1/token?grant_type=password", json=body)


async def test_an_old_session_needs_a_mailed_code_for_a_new_password(serve: Serve) -> None:
    async with serve(security_update_password_require_reauthentication=True, smtp_max_frequency=60) as gateway:
        session = await gateway.sign_up(ADA)
        assert (await put_user(gateway, session, {"password": NEW})).status_code == 200  # a new session
        await gateway.database.as_owner("update auth.sessions set created_at = clock.now() - interval '25 hours'")
        needed = await put_user(gateway, session, {"password": OLD})
        assert (needed.status_code, needed.json()["error_code"]) == (400, "reauthentication_needed")
        bearer = {"authorization": f"Bearer {session['access_token']}"}
        response = await gateway.http.get("/auth/v1/reauthenticate", headers=bearer)
        assert (response.status_code, response.json()) == (200, {})
        again = await gateway.http.get("/auth/v1/reauthenticate", headers=bearer)
        assert (again.status_code, again.json()["error_code"]) == (429, "over_email_send_rate_limit")
        mail = await Mailbox(gateway.database).next(ADA)
        assert mail.subject == f"{mail.code} is your verification code"
        wrong = await put_user(gateway, session, {"password": OLD, "nonce": "000000"})
        assert (wrong.status_code, wrong.json()["error_code"]) == (422, "reauthentication_not_valid")
        assert (await put_user(gateway, session, {"password": OLD, "nonce": mail.code})).status_code == 200
        spent = await put_user(gateway, session, {"password": NEW, "nonce": mail.code})
        assert spent.json()["error_code"] == "reauthentication_not_valid"
        assert (await put_user(gateway, session, {"data": {"name": "Ada"}})).status_code == 200


async def test_the_current_password_is_required_where_one_is_set(serve: Serve) -> None:
    async with serve(security_update_password_require_current_password=True) as gateway:
        session = await gateway.sign_up(ADA, OLD)
        for more, code in (
            ({}, "current_password_required"),
            ({"current_password": "not this one"}, "current_password_invalid"),
        ):
            response = await put_user(gateway, session, {"password": NEW, **more})
            assert (response.status_code, response.json()["error_code"]) == (400, code)
        response = await put_user(gateway, session, {"password": NEW, "current_password": OLD})
        assert response.status_code == 200
        # A session of a mailed link needs no current password.
        await gateway.http.post("/auth/v1/recover", json={"email": ADA})
        landing = await open_link((await Mailbox(gateway.database).next(ADA)).link)
        recovering = {"access_token": landing.fragment["access_token"]}
        assert (await put_user(gateway, recovering, {"password": "forgotten no more"})).status_code == 200


async def test_autoconfirm_does_not_confirm_changes(serve: Serve) -> None:
    """Every pair of the two settings: who must confirm a change of address (upstream's issue 2600)."""
    for autoconfirm in (True, False):
        for secure in (True, False):
            async with serve(
                enable_email_autoconfirm=autoconfirm,
                mailer_secure_email_change_enabled=secure,
                smtp_max_frequency=0,
                rate_limit_email_sent=100,
            ) as gateway:
                old, new = (
                    f"old-{autoconfirm}-{secure}@example.test".lower(),
                    f"new-{autoconfirm}-{secure}@example.test".lower(),
                )
                await gateway.admin.post(
                    "/auth/v1/admin/users", json={"email": old, "password": OLD, "email_confirm": True}
                )
                session = (await sign_in(gateway, OLD, old)).json()
                changed = await put_user(gateway, session, {"email": new})
                assert (changed.json()["email"], changed.json()["new_email"]) == (old, new)
                mailbox = Mailbox(gateway.database)
                landing = await open_link((await mailbox.next(new)).link)
                assert ("message" in landing.fragment) is secure
                if secure:
                    landing = await open_link((await mailbox.next(old)).link)
                assert landing.fragment["type"] == "email_change"
                assert (await sign_in(gateway, OLD, new)).status_code == 200


async def test_autoconfirm_confirms_an_anonymous_user_at_once(serve: Serve) -> None:
    async with serve(enable_anonymous_users=True) as gateway:
        session = (await gateway.http.post("/auth/v1/signup", json={})).json()
        response = await put_user(gateway, session, {"email": ADA, "password": OLD})
        assert (response.json()["email"], response.json()["is_anonymous"]) == (ADA, False)
        assert (await sign_in(gateway, OLD)).json()["user"]["id"] == session["user"]["id"]
        assert await Mailbox(gateway.database).all() == []


async def test_a_taken_address_is_refused(gateway: Gateway) -> None:
    session = await gateway.sign_up(ADA)
    await gateway.sign_up("eve@example.test")
    response = await put_user(gateway, session, {"email": "EVE@example.test"})
    assert (response.status_code, response.json()["error_code"]) == (422, "email_exists")


async def test_metadata_that_no_token_holds_is_refused(gateway: Gateway) -> None:
    session = await gateway.sign_up(ADA, OLD)
    assert (await put_user(gateway, session, {"data": {"a": "x" * 4000}})).status_code == 200
    fits = (await sign_in(gateway, OLD)).json()
    headers = {"Authorization": f"Bearer {fits['access_token']}"}
    assert (await gateway.http.get("/auth/v1/user", headers=headers)).status_code == 200
    # The second alone would fit; each of these letters takes six signs of a token.
    for more in ({"b": "x" * 2000}, {"a": "\u00e9" * 1000}):
        response = await put_user(gateway, fits, {"data": more})
        assert (response.status_code, response.json()["error_code"]) == (422, "validation_failed")
    signed_up = {"email": "eve@example.test", "password": OLD, "data": {"a": "x" * 5000}}
    assert (await gateway.http.post("/auth/v1/signup", json=signed_up)).status_code == 422
    assert (await put_user(gateway, fits, {"data": {"a": None, "b": "x" * 2000}})).status_code == 200


async def test_a_change_of_address_does_not_show_who_has_an_account(serve: Serve) -> None:
    async with serve(enable_email_autoconfirm=False, smtp_max_frequency=0, rate_limit_email_sent=100) as gateway:
        for address in (ADA, "eve@example.test"):
            await gateway.admin.post(
                "/auth/v1/admin/users", json={"email": address, "password": OLD, "email_confirm": True}
            )
        session = (await sign_in(gateway, OLD)).json()
        mailbox, answers, landing = Mailbox(gateway.database), [], None
        for address in ("unknown@example.test", "eve@example.test"):
            response = await put_user(gateway, session, {"email": address})
            shown = {name: value for name, value in response.json().items() if not name.endswith("_at")}
            answers.append((response.status_code, shown | {"new_email": response.json()["new_email"] == address}))
            links = [(await mailbox.next(recipient)).link for recipient in (ADA, address)]
        assert answers[0] == answers[1]
        # Whoever has the address already changes nothing by the link that it gets.
        for link in links:
            landing = await open_link(link)
        assert landing is not None
        assert landing.fragment["error_code"] == "email_exists"
        assert (await sign_in(gateway, OLD, "eve@example.test")).json()["user"]["email"] == "eve@example.test"
        assert (await sign_in(gateway, OLD)).json()["user"]["email"] == ADA


@pytest.mark.parametrize(
    "stored_hash",
    [
        bcrypt.hashpw(OLD.encode(), bcrypt.gensalt(4)).decode(),
        bcrypt.hashpw(OLD.encode(), bcrypt.gensalt(4)).decode().replace("$2b$", "$2a$"),
        PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(OLD),
    ],
    ids=["bcrypt 2b", "bcrypt 2a", "argon2id"],  # salted: without names each worker would collect other tests
)
async def test_imported_hashes_sign_in_and_are_renewed(gateway: Gateway, stored_hash: str) -> None:
    body = {"email": ADA, "password_hash": stored_hash, "email_confirm": True}
    assert (await gateway.admin.post("/auth/v1/admin/users", json=body)).status_code == 200
    assert (await sign_in(gateway, "not this one")).status_code == 400
    assert (await sign_in(gateway, OLD)).status_code == 200
    rows = await gateway.database.as_owner("select encrypted_password as kept from auth.users")
    assert rows[0]["kept"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await sign_in(gateway, OLD)).status_code == 200


async def test_imported_hashes_of_high_cost_are_refused(gateway: Gateway) -> None:
    for stored_hash in (
        "$2b$31$" + "a" * 53,
        "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$argon2d$v=19$m=8192,t=2,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$fbscrypt$v=1,n=14,r=8,p=1$x$y",
        "plain",
        7,
    ):
        response = await gateway.admin.post("/auth/v1/admin/users", json={"email": ADA, "password_hash": stored_hash})
        assert (response.status_code, response.json()["error_code"]) == (400, "validation_failed"), stored_hash


async def test_phones_and_roles(gateway: Gateway) -> None:
    created = await gateway.admin.post(
        "/auth/v1/admin/users", json={"phone": "+491701234567", "phone_confirm": True, "role": "listener"}
    )
    user = created.json()
    assert (user["phone"], user["email"], user["role"]) == ("491701234567", "", "listener")
    assert user["phone_confirmed_at"]
    assert user["app_metadata"] == {"provider": "phone", "providers": ["phone"]}
    assert user["identities"][0]["identity_data"]["phone_verified"] is True
    for body, status, code in (
        ({"phone": "491701234567"}, 422, "phone_exists"),
        ({"phone": "soon"}, 400, "validation_failed"),
        ({"email": ADA, "role": "service_role"}, 422, "validation_failed"),
        ({"email": ADA, "role": "supabase_admin"}, 422, "validation_failed"),
        ({"email": ADA, "role": "a; drop"}, 422, "validation_failed"),
        ({"email": ADA, "password": OLD, "password_hash": "x"}, 400, "validation_failed"),
    ):
        response = await gateway.admin.post("/auth/v1/admin/users", json=body)
        assert (response.status_code, response.json()["error_code"]) == (status, code), body
    changed = await gateway.admin.put(f"/auth/v1/admin/users/{user['id']}", json={"email": ADA, "email_confirm": True})
    assert changed.json()["app_metadata"]["providers"] == ["phone", "email"]


async def test_another_role_ends_the_sessions_and_grants_nothing(gateway: Gateway) -> None:
    session = await gateway.sign_up(ADA, OLD)
    path = f"/auth/v1/admin/users/{session['user']['id']}"
    bearer = {"authorization": f"Bearer {session['access_token']}"}
    await gateway.admin.put(path, json={"role": "authenticated", "user_metadata": {"x": 1}})
    assert (await gateway.http.get("/auth/v1/user", headers=bearer)).status_code == 200
    await gateway.admin.put(path, json={"role": "listener"})
    assert (await gateway.http.get("/auth/v1/user", headers=bearer)).status_code == 403
    other = (await sign_in(gateway, OLD)).json()
    bearer = {"authorization": f"Bearer {other['access_token']}"}
    for surface in ("/auth/v1/user", "/rest/v1/artists?select=id"):
        assert (await gateway.http.get(surface, headers=bearer)).status_code in (401, 403)


async def test_the_audit_log_is_paged(gateway: Gateway) -> None:
    await gateway.sign_up(ADA)
    await sign_in(gateway, "correct horse")
    response = await gateway.admin.get("/auth/v1/admin/audit?page=1&per_page=1")
    assert response.headers["x-total-count"] == "2"
    assert 'rel="next"' in response.headers["link"]
    entries = response.json()
    assert [entry["payload"]["action"] for entry in entries] == ["login"]
    assert entries[0]["created_at"].endswith("Z")
    assert entries[0]["payload"]["actor_username"] == ADA
    entries += (await gateway.admin.get("/auth/v1/admin/audit?page=2&per_page=1")).json()
    assert [entry["payload"]["log_type"] for entry in entries] == ["account", "team"]
    assert (await gateway.http.get("/auth/v1/admin/audit")).json()["error_code"] == "not_admin"


async def test_a_change_of_the_password_is_mailed(serve: Serve) -> None:
    async with serve() as gateway:
        session = await gateway.sign_up(ADA)
        mailbox = Mailbox(gateway.database)
        assert (await put_user(gateway, session, {"data": {"name": "Ada"}})).status_code == 200
        assert await mailbox.all() == []
        assert (await put_user(gateway, session, {"password": NEW})).status_code == 200
        path = f"/auth/v1/admin/users/{session['user']['id']}"
        moved = {"password": "one of the administrator", "email": "attacker@example.test"}
        assert (await gateway.admin.put(path, json=moved)).status_code == 200
        mails = await mailbox.all()
        assert [(mail.recipient, mail.kind) for mail in mails] == [(ADA, "password_changed_notification")] * 2
        assert "From: 127.0.0.1" in mails[0].text
        assert NEW not in mails[0].text
