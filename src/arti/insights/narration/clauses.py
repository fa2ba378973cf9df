"""Clauses: the sentences that an insight may be made of. Pure.

A clause is a key of the catalogues. Where a key has several variants ("up", "down"), its `turn` computes from the
numbers which one is true, each time that the text is read; without a true one the clause is left out. So nobody who
chooses clauses, a template or a model, can state a direction, a comparison or a rank that the numbers do not show.

A new kind of finding adds its clauses here, its `Offer` in `offers.py`, and the sentences in each catalogue.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from arti.insights.computations import Fact

Numbers = Mapping[str, Fact]  # by slot
Turn = Callable[[Numbers], str | None]


class SlotRole(StrEnum):
    """What a number is to a text. It follows from its computation, and a slot takes numbers of its own role only."""

    VALUE = "value"  # of the day or period that the text is about
    USUAL = "usual"  # what it is compared with
    CHANGE = "change"
    RANK = "rank"
    COUNT = "count"  # of days
    LEVEL = "level"  # a round number
    RATE = "rate"  # the value divided by that of another series
    USUAL_RATE = "usual rate"
    BESIDE = "beside"  # of another series on the same days
    USUAL_BESIDE = "usual beside"


SLOT_ROLES: Final[Mapping[str, SlotRole]] = {
    "value": SlotRole.VALUE, "after": SlotRole.VALUE, "pace_after": SlotRole.VALUE,
    "usual": SlotRole.USUAL, "before": SlotRole.USUAL, "previous": SlotRole.USUAL, "pace_before": SlotRole.USUAL,
    "change": SlotRole.CHANGE, "pace_change": SlotRole.CHANGE, "gained": SlotRole.CHANGE, "loss": SlotRole.CHANGE,
    "rank": SlotRole.RANK, "days": SlotRole.COUNT, "earlier": SlotRole.COUNT, "age": SlotRole.COUNT,
    "level": SlotRole.LEVEL, "each": SlotRole.RATE, "usual_each": SlotRole.USUAL_RATE,
    "kept": SlotRole.BESIDE, "usual_kept": SlotRole.USUAL_BESIDE, "listeners": SlotRole.BESIDE, "share": SlotRole.RATE,
    "artist_share": SlotRole.RATE,
    "last_release": SlotRole.USUAL_BESIDE, "second_release": SlotRole.BESIDE, "third_release": SlotRole.BESIDE,
}  # fmt: skip
_CHANGES: Final = frozenset(("percent_change", "times", "change"))
_ROLE_OF_AGGREGATE: Final = {
    "rank": SlotRole.RANK, "count": SlotRole.COUNT, "days_since": SlotRole.COUNT, "days_at_least": SlotRole.COUNT,
    "milestone": SlotRole.LEVEL, "gain": SlotRole.CHANGE,
}  # fmt: skip


def role_of(fact: Fact, facts: Sequence[Fact]) -> SlotRole:
    """Return the role that a number has by its computation, among the numbers of its finding."""
    computation, window = fact.computation, fact.computation.window
    if computation.comparison in _CHANGES:
        return SlotRole.CHANGE
    if window.of in _ROLE_OF_AGGREGATE:
        return _ROLE_OF_AGGREGATE[window.of]
    bases = [one.computation.base for one in facts if one.computation.comparison in _CHANGES]
    if fact.is_comparison:
        now, usual = SlotRole.RATE, SlotRole.USUAL_RATE
    elif computation.series_id != facts[0].computation.series_id:
        now, usual = SlotRole.BESIDE, SlotRole.USUAL_BESIDE
    else:
        now, usual = SlotRole.VALUE, SlotRole.USUAL
    return usual if window in bases else now


def find_misplaced(facts: Sequence[Fact]) -> list[str]:
    """Return the slots whose number has another role, or is of another unit or period than what it is compared with."""
    units = {
        (fact.computation.series_id, fact.computation.window): fact.unit for fact in facts if not fact.is_comparison
    }
    misplaced = [fact.slot for fact in facts if SLOT_ROLES.get(fact.slot) != role_of(fact, facts)]
    for fact in facts:
        item = fact.computation
        if item.comparison in _CHANGES and item.base is not None and fact.slot != "gained":
            now = units.get((item.series_id, item.window))
            usual = units.get((item.base_series_id or item.series_id, item.base))
            if now is None or now != usual or fact.unit not in ("percent", now):
                misplaced.append(fact.slot)
    return misplaced


@dataclass(frozen=True, slots=True)
class Clause:
    """A key of the catalogues, and what decides which of its variants is true; without a turn it has one."""

    key: str
    turn: Turn | None = None

    def true_key(self, numbers: Numbers) -> str | None:
        """Return the key of the variant that is true, or None when none is."""
        if self.turn is None:
            return self.key
        turned = self.turn(numbers)
        return f"{self.key}.{turned}" if turned else None


def by_direction(slot: str) -> Turn:
    """Return a turn to up or down; of a number that shows no direction none."""
    return lambda numbers: {1: "up", -1: "down"}.get(numbers[slot].direction)


def _of_gain(numbers: Numbers) -> str | None:
    return "lost" if round(numbers["value"].value) < 0 else by_direction("change")(numbers)


def _extreme(numbers: Numbers) -> str | None:
    rank, days = numbers["rank"].value, numbers["days"].value
    direction = numbers["change"].direction
    if rank == 1 and direction > 0:
        return "highest"
    return "lowest" if rank == days and direction < 0 else None


def _first(numbers: Numbers) -> str | None:
    return "first" if numbers["earlier"].value == 0 and numbers["value"].value >= numbers["level"].value else None


def pace_sign(fact: Fact) -> str:
    return {1: "up", -1: "down", 0: "flat"}[fact.direction]


def _trend(numbers: Numbers) -> str | None:
    now, was = numbers["pace_after"].direction, numbers["pace_before"].direction
    steeper = abs(numbers["pace_after"].value) > abs(numbers["pace_before"].value)
    if now > 0:
        return "turned_up" if was <= 0 else "faster" if steeper else "slower"
    if now < 0:
        return "turned_down" if was >= 0 else "falling_faster" if steeper else "falling_slower"
    return {1: "stopped_rising", -1: "stopped_falling"}.get(was)


_CHANGE: Final = by_direction("change")
CLAUSES: Final[Mapping[str, Clause]] = {
    clause.key: clause
    for clause in (
        Clause("break_note.plain"),
        Clause("break_note.goes_on"),
        Clause("source"),
        Clause("cause.near"),
        Clause("cause.before"),
        Clause("spike.title", _CHANGE),
        Clause("spike.title_value"),
        Clause("spike.value", _CHANGE),
        *(Clause(f"spike.extreme.{period}", _extreme) for period in ("day", "week", "month")),
        Clause("spike_of_gain.title", _of_gain),
        Clause("spike_of_gain.value", _of_gain),
        *(Clause(f"unusual_streams.{part}") for part in ("title_day", "title_span", "each", "beside", "hint")),
        Clause("unusual_streams.value", _CHANGE),
        *(
            Clause(f"playlist_move.{part}")
            for part in (
                *(
                    "entered.title",
                    "entered.value",
                    "entered.value_day",
                    "left.title",
                    "left.title_of_song",
                    "left.title_of_artist",
                    "left.value",
                    "hangs.title",
                    "hangs.value",
                ),
                *("listeners", "share", "artist_share"),
            )
        ),
        Clause("release_age.title", _CHANGE),
        Clause("release_age.value", _CHANGE),
        Clause("release_age.value_day", _CHANGE),
        Clause("release_age.second"),
        Clause("release_age.third"),
        *(Clause(f"past_numbers.{part}") for part in ("title", "value", "hint")),
        *(
            Clause(f"correction.{kind}.{part}")
            for kind in ("lost", "taken_back")
            for part in ("title", "value", "hint")
        ),
        Clause("level_shift.title", _CHANGE),
        *(Clause(f"level_shift.value.{per}", _CHANGE) for per in ("day", "week", "people")),
        *(Clause(f"level_shift.basis.{per}") for per in ("day", "week")),
        Clause("level_of_gain.title", _CHANGE),
        Clause("level_of_gain.title_week", _CHANGE),
        *(Clause(f"level_of_gain.value.{per}", _CHANGE) for per in ("day", "week")),
        Clause("trend_change.title", _trend),
        Clause("trend_change.value"),
        Clause("milestone.title"),
        Clause("milestone.value", _first),
        Clause("milestone.gained", by_direction("gained")),
        *(Clause(f"growth.{part}", _CHANGE) for part in ("title", "sum", "mean", "mean_week", "level")),
        *(
            Clause(f"growth_of_gain.{part}", _CHANGE)
            for part in ("title", "title_mean", "title_mean_week", "sum", "mean", "mean_week")
        ),
        Clause("stale_data.title"),
        *(Clause(f"stale_data.value.{per}") for per in ("day", "week")),
        *(Clause(f"stale_data.{origin}") for origin in ("imported", "entered", "synced")),
    )
}
