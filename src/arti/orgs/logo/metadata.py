"""Take out of a picture whatever is not needed to show it: place, camera, author, comments, thumbnails. Pure.

Parts that are not known are left out, so that what a program adds tomorrow goes too. Pixels stay bit for bit. Colour
profiles go, since they are files with texts of their own: the picture is shown as sRGB. What stays of EXIF is which way
up the picture is.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from arti.orgs.logo.image import refuse_damaged

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"sBIT"}
# Of frames, tables, restart intervals and lines; the rest are applications' data and comments.
_JPEG_KEPT: Final = {*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD}
_START_OF_SCAN, _END = 0xDA, 0xD9
_WEBP_KEPT: Final = {b"VP8 ", b"VP8L", b"ALPH"}
_ALPHA: Final = 0x10  # the flag of VP8X; those of profile, EXIF, XMP and animation are set anew
_EXIF_FLAG: Final = 0x08
_ORIENTATION: Final = 0x0112


def strip_metadata(content: bytes) -> bytes:
    """Return a PNG, JPEG or WebP without its metadata. Raises Invalid for a damaged one."""
    try:
        if content.startswith(_PNG):
            return _strip_png(content)
        return _strip_webp(content) if content.startswith(b"RIFF") else _strip_jpeg(content)
    except (IndexError, ValueError, struct.error):
        raise refuse_damaged() from None


def _strip_png(content: bytes) -> bytes:
    out, upright = bytearray(_PNG), b""
    for kind, body in _png_parts(content):
        if kind == b"eXIf":
            upright = _orientation(body)
        if kind == b"IDAT" and upright:
            out += _png_part(b"eXIf", upright)
            upright = b""
        if kind in _PNG_KEPT:
            out += _png_part(kind, body)
    return bytes(out)


def _png_parts(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        yield content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        at += 12 + length


def _png_part(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _strip_jpeg(content: bytes) -> bytes:
    """Keep what one picture needs, up to its end: what follows are further pictures or anything at all."""
    head, kept, upright, at = b"", bytearray(), b"", 2
    while True:
        if content[at] != 0xFF:
            raise ValueError("marker")
        while content[at] == 0xFF:
            at += 1
        kind = content[at]
        if kind == _END:
            break
        (length,) = struct.unpack_from(">H", content, at + 1)
        body = content[at + 3 : at + 1 + length]
        if length < 2 or len(body) != length - 2:
            raise ValueError("part")
        at += 1 + length
        if kind == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 14:
            head = _jpeg_part(kind, body[:12] + b"\0\0")  # without its thumbnail
        elif kind == 0xE1 and body.startswith(b"Exif\0\0"):
            upright = upright or _orientation(body[6:])
        elif kind == 0xEE and body.startswith(b"Adobe") and len(body) >= 12:
            kept += _jpeg_part(kind, body[:12])  # how its colours are coded
        elif kind in _JPEG_KEPT:
            kept += _jpeg_part(kind, body)
        elif kind == _START_OF_SCAN:
            end = _end_of_scan(content, at)
            kept += _jpeg_part(kind, body) + content[at:end]
            at = end
    exif = _jpeg_part(0xE1, b"Exif\0\0" + upright) if upright else b""
    return b"\xff\xd8" + head + exif + bytes(kept) + b"\xff\xd9"


def _end_of_scan(content: bytes, at: int) -> int:
    """Return where the next marker begins that is neither a stuffed byte nor a restart."""
    while True:
        at = content.index(b"\xff", at)
        if content[at + 1] == 0 or 0xD0 <= content[at + 1] <= 0xD7:
            at += 2
        elif content[at + 1] == 0xFF:
            at += 1
        else:
            return at


def _jpeg_part(kind: int, body: bytes) -> bytes:
    return bytes([0xFF, kind]) + struct.pack(">H", len(body) + 2) + body


def _strip_webp(content: bytes) -> bytes:
    """Keep the still picture, or the frames of a moving one."""
    parts = list(_webp_parts(content[12:]))
    upright = next((_orientation(body.removeprefix(b"Exif\0\0")) for kind, body in parts if kind == b"EXIF"), b"")
    is_moving = any(kind == b"ANMF" for kind, _ in parts)
    out = bytearray()
    for kind, body in parts:
        if kind == b"VP8X":
            flags = body[0] & _ALPHA | (0x02 if is_moving else 0) | (_EXIF_FLAG if upright else 0)
            out += _webp_part(kind, bytes([flags, 0, 0, 0]) + body[4:10])
        elif kind == b"ANIM":
            out += _webp_part(kind, body[:6])
        elif kind == b"ANMF":
            inner = b"".join(_webp_part(*part) for part in _webp_parts(body[16:]) if part[0] in _WEBP_KEPT)
            out += _webp_part(kind, body[:16] + inner)
        elif kind in _WEBP_KEPT:
            out += _webp_part(kind, body)
    if upright and any(kind == b"VP8X" for kind, _ in parts):
        out += _webp_part(b"EXIF", upright)
    return b"RIFF" + struct.pack("<I", len(out) + 4) + b"WEBP" + bytes(out)


def _webp_parts(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(content):
        (length,) = struct.unpack_from("<I", content, at + 4)
        yield content[at : at + 4], content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _webp_part(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _orientation(tiff: bytes) -> bytes:
    """Return EXIF that says only which way up a picture is; nothing for one that is upright or unreadable."""
    try:
        order = {b"II*\0": "<", b"MM\0*": ">"}[tiff[:4]]
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, at)
        for number in range(entries):
            tag, kind, count, value = struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * number)
            if (tag, kind, count) == (_ORIENTATION, 3, 1) and 2 <= value <= 8:
                return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, value, 0, 0)
    except (KeyError, struct.error):
        pass
    return b""
