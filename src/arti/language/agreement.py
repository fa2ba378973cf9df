"""Words of a sentence that agree with what stands in its slots, in number and in gender. Pure.

`{days?día|días}` is the first form where the number in `days` is one, else the second. `{items~nuevos/nuevas}` is the
form for the gender of the word in `items`: masculine, feminine, neuter; the last one stands for those that are missing.
Both: `{value?items~neuer/neue/neues|neue}`.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final, Literal

from babel import Locale

Gender = Literal["m", "f", "n"]
GENDERS: Final[tuple[Gender, ...]] = ("m", "f", "n")
AGREEING: Final = re.compile(r"\{(?=[a-z_]+[?~])(?:([a-z_]+)\?)?(?:([a-z_]+)~)?([^{}]+)\}")


def is_one(value: float, language: str, *, decimals: int = 0) -> bool:
    """Return whether a language says a number, with so many decimals, with the singular: "1 day", "0 jour"."""
    shown = Decimal(f"{abs(value):.{decimals}f}")
    return str(Locale.parse(language).plural_form(shown)) == "one"


def choose_form(forms: str, *, one: bool = False, gender: Gender = "m") -> str:
    by_number = forms.split("|")
    by_gender = by_number[0 if one else -1].split("/")
    return by_gender[min(GENDERS.index(gender), len(by_gender) - 1)]


def fill_agreeing(text: str, *, counts_one: Callable[[str], bool], gender_of: Callable[[str], Gender]) -> str:
    """Return a text whose agreeing words are chosen; the slots are asked for by name."""
    return AGREEING.sub(
        lambda found: choose_form(
            found[3],
            one=found[1] is not None and counts_one(found[1]),
            gender=gender_of(found[2]) if found[2] else "m",
        ),
        text,
    )
