"""Which kind of picture some bytes are and how large it would be in memory, from its own headers. Pure."""

import re
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from arti_core.errors import Invalid

LEAST_PIXELS: Final = 16
MOST_PIXELS: Final = 2048  # of a side: a browser takes 16 MB for it
_PNG: Final = b"\x89PNG\r\n\x1a\n"
# A frame of each coding; the others of the range are tables.
_JPEG_FRAMES: Final = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SVG = re.compile(rb"<(\?xml|svg|!doctype|html)", re.IGNORECASE)


class Picture(NamedTuple):
    media_type: str
    width: int
    height: int


def read_picture(content: bytes) -> Picture:
    """Return what a PNG, JPEG or WebP is. Raises Invalid for another kind, a cut one, and one with a side too long."""
    try:
        if content.startswith(_PNG):
            picture = Picture("image/png", *_png_size(content))
        elif content.startswith(b"\xff\xd8\xff"):
            picture = Picture("image/jpeg", *_jpeg_size(content))
        elif content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            picture = Picture("image/webp", *_webp_size(content))
        elif _SVG.search(content[:1024]):
            raise _refused("An SVG can hold scripts. Save the logo as PNG, JPEG or WebP.")
        else:
            raise _refused("This is no PNG, JPEG or WebP. Save the logo as one of them.")
    except (IndexError, ValueError):
        raise refuse_damaged() from None
    if not all(LEAST_PIXELS <= side <= MOST_PIXELS for side in picture[1:]):
        raise _refused(
            f"This picture has {picture.width:,} x {picture.height:,} pixels. "
            f"Each side may have {LEAST_PIXELS} to {MOST_PIXELS:,}."
        )
    return picture


def _png_size(content: bytes) -> tuple[int, int]:
    """Raises ValueError unless all parts are as their checksums say and nothing follows the last one."""
    at, size, has_pixels = len(_PNG), (0, 0), False
    while True:
        length = int.from_bytes(content[at : at + 4], "big")
        part, checksum = content[at + 4 : at + 8 + length], content[at + 8 + length : at + 12 + length]
        if len(part) != 4 + length or checksum != zlib.crc32(part).to_bytes(4, "big"):
            raise ValueError("part")
        kind, at = part[:4], at + 12 + length
        if (kind == b"IHDR") != (size == (0, 0)):
            raise ValueError("order")
        if kind == b"IHDR":
            size = int.from_bytes(part[4:8], "big"), int.from_bytes(part[8:12], "big")
        has_pixels |= kind == b"IDAT"
        if kind == b"IEND":
            if at != len(content) or not has_pixels:
                raise ValueError("end")
            return size


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Raises ValueError without a frame or an end."""
    if not content.endswith(b"\xff\xd9"):
        raise ValueError("end")
    at = 2
    while True:
        if content[at] != 0xFF:
            raise ValueError("marker")
        while content[at] == 0xFF:
            at += 1
        kind, length = content[at], int.from_bytes(content[at + 1 : at + 3], "big")
        if kind in _JPEG_FRAMES:
            body = content[at + 4 : at + 8]
            return int.from_bytes(body[2:], "big"), int.from_bytes(body[:2], "big")
        if kind == 0xDA or length < 2:
            raise ValueError("no frame")
        at += 1 + length


def _webp_size(content: bytes) -> tuple[int, int]:
    """Return the largest size that a part names. Raises ValueError unless the parts fill the file."""
    if int.from_bytes(content[4:8], "little") + 8 != len(content):
        raise ValueError("length")
    sizes = list(_webp_sizes(content))
    return max(width for width, _ in sizes), max(height for _, height in sizes)


def _webp_sizes(content: bytes) -> Iterator[tuple[int, int]]:
    at = 12
    while at < len(content):
        kind, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        body = content[at + 8 : at + 8 + length]
        if len(body) != length:
            raise ValueError("part")
        if kind == b"VP8X":
            yield int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
        elif kind == b"VP8L" and body[0] == 0x2F:
            bits = int.from_bytes(body[1:5], "little")
            yield (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        elif kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
            yield int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
        at += 8 + length + length % 2


def refuse_damaged() -> Invalid:
    return _refused("This picture is damaged or not whole. Export it again.")


def _refused(message: str) -> Invalid:
    return Invalid(message, field="file")
