"""A second factor, through the official Python client and by hand where a client would not go."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from httpx2 import Response
from supabase_auth.errors import AuthApiError

from arti_core import clock
from supabase import AsyncClient, AsyncClientOptions, create_async_client
from tests.supabase_local.conftest import Gateway

PASSWORD = "correct horse battery"
WAITING = "update auth.mfa_factors set last_used_step = null"  # instead of waiting for the next code


def code_of(secret: str, *, steps: int = 0) -> str:
    """Return what an app shows now, or `steps` times 30 seconds from now."""
    app = TOTP(base64.b32decode(secret), 6, SHA1(), 30)
    return app.generate(int(clock.timestamp()) + 30 * steps).decode()


@pytest.fixture
async def ada(gateway: Gateway) -> AsyncIterator[AsyncClient]:
    async with httpx.AsyncClient(timeout=20) as http:
        options = AsyncClientOptions(auto_refresh_token=False, httpx_client=http)
        client = await create_async_client(gateway.url, gateway.keys.publishable_key, options)
        await client.auth.sign_up({"email": "ada@example.test", "password": PASSWORD})
        yield client


async def let_pass(gateway: Gateway, duration: str) -> None:
    """Let the last failed attempt be `duration` longer ago."""
    await gateway.database.as_owner(
        "update auth.attempts set at = at - $1::text::interval, blocked_until = blocked_until - $1::text::interval",
        duration,
    )


def bearer(session: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {session['access_token']}"}


async def enroll(gateway: Gateway, session: dict[str, Any], name: str = "phone") -> dict[str, Any]:
    body = {"factor_type": "totp", "friendly_name": name}
    response = await gateway.http.post("/auth/v1/factors", json=body, headers=bearer(session))
    assert response.status_code == 200, response.text
    factor: dict[str, Any] = response.json()
    return factor


async def challenge(gateway: Gateway, session: dict[str, Any], factor: dict[str, Any]) -> str:
    response = await gateway.http.post(f"/auth/v1/factors/{factor['id']}/challenge", headers=bearer(session))
    assert response.status_code == 200, response.text
    assert response.json()["type"] == "totp"
    assert 290 < response.json()["expires_at"] - clock.timestamp() <= 300
    return str(response.json()["id"])


async def verify(
    gateway: Gateway, session: dict[str, Any], factor: dict[str, Any], code: str, challenge_id: str | None = None
) -> Response:
    body = {"challenge_id": challenge_id or await challenge(gateway, session, factor), "code": code}
    return await gateway.http.post(f"/auth/v1/factors/{factor['id']}/verify", json=body, headers=bearer(session))


async def test_the_python_client_enrolls_and_unenrolls_a_factor(gateway: Gateway, ada: AsyncClient) -> None:
    mfa = ada.auth.mfa
    before = await mfa.get_authenticator_assurance_level()
    assert (before.current_level, before.next_level) == ("aal1", "aal1")
    enrolled = await mfa.enroll({"factor_type": "totp", "friendly_name": "phone", "issuer": "Night Owl: Records"})
    assert enrolled.totp is not None
    image = enrolled.totp.qr_code.removeprefix("data:image/svg+xml;utf-8,")
    assert "#" not in image
    assert ElementTree.fromstring(image).tag == "{http://www.w3.org/2000/svg}svg"
    assert enrolled.totp.uri.startswith("otpauth://totp/Night%20Owl%3A%20Records:ada@example.test?")
    assert f"secret={enrolled.totp.secret}" in enrolled.totp.uri
    stored = await gateway.database.as_owner("select secret, status::text as status from auth.mfa_factors")
    assert stored[0]["status"] == "unverified"
    assert enrolled.totp.secret not in base64.b64decode(stored[0]["secret"]).decode("latin-1")

    old = await ada.auth.get_session()
    assert old is not None
    verified = await mfa.challenge_and_verify({"factor_id": enrolled.id, "code": code_of(enrolled.totp.secret)})
    assert verified.refresh_token != old.refresh_token
    after = await mfa.get_authenticator_assurance_level()
    assert (after.current_level, after.next_level) == ("aal2", "aal2")
    assert {entry.method for entry in after.current_authentication_methods} == {"totp", "password"}
    listed = await mfa.list_factors()
    assert [(factor.id, factor.status, factor.friendly_name) for factor in listed.totp] == [
        (enrolled.id, "verified", "phone")
    ]
    refreshed = await ada.auth.refresh_session()
    assert refreshed.session is not None
    claims = await ada.auth.get_claims()
    assert claims is not None
    assert claims["claims"]["aal"] == "aal2"

    gone = await mfa.unenroll({"factor_id": enrolled.id})
    assert gone.id == enrolled.id
    await ada.auth.refresh_session()
    lowered = await mfa.get_authenticator_assurance_level()
    assert (lowered.current_level, lowered.next_level) == ("aal1", "aal1")
    assert [entry.method for entry in lowered.current_authentication_methods] == ["password"]


async def test_a_session_of_aal1_is_restricted(gateway: Gateway, ada: AsyncClient) -> None:
    first = await gateway.sign_up("bea@example.test")
    other = await gateway.http.post(
        "/auth/v1/token?grant_type=password", json={"email": "bea@example.test", "password": "correct horse"}
    )
    factor, spare = await enroll(gateway, first), await enroll(gateway, first, "never used")
    lifted = await verify(gateway, first, factor, code_of(factor["totp"]["secret"]))
    assert lifted.status_code == 200
    assert [f["id"] for f in lifted.json()["user"]["factors"]] == [factor["id"]] != [spare["id"]]
    ended = await gateway.http.get("/auth/v1/user", headers=bearer(other.json()))
    assert ended.json()["error_code"] == "session_not_found"

    again = await gateway.http.post(
        "/auth/v1/token?grant_type=password", json={"email": "bea@example.test", "password": "correct horse"}
    )
    low = again.json()
    refused = await gateway.http.post("/auth/v1/factors", json={"factor_type": "totp"}, headers=bearer(low))
    assert (refused.status_code, refused.json()["error_code"]) == (403, "insufficient_aal")
    refused = await gateway.http.delete(f"/auth/v1/factors/{factor['id']}", headers=bearer(low))
    assert (refused.status_code, refused.json()["error_code"]) == (422, "insufficient_aal")
    for change in ({"password": "a new long one"}, {"email": "eve@example.test"}):
        refused = await gateway.http.put("/auth/v1/user", json=change, headers=bearer(low))
        assert (refused.status_code, refused.json()["error_code"]) == (401, "insufficient_aal")
    allowed = await gateway.http.put("/auth/v1/user", json={"data": {"a": 1}}, headers=bearer(low))
    assert allowed.status_code == 200
    changed = await gateway.http.put(
        "/auth/v1/user", json={"password": "a new long one"}, headers=bearer(lifted.json())
    )
    assert changed.status_code == 200
    foreign = await ada.auth.get_session()
    assert foreign is not None
    unknown = await gateway.http.delete(
        f"/auth/v1/factors/{factor['id']}", headers={"Authorization": f"Bearer {foreign.access_token}"}
    )
    assert (unknown.status_code, unknown.json()["error_code"]) == (404, "mfa_factor_not_found")


async def test_a_refresh_token_of_aal1_never_becomes_one_of_aal2(gateway: Gateway) -> None:
    first = await gateway.sign_up("ada@example.test")
    factor = await enroll(gateway, first)
    lifted = (await verify(gateway, first, factor, code_of(factor["totp"]["secret"]))).json()

    async def refresh(token: str) -> Response:
        return await gateway.http.post("/auth/v1/token?grant_type=refresh_token", json={"refresh_token": token})

    # Within the reuse interval any other earlier token would get the current one.
    assert (await refresh(lifted["refresh_token"])).status_code == 200
    stale = await refresh(first["refresh_token"])
    assert (stale.status_code, stale.json()["error_code"]) == (400, "refresh_token_already_used")
    kept = await refresh(lifted["refresh_token"])
    assert kept.status_code == 200
    # Later it is reuse, which ends the session.
    await gateway.database.as_owner("update auth.sessions set refreshed_at = refreshed_at - interval '1 minute'")
    assert (await refresh(first["refresh_token"])).status_code == 400
    assert (await refresh(kept.json()["refresh_token"])).json()["error_code"] == "refresh_token_not_found"


async def test_a_code_works_once_and_only_for_its_challenge(gateway: Gateway) -> None:
    session = await gateway.sign_up("ada@example.test")
    factor = await enroll(gateway, session)
    secret = factor["totp"]["secret"]
    for wrong in (code_of(secret, steps=-3), code_of(secret, steps=3), "0", "٠١٢٣٤٥", "1" * 300):
        response = await verify(gateway, session, factor, wrong)
        assert (response.status_code, response.json()["error_code"]) == (422, "mfa_verification_failed")
        await gateway.database.as_owner("delete from auth.attempts")
    code, issued = code_of(secret), await challenge(gateway, session, factor)
    session = (await verify(gateway, session, factor, code, issued)).json()
    replayed = await verify(gateway, session, factor, code)
    assert replayed.json()["error_code"] == "mfa_verification_failed"
    await gateway.database.as_owner(WAITING)
    used = await verify(gateway, session, factor, code, issued)
    assert used.json()["error_code"] == "mfa_ip_address_mismatch"
    late = await challenge(gateway, session, factor)
    await gateway.database.as_owner("update auth.mfa_challenges set created_at = created_at - interval '301 seconds'")
    expired = await verify(gateway, session, factor, code, late)
    assert (expired.status_code, expired.json()["error_code"]) == (422, "mfa_challenge_expired")
    moved = await challenge(gateway, session, factor)
    await gateway.database.as_owner("update auth.mfa_challenges set ip_address = '192.0.2.1'")
    elsewhere = await verify(gateway, session, factor, code, moved)
    assert elsewhere.json()["error_code"] == "mfa_ip_address_mismatch"
    for odd in ("not an id", None, 7):
        response = await gateway.http.post(
            f"/auth/v1/factors/{factor['id']}/verify",
            json={"challenge_id": odd, "code": code},
            headers=bearer(session),
        )
        assert (response.status_code, response.json()["error_code"]) == (400, "validation_failed")


async def test_only_one_of_concurrent_requests_uses_a_code(gateway: Gateway) -> None:
    session = await gateway.sign_up("ada@example.test")
    factor = await enroll(gateway, session)
    code = code_of(factor["totp"]["secret"])
    issued = [await challenge(gateway, session, factor) for _ in range(8)]
    answers = await asyncio.gather(*(verify(gateway, session, factor, code, issued_id) for issued_id in issued))
    statuses = sorted(response.status_code for response in answers)
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {422, 429}


async def test_wrong_codes_delay_attempts_and_never_lock_for_good(gateway: Gateway) -> None:
    session = await gateway.sign_up("ada@example.test")
    factor = await enroll(gateway, session)
    secret = factor["totp"]["secret"]
    wrong = code_of(secret, steps=50)
    statuses = [(await verify(gateway, session, factor, wrong)).status_code for _ in range(8)]
    assert statuses == [422] * 5 + [429] * 3
    locked = await verify(gateway, session, factor, code_of(secret))
    assert (locked.status_code, locked.json()["error_code"]) == (429, "over_request_rate_limit")
    await let_pass(gateway, "31 seconds")
    assert (await verify(gateway, session, factor, wrong)).status_code == 422
    await let_pass(gateway, "31 seconds")
    assert (await verify(gateway, session, factor, code_of(secret))).status_code == 429  # the wait has doubled
    await let_pass(gateway, "15 minutes")
    assert (await verify(gateway, session, factor, code_of(secret))).status_code == 200


async def test_enrollments_that_are_allowed(gateway: Gateway) -> None:
    session = await gateway.sign_up("ada@example.test")

    async def enroll_status(body: dict[str, Any]) -> tuple[int, str]:
        response = await gateway.http.post("/auth/v1/factors", json=body, headers=bearer(session))
        return response.status_code, response.json().get("error_code", "")

    assert await enroll_status({"factor_type": "phone", "phone": "+49"}) == (422, "mfa_phone_enroll_not_enabled")
    assert await enroll_status({"factor_type": "webauthn"}) == (422, "mfa_webauthn_enroll_not_enabled")
    assert await enroll_status({"factor_type": "palm"}) == (400, "validation_failed")
    assert await enroll_status({"factor_type": "totp", "friendly_name": ["x"]}) == (400, "validation_failed")
    assert await enroll_status({"factor_type": "totp", "friendly_name": "one"}) == (200, "")
    assert await enroll_status({"factor_type": "totp", "friendly_name": "one"}) == (422, "mfa_factor_name_conflict")
    for number in range(9):
        assert await enroll_status({"factor_type": "totp", "friendly_name": f"more {number}"}) == (200, "")
    assert await enroll_status({"factor_type": "totp", "friendly_name": "too many"}) == (
        422,
        "too_many_enrolled_mfa_factors",
    )
    await gateway.database.as_owner("update auth.mfa_factors set created_at = created_at - interval '6 minutes'")
    assert await enroll_status({"factor_type": "totp", "friendly_name": "one"}) == (200, "")
    assert (await gateway.http.post("/auth/v1/factors", json={"factor_type": "totp"})).status_code == 401


async def test_an_administrator_lists_and_deletes_factors(gateway: Gateway) -> None:
    session = await gateway.sign_up("ada@example.test")
    factor = await enroll(gateway, session)
    lifted = (await verify(gateway, session, factor, code_of(factor["totp"]["secret"]))).json()
    path = f"/auth/v1/admin/users/{session['user']['id']}/factors"
    assert (await gateway.http.get(path)).json()["error_code"] == "not_admin"
    listed = (await gateway.admin.get(path)).json()
    assert [(entry["id"], entry["status"], "secret" in entry) for entry in listed] == [
        (factor["id"], "verified", False)
    ]
    renamed = await gateway.admin.put(f"{path}/{factor['id']}", json={"friendly_name": "old phone"})
    assert renamed.json()["friendly_name"] == "old phone"
    user = (await gateway.admin.get(path.removesuffix("/factors"))).json()
    assert user["factors"][0]["friendly_name"] == "old phone"
    assert (await gateway.admin.delete(f"{path}/{factor['id']}")).json()["id"] == factor["id"]
    assert (await gateway.admin.get(path)).json() == []
    assert (await gateway.admin.delete(f"{path}/{factor['id']}")).status_code == 404
    refreshed = await gateway.http.post(
        "/auth/v1/token?grant_type=refresh_token", json={"refresh_token": lifted["refresh_token"]}
    )
    claims = await gateway.http.get("/auth/v1/user", headers=bearer(refreshed.json()))
    assert "factors" not in claims.json()


async def test_the_python_client_reads_the_errors(ada: AsyncClient) -> None:
    enrolled = await ada.auth.mfa.enroll({"factor_type": "totp", "friendly_name": "phone"})
    with pytest.raises(AuthApiError) as wrong:
        await ada.auth.mfa.challenge_and_verify({"factor_id": enrolled.id, "code": "000000"})
    assert (wrong.value.code, wrong.value.status) == ("mfa_verification_failed", 422)
    with pytest.raises(AuthApiError) as taken:
        await ada.auth.mfa.enroll({"factor_type": "totp", "friendly_name": "phone"})
    assert taken.value.code == "mfa_factor_name_conflict"
