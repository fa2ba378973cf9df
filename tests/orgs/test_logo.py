"""The logo of an org: which pictures are taken, who sees it, and that nothing of the last one stays."""

import struct
import zlib
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI

from arti.vocabulary import Role
from arti_core.files.file_store import open_file_store
from tests.conftest import Member, World

PATH = "/api/orgs/current/logo"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 64, height: int = 32, *, color: int = 0, more: bytes = b"") -> bytes:
    pixels = zlib.compress((b"\0" + bytes([color]) * min(width, 4096)) * min(height, 4096))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + frame + b"\xff\xda\x00\x02\x11\xff\xd9"


def webp(kind: bytes, body: bytes) -> bytes:
    parts = b"WEBP" + kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", len(parts)) + parts


def lossless(width: int, height: int) -> bytes:
    return webp(b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + b"\0")


def extended(width: int, height: int) -> bytes:
    return webp(b"VP8X", b"\0\0\0\0" + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3])


def lossy(width: int, height: int) -> bytes:
    return webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height))


async def put(member: Member, content: bytes, name: str = "logo.png") -> httpx.Response:
    return await member.http.put(PATH, files={"file": (name, content, "text/html")})


async def org_of(member: Member) -> dict[str, Any]:
    [org] = (await member.http.get("/api/orgs")).json()
    return dict(org)


async def count_files(world: World) -> int:
    rows = await world.database.as_owner("select from files where kind = 'logo'")
    return len(rows)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (png(), "image/png"),
        (jpeg(300, 200), "image/jpeg"),
        (lossless(100, 2048), "image/webp"),
        (extended(16, 16), "image/webp"),
        (lossy(640, 480), "image/webp"),
    ],
    ids=["png", "jpeg", "webp lossless", "webp extended", "webp lossy"],
)
async def test_a_picture_is_shown_to_every_member(world: World, content: bytes, media_type: str) -> None:
    admin, other = await world.member(), await world.member()
    guest = await world.member(admin.org_id, Role.GUEST)
    assert (await org_of(admin))["logo_id"] is None
    assert (await guest.http.get(PATH)).status_code == 404
    stored = await put(admin, content)
    assert stored.status_code == 200, stored.text
    for member in (admin, guest):
        assert (await org_of(member))["logo_id"] == stored.json()["id"]
        shown = await member.http.get(PATH)
        assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, content, media_type)
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert shown.headers["content-security-policy"].startswith("default-src 'none'")
        assert shown.headers["content-disposition"].startswith("inline; filename=")
    assert (await other.http.get(PATH)).status_code == 404
    assert (await org_of(other))["logo_id"] is None
    assert (await world.client(other.token, admin.org_id).get(PATH)).status_code == 404


async def test_another_one_takes_its_place_and_a_removed_one_is_gone(world: World) -> None:
    admin = await world.member()
    manager = await world.member(admin.org_id, Role.MANAGER)
    first = (await put(admin, png())).json()["id"]
    second = (await put(admin, png(color=9))).json()["id"]
    assert first != second
    assert await count_files(world) == 1
    renamed = await admin.http.patch("/api/orgs/current", json={"name": "Night Owl"})
    assert renamed.json()["logo_id"] == second
    assert (await put(manager, png())).status_code == 403
    assert (await manager.http.delete(PATH)).status_code == 403
    assert (await admin.http.delete(PATH)).status_code == 204
    assert (await admin.http.delete(PATH)).status_code == 404
    assert await count_files(world) == 0
    assert (await org_of(admin))["logo_id"] is None
    entries = (await admin.http.get("/api/audit?limit=100")).json()["items"]
    said = [entry["action"] for entry in entries if "logo" in entry["action"]]
    assert sorted(said) == ["org.logo_changed", "org.logo_changed", "org.logo_removed"]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (SVG, 422, "An SVG can hold scripts."),
        (b"\xef\xbb\xbf  <?xml version='1.0'?>" + SVG, 422, "An SVG can hold scripts."),
        (b"GIF89a" + b"\0" * 40, 422, "This is no PNG, JPEG or WebP."),
        (b"", 422, "This is no PNG, JPEG or WebP."),
        (png(2049, 10), 422, "This picture has 2,049 x 10 pixels."),
        (png(40_000, 40_000), 422, "This picture has 40,000 x 40,000 pixels."),
        (jpeg(9000, 9000), 422, "This picture has 9,000 x 9,000 pixels."),
        (lossless(16_384, 100), 422, "This picture has 16,384 x 100 pixels."),
        (extended(30_000, 30_000), 422, "This picture has 30,000 x 30,000 pixels."),
        (png(8, 8), 422, "Each side may have 16 to 2,048."),
        (png()[:-4], 422, "damaged or not whole"),
        (png() + b"<script>", 422, "damaged or not whole"),
        (png()[:60] + b"x" + png()[61:], 422, "damaged or not whole"),
        (b"\x89PNG\r\n\x1a\n", 422, "damaged or not whole"),
        (jpeg(64, 64)[:-2], 422, "damaged or not whole"),
        (b"\xff\xd8\xff\xe0\x00\x00\xff\xd9", 422, "damaged or not whole"),
        (lossy(64, 64) + b"x", 422, "damaged or not whole"),
        (webp(b"EXIF", b"abcd"), 422, "damaged or not whole"),
        (
            b"\xff\xd8\xff\xc0"
            + struct.pack(">HBHH", 7, 8, 64, 64)
            + b"\xff\xda\x00\x02ab\xff\xd9"[:-2]
            + b"\xff\xe1\xff\xff\xff\xd9",
            422,
            "damaged or not whole",
        ),
        (png(more=chunk(b"tEXt", b"a" * 262_144)), 413, "The file is larger than 256 KB. Make it smaller."),
        (b"a" * 3_000_000, 413, "The file is larger than 256 KB. Make it smaller."),
    ],
)
async def test_what_is_no_fitting_picture_is_refused(world: World, content: bytes, status: int, said: str) -> None:
    admin = await world.member()
    refused = await put(admin, content, "logo.png")
    assert (refused.status_code, said in refused.json()["message"]) == (status, True), refused.text
    assert await count_files(world) == 0


async def test_a_logo_in_a_folder_is_shown_too(
    world: World, api: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.state.context.file_store, "places", open_file_store(str(tmp_path / "files")).places)
    admin = await world.member()
    guest = await world.member(admin.org_id, Role.GUEST)
    assert (await put(admin, png())).status_code == 200
    assert (await guest.http.get(PATH)).content == png()
    rows = await world.database.as_owner("select from private.file_pieces where org_id = $1", admin.org_id)
    assert rows == []
