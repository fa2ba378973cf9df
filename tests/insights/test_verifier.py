"""What the verifier accepts, and the false claims that it refuses."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arti.insights.computations import Aggregate, Computation, Fact, Window, show_value
from arti.insights.narration.verifier import fill_slots, find_violations, is_reproduced

DAY = date(2026, 5, 1)
WORDS = {"artist": "Blink-182", "day": "1 May 2026", "metric": "streams"}


def fact(slot: str, value: float, *, compared: bool = False, of: Aggregate = "sum", unit: str = "streams") -> Fact:
    window = Window(of, DAY, DAY)
    computation = Computation(UUID(int=1), window, window if compared else None, "percent_change" if compared else None)
    return Fact(slot, slot, unit, computation, value)


UP = (fact("change", 31.2, compared=True, unit="percent"), fact("value", 1200))
DOWN = (fact("change", -31.2, compared=True, unit="percent"), fact("value", 1200))
HIGHEST = (*UP, fact("rank", 1, of="rank"))
FIRST = (*UP, fact("earlier", 0, of="days_at_least"))


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("{{artist}} had {{value}} {{metric}}, up {{change}}.", UP),
        ("The {{metric}} of {{artist}} fell {{change}} to {{value}}.", DOWN),
        ("A higher level for {{artist}}: {{value}}.", UP),
        ("On {{day}} it was the highest with {{value}}.", HIGHEST),
        ("For the first time {{artist}} came to {{value}}.", FIRST),
        ("It may be worth a look: {{value}}.", UP),
    ],
)
def test_true_texts_are_accepted(text: str, facts: tuple[Fact, ...]) -> None:
    assert find_violations("{{artist}} in view", text, facts=facts, words=WORDS) == []


@pytest.mark.parametrize(
    "text",
    [
        "{{artist}} had 1200 streams.",
        "{{artist}} had ١٢٠٠ streams.",
        "{{artist}} had ½ the streams.",
        "{{artist}} had twelve hundred streams.",
        "Streams of {{artist}} doubled.",
        "Streams of {{artist}} grew tenfold.",
        "Streams of {{artist}} were up by half.",
        "Streams of {{artist}} up thirty-one percent.",
        "Streams of {{artist}} up {{change}} %.",
        "It happened on Monday for {{artist}}.",
        "It happened in March for {{artist}}.",
        "It happened yesterday for {{artist}}.",
        "{{artist}} gained more than last week.",
        "{{artist}} came to {{invented}}.",
        "{{artist}} fell {{change}}.",
        "Streams of {{artist}} are down.",
        "A record for {{artist}}: {{value}}.",
        "The lowest of all for {{artist}}.",
        "The first time for {{artist}}.",
        "Streams did not fall for {{artist}}.",
        "Streams rose because of the new video.",
        "Streams rose thanks to the campaign.",
        "See https://evil.test for {{artist}}.",
        "See evil.test for {{artist}}.",
        "<b>{{artist}}</b> is up.",
        "[{{artist}}](x) is up.",
        "**{{artist}}** is up.",
        "{{artist}} is up <!channel>",
        "{artist} {{Artist}} {{ artist }}",
        "Аrtist with a Cyrillic letter.",
        "",
        "a" * 901,
    ],
)
def test_false_claims_are_refused(text: str) -> None:
    assert find_violations("{{artist}} in view", text, facts=UP, words=WORDS)
    assert find_violations(text, "{{value}}", facts=UP, words=WORDS)


def test_a_direction_word_must_agree_with_the_nearest_number() -> None:
    facts = (fact("now", -5, compared=True), fact("was", 7, compared=True))
    good = "It now falls by {{now}} a week. Before, it grew by {{was}} a week."
    assert find_violations("x", good, facts=facts, words={}) == []
    bad = "It now grows by {{now}} a week. Before, it fell by {{was}} a week."
    assert len(find_violations("x", bad, facts=facts, words={})) == 2


def test_a_change_too_small_to_show_has_no_direction() -> None:
    facts = (fact("change", 0.2, compared=True, unit="percent"),)
    assert find_violations("x", "It is up {{change}}.", facts=facts, words={})


def test_slots_are_filled_in_one_pass() -> None:
    shown = {"artist": "{{value}} {{secret}}", "value": "1,200"}
    assert fill_slots("{{artist}}: {{value}}", shown) == "{{value}} {{secret}}: 1,200"


@given(st.text(max_size=200))
def test_a_text_with_a_digit_or_percent_sign_is_refused(text: str) -> None:
    violations = find_violations("x", text, facts=UP, words=WORDS)
    if any(sign.isnumeric() or sign in "%‰<>[]" for sign in text):
        assert violations


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
