from datetime import date, timedelta

import pytest

from arti.campaigns.periods import DayRange, WindowValue, choose_basis, lift_windows, measure_window

START = date(2026, 5, 10)


def daily_values(values: list[float], start: date = START) -> dict[date, float]:
    return {start + timedelta(days=index): value for index, value in enumerate(values)}


def measure(values: dict[date, float], basis: str, *, new_definition_on: date | None = None) -> WindowValue:
    window = DayRange(START, START + timedelta(days=2))
    eve, breaks = values.get(START - timedelta(1)), [new_definition_on] if new_definition_on else []
    gain = None if eve is None else values[window.to_on] - eve  # as the database computes it
    return measure_window(window, basis=basis, values=values, breaks=breaks, gain=gain)  # type: ignore[arg-type]


def test_windows_are_equally_long_and_adjacent() -> None:
    before, during, after = lift_windows(START, date(2026, 5, 16), last_day=date(2026, 6, 1))
    assert after is not None
    assert before.days == during.days == after.days == 7
    assert before.to_on + timedelta(days=1) == during.from_on
    assert during.to_on + timedelta(days=1) == after.from_on


def test_running_campaign_is_compared_up_to_the_last_day() -> None:
    before, during, after = lift_windows(START, date(2026, 5, 30), last_day=date(2026, 5, 12))
    assert (before.days, during.days, after) == (3, 3, None)


@pytest.mark.parametrize(
    ("basis", "values", "expected"),
    [
        ("sum", daily_values([1, 2, 3]), 6),
        ("mean", daily_values([1, 2, 3]), 2),
        ("gain", daily_values([7, 10, 11, 15], START - timedelta(1)), 8),
    ],
)
def test_complete_window_has_a_value(basis: str, values: dict[date, float], expected: float) -> None:
    assert measure(values, basis).value == expected


@pytest.mark.parametrize("basis", ["sum", "mean"])
def test_missing_day_is_null(basis: str) -> None:
    values = daily_values([1, 2, 3])
    del values[START + timedelta(days=1)]
    measured = measure(values, basis)
    assert (measured.value, measured.days_with_data) == (None, 2)
    assert measured.null_reason == "1 required day has no data."


def test_gain_requires_only_the_first_and_last_value() -> None:
    values = daily_values([7, 0, 0, 15], START - timedelta(1))
    del values[START]
    assert measure(values, "gain").value == 8
    del values[START - timedelta(1)]
    assert measure(values, "gain").value is None


@pytest.mark.parametrize("basis", ["sum", "mean", "gain"])
def test_change_of_definition_has_no_value(basis: str) -> None:
    values = daily_values([5, 1, 2, 3], START - timedelta(1))
    measured = measure(values, basis, new_definition_on=START + timedelta(days=1))
    assert measured.value is None
    assert measured.null_reason == "The provider changed the definition of the metric in this period."


def test_a_counter_that_fell_has_no_gain() -> None:
    window = DayRange(START, START + timedelta(days=2))
    fallen = measure_window(window, basis="gain", values=daily_values([7, 0, 0, 5], START - timedelta(1)), gain=None)
    assert (fallen.value, fallen.null_reason) == (
        None,
        "The provider corrected this total downwards in this period, so there is no gain.",
    )


def test_basis_of_each_kind_of_metric() -> None:
    assert choose_basis("ratio", "none") is None
    assert choose_basis("rolling", "none") is None
    assert choose_basis("rolling", "last") == "mean"
    assert choose_basis("counter", "last") == "gain"
