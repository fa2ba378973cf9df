"""Few large files are read at once; whoever comes too many is told when to come again, and small files pass by."""

import asyncio
from datetime import date, timedelta

import httpx2 as httpx
from fastapi import FastAPI

from arti.imports.readers.large_files import ReadingSlots
from tests.conftest import Member, World
from tests.factories.observations import make_artist


def chart(days: int) -> bytes:
    lines = ["Date,Content,Video title,Video publish time,Duration,Views"]
    lines += [f"{date(2000, 1, 1) + timedelta(day)},abcDEF12345,Night Drive,,212,{day}" for day in range(days)]
    return "\n".join(lines).encode()


LARGE, SMALL = chart(7_000), chart(10)


async def test_large_files_wait_for_each_other(world: World, api: FastAPI) -> None:
    member = await world.member()
    artist = str(await make_artist(world.database, member.org_id))

    async def upload(content: bytes) -> httpx.Response:
        files = {"file": ("Chart data.csv", content)}
        return await member.http.post("/api/imports", data={"artist_id": artist}, files=files)

    async def expect_refusal(answer: httpx.Response) -> None:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10"), answer.text
        assert answer.json()["message"] == "Several large files are being read. Send this one again in a moment."

    assert len(LARGE) > 256 * 1024
    stored = (await upload(LARGE)).json()["imports"][0]
    slots = api.state.reading_slots = ReadingSlots(at_once=1, waiting=1, seconds=1)
    async with slots.hold():
        first = asyncio.create_task(upload(LARGE))
        await asyncio.sleep(0.3)
        await expect_refusal(await upload(LARGE))  # a second may not wait
        assert (await upload(SMALL)).status_code == 201
        await expect_refusal(await first)  # it waited for long enough
        for path in ("", "/rows"):
            await expect_refusal(await member.http.get(f"/api/imports/{stored['id']}{path}"))
        await expect_refusal(await commit(member, stored["id"]))
    assert (await commit(member, stored["id"])).json()["status"] == "committed"
    assert {answer.status_code for answer in await asyncio.gather(upload(LARGE), upload(SMALL))} == {201}


async def commit(member: Member, import_id: str) -> httpx.Response:
    return await member.http.post(f"/api/imports/{import_id}/commit", json={"options": {}})
