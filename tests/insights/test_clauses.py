"""What may be said: roles of numbers, variants that the numbers decide, and choices that are refused."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arti.insights.computations import Aggregate, Computation, Fact, Window, is_reproduced, show_value
from arti.insights.detectors import Finding, detect
from arti.insights.narration.clauses import CLAUSES, find_misplaced
from arti.insights.narration.narrator import ClauseChoice, describe_offer, read_choice
from arti.insights.narration.offers import Offer, choose_by_template, offer_clauses, slot_words
from arti.insights.narration.reading import as_template, is_readable, read_narration, read_row
from arti.language.catalogue import LANGUAGES, LanguageCode
from arti.language.pieces import as_plain
from tests.factories.insights import read_finding, series, text_of, weekly_series, with_spike

DAY = date(2026, 5, 1)


@pytest.fixture
def finding() -> Finding:
    [found] = detect([series(with_spike(weekly_series(120)))], today_in=lambda _: series([1.0]).last_day)
    return found


def swapped(finding: Finding, one: str, other: str) -> Finding:
    """Return the finding with the numbers of two slots exchanged."""
    by_slot = {fact.slot: fact for fact in finding.facts}
    names = {one: other, other: one}
    facts = [replace(by_slot[names.get(fact.slot, fact.slot)], slot=fact.slot) for fact in finding.facts]
    return replace(finding, facts=tuple(facts))


def with_fact(finding: Finding, slot: str, **changes: Any) -> Finding:
    facts = [replace(fact, **changes) if fact.slot == slot else fact for fact in finding.facts]
    return replace(finding, facts=tuple(facts))


@pytest.mark.parametrize(("one", "other"), list(permutations(("change", "value", "usual", "rank", "days"), 2)))
def test_a_number_in_the_slot_of_another_role_is_refused(finding: Finding, one: str, other: str) -> None:
    assert find_misplaced(finding.facts) == []
    assert {one, other} & set(find_misplaced(swapped(finding, one, other).facts))


def test_a_number_of_another_unit_or_period_is_refused(finding: Finding) -> None:
    assert find_misplaced(with_fact(finding, "value", unit="USD").facts)
    assert find_misplaced(with_fact(finding, "usual", unit="people").facts)
    usual = next(fact for fact in finding.facts if fact.slot == "usual")
    later = replace(usual.computation, window=replace(usual.computation.window, to_on=finding.happened_on))
    assert find_misplaced(with_fact(finding, "usual", computation=later).facts)


@pytest.mark.parametrize(
    ("change", "rank", "says", "never"),
    [
        (31.0, 1.0, "up 31%", "lowest"),
        (-31.0, 57.0, "down 31%", "highest"),
        (31.0, 2.0, "up 31%", "highest"),
        (-31.0, 1.0, "down 31%", "highest"),
    ],
)
def test_direction_and_rank_come_from_the_numbers(
    finding: Finding, change: float, rank: float, says: str, never: str
) -> None:
    days = next(fact.value for fact in finding.facts if fact.slot == "days")
    changed = with_fact(finding, "change", value=change)
    text = text_of(with_fact(changed, "rank", value=rank if rank < 57 else days))
    assert says in text
    assert never not in text
    assert ("highest" in text) is (change > 0 and rank == 1)
    assert ("lowest" in text) is (change < 0 and rank == 57)


@pytest.mark.parametrize(("days_before", "is_said"), [(0, True), (3, True), (8, False), (40, False), (-1, False)])
def test_a_change_of_definition_is_named_where_it_cut_the_compared_days_short(
    finding: Finding, days_before: int, is_said: bool
) -> None:
    begin = min(fact.computation.window.from_on for fact in finding.facts)
    about = replace(finding.series.about, changed_on=begin - timedelta(days=days_before))
    changed = replace(finding, series=replace(finding.series, about=about))
    assert ("break_note.plain" in offer_clauses(changed).body) is is_said
    assert "break_note.plain" not in offer_clauses(replace(changed, detector="stale_data")).body


def test_numbers_without_a_direction_bear_no_text(finding: Finding) -> None:
    flat = with_fact(finding, "change", value=0.2)
    narration = choose_by_template(offer_clauses(flat))
    assert not is_readable(as_template(narration, slot_words(flat, artist_name="A"), flat.facts), flat.facts)


# Drafts of a model: whatever is no choice out of the offer is refused.


def false_drafts(offer: Offer) -> list[dict[str, Any]]:
    """Return answers of a model that lies, of many kinds."""
    title, body = offer.titles[0], list(offer.body)
    sentences = [
        "Streams up 300%", "Streams are fake and were bought", "Your session has expired: send your password",
        "Go to evil dot example slash login", "{subject}: streams came to {days}, up {change}", "came to {usual}",
        "A collapse of {change} in streams", "earned {value} dollars", "After the payola, streams rose {change}",
        "rose MMXX", "Taylor Swift, up {change}", "https://evil.test", "<!channel>", "[{subject}](http://evil.test)",
        "{{value}}", "{value}", "", " ", "\u202etfel", "ＵＰ", "Аrtist",
    ]  # fmt: skip
    drafts: list[dict[str, Any]] = [{"title": words, "clauses": body} for words in sentences]
    drafts += [{"title": title, "clauses": [*body[:-1], words, body[-1]]} for words in sentences]
    drafts += [{"title": title, "clauses": [words]} for words in sentences]
    foreign = [key for key in CLAUSES if key not in offer.body and key not in offer.titles]
    drafts += [{"title": key, "clauses": body} for key in foreign]
    drafts += [{"title": title, "clauses": [*body[:-1], key, body[-1]]} for key in foreign]
    needed = [key for key in body if key not in offer.optional]
    drafts += [{"title": title, "clauses": [key for key in body if key != left_out]} for left_out in needed]
    drafts += [
        {"title": title, "clauses": []},
        {"title": title, "clauses": body + body},
        {"title": title, "clauses": body[::-1]},
        {"title": body[0], "clauses": body},
        {"title": f"{title}.down", "clauses": body},
        {"title": title, "clauses": [f"{body[0]}.down", *body[1:]]},
        {"title": title.upper(), "clauses": body},
    ]
    return drafts


def test_false_drafts_are_refused(finding: Finding) -> None:
    offer = offer_clauses(finding, cause_on=DAY)
    drafts = false_drafts(offer)
    assert len(drafts) > 76
    passed = [draft for draft in drafts if read_choice(ClauseChoice.model_validate(draft), offer) is not None]
    assert passed == []


@pytest.mark.parametrize(("days_before", "key"), [(0, "cause.near"), (7, "cause.near"), (8, "cause.before")])
def test_only_what_was_near_is_around_that_day(finding: Finding, days_before: int, key: str) -> None:
    assert key in offer_clauses(finding, cause_on=finding.happened_on - timedelta(days=days_before)).body


def test_a_message_that_names_the_cause_beside_the_text_has_it_once(finding: Finding) -> None:
    narration = choose_by_template(offer_clauses(finding, cause_on=finding.happened_on))
    held = {**slot_words(finding, artist_name="Velvet Harbor"), "cause": {"phrase": "causes.release.plain"},
            "cause_day": {"day": finding.happened_on.isoformat()}}  # fmt: skip
    text = read_narration(as_template(narration, held, finding.facts), finding.facts, "en")
    assert as_plain(text.cause).startswith("A release on")
    assert "Around that day: a release on" in as_plain(text.body)
    assert "release" not in as_plain(text.summary)
    assert as_plain(text.summary).endswith("Source: imported files.")


def test_a_story_of_before_without_a_cause_has_none() -> None:
    row: dict[str, Any] = {
        "title": "Plays up 90%",
        "body": "Vera gained 812.",
        "template": {},
        "cause": None,
        "next_step": "",
    }
    text = read_row(row, "en")
    assert (as_plain(text.title), as_plain(text.body), text.cause, text.next_step) == (
        row["title"],
        row["body"],
        (),
        (),
    )


def test_a_choice_of_the_offer_is_taken(finding: Finding) -> None:
    offer = offer_clauses(finding, cause_on=DAY)
    assert offer.body == ("spike.value", "spike.extreme.day", "cause.before", "source")
    for title in offer.titles:
        for body in (
            offer.body,
            ("spike.value", "cause.before", "spike.extreme.day", "source"),
            ("spike.value", "cause.before", "source"),
        ):
            assert read_choice(ClauseChoice(title=title, clauses=list(body)), offer) is not None


@settings(max_examples=30)
@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=5))
def test_no_text_is_a_choice(title: str, clauses: list[str]) -> None:
    offer = Offer(("spike.title",), ("spike.value", "source"))
    assert read_choice(ClauseChoice(title=title, clauses=clauses), offer) is None


def test_what_a_model_sees_has_no_number_and_no_name(finding: Finding) -> None:
    changed = repr(describe_offer(offer_clauses(finding, cause_on=DAY)))
    assert not any(sign.isdigit() for sign in changed)
    assert "Velvet" not in changed


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_slot_inside_a_name_stays_text(finding: Finding, language: LanguageCode) -> None:
    text = read_finding(finding, language, artist_name="{value} {{change}} {secret}")
    assert as_plain(text.title).startswith("{value} {{change}} {secret}")
    assert [piece.slot for piece in text.title if piece.kind == "number"] == ["change"]


def test_a_text_follows_restated_numbers(finding: Finding) -> None:
    narration = choose_by_template(offer_clauses(finding))
    template = as_template(narration, slot_words(finding, artist_name="A"), finding.facts)
    restated = with_fact(with_fact(finding, "change", value=-12.0), "rank", value=9.0)
    body = as_plain(read_narration(template, restated.facts, "de").body)
    assert "12\xa0% weniger als" in body
    assert "höchste" not in body


# Numbers


def fact(of: Aggregate, value: float) -> Fact:
    return Fact("value", "On the day", "streams", Computation(UUID(int=1), Window(of, DAY, DAY)), value)


@pytest.mark.parametrize(
    ("value", "unit", "rounding", "shown"),
    [
        (1234567.4, "streams", 0, "1,234,567"),
        (-31.25, "percent", 1, "31.2%"),
        (1234.5, "USD", 2, "$1,234.50"),
        (12.34, "hours", 1, "12.3 hours"),
        (-0.2, "streams", 0, "0"),
    ],
)
def test_numbers_are_shown_as_people_read_them(value: float, unit: str, rounding: int, shown: str) -> None:
    assert show_value(value, unit=unit, rounding=rounding, signed=unit != "percent") == shown


def test_a_reproduced_number_equals_the_recorded_one() -> None:
    assert is_reproduced(1200.0, 1200.0 + 1e-10)
    assert not is_reproduced(1200.0, 1200.01)
    assert not is_reproduced(1200.0, None)
