"""A POST that is sent again under its key has one effect and one answer."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest

from arti.orgs.idempotency import store
from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.database import open_pool
from arti_core.errors import Invalid
from tests.conftest import Member, World
from tests.factories.observations import make_artist

CSV = ("a.csv", b"date,listeners,streams,followers\n2026-01-01,1,2,3\n")


def keyed(key: str = "k1") -> dict[str, str]:
    return {"Idempotency-Key": key}


async def create(member: Member, name: str, key: str = "k1") -> httpx.Response:
    """Create a document. One with the same text is there already: 409, so a second run would show."""
    return await member.http.post("/api/documents", json={"title": name, "body": f"About {name}."}, headers=keyed(key))


async def count(world: World, table: str, member: Member) -> int:
    rows = await world.database.as_owner(f"select count(*) from {table} where org_id = $1", member.org_id)
    return int(rows[0][0])


async def test_the_same_request_is_answered_again_and_done_once(world: World) -> None:
    member = await world.member()
    first = await create(member, "Notes")
    assert first.status_code == 201, first.text
    second = await create(member, "Notes")
    assert (second.status_code, second.content) == (201, first.content)
    assert second.headers["content-type"] == first.headers["content-type"]
    assert second.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert await count(world, "documents", member) == 1
    assert (await create(member, "Notes", "k2")).status_code == 409
    assert (await create(member, "Others", "k2")).status_code == 201


async def test_another_body_under_the_same_key_is_refused(world: World) -> None:
    member = await world.member()
    await create(member, "Notes")
    refused = await create(member, "Others")
    assert (refused.status_code, refused.json()["field"]) == (422, "Idempotency-Key")
    assert "Use a new key for a new request" in refused.json()["message"]
    assert await count(world, "documents", member) == 1


async def test_a_key_is_of_one_person_one_org_and_one_route(world: World) -> None:
    member = await world.member()
    colleague = await world.member(member.org_id)
    other = await world.member()
    for number, person in enumerate((member, colleague, other)):
        assert (await create(person, f"Notes {number}")).status_code == 201
    artist = await member.http.post("/api/artists", json={"name": "Mira Sol"}, headers=keyed())
    assert artist.status_code == 201, artist.text
    assert await count(world, "documents", member) == 2


async def test_requests_at_the_same_time_have_one_effect(world: World) -> None:
    member = await world.member()
    answers = await asyncio.gather(*(create(member, "Notes") for _ in range(20)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    for answer in answers:
        if answer.status_code == 409:
            assert answer.headers["retry-after"] == "1"
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert await count(world, "documents", member) == 1
    assert (await create(member, "Notes")).status_code == 201


async def test_what_failed_may_be_sent_again_under_its_key(world: World) -> None:
    member = await world.member()
    body: dict[str, Any] = {"name": "Mira Sol"}
    assert (await member.http.post("/api/artists", json=body)).status_code == 201
    assert (await member.http.post("/api/artists", json=body, headers=keyed())).status_code == 409
    await world.database.as_owner("delete from artists where org_id = $1", member.org_id)
    assert (await member.http.post("/api/artists", json=body, headers=keyed())).status_code == 201


async def test_a_lost_transaction_stores_neither_effect_nor_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = await world.member()

    async def fail(*_: Any, **__: Any) -> None:
        raise Invalid("lost")

    monkeypatch.setattr(store, "store_answer", fail)
    assert (await create(member, "Notes")).status_code == 422
    assert await count(world, "documents", member) == 0
    monkeypatch.undo()
    assert "idempotent-replayed" not in (await create(member, "Notes")).headers
    assert await count(world, "documents", member) == 1


async def test_a_file_is_the_same_under_another_boundary(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    form = {"artist_id": str(artist)}
    first = await member.http.post("/api/imports", data=form, files={"file": CSV}, headers=keyed())
    assert first.status_code == 201, first.text
    again = await member.http.post("/api/imports", data=form, files={"file": CSV}, headers=keyed())
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    other = ("a.csv", CSV[1] + b"2026-01-02,1,2,3\n")
    assert (
        await member.http.post("/api/imports", data=form, files={"file": other}, headers=keyed())
    ).status_code == 422
    assert await count(world, "imports", member) == 1


async def test_an_org_is_made_once(world: World) -> None:
    member = await world.member()
    client = world.client(member.token)
    first = await client.post("/api/orgs", json={"name": "Night Owl"}, headers=keyed())
    again = await client.post("/api/orgs", json={"name": "Night Owl"}, headers=keyed())
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert len((await client.get("/api/orgs")).json()) == 2


async def test_answers_end_after_a_day_and_lie_sealed(world: World) -> None:
    member = await world.member()
    await create(member, "A secret plan")
    stored = await world.database.as_owner("select * from private.idempotency_keys where org_id = $1", member.org_id)
    assert len(stored) == 1
    assert b"secret plan" not in stored[0]["sealed"]
    assert b"k1" not in stored[0]["key_digest"]
    await world.database.as_owner("update private.idempotency_keys set created_at = created_at - interval '25 hours'")
    assert (await create(member, "A secret plan")).status_code == 409  # it ran again
    await world.database.as_owner("update private.idempotency_keys set created_at = created_at - interval '25 hours'")
    pool = await open_pool(
        world.settings.worker_database_url.get_secret_value(), size=1, claims_key=world.settings.claims_signing_key
    )
    async with cross_tenant_transaction(pool) as connection:
        await store.delete_expired(connection)
    await pool.close()
    assert await count(world, "private.idempotency_keys", member) == 0


async def test_a_key_has_a_form(world: World) -> None:
    member = await world.member()
    for key in ("", "a b", "a" * 256):
        answer = await member.http.post("/api/documents", json={"title": "a", "body": "b"}, headers=keyed(key))
        assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key"), key


async def test_a_former_member_gets_no_stored_answer(world: World) -> None:
    member = await world.member()
    await create(member, "Notes")
    await world.member(member.org_id)
    await world.database.as_owner("delete from memberships where user_id = $1", member.user_id)
    assert (await create(member, "Notes")).status_code == 404
    assert (await world.client(member.token, uuid4()).post("/api/documents", headers=keyed())).status_code == 404


async def test_an_org_keeps_so_many_answers_and_no_more(world: World) -> None:
    member, other = await world.member(), await world.member()
    await world.database.as_owner(
        "insert into private.org_quotas (org_id, resource, allowed) values ($1, 'idempotency keys of a day', 2)",
        member.org_id,
    )
    assert [(await create(member, f"Notes {key}", key)).status_code for key in ("k1", "k2")] == [201, 201]
    refused = await create(member, "Notes k3", "k3")
    assert (refused.status_code, refused.json()["error"]) == (429, "rate_limited")
    assert refused.json()["message"] == (
        "This org may have 2 idempotency keys of a day, and would have more. Wait until some are done, then try again."
    )
    assert await count(world, "documents", member) == 2
    assert (await create(member, "Notes k1", "k1")).headers["idempotent-replayed"] == "true"
    assert (await member.http.post("/api/documents", json={"title": "a", "body": "b"})).status_code == 201
    assert (await create(other, "Notes", "k3")).status_code == 201
