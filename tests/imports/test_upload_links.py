"""Upload links: what whoever has one can do, and every way of doing more."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx2 as httpx
import pytest

from arti.jobs import WorkerContext
from arti.vocabulary import Role
from arti_core.errors import RateLimited
from arti_core.request_rates import RequestRates
from tests.conftest import Member, World
from tests.factories.imports import list_all_rows, make_zip
from tests.factories.observations import make_artist
from tests.imports.test_batches import CHART, TABLE, commit, drop, timeline
from tests.job_runner import run_due_jobs

NO_LINK = {
    "error": "not_found",
    "message": "There is no such upload link here. Ask whoever sent it to you for a new one.",
}


async def make_link(member: Member, artist: UUID, *, expect: int = 201, **more: Any) -> dict[str, Any]:
    answer = await member.http.post("/api/upload-links", json={"artist_id": str(artist), **more})
    assert answer.status_code == expect, answer.text
    link: dict[str, Any] = answer.json()
    return link


def bearer(link: dict[str, Any] | str) -> dict[str, str]:
    token = link if isinstance(link, str) else link["url"].partition("#")[2]
    return {"Authorization": f"UploadLink {token}"}


async def hand_in(
    world: World, link: dict[str, Any] | str, content: bytes, name: str = "numbers.csv", *, expect: int = 202
) -> Any:
    answer = await world.anonymous.post("/api/uploads", files={"file": (name, content)}, headers=bearer(link))
    assert answer.status_code == expect, answer.text
    return answer.json()


async def opened(world: World, link: dict[str, Any] | str, *, expect: int = 200) -> Any:
    answer = await world.anonymous.get("/api/uploads/link", headers=bearer(link))
    assert answer.status_code == expect, answer.text
    return answer.json()


async def became(world: World, link: dict[str, Any] | str, *ids: str) -> list[dict[str, Any]]:
    answer = await world.anonymous.get("/api/uploads", params={"id": list(ids)}, headers=bearer(link))
    assert answer.status_code == 200, answer.text
    uploads: list[dict[str, Any]] = answer.json()
    return uploads


def without_request_id(answer: Any) -> Any:
    return {name: value for name, value in answer.items() if name != "request_id"}


async def test_a_file_of_a_link_becomes_a_preview_that_a_member_commits(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, member.org_id, "Mira Sol")
    link = await make_link(member, artist, note="Mira's manager")
    assert "/upload/#" in link["url"]
    shown = await opened(world, link)
    assert shown.keys() == {"org_name", "artist_name", "expires_at", "files_left", "bytes_left", "max_file_bytes"}
    assert (shown["artist_name"], shown["files_left"]) == ("Mira Sol", 100)

    sent = await hand_in(
        world, link, make_zip({"a.csv": timeline(1), "notes.csv": b"who,what\nAda,calls\n"}), "all.zip"
    )
    [waiting] = await became(world, link, sent["id"])
    assert (waiting["status"], waiting["tables"]) == ("waiting", [])
    await run_due_jobs(worker_context)
    [read] = await became(world, link, sent["id"])
    tables = {table["name"]: (table["rows"], bool(table["refusal"]), table["imported"]) for table in read["tables"]}
    assert (read["status"], tables) == (
        "read",
        {"all.zip/a.csv": (2, False, False), "all.zip/notes.csv": (None, True, False)},
    )
    assert await list_all_rows(world, member.org_id) == []
    # The members see it as every other import, in the batch of the link.
    batch = (await member.http.get(f"/api/import-batches/{link['batch_id']}")).json()
    assert [item["status"] for item in batch["items"]] == ["previewed", "refused"]
    await commit(member, batch)
    assert len(await list_all_rows(world, member.org_id)) == 6
    assert [table["imported"] for table in (await became(world, link, sent["id"]))[0]["tables"]] == [True, False]
    # The file as it was sent is gone; what was made of it is kept.
    names = await world.database.as_owner("select name from files where org_id = $1 order by name", member.org_id)
    assert [row["name"] for row in names] == ["all.zip/a.csv", "all.zip/notes.csv"]
    acts = await world.database.as_owner(
        "select action, actor_id from audit_log where org_id = $1 and action like 'upload_link.%' order by created_at",
        member.org_id,
    )
    assert [(row["action"], row["actor_id"]) for row in acts] == [
        ("upload_link.created", member.user_id),
        ("upload_link.used", None),
    ]
    [listed] = (await member.http.get("/api/upload-links")).json()["items"]
    assert (listed["used_files"], listed["status"], listed["note"]) == (1, "open", "Mira's manager")
    assert "url" not in listed


async def test_a_link_that_does_not_work_says_nothing_about_why(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, member.org_id, "Mira Sol")
    expired, revoked, archived = [await make_link(member, artist) for _ in range(3)]
    await world.database.as_owner(
        "update upload_links set created_at = created_at - interval '20 days', expires_at = clock.now() where id = $1",
        UUID(expired["id"]),
    )
    assert (await member.http.delete(f"/api/upload-links/{revoked['id']}")).status_code == 204
    guessed = "A" * 43
    for link in (expired, revoked, guessed):
        assert without_request_id(await opened(world, link, expect=404)) == NO_LINK
        assert without_request_id(await hand_in(world, link, timeline(1), expect=404)) == NO_LINK
        answer = await world.anonymous.get("/api/uploads", params={"id": str(uuid4())}, headers=bearer(link))
        assert without_request_id(answer.json()) == NO_LINK
    await world.database.as_owner("update artists set archived_at = clock.now() where id = $1", artist)
    await opened(world, archived, expect=404)
    statuses = {item["id"]: item["status"] for item in (await member.http.get("/api/upload-links")).json()["items"]}
    assert (statuses[expired["id"]], statuses[revoked["id"]]) == ("expired", "revoked")


async def test_without_a_token_or_with_another_kind_of_it_nothing_is_read(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    link = await make_link(member, await make_artist(world.database, member.org_id, "Mira Sol"))
    token = link["url"].partition("#")[2]
    for headers in (
        {},
        {"Authorization": f"Bearer {token}"},
        {"Authorization": "UploadLink "},
        {"Authorization": "UploadLink ' or true --" + "x" * 30},
        {"Authorization": f"UploadLink {token}x"},
    ):
        answer = await world.anonymous.post("/api/uploads", files={"file": ("a.csv", timeline(1))}, headers=headers)
        assert answer.status_code == 401, answer.text
    # And the token opens nothing else.
    for path in ("/api/artists", "/api/imports", f"/api/import-batches/{link['batch_id']}", "/api/upload-links"):
        headers = {"Authorization": f"Bearer {token}", "X-ARTi-Org": str(member.org_id)}
        assert (await world.anonymous.get(path, headers=headers)).status_code == 401


async def test_a_body_without_a_working_link_is_refused_before_it_is_read(world: World) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        for _ in range(400):
            sent += 65_536
            yield b"x" * 65_536

    for headers in ({}, bearer("A" * 43)):
        answer = await world.anonymous.post(
            "/api/uploads",
            content=endless(),
            headers={**headers, "Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(400 * 65_536)},
        )
        assert answer.status_code in (401, 404)
    assert sent <= 2 * 65_536


async def test_a_link_takes_what_it_was_made_for_and_no_more(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, member.org_id, "Mira Sol")
    few = await make_link(member, artist, max_files=3)
    answers = await asyncio.gather(
        *(
            world.anonymous.post("/api/uploads", files={"file": (f"{n}.csv", timeline(n))}, headers=bearer(few))
            for n in range(8)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [202] * 3 + [409] * 5
    small = await make_link(member, artist, max_bytes=2000)
    large = b"date,streams\n" + b"2026-03-01,1\n" * 10_000
    assert "larger than" in (await hand_in(world, small, large, expect=413))["message"]
    await hand_in(world, small, timeline(1) * 20, expect=202)
    await hand_in(world, small, timeline(1) * 20, expect=409)
    await hand_in(world, small, b"", expect=422)
    await run_due_jobs(worker_context)
    stored = await world.database.as_owner(
        "select sum(byte_size)::int as bytes from files where org_id = $1", member.org_id
    )
    assert stored[0]["bytes"] < 4000


async def test_hostile_files_of_a_link_end_as_refusals(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.MANAGER)
    link = await make_link(member, await make_artist(world.database, member.org_id, "Mira Sol"))
    bomb = make_zip({"a.csv": b"0" * 30_000_000})
    names = {
        "../../etc/passwd": b"%PDF-1.7",
        "a\u202e\x00b.csv": b"\x00\x01\x02",
        "bomb.zip": bomb,
        "=cmd|' /C calc'!A0.csv": b'date,streams\n"2026',
    }
    sent = [(await hand_in(world, link, content, name))["id"] for name, content in names.items()]
    done = await run_due_jobs(worker_context)
    assert {status for name, status in done if name == "imports.read_upload"} == {"done"}
    uploads = await became(world, link, *sent)
    assert [upload["status"] for upload in uploads] == ["read"] * 4
    assert all(table["refusal"] for upload in uploads for table in upload["tables"])
    assert await list_all_rows(world, member.org_id) == []


async def test_links_of_others_show_nothing_of_each_other(world: World, worker_context: WorkerContext) -> None:
    member, other_manager = await world.member(role=Role.MANAGER), await world.member(role=Role.MANAGER)
    mira, vera = [await make_artist(world.database, member.org_id, name) for name in ("Mira Sol", "Vera Lumen")]
    own, other = await make_link(member, mira), await make_link(member, vera)
    foreign = await make_link(other_manager, await make_artist(world.database, other_manager.org_id, "Bo"))
    sent = [
        (await hand_in(world, link, timeline(1), "Vera Lumen-audience-timeline.csv"))["id"] for link in (own, foreign)
    ]
    await run_due_jobs(worker_context)
    for link in (other, foreign):
        assert await became(world, link, sent[0]) == []
    # A file of another name stays with the artist of the link; only a member can say that it is theirs.
    batch = (await member.http.get(f"/api/import-batches/{own['batch_id']}")).json()
    assert [(item["artist_name"], item["open"]) for item in batch["items"]] == [("Mira Sol", ["artist"])]
    assert (await other_manager.http.delete(f"/api/upload-links/{own['id']}")).status_code == 404
    assert (await other_manager.http.get(f"/api/import-batches/{own['batch_id']}")).status_code == 404
    assert len((await other_manager.http.get("/api/upload-links")).json()["items"]) == 1
    await make_link(other_manager, mira, expect=404)


async def test_a_link_shows_nothing_of_members_files_of_the_same_name(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member(role=Role.MANAGER)
    link = await make_link(member, await make_artist(world.database, member.org_id, "Mira Sol"))
    sent = (await hand_in(world, link, timeline(1), "numbers.csv"))["id"]
    await run_due_jobs(worker_context)
    before = await became(world, link, sent)
    # Members use the batch of the link for files of theirs, with names that start as the holder's does.
    for name, content in (("numbers.csv", timeline(50) * 3), ("numbers.csv/secret plan.csv", b"who,what\nAda,calls\n")):
        batch = await drop(member, [(name, content)], batch_id=link["batch_id"])
        await commit(member, batch, import_ids=[i["id"] for i in batch["items"] if i["summary"].get("rows") != 2])
    assert await became(world, link, sent) == before
    assert [table["rows"] for table in before[0]["tables"]] == [2]


async def test_a_link_does_not_show_whether_the_org_has_a_file_already(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, member.org_id, "Mira Sol")
    await commit(member, await drop(member, [("Plan of the label.csv", timeline(1))]))
    link = await make_link(member, artist)
    known, new = [(await hand_in(world, link, timeline(n), f"{n}.csv"))["id"] for n in (1, 2)]
    await run_due_jobs(worker_context)
    uploads = await became(world, link, known, new)
    assert [table | {"name": ""} for table in uploads[0]["tables"]] == [
        table | {"name": ""} for table in uploads[1]["tables"]
    ]
    assert [table["name"] for upload in uploads for table in upload["tables"]] == ["1.csv", "2.csv"]
    # What the link itself brought is shown as imported, also when it is handed in again.
    await commit(member, (await member.http.get(f"/api/import-batches/{link['batch_id']}")).json())
    again = (await hand_in(world, link, timeline(2), "again.csv"))["id"]
    await run_due_jobs(worker_context)
    imported = [[table["imported"] for table in one["tables"]] for one in await became(world, link, known, new, again)]
    assert imported == [[False], [True], [True]]


async def test_a_file_of_a_link_is_still_its_own_after_it_was_read_again(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member(role=Role.MANAGER)
    link = await make_link(member, await make_artist(world.database, member.org_id, "Mira Sol"))
    table = (await hand_in(world, link, TABLE, "Table data.csv"))["id"]
    await run_due_jobs(worker_context)
    before = await became(world, link, table)
    # The member's daily chart answers the question of the table, which is previewed anew.
    await drop(member, [("Chart data.csv", CHART)], batch_id=link["batch_id"], artist_id=link["artist_id"])
    assert [one["name"] for one in before[0]["tables"]] == ["Table data.csv"]
    assert await became(world, link, table) == before


async def test_a_link_ends_with_the_rights_of_its_maker(world: World) -> None:
    admin = await world.member()
    mira = await make_artist(world.database, admin.org_id, "Mira Sol")
    makers = [await world.member(admin.org_id, Role.MANAGER) for _ in range(3)]
    links = [await make_link(maker, mira) for maker in makers]
    changes = ("status = 'disabled'", "role = 'analyst'", "artist_access = 'list'")
    for maker, link, change in zip(makers, links, changes, strict=True):
        await opened(world, link)
        await world.database.as_owner(f"update memberships set {change} where user_id = $1", maker.user_id)
        await opened(world, link, expect=404)
        await hand_in(world, link, timeline(1), expect=404)
    analyst = await world.member(admin.org_id, Role.ANALYST)
    await make_link(analyst, mira, expect=403)


async def test_the_token_is_nowhere_but_in_the_answer_that_made_it(world: World) -> None:
    member = await world.member()
    link = await make_link(member, await make_artist(world.database, member.org_id, "Mira Sol"))
    token = link["url"].partition("#")[2]
    found = await world.database.as_owner(
        "select to_jsonb(l)::text as row from upload_links l where id = $1", UUID(link["id"])
    )
    assert token not in found[0]["row"]
    answer = await member.http.get("/api/upload-links")
    assert token not in answer.text
    assert len(token) == 43


def test_the_rate_of_a_network_is_bounded_and_others_are_not_held_up() -> None:
    rates = RequestRates(burst=3, per_second=0.5)
    for _ in range(3):
        rates.take("198.51.100.7")
    with pytest.raises(RateLimited) as refused:
        rates.take("198.51.100.7")
    assert refused.value.retry_after_seconds in (1, 2, 3)
    rates.take("198.51.100.8")
    for suffix in ("1", "2", "3"):
        rates.take(f"2001:db8:1:2::{suffix}")
    with pytest.raises(RateLimited):
        rates.take("2001:db8:1:2:ffff::9")


async def test_who_guesses_tokens_has_to_wait(world: World) -> None:
    async def guess() -> httpx.Response:
        return await world.anonymous.get("/api/uploads/link", headers=bearer("B" * 43))

    answers = [await guess() for _ in range(140)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
