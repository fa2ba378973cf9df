"""The mails of a day: by address and by installation, for strangers, people and the secret key alike."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import asyncpg
import httpx2 as httpx
import pytest

from arti.settings import Settings
from arti_core.database import job_transaction
from arti_core.mail_budget import MailLimitReached, MailLimits, take_mail_budget
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database
from tests.supabase_local.auth.mailbox import Mailbox
from tests.supabase_local.conftest import Gateway, gateway_settings, local_keys, opened

__all__ = ["gateway_settings", "local_keys"]

LIMITS = MailLimits(per_address=2, per_org=3, per_installation=4)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.status_code == 429, answer.text
    assert "MAIL_LIMIT_" in answer.json()["msg"]
    assert 1 <= int(answer.headers["retry-after"]) <= 86_400
    return answer.status_code, answer.json()["error_code"]


async def test_the_secret_key_has_the_budgets_too(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys
) -> None:
    limited = gateway_settings(mail_limit_per_address=2, mail_limit_per_installation=3, smtp_max_frequency=0)
    async with opened(database, limited, local_keys) as gateway:
        mailbox = Mailbox(database)

        async def invite(email: str) -> httpx.Response:
            return await gateway.admin.post("/auth/v1/invite", json={"email": email})

        assert [(await invite("ida@example.test")).status_code for _ in range(2)] == [200, 200]
        for same in ("Ida@example.test", "ida+more@example.test"):
            assert refusal(await invite(same)) == (429, "over_email_send_rate_limit")
        assert (await invite("other@example.test")).status_code == 200
        assert refusal(await invite("third@example.test")) == (429, "over_email_send_rate_limit")
        assert len(await mailbox.all()) == 3
        made = await database.as_owner("select email from auth.users order by email")
        assert [row["email"] for row in made] == ["ida@example.test", "other@example.test"], "a refusal makes no user"


@pytest.mark.parametrize("kind", ["recover", "otp", "magiclink"])
async def test_the_budget_of_an_address_reveals_no_account(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys, kind: str
) -> None:
    limited = gateway_settings(mail_limit_per_address=2, smtp_max_frequency=0, disable_signup=False)
    async with opened(database, limited, local_keys) as gateway:
        await gateway.sign_up("known@example.test")
        statuses = {}
        for email in ("known@example.test", "unknown@example.test"):
            body = {"email": email, "create_user": False}
            statuses[email] = [(await gateway.http.post(f"/auth/v1/{kind}", json=body)).status_code for _ in range(4)]
        assert statuses["known@example.test"] == statuses["unknown@example.test"] == [200, 200, 429, 429]
        assert len([mail for mail in await Mailbox(database).settled() if mail.recipient == "known@example.test"]) <= 2


async def test_a_notice_has_a_budget_of_its_own_and_stops_nothing(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys
) -> None:
    limited = gateway_settings(mail_limit_per_address=2, smtp_max_frequency=0)
    async with opened(database, limited, local_keys) as gateway:
        session = await gateway.sign_up("ada@example.test")
        for _ in range(3):
            await gateway.http.post("/auth/v1/recover", json={"email": "ada@example.test"})
        headers = {"Authorization": f"Bearer {session['access_token']}"}
        for number in range(4):
            body = {"password": f"quite a long sentence {number}"}
            changed = await gateway.http.put("/auth/v1/user", json=body, headers=headers)
            assert changed.status_code == 200, changed.text
        mails = await Mailbox(database).settled()
        assert [mail.kind for mail in mails].count("password_changed_notification") == 2


async def test_an_org_cannot_use_up_the_mails_of_accounts(database: Database) -> None:
    """Nor the mails of another org, but for the limit of the installation."""
    pool = await database.pool("arti_worker", size=2)
    org, other = uuid4(), uuid4()

    async def take(org_id: object, recipient: str) -> bool:
        try:
            async with job_transaction(pool, org) as connection:
                budgets = LIMITS.org_mail(org_id, recipient) if org_id else LIMITS.account_mail(recipient)  # type: ignore[arg-type]
                await take_mail_budget(connection, budgets)
        except MailLimitReached:
            return False
        return True

    assert [await take(org, "a@example.test") for _ in range(3)] == [True, True, False]
    assert [await take(org, f"{n}@example.test") for n in range(2)] == [True, False], "three of an org"
    assert [await take(other, f"{n}@example.test") for n in range(2)] == [True, False], "four of the installation"
    assert [await take(None, "a@example.test") for _ in range(3)] == [True, True, False], "sign-in mails are apart"
    await database.as_owner("update private.mail_budgets set at = at - interval '12 hours'")
    assert [await take(org, "a@example.test") for _ in range(2)] == [True, False], "half of it is back after half a day"
    await pool.close()


async def test_many_at_once_take_no_more_than_there_are(database: Database) -> None:
    pool = await database.pool("arti_worker", size=8)

    async def take() -> bool:
        try:
            async with job_transaction(pool, uuid4()) as connection:
                await take_mail_budget(connection, LIMITS.account_mail("a@example.test"))
        except MailLimitReached:
            return False
        return True

    assert sum(await asyncio.gather(*(take() for _ in range(30)))) == 2
    await pool.close()


@pytest.mark.parametrize("login", ["arti_rest", "authenticator", "postgres"])
async def test_only_processes_of_arti_take_budgets(gateway: Gateway, login: str) -> None:
    connection = await asyncpg.connect(gateway.database.dsn(login))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(
            "begin; set local role authenticated; select private.take_mail_budget('account installation', 1)"
        )
    await connection.close()
