"""The catalogues of the languages: complete, alike in their slots, and in each language's own forms."""

from datetime import date
from typing import get_args

import pytest

from arti.insights.narration.clauses import CLAUSES
from arti.language.catalogue import LANGUAGES, LanguageCode, load_catalogue
from arti.language.locale_formats import show_day, show_month, show_number
from arti.language.sentences import SLOT
from arti.providers.errors import ProviderError
from arti.providers.terms import TERMS
from tests.conftest import World

REVIEWED = ("en", "de")


def slots(sentence: str) -> set[str]:
    # The title names the subject, so a body need not in every language.
    return {found[0] for found in SLOT.finditer(sentence)} - {"{subject}"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_sentence_with_the_same_slots(language: LanguageCode) -> None:
    english, other = load_catalogue("en").sentences, load_catalogue(language).sentences
    assert {key: slots(sentence) for key, sentence in other.items()} == {
        key: slots(sentence) for key, sentence in english.items()
    }
    assert load_catalogue(language).reviewed is (language in REVIEWED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_clause_terms_and_failure_has_its_sentence(language: LanguageCode) -> None:
    sentences = load_catalogue(language).sentences
    for key, clause in CLAUSES.items():
        variants = [name for name in sentences if name == key or name.startswith(f"{key}.")]
        assert variants, key
        assert (variants == [key]) is (clause.turn is None), key
    for terms in TERMS:
        assert f"sources.{terms}" in sentences
    kinds: list[type[ProviderError]] = [ProviderError, *ProviderError.__subclasses__()]
    assert {f"message.failure.{one.error_class}" for one in kinds} <= set(sentences)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_metric_has_its_word(world: World, language: LanguageCode) -> None:
    catalogue = load_catalogue(language)
    for row in await world.database.as_owner("select slug, name from metrics"):
        assert catalogue.metric(row["slug"], row["name"]), row["slug"]


@pytest.mark.parametrize(
    ("language", "number", "percent", "money", "hours", "day", "month"),
    [
        ("en", "1,234,567", "31.2%", "$1,234", "1 hour", "3 May 2026", "May 2026"),
        ("de", "1.234.567", "31,2\xa0%", "1.234\xa0$", "1 Stunde", "3. Mai 2026", "Mai 2026"),
        ("es", "1.234.567", "31,2\xa0%", "1.234\xa0US$", "1 hora", "3 de mayo de 2026", "mayo de 2026"),
        ("fr", "1\u202f234\u202f567", "31,2\xa0%", "1\u202f234\xa0$US", "1\xa0heure", "3 mai 2026", "mai 2026"),
        ("pt", "1.234.567", "31,2%", "US$\xa01.234", "1 hora", "3 de maio de 2026", "maio de 2026"),
    ],
)
def test_numbers_and_days_have_the_form_of_the_language(
    language: LanguageCode, number: str, percent: str, money: str, hours: str, day: str, month: str
) -> None:
    assert show_number(1234567.4, language) == number
    assert show_number(31.2, language, unit="percent", decimals=1) == percent
    assert show_number(1234, language, unit="USD") == money
    assert show_number(1, language, unit="hours") == hours
    assert show_day(date(2026, 5, 3), language) == day
    assert show_month(date(2026, 5, 3), language) == month


def test_languages_are_those_of_the_database_check() -> None:
    assert set(LANGUAGES) == set(get_args(LanguageCode))
