"""ISRC and UPC in one form each, whatever hyphens, spaces or lost zeros a source writes."""

import re
from typing import Final

_ISRC: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")


def parse_isrc(text: str | None) -> str | None:
    """Return an ISRC as its 12 characters, or None if it is none: `ISRC us-rc1-76-07839` is USRC17607839."""
    compact = re.sub(r"[^A-Z0-9]", "", (text or "").upper()).removeprefix("ISRC")
    return compact if _ISRC.fullmatch(compact) else None


def parse_upc(text: str | None) -> str | None:
    """Return a UPC of 12 digits or an EAN of 13, or None if it is neither or its check digit is wrong.

    An EAN that begins with 0 is the UPC without it. Leading zeros that a spreadsheet took away are put back.
    """
    digits = re.sub(r"[\s-]", "", text or "")
    if not digits.isascii() or not digits.isdigit() or not 10 <= len(digits) <= 14:
        return None
    significant = digits.lstrip("0")
    code = significant.zfill(12)
    if len(code) > 13 or not significant:
        return None
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(code)))
    return code if weighted % 10 == 0 else None
