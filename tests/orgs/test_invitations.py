"""Invitations: mailed, mailed again, and for those who have an account already."""

import httpx2 as httpx
import pytest

from tests.orgs.conftest import Office, Person
from tests.supabase_local.auth.mailbox import Mailbox, open_link

USERS = "/api/admin/users"


@pytest.fixture
def mailbox(office: Office) -> Mailbox:
    return Mailbox(office.gateway.database)


async def _invite(admin: Person, email: str) -> str:
    added = await admin.http.post(USERS, json={"email": email, "role": "analyst", "invite": True})
    assert (added.status_code, added.json()["status"]) == (201, "invited"), added.text
    return f"{USERS}/{added.json()['id']}/invitation"


async def _a_minute_passes(office: Office) -> None:
    owner = office.gateway.database.as_owner
    await owner("update auth.users set confirmation_sent_at = confirmation_sent_at - interval '2 minutes'")
    await owner("update auth.mail_requests set asked_at = asked_at - interval '2 minutes'")


async def _refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["message"]


async def test_an_invitation_can_be_mailed_again_until_it_is_accepted(
    office: Office, admin: Person, mailbox: Mailbox
) -> None:
    again = await _invite(admin, "ida@example.test")
    first = await mailbox.next("ida@example.test")
    await _a_minute_passes(office)
    assert (await admin.http.post(again)).status_code == 204
    second = await mailbox.next("ida@example.test")
    assert (first.kind, second.kind) == ("invite", "invite")
    assert "error" in (await open_link(first.link)).fragment, "only the latest link counts"
    session = (await open_link(second.link)).fragment
    assert session["type"] == "invite"
    ida = office.person({"access_token": session["access_token"], "user": {"id": str(admin.id), "email": ""}})
    assert (await ida.http.get("/auth/me")).json()["active"]["role"] == "analyst"
    assert await _refusal(await admin.http.post(again)) == (
        409,
        "Only a member who has not signed in yet can be invited again.",
    )


async def test_an_existing_user_is_mailed_a_sign_in_link(office: Office, admin: Person, mailbox: Mailbox) -> None:
    await office.gateway.sign_up("eve@example.test", "her own password")
    again = await _invite(admin, "eve@example.test")
    assert (await mailbox.next("eve@example.test")).kind == "magic_link"
    await _a_minute_passes(office)
    assert (await admin.http.post(again)).status_code == 204
    session = (await open_link((await mailbox.next("eve@example.test")).link)).fragment
    eve = office.person({"access_token": session["access_token"], "user": {"id": str(admin.id), "email": ""}})
    assert [org["role"] for org in (await eve.http.get("/auth/me")).json()["orgs"]] == ["analyst"]
