"""Each detector on generated histories with known properties."""

from datetime import date, timedelta

import numpy as np
import pytest
import ruptures

from arti.insights.computations import round_number_below
from arti.insights.detectors import DailySeries, Finding, detect
from arti.insights.detectors.growth import detect_growth
from arti.insights.detectors.series import until
from arti.insights.detectors.signal.change_points import (
    agree,
    binary_segmentation,
    find_agreed,
    kernel_error,
    online_changes,
    pelt,
    squared_error,
)
from arti.vocabulary import Severity
from tests.factories.insights import FOLLOWERS, series, text_of, weekly_series, with_spike

LAST = date(2026, 6, 30)


def found_in(made: DailySeries, *, on: date = LAST) -> list[Finding]:
    return detect([made], today_in=lambda _: on)


def names(findings: list[Finding]) -> list[str]:
    return [finding.detector for finding in findings]


def growing(days: int, start: float, per_day: float, *, seed: int = 3) -> list[float]:
    random = np.random.default_rng(seed)
    return [float(value) for value in np.round(start + np.cumsum(random.normal(per_day, abs(per_day) / 5 + 0.5, days)))]


# Spikes


def test_a_spike_is_compared_with_its_weekday() -> None:
    [finding] = found_in(series(with_spike(weekly_series(120, last=LAST), days_ago=4)))
    assert (finding.detector, finding.shape, finding.happened_on) == ("spike", "up", LAST - timedelta(days=4))
    facts = {fact.slot: fact for fact in finding.facts}
    assert facts["change"].value == pytest.approx(200, abs=25)
    assert facts["usual"].computation.window.weekday == finding.happened_on.isoweekday()
    assert (facts["rank"].value, facts["days"].value) == (1, 57)


def test_a_low_day_is_a_spike_down_and_a_missing_day_is_not() -> None:
    dropped = with_spike(weekly_series(120, last=LAST), times=0.1)
    assert [(one.detector, one.shape) for one in found_in(series(dropped))] == [("spike", "down")]
    gap: list[float | None] = [*weekly_series(120, last=LAST)]
    gap[-6] = None
    assert found_in(series(gap)) == []


def test_a_weekly_season_is_no_spike() -> None:
    weekend = [1000.0 if (LAST - timedelta(days=119 - day)).weekday() < 5 else 4000.0 for day in range(120)]
    assert found_in(series(weekend)) == []


def test_neighbouring_days_are_one_spike() -> None:
    values = weekly_series(120, last=LAST)
    for days_ago, times in ((6, 2.5), (5, 4.0), (4, 3.0)):
        values = with_spike(values, days_ago=days_ago, times=times)
    spikes = [one for one in found_in(series(values)) if one.detector == "spike"]
    assert [(one.happened_on, one.period_from, one.period_to) for one in spikes] == [
        (LAST - timedelta(days=5), LAST - timedelta(days=6), LAST - timedelta(days=4))
    ]


def test_small_numbers_have_no_spikes() -> None:
    random = np.random.default_rng(4)
    tiny = [float(value) for value in random.poisson(6, 200)]
    assert found_in(series(with_spike(tiny, times=6))) == []


def test_counters_are_differenced_and_a_gap_gives_no_gain() -> None:
    values = growing(150, 50_000, 60)
    values = values[:-5] + [value + 2_000 for value in values[-5:]]
    [finding] = [
        one
        for one in found_in(series(values, kind="counter", metric=FOLLOWERS, unit="people"))
        if one.detector == "spike"
    ]
    assert finding.facts[0].computation.differenced
    gap: list[float | None] = [*values]
    gap[-6] = None  # the jump now spans a gap, so its day is unknown
    assert "spike" not in names(found_in(series(gap, kind="counter", metric=FOLLOWERS, unit="people")))


def test_days_are_not_compared_across_a_change_of_definition() -> None:
    values = weekly_series(80, last=LAST) + [value * 3 for value in weekly_series(40, last=LAST, seed=2)]
    assert names(found_in(series(values))) == ["level_shift"]
    assert found_in(series(values, definitions=[1] * 80 + [2] * 40)) == []
    assert found_in(series(values, breaks=(LAST - timedelta(days=39),))) == []


def test_a_short_history_has_no_findings() -> None:
    assert found_in(series(with_spike(weekly_series(27, last=LAST), days_ago=0))) == []


# Level shifts


@pytest.mark.parametrize(("times", "shape"), [(1.6, "up"), (0.55, "down")])
def test_a_new_level_that_holds_is_one_finding(times: float, shape: str) -> None:
    values = weekly_series(160, last=LAST)
    values[-21:] = [value * times for value in values[-21:]]
    [finding] = found_in(series(values))
    assert (finding.detector, finding.shape) == ("level_shift", shape)
    assert abs((finding.happened_on - (LAST - timedelta(days=20))).days) <= 1
    assert finding.facts[0].value == pytest.approx(100 * (times - 1), abs=5)


def test_steady_growth_is_no_shift() -> None:
    values = [value * 1.004**day for day, value in enumerate(weekly_series(180, last=LAST))]
    assert "level_shift" not in names(found_in(series(values)))


def test_a_week_at_a_new_level_is_too_early() -> None:
    values = weekly_series(160, last=LAST)
    values[-7:] = [value * 1.5 for value in values[-7:]]
    assert "level_shift" not in names(found_in(series(values)))


@pytest.mark.parametrize("seed", range(10))
def test_change_points_are_those_of_ruptures(seed: int) -> None:
    random = np.random.default_rng(seed)
    levels = np.repeat(random.normal(0, 3, random.integers(1, 6)), random.integers(15, 50))
    signal = levels + random.normal(0, 1, len(levels))
    signal = (signal - signal.mean()) / signal.std()
    for method, found in (
        (ruptures.Pelt(model="l2", min_size=2, jump=1), pelt(squared_error(signal[None]), 12.0)[0]),
        (ruptures.Pelt(model="rbf", min_size=2, jump=1), pelt(kernel_error(signal)[None], 12.0)[0]),
        (ruptures.Binseg(model="l2", min_size=2, jump=1), binary_segmentation(squared_error(signal[None])[0], 12.0)),
    ):
        assert found == method.fit(signal).predict(pen=12.0)[:-1]


def test_online_changes_find_a_step() -> None:
    random = np.random.default_rng(1)
    signal = np.concatenate((random.normal(-1, 0.2, 60), random.normal(1, 0.2, 60)))
    assert online_changes(signal[None]) == [[60]]
    assert online_changes(random.normal(0, 1, (1, 120))) == [[]]


def test_signals_are_examined_together_as_alone() -> None:
    random = np.random.default_rng(2)
    signals = [np.repeat(random.normal(0, 3, 3), size) + random.normal(0, 1, 3 * size) for size in (20, 35, 35, 8)]
    signals.append(np.ones(30))
    alone = [find_agreed([signal], is_wanted=lambda *_: True)[0] for signal in signals]
    assert find_agreed(signals, is_wanted=lambda *_: True) == alone
    assert alone[0]
    assert find_agreed(signals, is_wanted=lambda place, _: place == 1) == [[], alone[1], [], [], []]


def test_a_point_needs_three_methods_within_five_values() -> None:
    assert agree([[50], [52], [47], []]) == [50]
    assert agree([[50], [52], [], []]) == []
    assert agree([[50], [56], [44], [90]]) == []


# Trends, growth, milestones, staleness


def test_a_counter_that_gains_faster_has_a_new_level_of_gains() -> None:
    values = growing(90, 20_000, 20)
    values += growing(28, values[-1], 90)
    made = series(values, kind="counter", metric=FOLLOWERS, unit="people")
    [finding] = [one for one in found_in(made) if one.detector == "level_shift"]
    assert (finding.shape, finding.facts[0].computation.differenced) == ("up", True)
    facts = {fact.slot: fact.value for fact in finding.facts}
    assert facts["after"] == pytest.approx(90, rel=0.1)
    assert facts["before"] == pytest.approx(20, rel=0.15)


def test_a_turn_down_of_a_rolling_figure() -> None:
    values = growing(80, 300_000, 500)
    values += growing(28, values[-1], -2_500)
    made = series(values, kind="rolling", metric="audience.monthly_listeners", unit="people")
    assert ("trend_change", "turned_down") in [(one.detector, one.shape) for one in found_in(made)]


@pytest.mark.parametrize("days", [20, 24, 27, 35])
def test_one_step_is_no_growth_besides(days: int) -> None:
    values = weekly_series(200, last=LAST)
    values[-days:] = [value * 0.55 for value in values[-days:]]
    assert list(detect_growth(series(values))) == []
    assert names(found_in(series(values))) == ["level_shift"]


def test_growth_compares_four_weeks_with_the_four_before() -> None:
    values = [value * (1 + 0.3 * max(0, day - 78) / 20) for day, value in enumerate(weekly_series(120, last=LAST))]
    [finding] = found_in(series(values))
    assert (finding.detector, finding.shape) == ("growth", "up")
    change, value, previous = finding.facts[:3]
    assert change.value == pytest.approx(100 * (sum(values[-28:]) / sum(values[-56:-28]) - 1))
    assert value.computation.window.of == "sum"
    assert value.value == pytest.approx(sum(values[-28:]))
    assert previous.value == pytest.approx(sum(values[-56:-28]))


def test_rolling_figures_are_never_summed() -> None:
    values = growing(120, 100_000, 900)
    made = series(values, kind="rolling", metric="audience.monthly_listeners", unit="people")
    assert {fact.computation.window.of for one in found_in(made) for fact in one.facts} & {"sum", "mean"} == set()


def test_a_milestone_keeps_its_fingerprint() -> None:
    values = growing(100, 95_000, 120)
    made = series(values, kind="counter", metric=FOLLOWERS, unit="people")
    reached = next(i for i, value in enumerate(values) if value >= 100_000)
    fingerprints = set()
    for on in (reached, reached + 5, 99):
        day = made.day(on)
        [finding] = [one for one in found_in(until(made, day), on=day) if one.detector == "milestone"]
        assert (finding.key, finding.happened_on) == ("100000", made.day(reached))
        fingerprints.add(finding.fingerprint)
    assert len(fingerprints) == 1


def test_a_first_value_above_a_round_number_is_no_milestone() -> None:
    made = series(growing(60, 120_000, 50), kind="counter", metric=FOLLOWERS, unit="people")
    assert "milestone" not in names(found_in(made))


@pytest.mark.parametrize(
    ("value", "level"), [(0.5, None), (1, 1), (1999, 1000), (2000, 2000), (4999.9, 2000), (5000, 5000), (10**9, 10**9)]
)
def test_round_numbers(value: float, level: float | None) -> None:
    assert round_number_below(value) == level


@pytest.mark.parametrize(
    ("terms", "age", "is_stale"),
    [
        ("youtube_api", 4, False),
        ("youtube_api", 5, True),
        ("own", 10, False),
        ("own", 11, True),
        ("own", 365, True),
        ("own", 366, False),
    ],
)
def test_staleness_by_terms(terms: str, age: int, is_stale: bool) -> None:
    made = series(weekly_series(60, last=LAST), terms=terms, imported=terms == "own")
    assert ("stale_data" in names(found_in(made, on=LAST + timedelta(days=age)))) is is_stale


def test_numbers_that_may_not_be_derived_from_give_milestones_only() -> None:
    values = with_spike(growing(100, 95_000, 120), days_ago=0, times=2)
    made = series(values, kind="counter", metric=FOLLOWERS, unit="people", terms="spotify_api")
    assert names(found_in(made)) == ["milestone"]


# Behaviour of the whole


def test_quiet_histories_raise_almost_no_false_alarm() -> None:
    """200 artists of every size with weekly seasons and days that resemble their neighbours, a year each."""
    random = np.random.default_rng(11)
    alarms = []
    for _ in range(200):
        level = 10 ** random.uniform(1, 5)
        season = 1 + 0.1 * random.standard_normal(7)
        drift = np.zeros(365)
        for day in range(1, 365):
            drift[day] = 0.6 * drift[day - 1] + 0.05 * random.standard_normal()
        values = random.poisson(level * np.tile(season, 53)[:365] * np.exp(drift)).astype(float)
        alarms += names(found_in(series(list(values))))
    assert len(alarms) <= 2, alarms


def test_daily_runs_report_a_finding_once() -> None:
    """Run detection on each day of four months, as a nightly sync does, and collect what would be reported."""
    values = weekly_series(300, last=LAST)
    values = with_spike(values, days_ago=90)
    values[-40:] = [value * 1.7 for value in values[-40:]]
    made = series(values)
    reported: list[Finding] = []
    for days_ago in range(120, -1, -1):
        day = LAST - timedelta(days=days_ago)
        for finding in found_in(until(made, day), on=day):
            same = [
                one
                for one in reported
                if one.detector == finding.detector
                and (one.fingerprint == finding.fingerprint or finding.is_same_as(one.happened_on))
            ]
            if not same:
                reported.append(finding)
    assert [(one.detector, one.happened_on) for one in reported] == [
        ("spike", LAST - timedelta(days=90)),
        ("spike", LAST - timedelta(days=39)),  # the first day of the new level, reported the morning after
        ("level_shift", LAST - timedelta(days=39)),
    ]


def test_of_correlated_metrics_the_leading_one_is_reported() -> None:
    jump = with_spike(weekly_series(120, last=LAST))
    streams, saves = series(jump), series(jump, metric="engagement.saves", unit="count")
    youtube = series(jump, metric="consumption.views", unit="views", provider="youtube")
    track = series(jump, asset=True)
    reported = detect([saves, track, youtube, streams], today_in=lambda _: LAST)
    assert {(one.series.about.metric, one.series.about.provider, one.series.about.asset_title) for one in reported} == {
        ("consumption.streams", "spotify", ""),
        ("consumption.streams", "spotify", "Tidelight"),
        ("consumption.views", "youtube", ""),
    }


def test_severity_increases_with_the_effect_and_is_lower_for_works() -> None:
    strong = found_in(series(with_spike(weekly_series(120, last=LAST), times=8)))[0]
    weak = found_in(series(with_spike(weekly_series(120, last=LAST), times=1.75)))[0]
    part = found_in(series(with_spike(weekly_series(120, last=LAST), times=1.75), asset=True))[0]
    assert strong.severity == Severity.IMPORTANT
    assert weak.severity == Severity.NOTICE
    assert part.severity == Severity.INFO
    assert strong.score > weak.score


def test_steps_of_a_rounded_counter_are_no_spikes() -> None:
    """YouTube shows subscribers in three digits: constant for days, then a step of a thousand."""
    true = 128_000 + np.cumsum(weekly_series(120, level=600, last=date(2026, 6, 26)))
    counter = series([float(value // 1000 * 1000) for value in true], kind="counter", metric=FOLLOWERS, unit="people")
    assert counter.is_coarse
    found = detect([counter], today_in=lambda _: date(2026, 6, 30))
    assert {one.detector for one in found} <= {"milestone", "growth"}


@pytest.mark.parametrize("fall", [0, 3_000], ids=["rising", "below where it was four weeks ago"])
def test_the_text_of_a_milestone_is_verified(fall: int) -> None:
    values: list[float] = [97_000 + 50 * i for i in range(90)]
    if fall:
        values = [value - 30 * fall // 1000 * i for i, value in enumerate(values[:60])] + [99_000, 100_500]
    made = series(values, kind="counter", metric=FOLLOWERS, unit="people")
    [finding] = [one for one in found_in(made) if one.detector == "milestone"]
    assert "the first day at 100,000 or more" in text_of(finding)
