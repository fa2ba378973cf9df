"""The audit log: append-only, chained, sealed with a key for each person, and verified by ./arti audit verify."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from arti.orgs.audit import store as audit_store
from arti.orgs.audit.chain import ChainHead, ChainReport, verify_chain
from arti.vocabulary import Role
from arti_core.crypto import Vault
from arti_core.database import anonymous_transaction
from tests.arti_command import run_command
from tests.conftest import MASTER_KEY, Database, Member, World

# What an attacker with the owner's rights does first.
UNLOCK = """alter table public.audit_log disable trigger append_only;
  alter table private.audit_chain disable trigger append_only;"""


async def verify(database: Database, org_id: UUID, heads: tuple[ChainHead, ...] = ()) -> ChainReport:
    connection = await asyncpg.connect(database.dsn("postgres"))
    try:
        rows = await audit_store.read_chain(connection, org_id)
    finally:
        await connection.close()
    return verify_chain(org_id, rows, vault=Vault(MASTER_KEY), heads=heads)


async def with_entries(world: World) -> Member:
    """An admin whose org has five entries: sealed ones, one of the database itself, and one without details."""
    admin = await world.member(role=Role.ADMIN)
    for name in ("Nora Ash", 'Ünal "Quote" \\ \t Tab'):
        assert (await admin.http.post("/api/artists", json={"name": name})).status_code == 201
    assert (await admin.http.patch("/api/orgs/current", json={"name": "Renamed"})).status_code == 200
    await world.database.as_owner(
        """insert into audit_log (org_id, action, subject_kind, subject_id, details)
           values ($1, 'import.undone', 'import', 'x', '{"file_name": "a.csv"}'),
             ($1, 'rule.deleted', 'rule', 'y', '{}')""",
        admin.org_id,
    )
    return admin


async def test_entries_are_chained_in_the_order_of_the_commits(world: World) -> None:
    admin = await with_entries(world)
    report = await verify(world.database, admin.org_id)
    assert (report.entries, report.erased, report.problems) == (5, 0, [])
    items = (await admin.http.get("/api/audit")).json()["items"]
    assert {json.dumps(item["details"], sort_keys=True) for item in items} == {
        '{"name": "Nora Ash"}',
        json.dumps({"name": 'Ünal "Quote" \\ \t Tab'}),
        '{"name": "Renamed"}',
        '{"file_name": "a.csv"}',
        "{}",
    }
    assert not any(item["details_erased"] for item in items)


async def test_many_at_once_make_one_chain(world: World) -> None:
    admin = await world.member(role=Role.ADMIN)
    answers = await asyncio.gather(*(admin.http.post("/api/artists", json={"name": f"A{n}"}) for n in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    report = await verify(world.database, admin.org_id)
    assert (report.entries, report.problems) == (20, [])


async def test_names_are_not_in_the_log_in_clear(world: World) -> None:
    admin = await world.member(role=Role.ADMIN)
    await admin.http.post("/api/artists", json={"name": "Nora Ash"})
    for table in ("public.audit_log", "private.audit_details", "private.audit_chain", "private.audit_keys"):
        rows = await world.database.as_owner(f"select t::text as row from {table} t")
        assert not any("Nora" in row["row"] for row in rows), table


@pytest.mark.parametrize(
    ("attack", "problem"),
    [
        ("update audit_log set action = 'artist.deleted' where org_id = $1 and action = 'org.renamed'", "was changed"),
        ("update audit_log set actor_id = org_id where org_id = $1 and action = 'org.renamed'", "was changed"),
        ("update audit_log set created_at = created_at - interval '1 microsecond' where org_id = $1", "was changed"),
        ("update audit_log set request_id = null where org_id = $1 and action = 'org.renamed'", "was changed"),
        ("delete from audit_log where org_id = $1 and action = 'org.renamed'", "was deleted"),
        ("delete from private.audit_chain where org_id = $1 and position = 2", "is missing"),
        (
            """update private.audit_chain c set entry_id = o.entry_id from private.audit_chain o
               where c.org_id = $1 and o.org_id = $1 and o.position = 5 - c.position and c.position in (2, 3)""",
            "not where it was",
        ),
        (
            """update private.audit_details set plain = '{"file_name": "b.csv"}'
               where org_id = $1 and plain is not null""",
            "details of entry",
        ),
        (
            """update private.audit_details d set sealed = o.sealed from private.audit_details o
               where d.org_id = $1 and o.org_id = $1 and d.entry_id <> o.entry_id and o.sealed is not null
                 and d.sealed is not null""",
            "do not open",
        ),
        ("delete from private.audit_chain where org_id = $1 and position >= 4", "is in no link"),
    ],
)  # fmt: skip
async def test_every_change_is_found(world: World, attack: str, problem: str) -> None:
    admin = await with_entries(world)
    before = await verify(world.database, admin.org_id)
    assert before.problems == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        if "plain" in attack or "sealed" in attack:
            await world.database.as_owner("update private.audit_details set person_id = org_id")
        await world.database.as_owner(attack, admin.org_id)
    await world.database.run_script(
        UNLOCK + "alter table private.audit_details disable trigger append_only;"
        "alter table private.audit_chain drop constraint audit_chain_org_id_entry_id_key"
    )
    await world.database.as_owner(attack, admin.org_id)
    problems = (await verify(world.database, admin.org_id)).problems
    assert any(problem in found for found in problems), problems


async def test_a_log_that_was_cut_or_rewritten_is_found_by_a_head_kept_elsewhere(world: World) -> None:
    admin = await with_entries(world)
    connection = await asyncpg.connect(world.database.dsn("postgres"))
    (row,) = [row for row in await audit_store.list_heads(connection) if row["org_id"] == admin.org_id]
    await connection.close()
    head = ChainHead(row["org_id"], row["position"], row["hash"].hex())
    assert (await verify(world.database, admin.org_id, (head,))).problems == []
    await world.database.run_script(
        UNLOCK
        + f"""delete from private.audit_chain where org_id = '{admin.org_id}' and position = 5;
        delete from audit_log a where org_id = '{admin.org_id}'
          and not exists (select from private.audit_chain c where c.entry_id = a.id)"""
    )
    assert (await verify(world.database, admin.org_id)).problems == []
    (problem,) = (await verify(world.database, admin.org_id, (head,))).problems
    assert "does not contain the head" in problem


async def test_no_caller_changes_or_forges_an_entry(world: World) -> None:
    admin = await with_entries(world)
    for role in ("authenticated", "service_role", "arti_worker"):
        for statement in (
            "update audit_log set action = 'x'",
            "delete from audit_log",
            "truncate audit_log",
            "update private.audit_chain set position = 9",
            "select * from private.audit_keys",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await world.database.run_script(f"set role {role}; {statement}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await world.database.run_script(
            f"set role service_role; insert into audit_log (org_id, action, subject_kind, subject_id) "
            f"values ('{admin.org_id}', 'x', 'x', 'x')"
        )


async def test_a_key_is_for_members_of_the_org(world: World) -> None:
    admin, other = await with_entries(world), await with_entries(world)
    pool = await world.database.pool("arti_api")
    claims = json.dumps({"sub": str(other.user_id), "role": "authenticated"})
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with anonymous_transaction(pool) as connection:
            await connection.execute("select set_config('role', 'authenticated', true)")
            await connection.execute("select set_config('request.jwt.claims', $1, true)", claims)
            await connection.execute("select set_config('app.job_org_id', $1, true)", str(admin.org_id))
            await audit_store.find_key(connection, admin.org_id, admin.user_id)
    await pool.close()


async def test_what_is_about_a_deleted_person_is_erased_and_the_chain_still_verifies(world: World) -> None:
    admin = await with_entries(world)
    leaver = await world.member(role=Role.ADMIN, org_id=admin.org_id)
    assert (await leaver.http.post("/api/artists", json={"name": "Of the leaver"})).status_code == 201
    changed = await admin.http.put(f"/api/admin/users/{leaver.user_id}", json={"role": "manager"})
    assert changed.status_code == 200, changed.text
    before = await entries(admin)
    assert sum(item["details"].get("email") == leaver.email for item in before) == 1
    await world.database.as_owner("delete from auth.users where id = $1", leaver.user_id)
    report = await verify(world.database, admin.org_id)
    assert (report.problems, report.entries, report.erased) == ([], len(before), 2)
    after = await entries(admin)
    assert [item["id"] for item in after] == [item["id"] for item in before]
    assert {item["action"] for item in after if item["details_erased"]} == {"artist.created", "member.role_changed"}
    assert not any("email" in item["details"] for item in after if item["details_erased"])
    assert {"name": "Nora Ash"} in [item["details"] for item in after]


async def test_an_org_is_deleted_with_its_log(world: World) -> None:
    admin = await with_entries(world)
    await world.database.as_owner("delete from orgs where id = $1", admin.org_id)
    for table in ("audit_log", "private.audit_chain", "private.audit_details", "private.audit_keys"):
        assert await world.database.as_owner(f"select 1 from {table} where org_id = $1", admin.org_id) == []


async def test_refusals_are_recorded_once_a_minute(world: World) -> None:
    admin = await world.member(role=Role.ADMIN)
    analyst = await world.member(role=Role.ANALYST, org_id=admin.org_id)
    for _ in range(3):
        assert (await analyst.http.post("/api/artists", json={"name": "X"})).status_code == 403
    assert (await analyst.http.get("/api/audit")).status_code == 403
    outsider = await world.member()
    answer = await outsider.http.get("/api/audit", headers={"X-ARTi-Org": str(admin.org_id)})
    assert answer.status_code == 404
    found = [item for item in await entries(admin) if item["action"] == "access.refused"]
    assert [(item["subject_id"], item["actor"]["id"]) for item in reversed(found)] == [
        ("POST /api/artists", str(analyst.user_id)),
        ("GET /api/audit", str(analyst.user_id)),
    ]
    assert found[0]["details"]["message"].startswith("Your role (analyst) does not have")


async def test_failed_sign_ins_are_recorded_in_the_orgs_of_the_person(world: World) -> None:
    admin = await world.member(role=Role.ADMIN)
    for _ in range(3):
        await world.database.run_script(
            f"set role supabase_auth_admin; select private.record_failed_sign_in('{admin.user_id}', 'wrong password')"
        )
    await world.database.run_script(
        f"set role supabase_auth_admin; select private.record_failed_sign_in('{uuid4()}', 'wrong password')"
    )
    (entry,) = await entries(admin)
    assert (entry["action"], entry["subject_id"], entry["actor"]) == ("sign_in.failed", str(admin.user_id), None)
    assert entry["details"] == {"reason": "wrong password"}


async def test_the_command_verifies_every_org(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARTI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OWNER_DATABASE_URL", world.database.dsn("postgres"))
    monkeypatch.setenv("ARTI_MASTER_KEY", MASTER_KEY)
    for name in ("SUPABASE_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    first, second = await with_entries(world), await with_entries(world)

    code, shown = await run_command(capsys, "audit", "verify")
    assert code == 0
    assert {f"{org}: 5 entries, whole." for org in (first.org_id, second.org_id)} <= set(shown.splitlines())
    _, heads = await run_command(capsys, "audit", "heads")
    file = tmp_path / "heads.jsonl"
    file.write_text(heads)
    assert (await run_command(capsys, "audit", "verify", "--heads", str(file)))[0] == 0
    await world.database.as_owner("delete from orgs where id = $1", first.org_id)
    code, shown = await run_command(capsys, "audit", "verify", "--heads", str(file))
    assert (code, f"{first.org_id}: changed." in shown) == (1, True)
    await world.database.run_script(f"{UNLOCK} delete from audit_log where org_id = '{second.org_id}'")
    code, shown = await run_command(capsys, "audit", "verify")
    assert (code, shown.count("was deleted")) == (1, 5)


async def entries(admin: Member) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await admin.http.get("/api/audit?limit=100")).json()["items"]
    return items
