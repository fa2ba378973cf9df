"""The sentences that the program writes in English: each is in the catalogue of messages, in every language."""

import ast
import re
from dataclasses import asdict
from functools import cache

import pytest

from arti.language.catalogue import LANGUAGES, LanguageCode, load_catalogue
from arti.language.messages.catalogue import find_message, read_messages, translate
from arti.language.messages.reader import choose_language
from arti.language.messages.template import HOLE, parse_template
from arti.language.messages.values import KINDS
from arti.language.reader_locale import NumberForm, ReaderLocale
from arti.metrics.catalogue import METRICS
from supabase_local.auth.mail import mailer, notices
from tests.language.written_sentences import ANY, SOURCE, list_written, overlaps, split_pattern

MIGRATIONS = SOURCE.parent / "supabase" / "migrations"
DEFINITIONS = SOURCE / "arti" / "metrics" / "definitions" / "definitions.json"
# Faults of a program, which nobody reads.
NOT_FOR_PEOPLE = re.compile(
    "arti/metrics/service.py|arti/metrics/series/endpoint.py|arti/orgs/logo/image.py|arti/imports/parsers/royalties/line_reader.py|arti/imports/cells/day_format.py:"
)

# Of several texts of the source, or of the framework.
COMPOSED = {
    "ask the operator to open the workflow in n8n and publish it there. {error:said}",
    "1 required day has no data.",
    "1 required week has no data.",
    "method not allowed",
    "an admin",
    "an analyst",
    "amount in minor units",
    "budget in minor units",
    "{source}: {count:number} penalties or adjustments below zero of {store} in {month:month}, {amounts:amounts}.",
    "{source}: 1 penalty or adjustment below zero of {store} in {month:month}, {amounts:amounts}.",
    "the row has 1 cell, the header has {width:number}",
    "the endpoint did not answer in time.",
    "the endpoint could not be reached or understood.",
}


def holes(sentence: str) -> set[str]:
    return {found[1] for found in HOLE.finditer(sentence)}


def test_each_message_is_there_once_in_every_language_with_the_same_values() -> None:
    entries = read_messages()
    english = [entry["en"] for entry in entries]
    assert sorted(english) == sorted(set(english))
    for entry in entries:
        assert set(entry) == set(LANGUAGES), entry["en"]
        for sentence in entry.values():
            assert sentence == sentence.strip() != "", entry["en"]
            assert holes(sentence) == holes(entry["en"]), sentence
        for hole in parse_template(entry["en"]).holes:
            assert hole.kind in KINDS, entry["en"]


@cache
def patterns() -> dict[str, str]:
    return {entry["en"]: ANY.join(parse_template(entry["en"]).texts) for entry in read_messages()}


def is_known(pattern: str) -> bool:
    if ANY not in pattern:
        return find_message(pattern) is not None or find_message(pattern[:1].upper() + pattern[1:]) is not None
    return any(overlaps(pattern, other) for other in patterns().values() if shares_a_word(pattern, other))


def shares_a_word(one: str, other: str) -> bool:
    words = sorted(set(re.split(r"[\W\d_]+", one)), key=len)[-2:]
    return any(word in other for word in words)


def test_each_sentence_that_is_written_is_a_message() -> None:
    missing = [
        (place, pattern.replace(ANY, "{}"))
        for place, pattern in list_written()
        if not NOT_FOR_PEOPLE.match(place)
        and not is_known(pattern)
        and not all(is_known(part) for part in split_pattern(pattern))
    ]
    assert not missing, "\n".join(f"{place}: {pattern}" for place, pattern in missing)


def test_no_message_outlives_what_wrote_it() -> None:
    texts = {
        node.value
        for file in (*SOURCE.glob("arti*/**/*.py"), *SOURCE.glob("supabase_local/auth/mail/*.py"))
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    elsewhere = [*(file.read_text().replace("''", "'") for file in MIGRATIONS.glob("*.sql")), DEFINITIONS.read_text()]
    everything = "\n".join([*texts, *elsewhere]).lower()
    written = [pattern for _, pattern in list_written()]
    of_metrics = {metric.name.lower() for metric in METRICS.values()}
    outlived = [
        sentence
        for sentence, pattern in patterns().items()
        if sentence.lower() not in of_metrics | COMPOSED
        and not all(
            part.lower() in everything or part.lower().replace(" ", "_") in everything for part in clauses(pattern)
        )
        and not any(overlaps(pattern, other) for other in written if ANY in other and shares_a_word(pattern, other))
    ]
    assert not outlived, "\n".join(outlived)


def clauses(pattern: str) -> list[str]:
    """Return what a sentence consists of: the source may compose it."""
    parts = re.split(rf"{ANY}|^1 |(?<=[.:;,(]) | (?=[(/])", pattern)
    return [text for part in parts if len(text := part.strip(" .,:;()")) > 2]


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_metrics_are_named_as_texts_name_them(language: LanguageCode) -> None:
    reader, words = ReaderLocale(language), load_catalogue(language)
    for slug, metric in METRICS.items():
        assert translate(metric.name, reader) == words.metric(slug, metric.name)
        assert translate(metric.description, reader) != metric.description


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_each_text_of_a_sign_in_mail_is_translated(language: LanguageCode) -> None:
    reader = ReaderLocale(language)
    kinds = (mailer.MailTemplate, notices.Notice)
    forms = [form for module in (mailer, notices) for form in vars(module).values() if isinstance(form, kinds)]
    texts = {text for form in forms for name, text in asdict(form).items() if name != "kind" and text}
    assert len(texts) > 20
    for text in texts:
        translated = translate(text, reader)
        assert translated != text
        assert holes(translated) == holes(text)


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("Budget in minor units is too long: at most 1,200 characters.", "1.200"),
        (
            "It is still running. It is measured when its last day is complete on Spotify, from 3 Oct 2026 on.",
            "ab dem 3. Oktober 2026.",
        ),
        ("'1,5' is not a number; column 3: '−' is not a number", "„1,5“ ist keine Zahl; Spalte 3: „−“ ist keine Zahl"),
        (
            "There is no such artist here. Check the id, or pick another org.",
            "Künstler nicht gefunden. Prüfen Sie die ID",
        ),
        ("The operator allows $1,234.50 a month at most.", "1.234,50\u00a0$ im Monat"),
        ("Cargo: no line of any store for 2026-03 to 2026-04, between months that have some.", "März–April 2026"),
        ("Is '03/05' in the column 'Date' the 5 March or the 3 May 2026?", "der 5. März oder der 3. Mai 2026?"),
        (
            "Cargo: 292 lines are of no known recording or release, 53944.15 EUR and -1.50 USD.",
            "53.944,15\u00a0€ und -1,50\u00a0$.",
        ),
        ("Somebody wrote this, and it stays.", "Somebody wrote this, and it stays."),
    ],
)
def test_values_are_written_as_the_reader_writes_them(english: str, german: str) -> None:
    assert german in translate(english, ReaderLocale("de"))
    assert translate(english, ReaderLocale("en")) == english


@pytest.mark.parametrize(("form", "shown"), [("point_comma", "1.000"), ("apostrophe_point", "1’000")])
def test_the_form_of_numbers_holds_in_english_too(form: NumberForm, shown: str) -> None:
    assert (
        translate("Cannot tell from fewer than 1,000.", ReaderLocale("en", form))
        == f"Cannot tell from fewer than {shown}."
    )


def test_names_are_never_read_as_sentences() -> None:
    name = "There is no such artist here"
    assert name in translate(f"There is already an artist called {name} on the roster.", ReaderLocale("de"))
    long = " on ".join(["a"] * 200)
    assert translate(f"{long} is already in row 3", ReaderLocale("de")).endswith("steht schon in Zeile 3")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,en;q=0.5", "de"),
        ("nl, fr;q=0.4, es;q=0.8", "es"),
        ("pt-BR", "pt"),
        ("*", "en"),
        ("de;q=0, en", "en"),
        ("nonsense;;;,,", "en"),
    ],
)
def test_the_header_chooses_the_first_language_that_there_is(header: str, language: str) -> None:
    assert choose_language(header) == language
