"""A person deletes their account: nothing of them is left anywhere, and what they did in orgs stays there."""

import json
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from arti.jobs import WorkerContext
from arti.orgs.audit import store as audit_store
from arti.orgs.audit.chain import verify_chain
from arti_core.crypto import Vault
from local_stack.backup.recovery.ledger import Entry, apply_ledger
from local_stack.postgres import SUPERUSER
from tests.conftest import MASTER_KEY, Database, World
from tests.job_runner import run_due_jobs
from tests.orgs.conftest import Office, Person
from tests.privacy.search import search_dump, search_redis, search_tables

MARK = "zyxplanted"
EMAIL = f"{MARK}@example.test"


async def seed_person(office: Office, admin: Person, worker: WorkerContext) -> Person:
    """A member of the admin's org whose name and address went through everything that copies them."""
    gateway, owner = office.gateway, office.gateway.database.as_owner
    # Invited once in vain, then accepted: both are in the audit log, under the admin's hand.
    first = await admin.http.post("/api/admin/users", json={"email": EMAIL, "role": "analyst", "invite": True})
    assert first.status_code == 201, first.text
    await run_due_jobs(worker)
    await admin.http.delete(f"/api/admin/invitations/{first.json()['id']}")
    person = await office.add_member(admin, EMAIL, "manager", display_name=f"{MARK} by the inviter")
    assert (await person.http.patch("/auth/me", json={"display_name": f"{MARK} Smith"})).status_code == 200
    assert (await admin.http.put(f"/api/admin/users/{person.id}", json={"role": "manager"})).status_code == 200
    # Another org invites the address, and never hears of it.
    other = await gateway.org("Elsewhere")
    await owner(
        """insert into invitations (org_id, email, role, expires_at)
           values ($1, $2, 'guest', clock.now() + interval '1 day')""",
        other,
        EMAIL,
    )
    # Sign-ins that fail and succeed, links that are mailed, metadata of their own.
    await office.enter(EMAIL, "wrong password")
    assert await office.enter(EMAIL, "correct horse") is not None
    await gateway.http.post("/auth/v1/recover", json={"email": EMAIL})
    token = person.http.headers["Authorization"]
    changed = await gateway.http.put(
        "/auth/v1/user", json={"data": {"full_name": MARK}}, headers={"Authorization": token}
    )
    assert changed.status_code == 200, changed.text
    await owner("update auth.sessions set user_agent = $2 where user_id = $1", person.id, f"{MARK} browser")
    await owner(
        """insert into auth.flow_state (id, user_id, code_challenge, code_challenge_method, provider_type,
             authentication_method, referrer) values ($1, $2, 'x', 's256', 'email', 'magiclink', $3)""",
        uuid4(),
        person.id,
        MARK,
    )
    await owner("insert into auth.mail_requests (address, topic, asked_at) values ($1, 'x', clock.now())", EMAIL)
    # Requests that are answered twice, a channel to their mailbox, and what was delivered there.
    named = await person.http.post("/api/artists", json={"name": "Stays"}, headers={"Idempotency-Key": MARK})
    assert named.status_code == 201, named.text
    channel = await admin.http.post(
        "/api/channels", json={"kind": "email", "name": "Team", "target": {"address": EMAIL}}
    )
    assert channel.status_code == 201, channel.text
    await admin.http.post(f"/api/channels/{channel.json()['id']}/test")
    await run_due_jobs(worker)
    document = await person.http.post("/api/documents", json={"title": "Tour plan", "body": "Written by a member."})
    assert document.status_code == 201, document.text
    return person


async def erase(person: Person, email: str = EMAIL) -> int:
    answer = await person.http.post("/auth/me/erasure", json={"email": email})
    return answer.status_code


async def test_nothing_of_a_person_is_left(
    office: Office,
    admin: Person,
    worker: WorkerContext,
    redis_url: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    database = office.gateway.database
    person = await seed_person(office, admin, worker)
    before = await search_tables(database, MARK)
    assert before.keys() >= {
        *("users", "auth.users", "auth.identities", "auth.sessions", "auth.audit_log_entries", "auth.flow_state"),
        *("auth.mail_requests", "mail.queue", "invitations", "channels", "deliveries", "private.audit_details"),
        "auth.one_time_tokens",
    }
    assert search_dump(database, tmp_path, MARK) > 10
    known = [json.dumps(entry) for entry in (await admin.http.get("/api/audit?limit=100")).json()["items"]]
    assert sum(MARK in entry for entry in known) >= 4

    assert await erase(person) == 204

    assert await search_tables(database, MARK) == {}
    assert search_dump(database, tmp_path, MARK) == 0
    assert await search_redis(redis_url, MARK) == []
    logged = capfd.readouterr()
    assert "account deleted" in logged.out + logged.err
    assert MARK not in logged.out + logged.err
    # They are out, everywhere.
    assert (await person.http.get("/auth/me")).status_code == 401
    assert await office.enter(EMAIL, "correct horse") is None
    # The org keeps its own, without a name, and a log that verifies and cannot be read about them any more.
    assert [item["name"] for item in (await admin.http.get("/api/artists")).json()["items"]] == ["Stays"]
    assert len((await admin.http.get("/api/documents")).json()["items"]) == 1
    entries = (await admin.http.get("/api/audit?limit=100")).json()["items"]
    assert MARK not in json.dumps(entries)
    assert any(entry["action"] == "member.left" and entry["subject_id"] == str(person.id) for entry in entries)
    assert any(entry["details_erased"] for entry in entries)
    connection = await asyncpg.connect(database.dsn(SUPERUSER))
    rows = await audit_store.read_chain(connection, UUID(office.org_id))
    await connection.close()
    report = verify_chain(UUID(office.org_id), rows, vault=Vault(MASTER_KEY))
    assert (report.problems, report.erased >= 4) == ([], True)
    # Whoever comes with the address again is somebody new.
    again = office.person(await office.gateway.sign_up(EMAIL))
    assert again.id != person.id
    assert (await again.http.get("/auth/me")).json()["orgs"] == []


async def test_a_restored_person_is_deleted_everywhere_again(
    office: Office, admin: Person, worker: WorkerContext
) -> None:
    """As a database of before the deletion, to which the ledger is applied."""
    database = office.gateway.database
    person = await seed_person(office, admin, worker)
    entry = Entry(uuid4(), "delete", "public.users", {"id": str(person.id)}, "2026-11-29T12:00:00+00:00")
    connection = await asyncpg.connect(database.dsn(SUPERUSER))
    async with connection.transaction():
        applied, problems = await apply_ledger(connection, [entry])
    await connection.close()
    assert (applied, problems) == ([entry], [])
    assert await search_tables(database, MARK) == {}


async def test_the_last_admin_of_an_org_hands_it_over_first(office: Office, admin: Person) -> None:
    answer = await admin.http.post("/auth/me/erasure", json={"email": admin.email})
    assert answer.status_code == 409
    assert answer.json()["message"].startswith("You are the only admin of Night Owl Records.")
    second = await office.add_member(admin, "bo@example.test", "admin")
    assert await erase(admin, "ADA@example.test ") == 204
    members = (await second.http.get("/api/admin/users")).json()["items"]
    assert [member["email"] for member in members] == ["bo@example.test"]


async def test_a_restored_last_admin_is_deleted_all_the_same(office: Office, admin: Person) -> None:
    """Another admin came after the moment that was restored."""
    entry = Entry(uuid4(), "delete", "public.users", {"id": str(admin.id)}, "2026-11-29T12:00:00+00:00")
    connection = await asyncpg.connect(office.gateway.database.dsn(SUPERUSER))
    async with connection.transaction():
        applied, problems = await apply_ledger(connection, [entry])
    await connection.close()
    assert (applied, problems) == ([entry], [])
    assert await search_tables(office.gateway.database, "ada@example.test") == {}


async def test_it_takes_the_address_and_a_sign_in_of_these_minutes(world: World, database: Database) -> None:
    await world.member(email="a@example.test")
    member = await world.member((await world.org("Shared")), email="b@example.test")
    await world.member(member.org_id, email="c@example.test")
    wrong = await member.http.post("/auth/me/erasure", json={"email": "a@example.test"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "email")
    await database.as_owner(
        "update auth.sessions set created_at = created_at - interval '16 minutes' where user_id = $1", member.user_id
    )
    late = await member.http.post("/auth/me/erasure", json={"email": member.email})
    assert (late.status_code, late.json()["error"]) == (403, "sign_in_too_old")
    assert len(await database.as_owner("select from users where email like '%@example.test'")) == 3
    await database.as_owner(
        """insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method)
           select gen_random_uuid(), s.id, clock.now(), clock.now(), 'password' from auth.sessions s
           where s.user_id = $1""",
        member.user_id,
    )
    assert (await member.http.post("/auth/me/erasure", json={"email": member.email})).status_code == 204
