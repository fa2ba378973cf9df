"""What a first sync, a backfill or an import brings of the past: one quiet summary with its findings. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np

from arti.insights.computations import Computation, Fact, Window
from arti.insights.detectors import DailySeries, Finding
from arti.insights.detectors.deduplication import metric_rank
from arti.insights.stories.grouping import OpenStory, Story
from arti.vocabulary import Severity

DETECTOR: Final = "past_numbers"
_LEAST: Final = 2  # stories; one alone is recorded as itself
_SAME_DAYS: Final = 3  # what a long backfill goes on to bring


def summarise_past(
    stories: Sequence[Story], series: Sequence[DailySeries], *, open_stories: Sequence[OpenStory], today: date
) -> list[Story]:
    """Return the stories with all new ones of the past as parts of one, with those recorded alone in these days."""
    past = [story for story in stories if story.quiet and story.lead is not None]
    summaries = [one for one in open_stories if one.detector == DETECTOR and (today - one.last).days <= _SAME_DAYS]
    known = summaries[0] if summaries else None
    alone = [one.insight_id for one in open_stories if _is_recent(one, today)]
    if not past or (len(past) + len(alone) < _LEAST and known is None):
        return list(stories)
    rest = [story for story in stories if story not in past]
    parts = [finding for story in past for finding in (story.lead, *story.parts) if finding is not None]
    if known is not None:
        return [*rest, Story(None, parts=parts, insight_id=known.insight_id, quiet=True, takes_in=alone)]
    return [*rest, Story(_summary(series, today), parts=parts, quiet=True, takes_in=alone)]


def _is_recent(story: OpenStory, today: date) -> bool:
    is_past = story.quiet and story.detector != DETECTOR
    return is_past and story.recorded_on is not None and (today - story.recorded_on).days <= _SAME_DAYS


def _summary(series: Sequence[DailySeries], today: date) -> Finding:
    """Return the finding that leads: the main number of the artist, since when it is known, and where it stands."""
    whole = [one for one in series if one.about.asset_id is None] or list(series)
    main = min(whole, key=lambda one: (metric_rank(one.about.metric), -float(np.nanmax(one.values))))
    about, last = main.about, main.last_day
    return Finding(
        detector="past_numbers",
        series=main,
        shape="known",
        key=today.isoformat(),
        happened_on=today,
        period_from=min(one.start for one in series),
        period_to=last,
        severity=Severity.INFO,
        confidence=0.99,
        score=0.5,
        facts=(
            Fact("value", "Latest value", about.unit, Computation(about.series_id, Window("last", last, last)),
                 float(main.values[-1])),
        ),
        days={"last": last, "since": main.start},
    )  # fmt: skip
