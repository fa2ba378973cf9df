"""Sentences with the numbers 0, 1 and 2: the words beside a number agree with it, and no slot stays open."""

import re
from functools import cache
from typing import Any

import pytest

from arti.insights.narration.clauses import SLOT_ROLES
from arti.language.agreement import AGREEING, is_one
from arti.language.catalogue import LANGUAGES, LanguageCode, load_catalogue
from arti.language.messages.catalogue import read_messages
from arti.language.pieces import as_plain
from arti.language.sentences import SLOT, SlotNumber, say
from arti.metrics.catalogue import METRICS

NUMBERS = (0, 1, 2)
DAY = {"day": "2026-05-03"}
STREAMS = {"metric": "consumption.streams", "name": "Streams"}
WORDS: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("day", "from", "to", "since", "named", "changed", "cause_day", "first", "last"), DAY),
    **dict.fromkeys(("items", "metric", "unbroken", "beside"), STREAMS),
    "month": {"month": "2026-05-01"},
    "platform": {"platform": "spotify", "name": "Spotify"},
    "when": {"phrase": "when.day"},
    "usual_of": {"phrase": "usual_of.weekday"},
    "pace_now": {"phrase": "trend_change.pace_now.up"},
    "pace_was": {"phrase": "trend_change.pace_was.up"},
    "cause": {"phrase": "causes.release.titled"},
    "source": {"phrase": "sources.own"},
    "reason": {"phrase": "message.failure.no_data"},
}
PERCENT = {"change", "share", "artist_share"}
TIMES = {
    "en": {"day": "days", "week": "weeks", "month": "months", "hour": "hours", "story": "stories"},
    "de": {"Tag": "Tage", "Woche": "Wochen", "Monat": "Monate", "Stunde": "Stunden", "Meldung": "Meldungen"},
    "es": {"día": "días", "semana": "semanas", "mes": "meses", "hora": "horas"},
    "fr": {"jour": "jours", "semaine": "semaines", "heure": "heures"},
    "pt": {"dia": "dias", "semana": "semanas", "mês": "meses", "hora": "horas"},
}
# Nothing is the highest of one, and a week is the least on which a level rests.
NEVER_ONE = re.compile(r"spike\.extreme\.|level_shift\.basis\.")


@cache
def all_slots() -> set[str]:
    return {slot[1] for slot in SLOT.finditer("".join(load_catalogue("en").sentences.values()))}


def fill(key: str, language: LanguageCode, number: int, metric: str = "audience.followers") -> str:
    count = {slot: SlotNumber(number, "percent" if slot in PERCENT else "") for slot in (*SLOT_ROLES, "count")}
    words = {slot: WORDS.get(slot, {"name": "Moth"}) for slot in all_slots() if slot not in count}
    return as_plain(
        say(key, language, words | {"items": {"metric": metric, "name": METRICS[metric].name, "gained": True}}, **count)
    )


@cache
def forms(language: LanguageCode) -> dict[str, str]:
    """Return the plural of each noun that stands beside numbers."""
    catalogue = load_catalogue(language)
    nouns = {one: more for more, one in catalogue.singulars.items()} | TIMES[language]
    for sentence in catalogue.sentences.values():
        nouns |= {one: more for _, one, more in AGREEING.findall(sentence)}
    return {one: more for one, more in nouns.items() if one != more}


@cache
def wrong_nouns(language: LanguageCode, one: bool) -> re.Pattern[str]:
    nouns = forms(language)
    wrong = sorted(nouns.values() if one else nouns.keys(), key=len, reverse=True)
    return re.compile(rf"(?<![\d.,])(\d+) (?:{'|'.join(map(re.escape, wrong))})\b")


def disagreeing(text: str, language: LanguageCode, number: int) -> str | None:
    """Return the noun that has the other number than the one before it."""
    nouns = forms(language)
    wrong = nouns.values() if is_one(number, language) else nouns.keys()
    found = re.search(
        rf"(?<![\d.,]){number} ({'|'.join(map(re.escape, sorted(wrong, key=len, reverse=True)))})\b", text
    )
    return found[0] if found else None


def is_chosen(key: str, language: LanguageCode, number: int) -> bool:
    """Return whether a sentence is one that a program takes for this number."""
    if key.endswith((".one", ".more")):
        return key.endswith(".one") == is_one(number, language)
    return not (NEVER_ONE.match(key) and number < 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_beside_a_number_agree_with_it(language: LanguageCode) -> None:
    numbered = [
        key
        for key, sentence in load_catalogue(language).sentences.items()
        if any(slot[1] in SLOT_ROLES or slot[1] == "count" for slot in SLOT.finditer(sentence))
    ]
    assert len(numbered) > 90
    wrong = []
    for key in numbered:
        for number in NUMBERS:
            text = fill(key, language, number)
            if is_chosen(key, language, number) and (found := disagreeing(text, language, number)):
                wrong.append(f"{key}: {found} in {text}")
            if re.search(r"[{}]|  | [.,]|\bNone\b", text):
                wrong.append(f"{key}: {text}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_metric_that_gains_has_a_word_for_one(language: LanguageCode) -> None:
    catalogue = load_catalogue(language)
    for slug, more in catalogue.gained.items():
        text = fill("growth_of_gain.title.down", language, 1, slug)
        assert re.search(rf"1 {re.escape(catalogue.singulars.get(more, more))}\b", text), text
        assert more in catalogue.singulars or more in UNCHANGED, more


UNCHANGED = {"Follower", "me gusta", "j'aime"}


# A limit of ours, which is above one.
LIMIT = re.compile("at most|more than|at least|may have|larger than|longer than|within|deeper than|the last {|admin of")
# What is said of several only, and what thresholds keep far above one.
OF_SEVERAL = {
    "1 of 1 track",
    "1 of the 1 day",
    "1 of the 1 week",
    "1 time",
    "A recording has 1 known stream",
    "A sheet has 1 row",
    "A sheet has {rows:number} rows and 1 column",
    "In 1 period",
    "In none of 1 period",
    "In {count:number} periods of two weeks of your own past without a release or a campaign, the comparison "
    "answered 1 time",
    "No good backup for 1 hour",
    "On {found:number} of 1 day",
    "On {found:number} of 1 week",
    "Spotify has 1 artist",
    "The 1 day",
    "The embedding model did not give 1 finite number",
    "This song has 1 item",
    "Your org has 1 workflow",
    "{metric:said} on {platform} came to {value:number} {days:days}. Going by the weeks before and by 1 other artist",
    "{metric:said} on {platform} came to {value:number} {unit:said} {days:days}. Going by the weeks before and "
    "by 1 other artist",
    "{missing:number} of 1 track",
    "{missing:number} of the 1 day",
    "{missing:number} of the 1 week",
    "{name} has 1 byte",
    "{silent:number} of 1 worker",
    "{source}: no line of {store} for {months:months}; it had 1 unit",
    "{source}: no line of {store} for {months:months}; it had {units:number} units in the 1 month",
    "{source}: no line of {store} in {country} for {months:months}; it had 1 unit",
    "{source}: no line of {store} in {country} for {months:months}; it had {units:number} units ({share:percent} "
    "of the store) in the 1 month",
    "{source}: {where} paid {rate} {currency} for 1,000 streams in {month:month}, and {usual} in the "
    "median of 1 other month",
    "{source}: {where} paid {rate} {currency} for 1,000 streams in {month:month}, and {usual} in the median of "
    "{count:number} other months (1 stream",
    "{store}: 1 paid unit",
    "{store}: {paid:number} paid units in {paid_month:month} beside 1 known stream",
    "{title} has 1 known stream",
    "{value} is no value of {name}: give 1 to 1 letter",
}
NOUN = re.compile(r"{\w+:number} ((?:of the )?(?:[a-z]+ )?[a-z]+s)\b(?<! is)(?<! does)")


def test_a_message_about_several_has_one_about_one() -> None:
    sentences = [entry["en"] for entry in read_messages()]
    alone = {
        sentence[: found.start()] + "1 " + found[1].removesuffix("s").replace("penaltie", "penalty")
        for sentence in sentences
        if not LIMIT.search(sentence)
        for found in NOUN.finditer(sentence)
    }
    missing = {one for one in alone if not any(sentence.startswith(one) for sentence in sentences)}
    assert missing == OF_SEVERAL


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_about_one_names_one(language: LanguageCode) -> None:
    for entry in read_messages():
        assert disagreeing(entry[language], language, 1) is None, entry[language]
        assert "  " not in entry[language], entry[language]


def test_a_number_that_does_not_agree_is_found() -> None:
    assert disagreeing("Moth gained 1 followers.", "en", 1) == "1 followers"
    assert disagreeing("Moth: 2 Wiedergabe", "de", 2) == "2 Wiedergabe"
    assert disagreeing("0 abonnés", "fr", 0) == "0 abonnés"
    assert disagreeing("Moth gained 21 followers.", "en", 1) is None
