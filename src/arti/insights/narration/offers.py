"""Which clauses a finding may be told with, by its kind. Pure.

The template takes the first title and every clause in order. A model may take another of the titles, leave out what
is optional, and order the rest.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from arti.insights.detectors.finding import Finding
from arti.language.sentences import SlotWords
from arti.providers.terms import OWN, OWN_LABEL

_CUT_SHORT: Final = timedelta(days=7)  # a window that begins so soon after a change would have begun before it
_NEAR: Final = timedelta(days=7)  # what a text calls "around that day"


@dataclass(frozen=True, slots=True)
class Offer:
    """The titles to choose from and the clauses of the body, by key; `optional` ones may be left out."""

    titles: tuple[str, ...]
    body: tuple[str, ...]
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Narration:
    """The title and the clauses that were chosen, by key."""

    title: str
    body: tuple[str, ...]


def offer_clauses(finding: Finding, *, cause_on: date | None = None) -> Offer:
    """Return what a finding may be told with. `cause_on`: the day of what may be its cause."""
    offer = OFFERS[finding.detector](finding)
    cause: tuple[str, ...] = ()
    if cause_on is not None and finding.detector != "release_age":  # which says of itself when the work came out
        is_near = cause_on >= min(finding.period_from, finding.happened_on) - _NEAR
        cause = ("cause.near" if is_near else "cause.before",)
    return Offer(offer.titles, (*offer.body, *_break_note(finding), *cause, "source"), offer.optional)


def choose_by_template(offer: Offer) -> Narration:
    return Narration(offer.titles[0], offer.body)


def slot_words(finding: Finding, *, artist_name: str) -> SlotWords:
    """Return what the slots hold besides numbers, in no language yet."""
    about = finding.series.about
    metric: dict[str, object] = {"metric": about.metric, "name": about.metric_name}
    if finding.detector == "release_age":  # what its first days brought
        metric["gained"] = True
    day = finding.happened_on.isoformat()
    words: dict[str, Mapping[str, Any]] = {
        "artist": {"name": artist_name},
        "subject": {"phrase": "work"} if about.asset_title else {"name": artist_name},
        "title": {"name": about.asset_title},
        "metric": metric,
        "items": metric | {"gained": True},
        "platform": {"platform": about.provider, "name": about.provider_name},
        "day": {"day": day},
        "month": {"month": day},
        "when": {"phrase": f"when.{_when(finding)}"},
        "from": {"day": finding.period_from.isoformat()},
        "to": {"day": finding.period_to.isoformat()},
        "source": {"phrase": f"sources.{OWN if about.imported and about.terms != OWN_LABEL else about.terms}"},
    }
    words |= {slot: {"name": name} for slot, name in finding.names.items()}
    words |= {slot: {"day": on.isoformat()} for slot, on in finding.days.items()}
    if finding.beside is not None:
        words["beside"] = {"metric": finding.beside.metric, "name": finding.beside.metric_name, "gained": True}
    if finding.detector == "spike":
        words["usual_of"] = {"phrase": f"usual_of.{_usual_of(finding)}"}
    if about.changed_on is not None:
        words["changed"] = {"day": about.changed_on.isoformat()}
    if about.unbroken_metric:
        words["unbroken"] = {"metric": about.unbroken_metric, "name": about.unbroken_name}
    return words


def cadence(finding: Finding) -> str:
    """Return whether one value of the finding's series is of a day, a week or a month."""
    if any(fact.unit == "months" for fact in finding.facts):
        return "month"
    return "week" if finding.series.about.is_weekly else "day"


def _when(finding: Finding) -> str:
    is_span = finding.detector == "unusual_streams" and finding.period_from != finding.period_to
    return "span" if is_span else cadence(finding)


def _usual_of(finding: Finding) -> str:
    usual = next(fact for fact in finding.facts if fact.slot == "usual")
    per = cadence(finding)
    return per if per != "day" else "weekday" if usual.computation.window.weekday is not None else "near"


def _break_note(finding: Finding) -> tuple[str, ...]:
    """Return the clause about a change of definition that cut short the days which were compared."""
    about, changed_on = finding.series.about, finding.series.about.changed_on
    if changed_on is None or finding.detector == "stale_data":  # which compares no days
        return ()
    computations = [fact.computation for fact in finding.facts]
    begins = [window.from_on for one in computations for window in (one.window, one.base) if window is not None]
    if not any(changed_on <= day < changed_on + _CUT_SHORT for day in begins if day < finding.happened_on):
        return ()
    return ("break_note.goes_on" if about.unbroken_metric else "break_note.plain",)


def _spike(finding: Finding) -> Offer:
    extreme = f"spike.extreme.{cadence(finding)}"
    if finding.series.differenced:
        return Offer(("spike_of_gain.title",), ("spike_of_gain.value", extreme), frozenset((extreme,)))
    return Offer(("spike.title", "spike.title_value"), ("spike.value", extreme), frozenset((extreme,)))


def _unusual_streams(finding: Finding) -> Offer:
    slots = {fact.slot for fact in finding.facts}
    each = ("unusual_streams.each",) if "each" in slots else ()
    beside = ("unusual_streams.beside",) if "kept" in slots else ()
    title = "title_day" if finding.period_from == finding.period_to else "title_span"
    body = ("unusual_streams.value", *each, *beside, "unusual_streams.hint")
    return Offer((f"unusual_streams.{title}",), body, frozenset((*each, *beside)))


def move_of(finding: Finding) -> str:
    """Return whether a song entered a playlist, left it, or hangs on it."""
    return {"up": "entered", "down": "left"}.get(finding.shape.partition("_")[0], "hangs")


def _playlist_move(finding: Finding) -> Offer:
    kind = f"playlist_move.{move_of(finding)}"
    slots = {fact.slot for fact in finding.facts}
    more = tuple(f"playlist_move.{slot}" for slot in ("listeners", "share", "artist_share") if slot in slots)
    value = f"{kind}.value_day" if finding.shape == "up_added" else f"{kind}.value"
    title = f"{kind}.title"
    if kind == "playlist_move.left":  # two losses differ by what they mean to their artists
        title += "_of_song" if "share" in slots else "_of_artist" if "artist_share" in slots else ""
    return Offer((title,), (value, *more), frozenset(more))


def _release_age(finding: Finding) -> Offer:
    slots = {fact.slot for fact in finding.facts}
    more = tuple(f"release_age.{which}" for which in ("second", "third") if f"{which}_release" in slots)
    value = "release_age.value_day" if finding.period_from == finding.period_to else "release_age.value"
    return Offer(("release_age.title",), (value, *more), frozenset(more))


def _past_numbers(finding: Finding) -> Offer:
    return Offer(("past_numbers.title",), ("past_numbers.value", "past_numbers.hint"))


def _correction(finding: Finding) -> Offer:
    kind = f"correction.{finding.shape}"
    return Offer((f"{kind}.title",), (f"{kind}.value", f"{kind}.hint"))


def _level_shift(finding: Finding) -> Offer:
    per = cadence(finding)
    if finding.series.differenced:
        title = "level_of_gain.title_week" if per == "week" else "level_of_gain.title"
        return Offer((title,), (f"level_of_gain.value.{per}", f"level_shift.basis.{per}"))
    value = "people" if finding.series.about.kind == "rolling" else per
    return Offer(("level_shift.title",), (f"level_shift.value.{value}", f"level_shift.basis.{per}"))


def _trend_change(finding: Finding) -> Offer:
    return Offer(("trend_change.title",), ("trend_change.value",))


def _milestone(finding: Finding) -> Offer:
    gained = ("milestone.gained",) if any(fact.slot == "gained" for fact in finding.facts) else ()
    return Offer(("milestone.title",), ("milestone.value", *gained), frozenset(gained))


def _growth(finding: Finding) -> Offer:
    change = next(fact for fact in finding.facts if fact.slot == "change")
    of = {"sum": "sum", "mean": "mean", "last": "level"}[change.computation.window.of]
    if of == "mean" and cadence(finding) == "week":
        of = "mean_week"
    if finding.series.differenced:
        title = "growth_of_gain.title" if of == "sum" else f"growth_of_gain.title_{of}"
        return Offer((title,), (f"growth_of_gain.{of}",))
    return Offer(("growth.title",), (f"growth.{of}",))


def _stale_data(finding: Finding) -> Offer:
    return Offer(("stale_data.title",), (f"stale_data.value.{cadence(finding)}", f"stale_data.{finding.shape}"))


OFFERS: Final[dict[str, Callable[[Finding], Offer]]] = {
    "spike": _spike,
    "unusual_streams": _unusual_streams,
    "playlist_move": _playlist_move,
    "release_age": _release_age,
    "past_numbers": _past_numbers,
    "correction": _correction,
    "level_shift": _level_shift,
    "trend_change": _trend_change,
    "milestone": _milestone,
    "growth": _growth,
    "stale_data": _stale_data,
}
