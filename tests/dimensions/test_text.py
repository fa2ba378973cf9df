"""The text form of dimensions, and the platforms' words for their values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arti.dimensions.countries import country_name, find_country
from arti.dimensions.text import parse_dimension, split_unknown_place, unknown_place, write_dimension
from arti.dimensions.words import read_value


def test_form_is_sorted_and_escaped() -> None:
    assert write_dimension({}) == ""
    text = write_dimension({"period": "28day", "city": unknown_place("São Paulo, 100% = SP", "BR")})
    assert text == "city=~São Paulo%2C 100%25 %3D SP|BR,period=28day"
    assert parse_dimension(text) == {"period": "28day", "city": "~São Paulo, 100% = SP|BR"}
    assert split_unknown_place("~São Paulo|BR") == ("São Paulo", "BR")


@given(st.text(min_size=1, max_size=80))
def test_any_place_text_survives(text: str) -> None:
    value = unknown_place(text, "DE")
    if len(value) > len("~|DE"):
        assert parse_dimension(write_dimension({"city": value})) == {"city": value}


@pytest.mark.parametrize(
    "parts",
    [
        {"planet": "mars"},
        {"country": "Germany"},
        {"country": "de"},
        {"gender": "Female"},
        {"city": "Berlin"},
        {"city": "~"},
        {"city": "0"},
        {"period": "month"},
        {"age": "13–17 years"},
        {"song": ""},
        {"song": "two\nlines"},
    ],
)
def test_unknown_names_and_values_are_refused_in_words(parts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"no value of|there is no dimension"):
        write_dimension(parts)


@pytest.mark.parametrize("text", ["period=28day,city=2867714", "country", "country=DE,country=FR", "song=a=b"])
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_dimension(text)


@pytest.mark.parametrize(
    ("name", "word", "value"),
    [
        ("age", "13–17 years", "13-17"),
        ("age", "age65-", "65+"),
        ("age", "AGE_18_24", "18-24"),
        ("age", "<18", "0-17"),
        ("gender", "F", "female"),
        ("gender", "User-specified", "other"),
        ("country", "Alemania", "DE"),
        ("country", "USA", "US"),
        ("country", "Corea del Sur", "KR"),
        ("traffic_source", "YT_SEARCH", "search"),
        ("traffic_source", "Video cards and annotations", "card"),
        ("device", "GAME_CONSOLE", "console"),
        ("subscription", "UNSUBSCRIBED", "not_subscribed"),
        ("subscription", "NON_FOLLOWER", "not_subscribed"),
        ("content_type", "VIDEO_ON_DEMAND", "video"),
        ("store", "Apple Music", "apple_music"),
        ("store", "A shop round the corner", "A shop round the corner"),
        ("city", "Paris, TX", "~Paris, TX"),
    ],
)
def test_words_of_the_platforms_are_read(name: str, word: str, value: str) -> None:
    assert read_value(name, word) == value


@pytest.mark.parametrize("word", ["Atlantis", "", "United"])
def test_a_word_that_is_no_country_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="no value of country"):
        read_value("country", word)


def test_countries_have_names() -> None:
    assert [country_name(code) for code in ("DE", "XK", "ZZ", "HK")] == [
        *("Germany", "Kosovo", "Unknown to the platform", "Hong Kong")
    ]
    assert find_country("Wonderland") is None
