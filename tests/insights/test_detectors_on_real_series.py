"""The detectors on real histories. Needs ../shared."""

import csv
import json
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from arti.insights.detectors import DailySeries, Finding, detect
from arti.insights.detectors.series import until
from arti.insights.detectors.signal.change_points import find_agreed
from tests.factories.insights import at, series


def by_day(values: dict[date, float], **more: str) -> DailySeries:
    first, last = min(values), max(values)
    grid = [values.get(first + timedelta(days=day)) for day in range((last - first).days + 1)]
    return series(grid, last=last, **more)  # type: ignore[arg-type]


def spikes_on(made: DailySeries, day: date) -> list[Finding]:
    return [one for one in detect([until(made, day)], today_in=at(day)) if one.detector == "spike"]


def test_the_tortured_poets_department(shared: Path) -> None:
    total: dict[date, float] = defaultdict(float)
    with (shared / "data/series-taylor-swift-track-daily/daily_streams.csv").open() as lines:
        for row in csv.DictReader(lines):
            if row["daily_stream"]:
                total[date.fromisoformat(row["date"])] += float(row["daily_stream"])
    [spike] = spikes_on(by_day(total), date(2024, 5, 1))
    assert spike.happened_on == date(2024, 4, 21)
    assert spike.facts[0].value > 100


@pytest.mark.parametrize("artist", ["Wham!", "Michael Bublé", "Brenda Lee"])
def test_christmas(shared: Path, artist: str) -> None:
    with (shared / "data/series-spotify-artist-top200-cumulative/artist-streams-all.csv").open() as lines:
        rows = csv.reader(lines)
        days = [date.fromisoformat(day) for day in next(rows)[1:]]
        found = next(row for row in rows if row[0] == artist)
    # A cumulative sum; 0 means that no song charted that day, so it is no value.
    totals = {day: float(value) for day, value in zip(days, found[1:], strict=True) if float(value)}
    made = by_day(totals, kind="counter", metric="consumption.plays", unit="plays")
    [spike] = spikes_on(made, date(2018, 12, 25))
    assert (spike.happened_on, spike.shape) == (date(2018, 12, 24), "up")


def test_labelled_anomalies(shared: Path) -> None:
    """NAB by day: most of what is found lies in labelled windows, in histories of six weeks and more."""
    folder = shared / "data/anomaly-nab"
    windows = json.loads((folder / "labels/combined_windows.json").read_text())
    inside: list[tuple[str, str, date]] = []
    http_client: list[tuple[str, str, date]] = []
    for file in sorted([*folder.glob("data/realTweets/*.csv"), *folder.glob("data/realKnownCause/*.csv")]):
        values: dict[date, float] = defaultdict(float)
        with file.open() as lines:
            for row in csv.DictReader(lines):
                values[date.fromisoformat(row["timestamp"][:10])] += float(row["value"])
        for day in (min(values), max(values)):  # the first and the last day are cut off
            del values[day]
        if len(values) < 40:
            continue
        labelled = [
            (date.fromisoformat(first[:10]), date.fromisoformat(last[:10]))
            for first, last in windows[f"{file.parent.name}/{file.name}"]
        ]
        made = by_day(values)
        for one in detect([made], today_in=at(made.last_day)):
            hit = any(first <= one.happened_on <= last for first, last in labelled)
            (inside if hit else http_client).append((file.stem, one.detector, one.happened_on))
    assert len(inside) >= 5, inside
    assert len(http_client) < len(inside), (inside, http_client)


@pytest.mark.parametrize("name", ["nile", "quality_control_1", "quality_control_2"])
def test_change_points_that_people_marked(shared: Path, name: str) -> None:
    """TCPD: series with one clear step. Ours within 5 steps of a mark, as the benchmark counts, and no other."""
    folder = shared / "data/changepoint-tcpd"
    marks = {at for found in json.loads((folder / "annotations.json").read_text())[name].values() for at in found}
    raw = np.array(json.loads((folder / f"datasets/{name}.json").read_text())["series"][0]["raw"], dtype=float)
    [[found]] = find_agreed([raw], is_wanted=lambda *_: True)
    assert min(abs(found - at) for at in marks) <= 5


@pytest.mark.parametrize("name", ["bank", "us_population"])
def test_no_step_where_people_see_none(shared: Path, name: str) -> None:
    """TCPD: a wandering and a steadily growing series, read week by week as if they were days."""
    raw = json.loads((shared / f"data/changepoint-tcpd/datasets/{name}.json").read_text())["series"][0]["raw"]
    made = series(raw)
    for end in range(60, len(raw), 7):
        known = until(made, made.day(end))
        found = detect([known], today_in=at(known.last_day))
        assert "level_shift" not in [one.detector for one in found]


def test_charting_artists_have_a_moderate_number_of_findings(shared: Path) -> None:
    """Sixty charting artists on one day: most of them have nothing that an artist's team must read."""
    days: dict[str, dict[date, float]] = defaultdict(dict)
    with (shared / "data/series-spotify-artist-top200-cumulative/derived_daily_streams_long.csv").open() as lines:
        for row in csv.DictReader(lines):
            days[row["artist"]][date.fromisoformat(row["date"])] = float(row["streams"])
    made = {artist: by_day(values) for artist, values in days.items()}
    reported = {artist: detect([one], today_in=at(one.last_day)) for artist, one in made.items()}
    assert sum(map(len, reported.values())) / len(reported) < 0.8
    assert max(map(len, reported.values())) <= 4
