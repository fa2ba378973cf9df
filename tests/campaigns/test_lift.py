from datetime import date, timedelta

import pytest

from arti.campaigns.lift import DayRange, WindowReading, basis_of, lift_windows, measure_window

START = date(2026, 5, 10)


def days(values: list[float], start: date = START) -> dict[date, float]:
    return {start + timedelta(days=place): value for place, value in enumerate(values)}


def read(values: dict[date, float], basis: str, *, new_definition_on: date | None = None) -> WindowReading:
    definitions = {day: 2 if new_definition_on and day >= new_definition_on else 1 for day in values}
    span = DayRange(START, START + timedelta(days=2))
    return measure_window(span, basis=basis, values=values, definitions=definitions)  # type: ignore[arg-type]


def test_windows_are_equally_long_and_adjoin() -> None:
    before, during, after = lift_windows(START, date(2026, 5, 16), last_day=date(2026, 6, 1))
    assert after is not None
    assert before.days == during.days == after.days == 7
    assert before.to_on + timedelta(days=1) == during.from_on
    assert during.to_on + timedelta(days=1) == after.from_on


def test_a_running_campaign_is_compared_as_far_as_it_got() -> None:
    before, during, after = lift_windows(START, date(2026, 5, 30), last_day=date(2026, 5, 12))
    assert (before.days, during.days, after) == (3, 3, None)


@pytest.mark.parametrize(
    ("basis", "values", "expected"),
    [
        ("sum", days([1, 2, 3]), 6),
        ("mean", days([1, 2, 3]), 2),
        ("gain", days([7, 10, 11, 15], START - timedelta(1)), 8),
    ],
)
def test_a_complete_span_has_a_value(basis: str, values: dict[date, float], expected: float) -> None:
    assert read(values, basis).value == expected


@pytest.mark.parametrize("basis", ["sum", "mean"])
def test_a_missing_day_is_no_zero(basis: str) -> None:
    values = days([1, 2, 3])
    del values[START + timedelta(days=1)]
    reading = read(values, basis)
    assert (reading.value, reading.days_with_data) == (None, 2)
    assert reading.null_reason == "1 of the days it needs has no data."


def test_a_gain_needs_only_its_ends() -> None:
    values = days([7, 0, 0, 15], START - timedelta(1))
    del values[START]
    assert read(values, "gain").value == 8
    del values[START - timedelta(1)]
    assert read(values, "gain").value is None


@pytest.mark.parametrize("basis", ["sum", "mean", "gain"])
def test_no_value_across_a_change_of_definition(basis: str) -> None:
    values = days([5, 1, 2, 3], START - timedelta(1))
    reading = read(values, basis, new_definition_on=START + timedelta(days=1))
    assert reading.value is None
    assert reading.null_reason == "The provider changed what it counts in these days."


def test_metrics_without_an_honest_total_have_no_basis() -> None:
    assert basis_of("ratio", "none") is None
    assert basis_of("rolling", "none") is None
    assert basis_of("rolling", "last") == "mean"
    assert basis_of("counter", "last") == "gain"
