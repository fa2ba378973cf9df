"""A song that entered or left a playlist between two exports, and a song of which a large part hangs on one playlist.

Lists that are made for each listener come and go by themselves, and are no news.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from arti.insights.computations import Computation, Fact, Window
from arti.insights.detectors.finding import Finding, grade
from arti.insights.detectors.series import DailySeries
from arti.insights.detectors.signal.thresholds import visible_effect

_NEWS_DAYS: Final = 60
_LEAST_SHARE: Final = 0.02  # of the streams of the song, or of the artist
_HANGS: Final = 0.2  # of the streams of a song


@dataclass(frozen=True, slots=True)
class Placed:
    """A song on a playlist in an unbroken run of exports, the last of which says what it brought in its period.

    `streams`: the playlist's own series, with one value an export; its subject is the song, or the artist.
    `listeners_id`: the series of its listeners. `entered`, `left`: the first and last possible day, None if unknown.
    """

    streams: DailySeries
    listeners_id: UUID | None
    listeners: float | None
    title: str
    kind: str
    playlist_key: str
    from_on: date
    to_on: date
    entered: tuple[date, date] | None
    left: tuple[date, date] | None


def detect_playlist_moves(placed: Sequence[Placed], series: Sequence[DailySeries]) -> Iterator[Finding]:
    """Yield who entered, who left, and on which playlist a song hangs. `series`: those of the artist and of works."""
    wholes = {
        (one.about.provider, one.about.asset_id): one
        for one in series
        if one.about.metric == "consumption.streams" and one.about.kind == "flow" and not one.about.is_weekly
    }
    if not placed:
        return
    newest = max(each.to_on for each in placed)
    for each in placed:
        if each.kind == "algorithmic":
            continue
        about = each.streams.about
        whole = _sum_of(wholes.get((about.provider, about.asset_id)), each)
        brought = float(each.streams.values[-1])
        share = brought / whole[1] if whole else None
        of_artist = None if whole else _sum_of(wholes.get((about.provider, None)), each)
        if brought < visible_effect(about) or (share is not None and share < _LEAST_SHARE):
            continue
        if each.entered and newest - each.entered[1] <= timedelta(days=_NEWS_DAYS):
            shape = "up_added" if each.entered[0] == each.entered[1] else "up_entered"
            yield _move(each, shape, each.entered, each.to_on, whole, of_artist)
        if each.left and newest - each.left[1] <= timedelta(days=_NEWS_DAYS):
            # The export that no longer names it says so: until then nobody knew.
            later = min((other.to_on for other in placed if other.to_on > each.to_on), default=each.left[1])
            yield _move(each, "down_left", each.left, later, whole, of_artist)
        elif whole and share is not None and share >= _HANGS and each.to_on == newest:
            yield _move(each, "hangs", (each.to_on, each.to_on), each.to_on, whole, None)


def _sum_of(whole: DailySeries | None, each: Placed) -> tuple[DailySeries, float] | None:
    """Return the series of all streams with its sum in the export's period; None if days are missing."""
    if whole is None or whole.start > each.from_on or whole.last_day < each.to_on:
        return None
    values = whole.level()[whole.index(each.from_on) : whole.index(each.to_on) + 1]
    return None if np.isnan(values).any() or values.sum() <= 0 else (whole, float(values.sum()))


def _move(
    each: Placed,
    shape: str,
    between: tuple[date, date],
    known_on: date,
    whole: tuple[DailySeries, float] | None,
    of_artist: tuple[DailySeries, float] | None,
) -> Finding:
    """Return the finding of a move. `of_artist`: all streams of the artist, where those of the song are not known."""
    about, brought = each.streams.about, float(each.streams.values[-1])
    on_day = Window("last", each.to_on, each.to_on)
    facts = [Fact("value", "Streams of the period", about.unit, Computation(about.series_id, on_day), brought)]
    if each.listeners_id is not None and each.listeners is not None:
        people = Computation(each.listeners_id, on_day)
        facts.append(Fact("listeners", "Listeners of the period", "people", people, each.listeners))
    share = 0.05  # where the whole is not known
    for slot, label, part_of in (
        ("share", "Of all streams in the period", whole),
        ("artist_share", "Of all streams of the artist in the period", of_artist),
    ):
        if part_of is None:
            continue
        of = Window("sum", each.from_on, each.to_on)
        computation = Computation(about.series_id, on_day, of, "share", base_series_id=part_of[0].about.series_id)
        percent = 100 * brought / part_of[1]
        facts.append(Fact(slot, label, "percent", computation, percent, 1 if slot == "artist_share" else 0))
        share = brought / part_of[1]
    points = 2 * min(share / 0.1, 3.0)
    direction = shape.partition("_")[0]
    return Finding(
        detector="playlist_move",
        series=each.streams,
        shape=shape,
        key=f"{each.playlist_key}|{'' if direction == 'hangs' else between[1].isoformat()}",
        happened_on=between[1],
        period_from=between[0],
        period_to=max(known_on, between[1]),
        severity=grade(points, about_asset=about.asset_id is not None and of_artist is None),
        confidence=0.99,
        score=points,
        facts=tuple(facts),
        names={"playlist": each.title, "playlist_kind": each.kind},
        days={"named": each.to_on, "first": between[0], "last": between[1], "since": each.from_on},
    )
