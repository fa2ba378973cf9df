"""The numbers of songs in public form."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from arti.metrics.schemas import Period
from arti.metrics.songs import rollup, schemas
from arti.metrics.songs.rollup import Part, Sum
from arti_core.database import Row

# What a list shows of a song: of each platform the first of these that the song has there.
SONG_METRICS: Final = (
    "consumption.streams",
    "consumption.views",
    "consumption.plays",
    "consumption.views_total",
    "engagement.likes_total",
)
_EXAMPLES: Final = 5
_MAX_SERIES: Final = 100


def pick_headline(figures: Sequence[schemas.SongFigure]) -> list[schemas.SongFigure]:
    """Return one number of each platform: the first of SONG_METRICS with a value, else the first."""
    by_provider: dict[str, list[schemas.SongFigure]] = defaultdict(list)
    for figure in figures:
        by_provider[figure.provider].append(figure)
    return [
        min(own, key=lambda figure: (figure.value is None, SONG_METRICS.index(figure.metric)))
        for _, own in sorted(by_provider.items())
    ]


def make_song(row: Row, figures: Sequence[schemas.SongFigure]) -> schemas.Song:
    return schemas.Song.model_validate({**row, "figures": list(figures)})


def make_figure(one: Sum, metric: Row, periods: Mapping[UUID, tuple[date, date]]) -> schemas.SongFigure:
    first = (one.counted or [refusal.part for refusal in one.refused])[0]
    return schemas.SongFigure(
        provider=one.provider,
        metric=one.metric,
        name=metric["name"],
        unit=metric["unit"],
        basis="gain" if metric["kind"] == "counter" else "sum",
        value=one.value,
        period=make_period(*periods[first.series_id]),
        assets=len(one.counted),
        refused=_refusals(one),
    )


def make_platform(one: Sum) -> schemas.RollupPlatform:
    return schemas.RollupPlatform(
        provider=one.provider,
        value=one.value,
        recordings=len(one.recordings),
        assets=len(one.counted),
        series_ids=[part.series_id for part in one.counted[:_MAX_SERIES]],
        refused=_refusals(one),
    )


def _refusals(one: Sum) -> list[schemas.RefusedSeriesGroup]:
    groups: dict[rollup.Reason, list[Part]] = defaultdict(list)
    for refusal in one.refused:
        groups[refusal.reason].append(refusal.part)
    return [
        schemas.RefusedSeriesGroup(
            reason=reason,
            sentence=rollup.SENTENCES[reason],
            count=len(parts),
            examples=[
                schemas.RefusedSeries(
                    series_id=part.series_id,
                    asset_id=part.asset_id,
                    recording_id=part.recording_id,
                    title=part.title,
                )
                for part in parts[:_EXAMPLES]
            ],
        )
        for reason, parts in groups.items()
    ]


def make_period(first: date, last: date) -> Period:
    return Period(**{"from": first}, to=last, days=(last - first).days + 1)
