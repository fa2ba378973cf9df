"""Words of a sentence that agree in number with what stands in a slot: `{days?día|días}`. Pure."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from babel import Locale

AGREEING: Final = re.compile(r"\{([a-z_]+)\?([^|{}]+)\|([^|{}]+)\}")


def is_one(value: float, language: str, *, decimals: int = 0) -> bool:
    """Return whether a language says a number, with so many decimals, with the singular: "1 day", "0 jour"."""
    shown = Decimal(f"{abs(value):.{decimals}f}")
    return str(Locale.parse(language).plural_form(shown)) == "one"


def choose_words(text: str, *, counts_one: Callable[[str], bool]) -> str:
    """Return a text with the first of two words where `counts_one` says so of their slot, else the second."""
    return AGREEING.sub(lambda found: found[2] if counts_one(found[1]) else found[3], text)
