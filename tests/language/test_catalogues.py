"""The catalogues of the languages: complete, alike in their slots, and in each language's own forms."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from arti import insights
from arti.insights.narration.clauses import CLAUSES
from arti.language.catalogue import DEFAULT_LANGUAGE, LANGUAGES, LanguageCode, load_catalogue
from arti.language.locale_formats import show_day, show_month, show_number
from arti.language.pieces import as_plain
from arti.language.reader_locale import NumberForm, ReaderLocale
from arti.language.sentences import SLOT, SlotNumber, say
from arti.providers.errors import ProviderError
from arti.providers.terms import TERMS
from tests.conftest import World

REVIEWED = ("en", "de")


def slots(sentence: str) -> set[str]:
    # The title names the subject, so a body need not in every language.
    shown = (slot for slot in SLOT.finditer(sentence) if not slot[3])  # not words that only agree with a number
    found = {f"{slot[1]}:{slot[2]}" if slot[2] else slot[1] for slot in shown}
    return found - {"subject"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_sentence_with_the_same_slots(language: LanguageCode) -> None:
    english, other = load_catalogue("en").sentences, load_catalogue(language).sentences
    assert {key: slots(sentence) for key, sentence in other.items()} == {
        key: slots(sentence) for key, sentence in english.items()
    }
    assert load_catalogue(language).reviewed is (language in REVIEWED)


@pytest.mark.parametrize(
    ("language", "agreeing"),
    [
        ("es", r"\b(nuev|ganad|perdid|alcanzad)[oa]s?\b"),
        ("fr", r"\b(nouve(aux?|lles?)|atteinte?s|(ajouté|perdu|gagné)e?s?)\b|\bde \{(items|metric)\}"),
        ("pt", r"\b(nov|ganh|perdid|alcançad)[oa]s?\b"),
    ],
)
def test_nothing_beside_a_metric_agrees_with_its_gender(language: LanguageCode, agreeing: str) -> None:
    """Metrics are of both genders ("nuevos seguidores", "nuevas reproducciones"), and in French a vowel elides "de"."""
    sentences = load_catalogue(language).sentences
    named = {key: text for key, text in sentences.items() if re.search(r"\{(items|metric)\}", text)}
    assert len(named) > 50
    assert {key: text for key, text in named.items() if re.search(agreeing, text)} == {}


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", "They came from 1 listener.", "They came from 2 listeners."),
        ("de", "Sie kamen von 1 Hörer.", "Sie kamen von 2 Hörern."),
        ("es", "Vinieron de 1 oyente.", "Vinieron de 2 oyentes."),
        ("fr", "Ils viennent de 1 auditeur.", "Ils viennent de 2 auditeurs."),
        ("pt", "Vieram de 1 ouvinte.", "Vieram de 2 ouvintes."),
    ],
)
def test_a_word_after_a_number_agrees_with_it(language: LanguageCode, one: str, two: str) -> None:
    for value, text in ((1.0, one), (2.0, two)):
        assert as_plain(say("playlist_move.listeners", language, listeners=SlotNumber(value))) == text


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


def texts_of(node: ast.AST, names: dict[str, ast.expr]) -> list[str]:
    """Return every text that an expression may be. Raises TypeError for one that cannot be read from the source."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return texts_of(one, names) + texts_of(other, names)
        case ast.Name(id=name) if name in names:
            return texts_of(names[name], names)
        case ast.FormattedValue(value=inner):
            return texts_of(inner, names)
        case ast.Call(func=ast.Attribute(value=inner, attr="capitalize")):
            return [text.capitalize() for text in texts_of(inner, names)]
        case ast.JoinedStr(values=parts):
            return ["".join(each) for each in product(*(texts_of(part, names) for part in parts))]
    raise TypeError(ast.unparse(node))


def labels_of(source: str) -> Iterator[str]:
    """Yield the labels of numbers in a module: all its texts with a capital letter, and f-strings given to a Fact."""
    module = ast.parse(source)
    nodes = list(ast.walk(module))
    names = {one.targets[0].id: one.value for one in nodes if isinstance(one, ast.Assign)
             and isinstance(one.targets[0], ast.Name)}  # fmt: skip
    others = {id(one.value) for one in nodes if isinstance(one, ast.Expr)}  # docstrings
    others |= {id(part) for one in nodes if isinstance(one, ast.JoinedStr) for part in ast.walk(one)}
    classes = {one.name for one in nodes if isinstance(one, ast.ClassDef | ast.alias)}
    for one in nodes:
        match one:
            case ast.Constant(value=str(text)) if re.match("[A-Z][a-z ]", text):
                yield from {text} - classes if id(one) not in others else ()
            case ast.Call(func=ast.Name(id="Fact"), args=[_, ast.JoinedStr() as label, *_]):
                yield from texts_of(label, names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_number_has_its_label(language: LanguageCode) -> None:
    folder = Path(insights.__file__).parent
    files = (*folder.glob("detectors/**/*.py"), folder / "stories" / "past_numbers.py")
    labels = {label for file in files for label in labels_of(file.read_text())}
    assert {"Usual for that weekday", "Weeks compared", "Of all streams in the period", "Latest value"} <= labels
    if language != DEFAULT_LANGUAGE:  # detectors name them in English
        assert load_catalogue(language).labels.keys() == labels


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


@pytest.mark.parametrize(
    ("form", "number", "percent", "money"),
    [
        ("language", "1.234.567,5", "31,2\xa0%", "1.234\xa0$"),
        ("comma_point", "1,234,567.5", "31.2\xa0%", "1,234\xa0$"),
        ("point_comma", "1.234.567,5", "31,2\xa0%", "1.234\xa0$"),
        ("space_comma", "1\u202f234\u202f567,5", "31,2\xa0%", "1\u202f234\xa0$"),
        ("apostrophe_point", "1’234’567.5", "31.2\xa0%", "1’234\xa0$"),
    ],
)
def test_a_reader_may_choose_another_form_of_numbers(form: NumberForm, number: str, percent: str, money: str) -> None:
    reader = ReaderLocale("de", form)
    assert show_number(1234567.5, reader, decimals=1) == number
    assert show_number(31.2, reader, unit="percent", decimals=1) == percent
    assert show_number(1234, reader, unit="USD") == money
    assert show_number(1234567.5, "de", decimals=1) == "1.234.567,5"


def test_languages_are_those_of_the_database_check() -> None:
    assert set(LANGUAGES) == set(get_args(LanguageCode))
