"""In which language auth writes: that of the person, else of their org, else of the browser that requested the mail."""

from collections.abc import AsyncIterator, Callable

import pytest

from arti.settings import Settings
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database
from tests.supabase_local.auth.mailbox import Mail, Mailbox
from tests.supabase_local.conftest import Gateway, opened

PASSWORD = "correct horse battery"
ADA = "ada@example.test"


@pytest.fixture
async def gateway(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys
) -> AsyncIterator[Gateway]:
    settings = gateway_settings(enable_email_autoconfirm=False, smtp_max_frequency=0, rate_limit_email_sent=1000)
    async with opened(database, settings, local_keys) as served:
        yield served


@pytest.fixture
def mailbox(gateway: Gateway) -> Mailbox:
    return Mailbox(gateway.database)


async def sign_up(gateway: Gateway, mailbox: Mailbox, accept_language: str) -> Mail:
    body = {"email": ADA, "password": PASSWORD}
    answer = await gateway.http.post("/auth/v1/signup", json=body, headers={"Accept-Language": accept_language})
    assert answer.status_code == 200, answer.text
    return await mailbox.next(ADA)


async def recover(gateway: Gateway, mailbox: Mailbox) -> Mail:
    headers = {"Accept-Language": "pt-BR, en;q=0.5"}
    answer = await gateway.http.post("/auth/v1/recover", json={"email": ADA}, headers=headers)
    assert answer.status_code == 200, answer.text
    return await mailbox.next(ADA)


async def test_a_newcomer_gets_the_language_of_the_browser(gateway: Gateway, mailbox: Mailbox) -> None:
    mail = await sign_up(gateway, mailbox, "de-AT, en;q=0.5")
    assert mail.subject == "Bestätigen Sie Ihre E-Mail-Adresse"
    code = mail.text.rpartition("Oder geben Sie diesen Code ein: ")[2].splitlines()[0]
    assert len(code) == 6
    assert f"<strong>{code}</strong>" in mail.html
    for text in (mail.text, mail.html):
        assert "Wenn Sie das nicht angefordert haben, können Sie diese E-Mail ignorieren." in text
    assert "E-Mail-Adresse bestätigen</a>" in mail.html
    body = {"email": ADA, "token": code, "type": "signup"}
    assert (await gateway.http.post("/auth/v1/verify", json=body)).status_code == 200


async def test_the_persons_choice_goes_before_the_orgs_and_that_before_the_browsers(
    gateway: Gateway, mailbox: Mailbox
) -> None:
    await sign_up(gateway, mailbox, "ja")
    [user] = await gateway.database.as_owner("select id, email from auth.users where email = $1", ADA)
    assert (await recover(gateway, mailbox)).subject == "Redefina sua senha"
    org_id = await gateway.org("Label")
    await gateway.database.as_owner("update orgs set language = 'fr' where id = $1", org_id)
    await gateway.join({"user": {"id": user["id"], "email": ADA}}, org_id)
    assert (await recover(gateway, mailbox)).subject == "Réinitialisez votre mot de passe"
    await gateway.database.as_owner("update public.users set language = 'es' where id = $1", user["id"])
    mail = await recover(gateway, mailbox)
    assert mail.subject == "Restablezca su contraseña"
    assert "Hemos recibido una solicitud" in mail.text


async def test_a_notice_is_in_the_persons_language(gateway: Gateway, mailbox: Mailbox) -> None:
    mail = await sign_up(gateway, mailbox, "en")
    body = {"email": ADA, "token": mail.code, "type": "signup"}
    session = (await gateway.http.post("/auth/v1/verify", json=body)).json()
    await gateway.join(session, await gateway.org("Label"))
    await gateway.database.as_owner("update public.users set language = 'de' where email = $1", ADA)
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    changed = await gateway.http.put("/auth/v1/user", json={"password": "another horse battery"}, headers=headers)
    assert changed.status_code == 200, changed.text
    [notice] = [each for each in await mailbox.all() if each.kind == "password_changed_notification"]
    assert notice.subject == "Ihr Passwort wurde geändert"
    assert "Das Passwort Ihres Kontos wurde geändert" in notice.text
    assert "Wann: " in notice.text
    assert "When" not in notice.html
    assert "Von: 127.0.0.1" in notice.text
