"""Parts of months, and words that stand around a name."""

from datetime import date
from uuid import uuid4

import pytest

from arti.insights.ask.phrasing import Phrasing
from arti.insights.ask.reading.language import load_language
from arti.insights.ask.reading.names import KnownName, NameIndex
from arti.insights.ask.reading.question_parser import understand
from arti.language.catalogue import LanguageCode

NOW = date(2026, 11, 18)  # a Wednesday


@pytest.mark.parametrize(
    "question",
    [
        "When did the last Velvet Harbor release come out?",
        "Wann kam das letzte Velvet-Harbor-Release raus?",
    ],
)
def test_words_are_read_around_a_name(question: str) -> None:
    names = NameIndex([KnownName("artist", uuid4(), "Velvet Harbor")])
    parsed = understand(question, today=NOW, names=names)
    assert (parsed.unread, parsed.has("newest")) == ((), True)


@pytest.mark.parametrize(
    ("question", "code", "first", "last"),
    [
        ("streams in the third week of October", "en", "2026-10-15", "2026-10-21"),
        ("streams in the last week of October", "en", "2026-10-25", "2026-10-31"),
        ("streams in week 2 of October", "en", "2026-10-08", "2026-10-14"),
        ("streams in the first half of last month", "en", "2026-10-01", "2026-10-15"),
        ("streams in the first half of 2026", "en", "2026-01-01", "2026-06-30"),
        ("Streams in der zweiten Oktoberwoche", "de", "2026-10-08", "2026-10-14"),
        ("Streams in der zweiten Oktoberhälfte 2025", "de", "2025-10-16", "2025-10-31"),
        ("streams en la primera quincena de octubre", "es", "2026-10-01", "2026-10-15"),
        ("streams la dernière semaine d'octobre", "fr", "2026-10-25", "2026-10-31"),
        ("streams na primeira semana de outubro", "pt", "2026-10-01", "2026-10-07"),
    ],
)
def test_parts_of_months(question: str, code: str, first: str, last: str) -> None:
    parsed = understand(question, today=NOW)
    assert (parsed.unread, parsed.language.code) == ((), code)
    assert (parsed.period.from_on.isoformat(), parsed.period.to_on.isoformat()) == (first, last)
    assert understand("streams en la primera quincena", today=NOW).unread


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", "for 1 day of", "for 2 days of"),
        ("de", "für 1 Tag dieses", "für 2 Tage dieses"),
        ("es", "de 1 día de", "de 2 días de"),
        ("fr", "pour 1 jour de", "pour 2 jours de"),
        ("pt", "de 1 dia desse", "de 2 dias desse"),
    ],
)
def test_a_word_of_an_answer_agrees_with_its_number(language: LanguageCode, one: str, two: str) -> None:
    phrasing = Phrasing(load_language(language))
    assert one in phrasing.say("missing_days", days="1")
    assert two in phrasing.say("missing_days", days="2")
