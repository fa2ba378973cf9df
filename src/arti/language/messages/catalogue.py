"""The sentences that programs write in English, in each language: one file a part of the product, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from arti.language.catalogue import DEFAULT_LANGUAGE, LANGUAGES, LanguageCode
from arti.language.messages.template import Template, parse_template, split_sentences
from arti.language.messages.values import show_value
from arti.language.reader_locale import ReaderLocale

FOLDER: Final = Path(__file__).parent
# A longer text is what somebody wrote, or a page of a provider.
_LONGEST: Final = 1500


@dataclass(frozen=True, slots=True)
class WrittenMessage:
    """One sentence: as it is written in English, and in the other languages with the same holes."""

    english: Template
    languages: Mapping[LanguageCode, Template]


def read_messages() -> list[dict[str, str]]:
    """Return the entries of all files: language to sentence."""
    entries: list[dict[str, str]] = []
    for file in sorted(FOLDER.glob("*.toml")):
        entries += tomllib.loads(file.read_text("utf-8"))["message"]
    return entries


@cache
def _load() -> tuple[dict[str, WrittenMessage], list[WrittenMessage]]:
    """Return the messages without holes by their text, and those with holes, the longest first."""
    messages = [
        WrittenMessage(
            parse_template(entry[DEFAULT_LANGUAGE]),
            {language: parse_template(entry[language]) for language in LANGUAGES},
        )
        for entry in read_messages()
    ]
    plain = {message.english.texts[0]: message for message in messages if not message.english.holes}
    with_holes = [message for message in messages if message.english.holes]
    return plain, sorted(with_holes, key=lambda message: -message.english.weight)


def find_message(text: str) -> tuple[WrittenMessage, dict[str, str]] | None:
    """Return the message that a text was made from, and what stands in its holes."""
    plain, with_holes = _load()
    if found := plain.get(text):
        return found, {}
    for message in with_holes:
        values = message.english.find(text)
        if values is not None:
            return message, values
    return None


@lru_cache(maxsize=8192)
def translate(text: str, reader: ReaderLocale) -> str:
    """Return an English text of ours for a reader. What is no message of the catalogue stays as it is.

    A text of several messages is translated message by message.
    """
    if (reader.language == DEFAULT_LANGUAGE and reader.number_form == "language") or len(text) > _LONGEST:
        return text
    found = _translate_whole(text, reader)
    if found is not None:
        return found
    for joint in ("; ", " · "):  # what is wrong with the cells of a row
        if joint in text:
            return joint.join(_translate_sentences(part, reader) for part in text.split(joint))
    return _translate_sentences(text, reader)


def _translate_whole(text: str, reader: ReaderLocale) -> str | None:
    found = find_message(text)
    if found is None:
        return None
    message, values = found
    kinds = {hole.name: hole.kind for hole in message.english.holes}
    shown = {
        name: show_value(kinds[name], value, reader, lambda said: translate(said, reader))
        for name, value in values.items()
    }
    return message.languages[reader.language].fill(shown)


def _translate_sentences(text: str, reader: ReaderLocale) -> str:
    """Translate the longest runs of sentences that are messages."""
    sentences, at, parts = list(split_sentences(text)), 0, []
    while at < len(sentences):
        for end in range(min(len(sentences), at + 8), at, -1):
            run = "".join(sentences[at:end])
            found = _translate_whole(run.strip(), reader)
            if found is not None:
                parts.append(found + run[len(run.rstrip()) :])
                at = end
                break
        else:
            parts.append(sentences[at])
            at += 1
    return "".join(parts)
