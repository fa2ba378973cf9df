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


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("streams in November compared with last November", "2025-11-01", "2025-11-30"),
        ("Streams im November verglichen mit letztem November", "2025-11-01", "2025-11-30"),
        ("streams in November against October", "2026-10-01", "2026-10-31"),
        ("streams last month against the month before", "2026-10-01", "2026-10-31"),
    ],
)
def test_a_month_beside_itself_is_that_of_the_year_before(question: str, first: str, last: str) -> None:
    against = understand(question, today=date(2026, 12, 1)).against
    assert against is not None
    assert (str(against.period.from_on), str(against.period.to_on)) == (first, last)


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("what did Spotify pay in October", "royalty"),
        ("which store paid the most", "royalty"),
        ("how much did we pay for ads on YouTube", "cost"),
        ("how much have we paid for the campaign", "cost"),
        ("how much money is left of the budget", "cost"),
        ("was hat Spotify im Oktober gezahlt", "royalty"),
        ("¿cuánto pagamos por anuncios en YouTube?", "cost"),
    ],
)
def test_money_came_in_or_was_spent(question: str, word: str) -> None:
    read = understand(question, today=date(2026, 12, 1))
    assert (read.has("royalty"), read.has("cost")) == (word == "royalty", word == "cost")
