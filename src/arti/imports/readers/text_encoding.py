"""Which encoding a file is in: by its bytes, the names of its columns and its accents."""

import re
import unicodedata
from collections.abc import Iterator

from arti.imports.readers.header_words import count_known_names
from arti.imports.types import FileRejected
from arti_core.text_cache import cache_of_files

_FIRST_LINES = 20
# Letters with accents beside others, as a Mac's and as Windows' code page writes them; a Mac's quotes and dashes are
# capitals of Windows, which stand behind no small letter.
_MAC_ACCENTS = re.compile(
    rb"(?<=[A-Za-z])[\x80-\x90\x98-\x9f](?=[A-Za-z ,;\t\r\n])|(?<=[a-z])[\x91\x93-\x97](?=[a-z])"
    rb"|(?<=[a-z])[\xd0-\xd5](?=[a-z ,;\t\r\n])|(?<=[0-9])\xd0(?=[0-9])"
)
_WINDOWS_ACCENTS = re.compile(rb"(?<=[A-Za-z])[\xe0-\xff](?=[A-Za-z ,;\t\r\n])|[\x93\x94](?=[ ,;\t\r\n])")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ASCII = bytes(range(128))
_WEB_PAGE = re.compile(r"\s*<(?:!doctype html|html|head|body|table|meta)\b", re.IGNORECASE)
_TEXT_GUARD = re.compile(r'(?<![^,;\t|\r\n])(?: ?="([^"\r\n]*)"|"=""([^"\r\n]*)""")(?![^,;\t|\r\n])')
_MAGIC = {
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"PK\x03\x04": "a zip file inside a zip file",
}


def find_magic(content: bytes) -> str | None:
    """Return what a file is by its first bytes, where it is no text."""
    return next((name for magic, name in _MAGIC.items() if content.startswith(magic)), None)


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or Windows-1252. Raises FileRejected."""
    magic = find_magic(content)
    if magic:
        raise FileRejected(f"This is {magic}, not a table.")
    for encoding in _candidates(content):
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" in text:
            raise FileRejected("The file contains NUL bytes, so it is not a text file. Export it again as CSV.")
        if _WEB_PAGE.match(text):
            raise FileRejected(
                "This is a web page (HTML), whatever its name says. Open it in a spreadsheet, save it as xlsx or CSV, "
                "and upload that."
            )
        return remove_text_guards(
            text.replace("\ufeff", "")
        )  # where files are put together, one stands at the beginning of each
    raise FileRejected("The file is not text in UTF-8, UTF-16 or Windows-1252. Export it again as CSV.")


def remove_text_guards(text: str) -> str:
    """Return a text without the form in which ="0012" is to stay a text in a spreadsheet."""
    return _TEXT_GUARD.sub(r'"\1\2"', text) if '="' in text else text


def _candidates(content: bytes) -> Iterator[str]:
    if content.startswith(b"\xef\xbb\xbf"):
        yield "utf-8-sig"
        return
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16"
        return
    sample = content[:2000]
    if sample.count(b"\x00") > len(sample) // 4:
        yield "utf-16-le" if sample[1::2].count(b"\x00") >= sample[::2].count(b"\x00") else "utf-16-be"
        return
    yield "utf-8"
    check_encodings(*count_utf8(content))
    is_mac = is_of_a_mac(sample, count_accents(content))
    yield from ("mac_roman", "cp1252") if is_mac else ("cp1252", "mac_roman")


def count_utf8(content: bytes) -> tuple[int, int]:
    """Return how many letters are written in UTF-8, and how many bytes are neither these nor ASCII."""
    # An accident of another encoding is rarely a letter.
    found = [sign for sign in _UTF8.findall(content) if _is_written(sign)]
    return len(found), len(content.translate(None, _ASCII)) - sum(map(len, found))


@cache_of_files(maxsize=4096)
def _is_written(sign: bytes) -> bool:
    """Return whether people write this sign of UTF-8 by itself: no mark on another one, and no control sign."""
    return unicodedata.category(sign.decode("utf-8", "replace")[0])[0] not in "MC"


def check_encodings(in_utf8: int, others: int) -> None:
    """Refuse a text that is no UTF-8 but mostly written in it: as anything else, its names would be unreadable."""
    if in_utf8 and in_utf8 >= others:
        raise FileRejected(
            "Most of the file is written in UTF-8, but not all of it: it is damaged, or put together from files of "
            "several encodings. Export it again."
        )


def count_accents(content: bytes) -> tuple[int, int]:
    """Return how many letters with accents there are, if a Mac wrote the text and if Windows did."""
    return len(_MAC_ACCENTS.findall(content)), len(_WINDOWS_ACCENTS.findall(content))


def is_of_a_mac(beginning: bytes, accents: tuple[int, int]) -> bool:
    """Return whether a file is in MacRoman and not Windows-1252: by the names of its columns, then by its accents."""
    texts = (beginning.decode(encoding, "replace") for encoding in ("mac_roman", "cp1252"))
    mac, windows = (max(map(count_known_names, text.splitlines()[:_FIRST_LINES]), default=0) for text in texts)
    return (mac, accents[0]) > (windows, accents[1])
