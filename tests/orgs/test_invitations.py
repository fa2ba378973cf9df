"""Invitations: an address until its owner accepts, whether they have an account or not; and nothing of them before."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from arti.jobs import WorkerContext
from arti.orgs.invitations.service import proof_by_address
from arti.settings import Settings
from arti.vocabulary import Role
from arti.worker import open_worker_context
from arti_core.database import Principal, member_transaction
from tests.job_runner import run_due_jobs
from tests.orgs.conftest import Office, Person
from tests.supabase_local.auth.mailbox import Mail, Mailbox

USERS = "/api/admin/users"
INVITATIONS = "/api/admin/invitations"
OWN = "/api/invitations"


@pytest.fixture
def mailbox(office: Office) -> Mailbox:
    return Mailbox(office.gateway.database)


@pytest.fixture
async def worker(office: Office) -> AsyncIterator[WorkerContext]:
    context = await open_worker_context(office.gateway.settings)
    yield context
    await context.http_client.close()
    await context.pool.close()


async def invite(admin: Person, email: str, **more: Any) -> dict[str, Any]:
    made = await admin.http.post(USERS, json={"email": email, "role": "analyst", "invite": True} | more)
    assert made.status_code == 201, made.text
    invitation: dict[str, Any] = made.json()
    return invitation


async def mailed(worker: WorkerContext, mailbox: Mailbox, email: str) -> Mail:
    await run_due_jobs(worker)
    return await mailbox.next(email)


def token_in(mail: Mail) -> str:
    return mail.link.partition("#token=")[2]


async def a_day_passes(office: Office) -> None:
    owner = office.gateway.database.as_owner
    await owner("update invitations set requested_at = requested_at - interval '25 hours'")
    await owner("update private.mail_budgets set at = at - interval '25 hours'")


async def sign_up_by(office: Office, token: str) -> Person:
    """Create the account of an invited address as the web app does, and sign in with it."""
    made = await office.anonymous_client().post(f"{OWN}/sign-up", json={"token": token})
    assert made.status_code == 200, made.text
    session = await office.gateway.http.post(
        "/auth/v1/verify", json={"type": "invite", "token_hash": made.json()["token_hash"]}
    )
    assert session.status_code == 200, session.text
    return office.person(session.json())


async def actions(admin: Person) -> list[str]:
    items = (await admin.http.get("/api/audit")).json()["items"]
    return [entry["action"] for entry in reversed(items)]


async def orgs_of(person: Person) -> list[str]:
    return [org["role"] for org in (await person.http.get("/auth/me")).json()["orgs"]]


async def test_the_mail_is_in_the_language_of_the_org(
    office: Office, admin: Person, mailbox: Mailbox, worker: WorkerContext
) -> None:
    await office.gateway.database.as_owner("update orgs set language = 'de'")
    await invite(admin, "ida@example.test")
    mail = await mailed(worker, mailbox, "ida@example.test")
    assert mail.subject == "Sie sind zu einer Organisation auf ARTi eingeladen"
    assert "lädt Sie in die Organisation „Night Owl Records“ auf ARTi ein, als Analyst." in mail.text
    assert "Der Link gilt bis zum " in mail.text


async def test_somebody_without_an_account_joins_by_the_mailed_link(
    office: Office, admin: Person, mailbox: Mailbox, worker: WorkerContext
) -> None:
    invitation = await invite(admin, "Ida@Example.test", display_name="Ida")
    assert (invitation["email"], invitation["status"]) == ("ida@example.test", "invited")
    users = await office.gateway.database.as_owner("select from auth.users where email = 'ida@example.test'")
    assert users == [], "an invitation makes no account"
    mail = await mailed(worker, mailbox, "ida@example.test")
    assert "Night Owl Records" in mail.text
    assert "ada@example.test" in mail.text
    assert "analyst" in mail.text
    assert mail.link.startswith(f"{office.gateway.settings.site_url}/invitation/#token=")
    token = token_in(mail)
    seen = (await office.anonymous_client().post(f"{OWN}/lookup", json={"token": token})).json()
    assert (seen["org_name"], seen["role"], seen["has_account"]) == ("Night Owl Records", "analyst", False)
    ida = await sign_up_by(office, token)
    assert await orgs_of(ida) == [], "signing in accepts nothing"
    again = await office.anonymous_client().post(f"{OWN}/lookup", json={"token": token})
    assert again.json()["has_account"] is True
    refused = await office.anonymous_client().post(f"{OWN}/sign-up", json={"token": token})
    assert (refused.status_code, "has an account" in refused.json()["message"]) == (409, True)
    accepted = await ida.http.post(f"{OWN}/{seen['id']}/accept", json={"token": token})
    assert accepted.json() == {"org_id": office.org_id}
    assert await orgs_of(ida) == ["analyst"]
    assert (await admin.http.get(INVITATIONS)).json()["items"] == []
    used = await ida.http.post(f"{OWN}/{seen['id']}/accept", json={"token": token})
    assert used.status_code == 404
    assert await actions(admin) == ["org.created", "invitation.created", "invitation.accepted"]


async def test_somebody_with_an_account_answers_in_the_app(office: Office, admin: Person) -> None:
    eve = office.person(await office.gateway.sign_up("eve@example.test", "her own password"))
    declined, accepted = await invite(admin, "eve@example.test"), None
    (pending,) = (await eve.http.get(OWN)).json()
    assert (pending["org_name"], pending["role"], pending["invited_by"]) == (
        "Night Owl Records",
        "analyst",
        "ada@example.test",
    )
    assert (await eve.http.post(f"{OWN}/{declined['id']}/decline", json={})).status_code == 204
    assert (await eve.http.get(OWN)).json() == []
    assert await orgs_of(eve) == []
    accepted = await invite(admin, "eve@example.test", role="manager")
    assert (await eve.http.post(f"{OWN}/{accepted['id']}/accept", json={})).status_code == 200
    assert await orgs_of(eve) == ["manager"]
    entries = (await admin.http.get("/api/audit")).json()["items"]
    by = {entry["action"]: entry["actor"] and entry["actor"]["email"] for entry in entries}
    assert by["invitation.accepted"] == "eve@example.test"
    assert by["invitation.declined"] is None, "who declines stays an address"


async def test_the_name_of_an_org_changes_nothing_around_it_in_the_mail(
    office: Office, admin: Person, mailbox: Mailbox, worker: WorkerContext
) -> None:
    # A line of its own, a link, and a sign that turns the direction of what follows.
    name = "Owl\r\nBcc: eve@example.test\u202e\u2028https://evil.example"
    assert (await admin.http.patch("/api/orgs/current", json={"name": name})).status_code == 200
    await invite(admin, "ida@example.test")
    mail = await mailed(worker, mailbox, "ida@example.test")
    assert "“Owl Bcc: eve@ example. test https:" in mail.text
    assert all(sign.isprintable() or sign == "\n" for sign in mail.text)


async def test_nothing_of_an_invited_person_shows_before_they_accept(
    office: Office, admin: Person, worker: WorkerContext
) -> None:
    """The org sees what it typed, over the API, REST and the audit log, for a known and an unknown address."""
    session = await office.gateway.sign_up("eve@example.test", "her own password")
    eve = office.person(session)
    await eve.http.patch("/auth/me", json={"display_name": "Secret Real Name"})
    await eve.http.post("/api/orgs", json={"name": "Eve's own"})
    answers = []
    for email in ("eve@example.test", "none@example.test"):
        made = await admin.http.post(USERS, json={"email": email, "role": "analyst"})
        answers.append((made.status_code, made.text.replace(email, "_"), made.json()))
    known, unknown = (dict(answer[2]) for answer in answers)
    for changing in ("id", "email", "created_at", "can_resend_at", "expires_at"):
        known.pop(changing), unknown.pop(changing)
    assert (answers[0][0], known) == (answers[1][0], unknown)
    await run_due_jobs(worker)
    await eve.http.get("/auth/me")

    seen = [(await admin.http.get(path)).text for path in (USERS, INVITATIONS, "/api/audit", "/api/jobs", "/auth/me")]
    headers = {"Authorization": admin.http.headers["authorization"]}
    for table in ("users", "memberships", "invitations?select=id,email,role,mailed_at", "audit_log", "jobs"):
        answer = await office.gateway.http.get(f"/rest/v1/{table}", headers=headers)
        assert answer.status_code == 200, answer.text
        seen.append(answer.text)
    for text in seen:
        assert "Secret Real Name" not in text
        assert str(eve.id) not in text
    people = (await office.gateway.http.get("/rest/v1/users?select=email", headers=headers)).json()
    assert people == [{"email": "ada@example.test"}]
    hashes = await office.gateway.http.get("/rest/v1/invitations?select=token_hash", headers=headers)
    assert hashes.status_code == 403
    sent_live = await office.gateway.database.as_owner(
        "select pubname from pg_publication_tables where tablename in ('invitations', 'users')"
    )
    assert sent_live == []
    pool = await office.gateway.database.pool("arti_api")
    async with member_transaction(pool, Principal(admin.id, None, admin.email)) as connection:
        assert await connection.fetchval("select count(*) from users") == 1, "as the console's view of this user"
    await pool.close()


async def test_an_inviter_makes_no_person_a_member(office: Office, admin: Person) -> None:
    eve = office.person(await office.gateway.sign_up("eve@example.test", "her own password"))
    invitation = await invite(admin, "eve@example.test")
    body = {"status": "active", "role": "admin"}
    for id in (invitation["id"], str(eve.id)):
        assert (await admin.http.put(f"{USERS}/{id}", json=body)).status_code == 404
    assert (await admin.http.post(f"{OWN}/{invitation['id']}/accept", json={})).status_code == 404
    for _ in range(2):
        assert await orgs_of(eve) == [], "/auth/me accepts nothing"
    headers = {"Authorization": admin.http.headers["authorization"]}
    row = {"org_id": office.org_id, "user_id": str(eve.id), "role": "admin", "status": "active"}
    assert (await office.gateway.http.post("/rest/v1/memberships", json=row, headers=headers)).status_code == 403
    for function, arguments in (
        ("add_member", {"target_org": office.org_id, "new_user": str(eve.id)}),
        ("accept_invitation", {"invitation_id": invitation["id"]}),
    ):
        called = await office.gateway.http.post(f"/rest/v1/rpc/{function}", json=arguments, headers=headers)
        assert called.status_code == 404
    # Not the API's own login either, whatever statement it runs.
    database = office.gateway.database
    pool = await database.pool("arti_api")
    principal = Principal(admin.id, None, admin.email)
    for statement in (
        f"insert into memberships (org_id, user_id, role) values ('{office.org_id}', '{eve.id}', 'admin')",
        f"update memberships set user_id = '{eve.id}' where org_id = '{office.org_id}'",
        f"select private.add_machine_member('{office.org_id}', '{eve.id}', 'x', 'analyst')",
        "update invitations set token_hash = sha256('mine')",
        "update invitations set email = 'ada@example.test'",
        "select token_hash from invitations",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with member_transaction(pool, principal) as connection:
                await connection.execute(statement)
    await pool.close()
    assert await database.as_owner("select from memberships where user_id = $1", eve.id) == []


async def test_a_link_is_for_its_address(
    office: Office, admin: Person, mailbox: Mailbox, worker: WorkerContext
) -> None:
    await invite(admin, "ida@example.test")
    token = token_in(await mailed(worker, mailbox, "ida@example.test"))
    id = (await office.anonymous_client().post(f"{OWN}/lookup", json={"token": token})).json()["id"]
    mallory = office.person(await office.gateway.sign_up("mallory@example.test"))
    for person in (mallory, admin):
        for verb in ("accept", "decline"):
            for body in ({"token": token}, {}):
                answer = await person.http.post(f"{OWN}/{id}/{verb}", json=body)
                assert (answer.status_code, "Sign in with the invited address" in answer.text) == (404, True)
    wrong = {"token": token[:-1] + ("A" if token[-1] != "A" else "B")}
    assert (await office.anonymous_client().post(f"{OWN}/lookup", json=wrong)).status_code == 404
    assert (await office.anonymous_client().post(f"{OWN}/{id}/decline", json={})).status_code == 404
    assert (await office.anonymous_client().post(f"{OWN}/{id}/decline", json={"token": token})).status_code == 204
    assert (await office.anonymous_client().post(f"{OWN}/lookup", json={"token": token})).status_code == 404


async def test_whoever_signs_up_with_an_invited_address_unproven_gets_nothing(
    office: Office, admin: Person, mailbox: Mailbox, worker: WorkerContext
) -> None:
    """Here addresses are confirmed without a mail: an account made after the invitation needs the link."""
    invitation = await invite(admin, "boss@example.test")
    thief = office.person(await office.gateway.sign_up("boss@example.test"))
    assert (await thief.http.get(OWN)).json() == []
    assert (await thief.http.post(f"{OWN}/{invitation['id']}/accept", json={})).status_code == 404
    token = token_in(await mailed(worker, mailbox, "boss@example.test"))
    assert (await thief.http.post(f"{OWN}/{invitation['id']}/accept", json={"token": token})).status_code == 200


def test_addresses_prove_something_only_where_a_mail_confirms_them(settings: Settings) -> None:
    def office_settings(**changes: Any) -> Settings:
        return Settings.model_construct(**settings.model_dump() | changes)

    assert proof_by_address(office_settings(enable_email_autoconfirm=False)) == "confirmed"
    assert proof_by_address(office_settings(disable_signup=True)) == "confirmed"
    assert proof_by_address(office_settings()) == "older"
    assert proof_by_address(office_settings(arti_environment="production")) == "none"


async def test_an_invitation_is_withdrawn_and_expires(
    office: Office, admin: Person, mailbox: Mailbox, worker: WorkerContext
) -> None:
    eve = office.person(await office.gateway.sign_up("eve@example.test", "her own password"))
    invitation = await invite(admin, "eve@example.test")
    token = token_in(await mailed(worker, mailbox, "eve@example.test"))
    owner = office.gateway.database.as_owner
    await owner("update invitations set expires_at = clock.now() - interval '1 second' where email like 'eve%'")
    for body in ({"token": token}, {}):
        assert (await eve.http.post(f"{OWN}/{invitation['id']}/accept", json=body)).status_code == 404
    assert (await eve.http.get(OWN)).json() == []
    await a_day_passes(office)
    assert (await admin.http.post(f"{INVITATIONS}/{invitation['id']}/resend")).status_code == 204
    assert len((await eve.http.get(OWN)).json()) == 1
    assert (await admin.http.delete(f"{INVITATIONS}/{invitation['id']}")).status_code == 204
    assert (await admin.http.delete(f"{INVITATIONS}/{invitation['id']}")).status_code == 404
    recorded = await owner("select key ->> 'id' as id from private.deletions where relation = 'public.invitations'")
    assert [row["id"] for row in recorded] == [invitation["id"]], "it does not come back with a restored database"
    assert (await eve.http.get(OWN)).json() == []
    assert await run_due_jobs(worker) == [("orgs.mail_invitation", "done")], "there is nothing to mail any more"
    assert (await eve.http.post(f"{OWN}/{invitation['id']}/accept", json={"token": token})).status_code == 404


@pytest.mark.parametrize("change", [{"role": "manager"}, {"status": "disabled"}, None])
async def test_whoever_may_no_longer_invite_leaves_no_way_in(
    office: Office, admin: Person, mailbox: Mailbox, worker: WorkerContext, change: dict[str, str] | None
) -> None:
    session = await office.gateway.sign_up("bad@example.test")
    await office.gateway.join(session, UUID(office.org_id), Role.ADMIN)
    bad, own = office.person(session), office.person(await office.gateway.sign_up("own@example.test"))
    invitation = await invite(bad, "own@example.test", role="admin")
    token = token_in(await mailed(worker, mailbox, "own@example.test"))
    path = f"{USERS}/{bad.id}"
    answer = await (admin.http.put(path, json=change) if change else admin.http.delete(path))
    assert answer.status_code in (200, 204)
    for body in ({"token": token}, {}):
        assert (await own.http.post(f"{OWN}/{invitation['id']}/accept", json=body)).status_code == 404
    assert (await own.http.get(OWN)).json() == []
    assert (await office.anonymous_client().post(f"{OWN}/lookup", json={"token": token})).status_code == 404
    (listed,) = (await admin.http.get(INVITATIONS)).json()["items"]
    assert listed["is_on_hold"] is True
    assert (await invite(admin, "own@example.test", role="guest"))["is_on_hold"] is False
    accepted = await own.http.post(f"{OWN}/{invitation['id']}/accept", json={"token": token})
    assert accepted.status_code == 200
    assert await orgs_of(own) == ["guest"]


async def test_one_more_invitation_within_a_day_sends_no_mail(
    office: Office, admin: Person, mailbox: Mailbox, worker: WorkerContext
) -> None:
    first = await invite(admin, "ida@example.test")
    token = token_in(await mailed(worker, mailbox, "ida@example.test"))
    again = await admin.http.post(f"{INVITATIONS}/{first['id']}/resend")
    assert (again.status_code, "once a day" in again.text or "one invitation a day" in again.text) == (429, True)
    assert 86_000 < int(again.headers["retry-after"]) <= 86_400
    changed = await invite(admin, "ida@example.test", role="manager")
    assert (changed["id"], changed["role"]) == (first["id"], "manager")
    await run_due_jobs(worker)
    assert (await office.anonymous_client().post(f"{OWN}/lookup", json={"token": token})).json()["role"] == "manager"

    other = office.person(await office.gateway.sign_up("otto@example.test"))
    org = (await other.http.post("/api/orgs", json={"name": "Day Lark"})).json()["id"]
    other.http.headers["X-ARTi-Org"] = org
    for _ in range(7):  # withdrawn and made anew, and by another org, which learns nothing of the first
        made = await other.http.post(USERS, json={"email": "ida@example.test", "role": "guest"})
        assert made.status_code == 201
        await run_due_jobs(worker)
        (listed,) = (await other.http.get(INVITATIONS)).json()["items"]
        assert listed["sent_at"] is not None
        await other.http.delete(f"{INVITATIONS}/{made.json()['id']}")
        await admin.http.delete(f"{INVITATIONS}/{first['id']}")
        first = await invite(admin, "ida@example.test")
        await run_due_jobs(worker)
    assert [mail.recipient for mail in await mailbox.all()] == ["ida@example.test"]

    await a_day_passes(office)
    assert (await admin.http.post(f"{INVITATIONS}/{first['id']}/resend")).status_code == 204
    second = token_in(await mailed(worker, mailbox, "ida@example.test"))
    assert second != token
    assert (await office.anonymous_client().post(f"{OWN}/lookup", json={"token": token})).status_code == 404
    assert (await office.anonymous_client().post(f"{OWN}/lookup", json={"token": second})).status_code == 200


@pytest.mark.parametrize("domain", ["example.test", "gmail.com"])
async def test_a_mailbox_is_not_flooded_by_its_many_addresses(
    office: Office, admin: Person, mailbox: Mailbox, worker: WorkerContext, domain: str
) -> None:
    """Mail to ida+anything@ arrives at ida@; Gmail leaves dots out too."""
    names = ["ida", *(f"ida+{number}" for number in range(8))]
    for name in [*names, *(["i.da", "id.a+x"] if domain == "gmail.com" else [])]:
        await invite(admin, f"{name}@{domain}")
    await invite(admin, f"i.d.a.other@{domain}")
    await run_due_jobs(worker)
    sent = [mail.recipient for mail in await mailbox.all()]
    assert len(sent) == 6
    assert sent[-1] == f"i.d.a.other@{domain}"


async def test_an_org_and_a_person_invite_so_many_a_day(office: Office, admin: Person) -> None:
    limit = office.gateway.settings.mail_limit_per_org
    owner = office.gateway.database.as_owner
    await owner("delete from private.mail_budgets")
    await invite(admin, "one@example.test")
    await owner("update private.mail_budgets set tokens = 0.5 where key like 'invitations person %'")
    for org in (office.org_id, (await admin.http.post("/api/orgs", json={"name": "One more"})).json()["id"]):
        refused = await admin.http.post(
            USERS, json={"email": "two@example.test", "role": "analyst"}, headers={"X-ARTi-Org": org}
        )
        assert refused.status_code == 429
        assert "MAIL_LIMIT_" in refused.json()["message"]
        assert 1 <= int(refused.headers["retry-after"]) <= 86_400 / limit
    assert len((await admin.http.get(INVITATIONS)).json()["items"]) == 1, "what is refused leaves nothing"


async def test_refused_invitations_name_the_field(admin: Person) -> None:
    async def refused(status: int, **body: Any) -> str:
        answer = await admin.http.post(USERS, json={"email": "x@example.test", "role": "analyst"} | body)
        assert answer.status_code == status, answer.text
        return str(answer.json()["field"])

    assert await refused(422, password="somebody else's idea") == "password"
    assert await refused(422, invite=False) == "invite"
    assert await refused(422, email="nobody") == "email"
    assert await refused(422, email=f"{uuid4()}@keys.invalid") == "email"
    assert await refused(422, role="owner") == "role"
    assert await refused(422, org_id=str(uuid4())) == "org_id"
    assert await refused(422, artist_ids=[str(uuid4())]) == "artist_ids"
    assert await refused(422, group_ids=[str(uuid4())], artist_access="list") == "group_ids"
    assert await refused(422, platforms={"myspace": {}}) == "platforms"
    assert await refused(409, email="ada@example.test") == "email"
    assert await actions(admin) == ["org.created"]


async def test_two_who_accept_at_once_make_one_member(office: Office, admin: Person) -> None:
    eve = office.person(await office.gateway.sign_up("eve@example.test", "her own password"))
    invitation = await invite(admin, "eve@example.test")
    path = f"{OWN}/{invitation['id']}/accept"
    answers = await asyncio.gather(*(eve.http.post(path, json={}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404, 404]
    rows = await office.gateway.database.as_owner("select from memberships where user_id = $1", eve.id)
    assert len(rows) == 1


async def test_invitations_are_paged_and_for_admins(office: Office, admin: Person) -> None:
    made = [(await invite(admin, f"p{number}@example.test"))["id"] for number in range(3)]
    first = (await admin.http.get(INVITATIONS, params={"limit": 2})).json()
    rest = (await admin.http.get(INVITATIONS, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made
    session = await office.gateway.sign_up("max@example.test")
    await office.gateway.join(session, UUID(office.org_id), role=Role.MANAGER)
    manager = office.person(session)
    assert (await manager.http.get(INVITATIONS)).status_code == 403
    headers = {"Authorization": manager.http.headers["authorization"]}
    rows = await office.gateway.http.get("/rest/v1/invitations?select=email", headers=headers)
    assert rows.json() == []


async def test_names_in_the_mail_are_no_links(
    office: Office, admin: Person, mailbox: Mailbox, worker: WorkerContext
) -> None:
    await admin.http.patch("/api/orgs/current", json={"name": "Account closed http://evil.example\n<b>now</b>"})
    await admin.http.patch("/auth/me", json={"display_name": "www.evil.example"})
    await invite(admin, "ida@example.test")
    mail = await mailed(worker, mailbox, "ida@example.test")
    assert "evil.example" not in mail.text + mail.html
    assert "<b>" not in mail.html
    assert mail.text.count("://") == 1, "the link alone"
