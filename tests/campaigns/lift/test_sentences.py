"""What a campaign's page says, as it is read."""

from typing import Any

import pytest

from arti.campaigns.lift.sentences import describe_calibration, describe_lift, describe_reason, range_text, short_reason


def describe(low: float, high: float, **changes: Any) -> list[str]:
    detail: dict[str, Any] = {
        "actual": 130_000,
        "compared": 8,
        "from": "2026-11-07",
        "to": "2026-11-20",
        "detectable": 0.07,
        "rows": 14,
        "rows_with_data": 14,
        "interval_days": 1,
    }
    words = {"metric": "Streams", "unit": "streams", "platform": "Spotify"} | changes.pop("words", {})
    return describe_lift(**words, detail=detail | changes, lift=(low + high) / 2, low=low, high=high)


def test_a_rise_has_counts_and_percentages_of_the_same_range() -> None:
    usual, meaning, trust = describe(0.04, 0.3)
    assert usual.startswith("Streams on Spotify came to 130,000 from 7 to 20 Nov 2026.")
    assert "100,000 to 125,000 would have been usual" in usual
    assert "That is 5,000 to 30,000 more than usual (+4 % to +30 %)." in meaning
    assert "about +7 % or more would have been noticed in 8 of 10" in trust


def test_a_range_that_holds_0_says_what_it_was_at_most() -> None:
    _, meaning, _ = describe(-0.05, 0.04)
    assert "between −5 % and +4 %" in meaning
    assert meaning.endswith("At most it added about 5,000 streams.")


def test_a_fall_counts_from_the_nearer_end() -> None:
    _, meaning, _ = describe(-0.2, -0.1)
    assert "That is 14,400 to 32,500 fewer than usual (−10 % to −20 %)." in meaning


def test_units_days_and_missing_days_are_said_once() -> None:
    lines = describe(
        0.1,
        0.2,
        words={"metric": "New followers", "unit": "people"},
        actual=57,
        rows_with_data=13,
        **{"from": "2025-12-30", "to": "2026-01-12"},
    )
    assert lines[0].startswith("New followers on Spotify came to 57 people from 30 Dec 2025 to 12 Jan 2026.")
    assert lines[-1] == "1 of the 14 days of the campaign has no data and is left out on both sides."
    assert describe(0.1, 0.2, **{"from": "2026-10-30"})[0].startswith(
        "Streams on Spotify came to 130,000 from 30 Oct to 20 Nov 2026."
    )


def test_a_release_of_the_weeks_before_is_named() -> None:
    recent = [{"code": "release", "title": "Paper Rivers", "from": "2026-10-23", "to": "2026-10-23"}]
    assert describe(0.1, 0.2, recent=recent)[-1] == (
        "“Paper Rivers” came out on 23 Oct 2026, in the four weeks before. Where its first rush was still falling, the "
        "campaign added more than this says."
    )


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert range_text(-0.004, 0.004) == "0 % to 0 %"


@pytest.mark.parametrize(
    "reason",
    [
        {"code": "planned", "from": "2026-12-20"},
        {"code": "running", "from": "2026-12-20"},
        {"code": "late", "to": "2026-11-12", "from": "2026-11-14"},
        {"code": "release", "title": "Tidelight", "from": "2026-11-12", "to": "2026-11-12"},
        {"code": "campaign", "title": "Radio", "from": "2026-11-12", "to": "2026-11-20"},
        {"code": "definition_break", "from": "2026-11-12"},
        {"code": "too_small", "found": 9, "needed": 126},
        {"code": "not_countable"},
        {"code": "terms", "source": "YouTube API"},
        {"code": "no_week"},
        {"code": "short_history", "found": 12, "needed": 24},
        {"code": "missing_before", "found": 0.31, "needed": 0.25},
        {"code": "missing_during", "found": 0.6, "needed": 0.5},
        {"code": "few_donors", "found": 3, "needed": 5},
        {"code": "donors_moved", "found": 0.45, "needed": 0.4},
        {"code": "poor_fit", "found": 0.8, "needed": 0.6},
    ],
)
def test_every_reason_has_a_name_and_a_sentence_with_a_way_out(reason: dict[str, Any]) -> None:
    sentence = describe_reason(reason, platform="Spotify", metric="Streams", unit="day")
    assert sentence.count(".") >= 2
    assert len(short_reason(reason)) <= 30
    for word in ("None", "nan", "{", "  "):
        assert word not in sentence


def test_calibration_says_when_ranges_are_too_narrow() -> None:
    assert "too narrow" not in describe_calibration(windows=40, answered=35, held=31, goal=0.9)
    assert "too narrow" in describe_calibration(windows=40, answered=35, held=20, goal=0.9)
    assert "Connect or import" in describe_calibration(windows=9, answered=0, held=0, goal=0.9)
