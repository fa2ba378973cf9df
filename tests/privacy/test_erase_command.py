"""`./arti erase`: the operator deletes a person or an org for whoever asks them, and sees before what will go."""

from pathlib import Path

import pytest

from arti.jobs import WorkerContext
from tests.arti_command import run_command
from tests.conftest import MASTER_KEY, Database, World
from tests.isolation.seeding import TenantTables
from tests.job_runner import run_due_jobs
from tests.privacy.search import search_tables
from tests.privacy.test_org_erasure import ERASURE, seed_org


@pytest.fixture(autouse=True)
def installation(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OWNER_DATABASE_URL", database.dsn("postgres"))
    monkeypatch.setenv("ARTI_MASTER_KEY", MASTER_KEY)
    for name in ("SUPABASE_URL", "DATABASE_URL", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)


async def test_a_person_is_shown_and_deleted(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    admin = await world.member(await world.org("Night Owl"), email="ada@example.test")
    person = await world.member(admin.org_id, email="mira@example.test")
    assert (await person.http.post("/api/artists", json={"name": "Stays"})).status_code == 201
    code, printed = await run_command(capsys, "erase", "person", "mira@example.test")  # nobody can answer here
    assert (code, "Nothing was deleted. Add --yes" in printed) == (1, True)
    assert "           1  auth.users\n" in printed
    assert "           1  memberships\n" in printed
    assert await search_tables(world.database, "mira@example.test") != {}

    code, printed = await run_command(capsys, "erase", "person", "MIRA@example.test", "--yes")
    assert (code, printed.endswith("Deleted. Their tokens are refused from now on.\n")) == (0, True), printed
    assert await search_tables(world.database, "mira@example.test") == {}
    assert (await person.http.get("/api/artists")).status_code == 401
    entries = (await admin.http.get("/api/audit?limit=100")).json()["items"]
    left = next(entry for entry in entries if entry["action"] == "member.left")
    assert (left["subject_id"], left["actor"]) == (str(person.user_id), None)


async def test_who_cannot_be_deleted_is_named(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    admin = await world.member(await world.org("Night Owl"), email="ada@example.test")
    for words, said in (
        (("person", "ada@example.test", "--yes"), "is the only admin of Night Owl. Make somebody else"),
        (("person", "nobody@example.test", "--yes"), "Nobody has the address nobody@example.test."),
        (("person", "ada@example.test", "--now"), "a person is deleted at once"),
        (("org", "Nowhere", "--yes"), "none of this name"),
        (("org", "Night Owl", "--cancel"), "There is no such deletion"),
    ):
        code, printed = await run_command(capsys, "erase", *words)
        assert (code, said in printed) == (1, True), printed
    assert (await admin.http.get("/api/artists")).status_code == 200


async def test_an_org_is_deleted_after_hours_in_which_it_may_stay_or_at_once(
    world: World, worker_context: WorkerContext, capsys: pytest.CaptureFixture[str]
) -> None:
    async with TenantTables.of(world.database) as tables:
        org, admin = await seed_org(world, tables, worker_context)
        name = f"{org.mark} Records"
        code, printed = await run_command(capsys, "erase", "org", name, "--yes")
        assert (code, "It is deleted at " in printed) == (0, True), printed
        assert "           1  orgs\n" in printed
        shown = (await admin.http.get(ERASURE)).json()["erasure"]
        assert shown["requested_by"] is None
        assert "will be deleted already" in (await run_command(capsys, "erase", "org", name, "--yes"))[1]
        assert (await run_command(capsys, "erase", "org", name, "--cancel"))[1] == f"{name} stays.\n"
        assert (await admin.http.get(ERASURE)).json() == {"erasure": None}

        code, printed = await run_command(capsys, "erase", "person", f"{org.mark}@keys.invalid", "--yes")
        assert (code, "This is the address of an API key." in printed) == (1, True), printed
        assert (await run_command(capsys, "erase", "org", name, "--yes"))[0] == 0
        code, printed = await run_command(capsys, "erase", "org", name, "--yes", "--now")
        assert (code, "The next free worker deletes it." in printed) == (0, True), printed
        assert ("privacy.erase_org", "done") in await run_due_jobs(worker_context)
        assert await search_tables(world.database, org.mark) == {}
    assert (await admin.http.get("/auth/me")).json()["orgs"] == []
