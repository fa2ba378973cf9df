"""Sign-ups, links, codes and changes by mail, driven by the official Python client, unmodified."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import httpx2
import pytest
from supabase_auth.errors import AuthApiError
from supabase_auth.types import AuthFlowType

from arti.settings import Settings
from supabase import AsyncClient, AsyncClientOptions, create_async_client
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database
from tests.supabase_local.auth.mailbox import Mail, Mailbox, open_link
from tests.supabase_local.conftest import Gateway, opened

PASSWORD = "correct horse battery"
SITE = "http://127.0.0.1:3000"
ADA = "ada@example.test"

Connect = Callable[..., Awaitable[AsyncClient]]


@pytest.fixture
async def gateway(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys
) -> AsyncIterator[Gateway]:
    """A gateway where an address must be confirmed, and that has no limit of mails."""
    settings = gateway_settings(
        enable_email_autoconfirm=False, smtp_max_frequency=0, enable_anonymous_users=True, rate_limit_email_sent=1000
    )
    async with opened(database, settings, local_keys) as served:
        yield served


@pytest.fixture
def mailbox(gateway: Gateway) -> Mailbox:
    return Mailbox(gateway.database)


@pytest.fixture
async def connect(gateway: Gateway) -> AsyncIterator[Connect]:
    """Return a maker of clients, with the publishable key or the one given."""
    async with AsyncExitStack() as kept:

        async def make(key: str | None = None, flow: AuthFlowType = "implicit") -> AsyncClient:
            http = await kept.enter_async_context(httpx.AsyncClient(timeout=20))
            wanted = AsyncClientOptions(auto_refresh_token=False, httpx_client=http, flow_type=flow)
            return await create_async_client(gateway.url, key or gateway.keys.publishable_key, wanted)

        yield make


@pytest.fixture
async def ada(connect: Connect, mailbox: Mailbox) -> AsyncClient:
    """Ada, who confirmed her address with the mailed code."""
    client = await connect()
    await client.auth.sign_up({"email": ADA, "password": PASSWORD})
    mail = await mailbox.next(ADA)
    await client.auth.verify_otp({"email": ADA, "token": mail.code, "type": "signup"})
    return client


async def verify_change(gateway: Gateway, address: str, mail: Mail) -> httpx2.Response:
    body = {"type": "email_change", "email": address, "token": mail.code}
    return await gateway.http.post("/auth/v1/verify", json=body)


async def test_a_sign_up_is_confirmed_by_its_link(connect: Connect, mailbox: Mailbox) -> None:
    client = await connect()
    signed_up = await client.auth.sign_up(
        {"email": ADA, "password": PASSWORD, "options": {"data": {"name": "Ada"}, "email_redirect_to": f"{SITE}/hello"}}
    )
    assert signed_up.session is None
    assert signed_up.user is not None
    assert signed_up.user.confirmation_sent_at is not None
    assert signed_up.user.email_confirmed_at is None
    with pytest.raises(AuthApiError) as refused:
        await client.auth.sign_in_with_password({"email": ADA, "password": PASSWORD})
    assert refused.value.code == "email_not_confirmed"

    mail = await mailbox.next(ADA)
    assert (mail.kind, mail.state, mail.subject) == ("confirmation", "kept", "Confirm your email address")
    assert mail.link_query["type"] == "signup"
    assert mail.link_query["redirect_to"] == f"{SITE}/hello"
    assert mail.link.replace("&", "&amp;") in mail.html
    landing = await open_link(mail.link)
    assert landing.page == f"{SITE}/hello"
    assert landing.fragment["type"] == "signup"
    assert landing.fragment["token_type"] == "bearer"
    assert landing.fragment["sb"] == ""
    session = await client.auth.set_session(landing.fragment["access_token"], landing.fragment["refresh_token"])
    assert session.user is not None
    assert session.user.email_confirmed_at is not None
    assert session.user.user_metadata["name"] == "Ada"
    assert session.user.user_metadata["email_verified"] is True
    assert session.user.identities is not None
    assert session.user.identities[0].identity_data["email_verified"] is True

    again = await open_link(mail.link)
    assert again.fragment == {
        "error": "access_denied",
        "error_code": "otp_expired",
        "error_description": "Email link is invalid or has expired",
        "sb": "",
    }


async def test_sign_up_does_not_reveal_a_taken_address(connect: Connect, ada: AsyncClient, mailbox: Mailbox) -> None:
    client = await connect()
    before = len(await mailbox.all())
    again = await client.auth.sign_up({"email": ADA, "password": "another password"})
    assert again.session is None
    assert again.user is not None
    me = await ada.auth.get_user()
    assert me is not None
    assert again.user.id != me.user.id
    assert again.user.identities == []
    assert len(await mailbox.all()) == before
    await client.auth.sign_in_with_password({"email": ADA, "password": PASSWORD})


async def test_magic_link(connect: Connect, mailbox: Mailbox, gateway: Gateway) -> None:
    client = await connect()
    await client.auth.sign_in_with_otp({"email": ADA, "options": {"data": {"name": "Ada"}}})
    first = await mailbox.next(ADA)
    assert first.kind == "confirmation"
    verified = await client.auth.verify_otp({"email": ADA, "token": first.code, "type": "email"})
    assert verified.session is not None
    assert verified.user is not None
    assert verified.user.user_metadata["name"] == "Ada"
    claims = await client.auth.get_claims()
    assert claims is not None
    assert claims["claims"]["amr"][0]["method"] == "otp"

    await client.auth.sign_in_with_otp({"email": ADA})
    second = await mailbox.next(ADA)
    assert (second.kind, second.subject, second.link_query["type"]) == ("magic_link", "Your sign-in link", "magiclink")
    by_hash = await connect()
    await by_hash.auth.verify_otp({"token_hash": second.link_query["token"], "type": "magiclink"})
    for proof in ({"token_hash": second.link_query["token"]}, {"email": ADA, "token": second.code}):
        response = await gateway.http.post("/auth/v1/verify", json={"type": "magiclink", **proof})
        assert (response.status_code, response.json()["error_code"]) == (403, "otp_expired")


async def test_a_forgotten_password(connect: Connect, ada: AsyncClient, mailbox: Mailbox) -> None:
    client = await connect()
    before = await ada.auth.get_session()
    assert before is not None
    await client.auth.reset_password_for_email(ADA, {"redirect_to": f"{SITE}/new-password?from=mail"})
    mail = await mailbox.next(ADA)
    assert (mail.kind, mail.subject) == ("recovery", "Reset your password")
    landing = await open_link(mail.link)
    assert landing.page == f"{SITE}/new-password"
    assert landing.query == {"from": "mail"}
    await client.auth.set_session(landing.fragment["access_token"], landing.fragment["refresh_token"])
    await client.auth.update_user({"password": "a wholly new one"})
    await client.auth.sign_in_with_password({"email": ADA, "password": "a wholly new one"})
    with pytest.raises(AuthApiError) as ended:
        await ada.auth.get_user(before.access_token)
    assert ended.value.code == "session_not_found"


async def test_an_invited_user_accepts(connect: Connect, mailbox: Mailbox, gateway: Gateway) -> None:
    admin = await connect(gateway.keys.secret_key)
    invited = await admin.auth.admin.invite_user_by_email(
        "eve@example.test", {"data": {"name": "Eve"}, "redirect_to": f"{SITE}/welcome"}
    )
    assert invited.user.invited_at is not None
    mail = await mailbox.next("eve@example.test")
    assert (mail.kind, mail.subject) == ("invite", "You've been invited")
    landing = await open_link(mail.link)
    assert landing.page == f"{SITE}/welcome"
    assert landing.fragment["type"] == "invite"
    eve = await connect()
    await eve.auth.set_session(landing.fragment["access_token"], landing.fragment["refresh_token"])
    await eve.auth.update_user({"password": PASSWORD})
    await eve.auth.sign_in_with_password({"email": "eve@example.test", "password": PASSWORD})
    with pytest.raises(AuthApiError) as conflict:
        await admin.auth.admin.invite_user_by_email("eve@example.test")
    assert conflict.value.code == "email_exists"


async def test_both_addresses_confirm_a_change(ada: AsyncClient, mailbox: Mailbox, gateway: Gateway) -> None:
    new = "lovelace@example.test"
    changed = await ada.auth.update_user({"email": new})
    assert changed.user.email == ADA
    assert changed.user.new_email == new
    to_new, to_old = await mailbox.next(new), await mailbox.next(ADA)
    assert to_new.link_query["token"] != to_old.link_query["token"]
    assert new in to_old.text
    half = await open_link(to_new.link)
    assert half.fragment["message"].startswith("Confirmation link accepted.")
    me = await ada.auth.get_user()
    assert me is not None
    assert me.user.email == ADA
    response = await gateway.http.post(
        "/auth/v1/verify", json={"type": "email_change", "email": ADA, "token": to_old.code}
    )
    assert response.json()["user"]["email"] == new
    assert "new_email" not in response.json()["user"]
    assert response.json()["user"]["identities"][0]["email"] == new

    response = await gateway.http.post(
        "/auth/v1/verify", json={"type": "email_change", "email": new, "token": to_new.code}
    )
    assert response.json()["error_code"] == "otp_expired"


async def test_the_first_code_of_a_change_is_not_enough(ada: AsyncClient, mailbox: Mailbox, gateway: Gateway) -> None:
    await ada.auth.update_user({"email": "new@example.test"})
    first = await mailbox.next(ADA)
    response = await gateway.http.post(
        "/auth/v1/verify", json={"type": "email_change", "email": ADA, "token": first.code}
    )
    assert response.json() == {
        "msg": "Confirmation link accepted. Please proceed to confirm link sent to the other email",
        "code": "200",
    }
    await ada.auth.resend({"type": "email_change", "email": ADA})  # mails both again
    await mailbox.settled()
    for address in ("new@example.test", ADA):
        mails = [mail for mail in await mailbox.all() if mail.recipient == address]
        landing = await open_link(mails[-1].link)
    assert landing.fragment["type"] == "email_change"


async def test_an_anonymous_user_becomes_permanent(connect: Connect, mailbox: Mailbox) -> None:
    client = await connect()
    anonymous = await client.auth.sign_in_anonymously({"options": {"data": {"theme": "dark"}}})
    assert anonymous.user is not None
    assert anonymous.user.is_anonymous
    with pytest.raises(AuthApiError) as nowhere:
        await client.auth.update_user({"password": PASSWORD})
    assert nowhere.value.code == "validation_failed"
    await client.auth.update_user({"email": ADA, "password": PASSWORD})
    mail = await mailbox.next(ADA)
    verified = await client.auth.verify_otp({"email": ADA, "token": mail.code, "type": "email_change"})
    assert verified.user is not None
    assert verified.user.id == anonymous.user.id
    assert not verified.user.is_anonymous
    assert verified.user.app_metadata == {"provider": "email", "providers": ["email"]}
    signed_in = await client.auth.sign_in_with_password({"email": ADA, "password": PASSWORD})
    assert signed_in.user is not None
    assert signed_in.user.user_metadata["theme"] == "dark"


async def test_the_confirmation_is_sent_again(connect: Connect, mailbox: Mailbox) -> None:
    client = await connect()
    await client.auth.sign_up({"email": ADA, "password": PASSWORD})
    first = await mailbox.next(ADA)
    await client.auth.resend({"type": "signup", "email": ADA, "options": {"email_redirect_to": f"{SITE}/again"}})
    second = await mailbox.next(ADA)
    assert second.link_query["redirect_to"] == f"{SITE}/again"
    assert (await open_link(first.link)).fragment["error_code"] == "otp_expired"
    assert "access_token" in (await open_link(second.link)).fragment


async def test_pkce_by_the_python_client(connect: Connect, ada: AsyncClient, mailbox: Mailbox) -> None:
    client = await connect(flow="pkce")
    await client.auth.sign_in_with_otp({"email": ADA, "options": {"email_redirect_to": f"{SITE}/in"}})
    mail = await mailbox.next(ADA)
    assert mail.link_query["token"].startswith("pkce_")
    landing = await open_link(mail.link)
    assert landing.fragment == {}
    session = await client.auth.exchange_code_for_session({"auth_code": landing.query["code"]})
    assert session.user is not None
    assert session.user.email == ADA
    claims = await client.auth.get_claims()
    assert claims is not None
    assert claims["claims"]["amr"][0]["method"] == "magiclink"
