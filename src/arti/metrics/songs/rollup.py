"""The one rule by which numbers of assets become a number of a song, a release, an artist, a label, the catalogue.

Pure. Only the same metric on the same platform over the same days is added, each asset once, and of one number that is
known from several sources the best one. What is left out is listed with the reason.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal
from uuid import UUID

Reason = Literal[
    "unfinished",
    "missing_days",
    "definition_break",
    "no_value",
    "no_value_before",
    "fell",
    "other_period",
    "same_number",
    "counted_once",
]

SENTENCES: Final[dict[str, str]] = {
    "unfinished": "The last day of the period is not over where the platform counts.",
    "missing_days": "Not every day of the period is reported.",
    "definition_break": "The platform changed in the period how it counts.",
    "no_value": "There is no value on the last day of the period.",
    "no_value_before": "There is no value on the day before the period, so the gain is unknown.",
    "fell": "The counter fell, which it cannot: the platform corrected it, and the gain is unknown.",
    "other_period": "The file holds a total of other days.",
    "same_number": "The same number is counted already, from a better source.",
    "counted_once": "The same item of the platform is counted already, under another artist.",
}
NOT_ADDED: Final[dict[str, str]] = {
    "rolling": "Different people cannot be added: whoever hears two songs would count twice.",
    "ratio": "Ratios and averages cannot be added.",
}
OTHER_MEANING: Final = "Each platform counts this in its own way, so their numbers are not added."


@dataclass(frozen=True, slots=True)
class Part:
    """One series of one asset over the period.

    `value`: the sum of a flow's days, or the gain of a counter. `days` of `wanted` days have a value. `last_on`: the
    newest day with one. `over`: whether the period has ended where the platform counts. `whole_period`: None for daily
    values, else whether a file's total is of exactly these days.
    """

    series_id: UUID
    provider: str
    metric: str
    terms: str
    recording_id: UUID
    asset_id: UUID
    artist_id: UUID
    external_id: str
    title: str
    counter: bool
    value: float | None
    days: int
    wanted: int
    last_on: date | None = None
    break_on: date | None = None
    over: bool = True
    has_last: bool = True
    has_before: bool = True
    whole_period: bool | None = None

    @property
    def refusal(self) -> Reason | None:
        """Return why this number is not that of the period."""
        if not self.over:
            return "unfinished"
        if self.whole_period is not None:
            return None if self.whole_period else "other_period"
        if self.break_on is not None:
            return "definition_break"
        if not self.counter:
            return "missing_days" if self.days < self.wanted else None
        if not self.has_last:
            return "no_value"
        if not self.has_before:
            return "no_value_before"
        return "fell" if self.value is None else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A series that is not in the sum, and why."""

    part: Part
    reason: Reason


@dataclass(slots=True)
class Sum:
    """What was added for one platform and metric. `value` is None when nothing could be added."""

    provider: str
    metric: str
    value: float | None = None
    counted: list[Part] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def recordings(self) -> set[UUID]:
        return {part.recording_id for part in self.counted}


def roll_up(parts: Iterable[Part]) -> list[Sum]:
    """Return the sums by platform and metric. A song may occur in several releases and for several artists: once."""
    sums: dict[tuple[str, str], Sum] = {}
    by_item: dict[tuple[str, str, str], list[Part]] = defaultdict(list)
    for part in dict.fromkeys(parts):
        by_item[part.provider, part.metric, part.external_id].append(part)
    by_song: dict[tuple[str, str, UUID], list[Part]] = defaultdict(list)
    for (provider, metric, _), same in by_item.items():
        best, *others = sorted(same, key=_quality)
        total = sums.setdefault((provider, metric), Sum(provider, metric))
        for other in others:
            reason: Reason = "counted_once" if other.asset_id != best.asset_id else "same_number"
            total.refused.append(Refusal(other, reason))
        by_song[provider, metric, best.recording_id].append(best)
    for (provider, metric, _), items in by_song.items():
        chosen = _best_source(items)
        total = sums[provider, metric]
        for part in items:
            refusal = part.refusal if part in chosen else "same_number"
            if refusal is not None:
                total.refused.append(Refusal(part, refusal))
                continue
            total.counted.append(part)
            total.value = (total.value or 0.0) + (part.value or 0.0)
    return [sums[key] for key in sorted(sums)]


def roll_up_by_recording(parts: Iterable[Part]) -> dict[UUID, list[Sum]]:
    """Return the sums of each recording."""
    by_recording: dict[UUID, list[Part]] = defaultdict(list)
    for part in parts:
        by_recording[part.recording_id].append(part)
    return {recording: roll_up(own) for recording, own in by_recording.items()}


def _quality(part: Part) -> tuple[bool, bool, int, int, bool, str]:
    """Return a key that sorts the best of several sources of one number first."""
    newest = -part.last_on.toordinal() if part.last_on else 0
    return (
        part.refusal is not None,
        part.whole_period is not None,
        -part.days,
        newest,
        part.terms != "own",
        str(part.series_id),
    )


def _best_source(items: Sequence[Part]) -> list[Part]:
    """Return those of a song's items whose numbers come from one kind of source: that which knows the most.

    A file may name an item by title and day where the API names it by an id: two assets, and one number.
    """
    by_source: dict[tuple[str, bool], list[Part]] = defaultdict(list)
    for part in items:
        by_source[part.terms, "|" in part.external_id].append(part)
    return max(
        by_source.values(),
        key=lambda group: (sum(part.refusal is None for part in group), len(group), group[0].terms == "own"),
    )
