"""Who reads the answer to the request that is being served, and the type of the texts that are written for them."""

import re
from contextvars import ContextVar
from functools import lru_cache
from typing import Annotated, Final

from pydantic import PlainSerializer
from starlette.types import Scope

from arti.language.catalogue import DEFAULT_LANGUAGE, LANGUAGES, LanguageCode
from arti.language.messages.catalogue import translate
from arti.language.reader_locale import ReaderLocale

_by_language: Final = {language: ReaderLocale(language) for language in LANGUAGES}
_reader: ContextVar[ReaderLocale] = ContextVar("reader", default=_by_language[DEFAULT_LANGUAGE])
_RANGE: Final = re.compile(r"\s*([A-Za-z*]{1,8})(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q=([01](?:\.\d{1,3})?))?\s*")


def set_reader_by_header(scope: Scope) -> None:
    """Write the answer to a request in the language that its Accept-Language prefers, until the profile is read."""
    if scope["type"] != "http":
        return
    header = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    _reader.set(_by_language[choose_language(header.decode("latin-1"))])


def set_profile(language: LanguageCode | None, number_form: str | None) -> None:
    """Write the answer as the profile says; what it does not say stays as the header has it."""
    reader = _reader.get()
    _reader.set(
        ReaderLocale(language or reader.language, number_form or reader.number_form, reader.time_zone)  # type: ignore[arg-type]  # checked by the database
    )


@lru_cache(maxsize=512)
def choose_language(accept_language: str) -> LanguageCode:
    """Return the language of ours that an Accept-Language header prefers, by RFC 9110 12.5.4; without one, English."""
    preferred: list[tuple[float, LanguageCode]] = []
    for part in accept_language[:500].split(","):
        found = _RANGE.fullmatch(part)
        if found is None:
            continue
        language = next((each for each in LANGUAGES if each == found[1].lower()), None)
        quality = float(found[2] or 1)
        if language and quality > 0:
            preferred.append((quality, language))
    return max(preferred, key=lambda each: each[0])[1] if preferred else DEFAULT_LANGUAGE


def for_reader(text: str) -> str:
    """Return an English text of ours for whoever reads the answer to this request."""
    reader = _reader.get()
    return text if reader is _by_language[DEFAULT_LANGUAGE] else translate(text, reader)


# A text of ours in an answer. Inside of the program it is English; it is written for the reader with the answer.
ReaderText = Annotated[str, PlainSerializer(for_reader, return_type=str, when_used="json")]
