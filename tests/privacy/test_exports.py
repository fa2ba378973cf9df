"""Exports: everything of an org for its admins, everything of a person for themselves, and no secret of anybody."""

import io
import json
import os
import tracemalloc
from typing import Any
from zipfile import ZipFile

from arti.jobs import WorkerContext
from arti.privacy.archive import ArchiveEntry, pack
from arti.vocabulary import Role
from tests.conftest import Member, World
from tests.isolation.seeding import SeededOrg, TenantTables
from tests.job_runner import run_due_jobs
from tests.orgs.conftest import Office, Person

EXPORTS = "/api/orgs/current/exports"


def lines(archive: ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"data/{name}.jsonl").splitlines()]


async def exported(admin: Member, worker_context: WorkerContext) -> ZipFile:
    requested = await admin.http.post(EXPORTS)
    assert (requested.status_code, requested.json()["state"]) == (202, "waiting"), requested.text
    await run_due_jobs(worker_context)
    (export,) = (await admin.http.get(EXPORTS)).json()
    assert (export["state"], export["percent"], export["problem"]) == ("ready", 100, None)
    answer = await admin.http.get(f"{EXPORTS}/{export['id']}/content")
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == export["byte_size"] == int(answer.headers["content-length"])
    archive = ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


async def test_an_org_gets_all_of_its_own_and_nothing_else(world: World, worker_context: WorkerContext) -> None:
    async with TenantTables.of(world.database) as tables:
        org, neighbour = SeededOrg(tables), SeededOrg(tables)
        await org.seed()
        await neighbour.seed()
        await tables.connection.execute("delete from private.org_exports where org_id = $1", org.id)
        await tables.connection.execute(
            """update files set byte_size = 3000000, sha256 = sha256(repeat('a,b', 1000000)::bytea)
               where org_id = $1""",
            org.id,
        )
        await tables.connection.execute("delete from private.file_pieces where org_id = $1", org.id)
        await tables.connection.execute(
            """insert into private.file_pieces (org_id, file_id, number, content)
               select org_id, id, n, substring(repeat('a,b', 1000000)::bytea from n * 1048576 + 1 for 1048576)
               from files cross join generate_series(0, 2) n where org_id = $1""",
            org.id,
        )
        secret = "c0ffee" * 8
        for table in ("private.vault", "private.audit_keys", "private.file_keys", "private.idempotency_keys"):
            await tables.connection.execute(
                f"update {table} set sealed = decode($2, 'hex') where org_id = $1",
                org.id,
                secret,
            )
        expected = await tables.connection.fetch(
            "select relation from private.subject_tables where 'org' = any (exported_to)"
        )
    admin = await world.member(org.id)
    await admin.http.post("/api/artists", json={"name": "Nora Ash"})
    archive = await exported(admin, worker_context)
    everything = "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    tables_in = {name for name in archive.namelist() if name.startswith("data/")}
    assert len(tables_in) == len(expected) + 1  # the details of the audit log
    for name in tables_in - {"data/audit_details.jsonl"}:
        assert archive.read(name), f"{name} is empty, and every table has a row"
    assert {artist["name"] for artist in lines(archive, "artists")} == {org.mark, "Nora Ash"}
    assert {member["email"] for member in lines(archive, "users")} >= {admin.email}
    assert {"name": "Nora Ash"} in [entry["details"] for entry in lines(archive, "audit_details")]
    (file,) = [name for name in archive.namelist() if name.startswith("files/")]
    assert archive.read(file) == b"a,b" * 1_000_000
    assert neighbour.mark not in everything
    assert str(neighbour.id) not in everything
    assert secret not in everything
    for table in ("memberships", "org_keys", "channels", "jobs", "invitations"):
        held = {key for line in lines(archive, table) for key in line}
        assert not held & {"hash", "token_hash", "lease_token", "sealed", "encrypted_password"}, table


async def test_only_admins_export_and_only_for_a_time(world: World, worker_context: WorkerContext) -> None:
    admin = await world.member()
    manager = await world.member(admin.org_id, Role.MANAGER)
    second = await world.member(admin.org_id)
    outsider = await world.member()
    await exported(admin, worker_context)
    (export,) = (await admin.http.get(EXPORTS)).json()
    content = f"{EXPORTS}/{export['id']}/content"
    assert (await world.anonymous.get(content)).status_code == 401
    assert (await manager.http.get(content)).status_code == 403
    assert (await outsider.http.get(content)).status_code == 404
    assert (await second.http.get(content)).status_code == 200
    # A newer one takes the place of the older, and one that expires is gone.
    await exported(second, worker_context)
    assert (await admin.http.get(content)).status_code == 404
    (newer,) = (await admin.http.get(EXPORTS)).json()
    await world.database.as_owner("update private.org_exports set expires_at = clock.now() - interval '1 second'")
    assert (await admin.http.get(f"{EXPORTS}/{newer['id']}/content")).status_code == 404
    await world.database.as_owner("select private.delete_expired_exports()")
    left = await world.database.as_owner("select from private.org_export_pieces where content <> 'canary'")
    assert left == []


async def test_who_is_no_admin_any_more_gets_none(world: World, worker_context: WorkerContext) -> None:
    admin = await world.member()
    other = await world.member(admin.org_id)
    assert (await other.http.post(EXPORTS)).status_code == 202
    assert (await admin.http.post(EXPORTS)).status_code == 409
    changed = await admin.http.put(f"/api/admin/users/{other.user_id}", json={"role": "analyst"})
    assert changed.status_code == 200, changed.text
    await run_due_jobs(worker_context)
    (export,) = (await admin.http.get(EXPORTS)).json()
    assert (export["state"], "no admin" in export["problem"]) == ("failed", True)
    assert (await admin.http.get(f"{EXPORTS}/{export['id']}/content")).status_code == 409


async def test_an_admin_with_a_closed_platform_is_refused(world: World) -> None:
    admin = await world.member()
    await world.database.as_owner(
        "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'spotify', false)",
        admin.org_id,
        admin.user_id,
    )
    refused = await admin.http.post(EXPORTS)
    assert (refused.status_code, "closed spotify to you" in refused.json()["message"]) == (403, True)


async def test_a_person_gets_their_own(office: Office, admin: Person) -> None:
    person = await office.add_member(admin, "bo@example.test", "analyst", display_name="Bo")
    await office.enter("bo@example.test", "wrong")
    answer = await person.http.get("/auth/me/export")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    archive = ZipFile(io.BytesIO(answer.content))
    assert [user["email"] for user in lines(archive, "users")] == ["bo@example.test"]
    assert {line["user_id"] for line in lines(archive, "memberships")} == {str(person.id)}
    actions = {line["payload"]["action"] for line in lines(archive, "auth.audit_log_entries")}
    assert {"login_failed", "user_signedup"} <= actions
    everything = "\n".join(archive.read(name).decode() for name in archive.namelist())
    assert "ada@example.test" not in everything
    assert "password" not in lines(archive, "auth.users")[0]
    assert "encrypted_password" not in everything
    assert "$argon2" not in everything
    (stored,) = await office.gateway.database.as_owner(
        """select array_agg(s.refresh_token_hmac_key) || array_agg(u.encrypted_password::text) as secrets
           from auth.sessions s join auth.users u on u.id = s.user_id where u.id = $1""",
        person.id,
    )
    assert len(stored["secrets"]) >= 2
    assert not any(secret in everything for secret in stored["secrets"] if secret)


async def test_an_archive_is_never_whole_in_memory() -> None:
    """200 MB that barely compress pass in pieces."""
    noise = os.urandom(1024 * 1024)

    async def content() -> Any:
        for _ in range(100):
            yield noise

    async def entries() -> Any:
        yield ArchiveEntry("one", content())
        yield ArchiveEntry("two", content())

    tracemalloc.start()
    size = 0
    async for piece in pack(entries()):
        size += len(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 200 * 1024 * 1024
    assert peak < 12 * 1024 * 1024
