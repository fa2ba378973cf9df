"""What a picture holds besides its pixels does not become part of a logo: place, author, comments, other pictures."""

import struct
from typing import Any

import pytest

from tests.conftest import World
from tests.orgs.test_logo import PATH, chunk, jpeg, png, put

SECRET = b"52 deg 31 min N, by Mira Sol"


def tiff(orientation: int) -> bytes:
    """EXIF with an orientation, a place and a text, as a telephone writes it."""
    entries = [
        (0x010E, 2, len(SECRET), 200),  # description
        (0x0112, 3, 1, orientation),
        (0x8825, 4, 1, 120),  # the directory of the place
    ]
    first = b"II*\0" + struct.pack("<IH", 8, len(entries))
    for tag, kind, count, value in entries:
        first += struct.pack("<HHII", tag, kind, count, value)
    place = struct.pack("<H", 1) + struct.pack("<HHII", 2, 5, 3, 160) + b"\0" * 4
    return (first + b"\0" * 4).ljust(120, b"\0") + place.ljust(80, b"\0") + SECRET


XMP = b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"


def png_with(orientation: int) -> bytes:
    more = chunk(b"eXIf", tiff(orientation)) + chunk(b"tEXt", b"Comment\0" + SECRET) + chunk(b"iCCP", b"p\0\0" + SECRET)
    return png(more=more + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP) + chunk(b"prVt", SECRET))


def part(kind: int, body: bytes) -> bytes:
    return b"\xff" + bytes([kind]) + struct.pack(">H", len(body) + 2) + body


def jpeg_with(orientation: int) -> bytes:
    plain = jpeg(64, 32)
    thumbnail = part(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\x0a" + SECRET + b"\0\0")
    extra = part(0xE1, b"Exif\0\0" + tiff(orientation)) + part(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
    extra += part(0xED, b"Photoshop 3.0\0" + SECRET) + part(0xFE, SECRET) + part(0xE2, b"ICC_PROFILE\0\1\1" + SECRET)
    between = part(0xFE, SECRET)  # also behind the first scan
    return b"\xff\xd8" + thumbnail + extra + plain[20:-2] + between + b"\xff\xd9" + b"\xff\xd8" + SECRET + b"\xff\xd9"


def riff(*parts: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2) for kind, content in parts
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


LOSSLESS = b"\x2f" + struct.pack("<I", 63 | 31 << 14) + b"\0"
SIZE = struct.pack("<I", 63)[:3] + struct.pack("<I", 31)[:3]


def webp_with(orientation: int) -> bytes:
    return riff(
        (b"VP8X", b"\x3c\0\0\0" + SIZE),
        (b"ICCP", SECRET),
        (b"VP8L", LOSSLESS),
        (b"EXIF", tiff(orientation)),
        (b"XMP ", XMP),
        (b"abcd", SECRET),
    )


def moving_webp(orientation: int) -> bytes:
    frame = b"\0" * 6 + SIZE + b"\0" * 4
    inner = b"VP8L" + struct.pack("<I", len(LOSSLESS)) + LOSSLESS + b"note" + struct.pack("<I", len(SECRET)) + SECRET
    return riff(
        (b"VP8X", b"\x3e\0\0\0" + SIZE),
        (b"ANIM", b"\0" * 6),
        (b"ANMF", frame + inner),
        (b"EXIF", tiff(orientation)),
    )


UPRIGHT = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("make", [png_with, jpeg_with, webp_with, moving_webp])
async def test_a_logo_keeps_its_pixels_and_which_way_up_they_are(world: World, make: Any, orientation: int) -> None:
    admin = await world.member()
    content = make(orientation)
    assert SECRET in content
    stored = await put(admin, content)
    assert stored.status_code == 200, stored.text
    rows = await world.database.as_owner(
        """select p.content from private.file_pieces p join files f on f.org_id = p.org_id and f.id = p.file_id
           where f.kind = 'logo' and f.org_id = $1""",
        admin.org_id,
    )
    shown = (await admin.http.get(PATH)).content
    assert [row["content"] for row in rows] == [shown]
    for text in (SECRET, b"xmp", b"Exif\0\0II", b"GPS", b"ICC", b"prVt", b"note"):
        assert text not in shown
    assert shown.count(UPRIGHT) == (1 if orientation == 6 else 0)
    exif = {png_with: chunk(b"eXIf", UPRIGHT), jpeg_with: part(0xE1, b"Exif\0\0" + UPRIGHT)}
    kept = exif.get(make, b"EXIF" + struct.pack("<I", len(UPRIGHT)) + UPRIGHT) if orientation == 6 else b""
    if make is png_with:
        assert shown == png(more=kept)
    elif make is jpeg_with:
        header = jpeg(64, 32)[2:20].replace(b"\0\1\1\0\0\1\0\1\0\0", b"\0\1\1\0\0\1\0\1\0\0")
        assert shown == b"\xff\xd8" + header + kept + jpeg(64, 32)[20:]
    elif make is webp_with:
        flags = b"\x18" if orientation == 6 else b"\x10"
        parts = [(b"VP8X", flags + b"\0\0\0" + SIZE), (b"VP8L", LOSSLESS)]
        assert shown == riff(*parts, *([(b"EXIF", UPRIGHT)] if orientation == 6 else []))
    else:
        assert LOSSLESS in shown
        assert shown[20] == (0x1A if orientation == 6 else 0x12)
    assert (await put(admin, shown)).status_code == 200
    assert (await admin.http.get(PATH)).content == shown


async def test_a_logo_of_before_is_shown_without_what_it_holds(world: World) -> None:
    admin = await world.member()
    assert (await put(admin, jpeg(64, 32))).status_code == 200
    await world.database.as_owner(
        "update private.file_pieces set content = $2 where org_id = $1", admin.org_id, jpeg_with(1)
    )
    shown = await admin.http.get(PATH)
    assert (shown.status_code, SECRET in shown.content) == (200, False)
