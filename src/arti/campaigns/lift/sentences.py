"""What a measurement means, in plain sentences: what is wrong and the way out, or what was found. Pure."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from arti.campaigns.lift.estimate import MIN_DONORS, RefusalReason

OPEN: Final = frozenset({"planned", "running", "late"})

_SHORT: Final[dict[str, str]] = {
    "planned": "not begun",
    "running": "still running",
    "late": "waiting for the last days",
    "release": "a release in these days",
    "campaign": "another campaign in these days",
    "definition_break": "counted differently since",
    "too_small": "numbers too small",
    "not_countable": "goal is not counted by day",
    "terms": "not allowed by the platform",
    "no_week": "no whole week",
    RefusalReason.SHORT_HISTORY: "too little history",
    RefusalReason.MISSING_BEFORE: "days are missing",
    RefusalReason.MISSING_DURING: "days are missing",
    RefusalReason.FEW_DONORS: "too few to compare with",
    RefusalReason.DONORS_MOVED: "others jumped too",
    RefusalReason.POOR_FIT: "moves unlike the others",
}
LEFT_OUT: Final[dict[str, str]] = {
    "release": "an artist with a release in these days",
    "campaign": "of an artist with a campaign in these days",
    "definition_break": "counted differently in these days",
}


def short_reason(reason: Mapping[str, Any]) -> str:
    """Return a reason in a few words."""
    return _SHORT[reason["code"]]


def describe_reason(reason: Mapping[str, Any], *, platform: str, metric: str, unit: str) -> str:
    """Return why nothing can be told, and what to do. `unit`: of a row, "day" or "week"."""
    code, found, needed = reason["code"], reason.get("found", 0), reason.get("needed", 0)
    first, last = _day(reason.get("from")), _day(reason.get("to"))
    match code:
        case "planned":
            return f"It has not begun. It is measured when its last day is complete on {platform}, from {first} on."
        case "running":
            return f"It is still running. It is measured when its last day is complete on {platform}, from {first} on."
        case "late":
            return (
                f"{platform} has reported up to {last}; the campaign ended on {first}. It is measured when the last "
                "days are there, or a week after its end without them."
            )
        case "release":
            return (
                f"“{reason['title']}” came out on {first}, in these days or in the week before. What the release did "
                "and what the campaign did cannot be told apart. A campaign that starts more than a week after a "
                "release, and ends before the next one, can be measured."
            )
        case "campaign":
            return (
                f"The campaign “{reason['title']}” of the same artist ran {_days(reason['from'], reason['to'])}. What "
                "two campaigns do at once, or within a week, cannot be told apart. Leave a week between them."
            )
        case "definition_break":
            return (
                f"{platform} changed on {first} what it counts as {metric.lower()}. Days before and after it cannot be "
                "compared. A goal that did not change can be measured, and so can a campaign that lies on one side."
            )
        case "too_small":
            return (
                f"On {found:.0f} of {needed:.0f} {unit}s nothing was counted, so a percentage says nothing. Choose a "
                "goal with larger daily numbers."
            )
        case "not_countable":
            return (
                f"{metric} is no number that a campaign adds to day by day: it is an average, or people in a moving "
                "window. Choose a goal that is counted by day, such as streams or new followers."
            )
        case "terms":
            return (
                f"The terms of the {reason['source']} do not allow numbers that are derived from its data. Import the "
                f"files that you export from {platform} yourself: those may be measured."
            )
        case "no_week":
            return "The source counts weeks, and no whole week lies in the campaign. Choose a longer period."
        case RefusalReason.SHORT_HISTORY:
            known = f"1 {unit} before the campaign is" if found == 1 else f"{found:.0f} {unit}s before the campaign are"
            return (
                f"Only {known} known, and {needed:.0f} are needed to know how the number moves without it. Import "
                "older files of the artist."
            )
        case RefusalReason.MISSING_BEFORE:
            return (
                f"{_percent(found)} of the {unit}s before the campaign are missing, and at most {_percent(needed)} may "
                "be. Import the files that hold them."
            )
        case RefusalReason.MISSING_DURING:
            return (
                f"{_percent(found)} of the {unit}s of the campaign are missing, and at most {_percent(needed)} may be. "
                "Import the files that hold them."
            )
        case RefusalReason.FEW_DONORS:
            if found == 1:
                return (
                    "Only 1 other artist or song of the organisation has this number on these days without a release "
                    f"or campaign of its own, and {MIN_DONORS} are needed. Connect or import more artists."
                )
            return (
                f"Only {found:.0f} other artists or songs of the organisation have this number on these days without a "
                f"release or campaign of their own, and {MIN_DONORS} are needed. Connect or import more artists."
            )
        case RefusalReason.DONORS_MOVED:
            return (
                f"{_percent(found)} of the other artists and songs made an unusual step at the start of the campaign "
                "too. Something common happened, such as a holiday, or they were promoted as well. Away from such a "
                "day it can be measured."
            )
        case _:
            return (
                "The other artists and songs do not move as this one does. The range would go from "
                f"{_signed(1 / _e(found) - 1)} to {_signed(_e(found) - 1)}, too wide to say anything. A goal with "
                "larger and steadier numbers, or more artists to compare with, makes it narrower."
            )


def describe_lift(
    *, metric: str, unit: str, platform: str, detail: Mapping[str, Any], lift: float, low: float, high: float
) -> list[str]:
    """Return what was found and what it means."""
    actual, compared = float(detail["actual"]), int(detail["compared"])
    counted = _count(actual) if unit == metric.lower() else f"{_count(actual)} {unit}"
    least, most = actual / (1 + high), actual / (1 + low)
    sentences = [
        f"{metric} on {platform} came to {counted} {_days(detail['from'], detail['to'])}. Going by the weeks before "
        f"and by {compared} other artists and songs of the organisation, {_count(least)} to {_count(most)} would have "
        "been usual without a campaign.",
    ]
    if low > 0:
        sentences.append(
            f"That is {_count(actual - most)} to {_count(actual - least)} more than usual ({range_text(low, high)}). "
            "The range begins above 0: something lifted the number in these days. No release and no other campaign of "
            "the artist is known in them; a playlist or a post that nobody wrote down can still explain it."
        )
    elif high < 0:
        sentences.append(
            f"That is {_count(least - actual)} to {_count(most - actual)} fewer than usual ({range_text(high, low)}). "
            "The range ends below 0: the number was lower than usual, and the campaign did not make up for it."
        )
    else:
        sentences.append(
            f"The difference lies between {_signed(low)} and {_signed(high)}. The range holds 0: these numbers do not "
            "show that the campaign added anything, nor that it added nothing. At most it added about "
            f"{_count(actual - least)} {unit}."
        )
    sentences.append(
        "The range is set by how far the same comparison was off where nothing happened, and should hold the truth in "
        f"9 of 10 campaigns. Here a lift of about {_signed(float(detail['detectable']))} or more would have been "
        "noticed in 8 of 10."
    )
    for release in detail.get("recent", [])[-1:]:
        sentences.append(
            f"“{release['title']}” came out on {_day(release['from'])}, in the four weeks before. Where its first rush "
            "was still falling, the campaign added more than this says."
        )
    if detail["rows_with_data"] < detail["rows"]:
        missing = detail["rows"] - detail["rows_with_data"]
        rows = "week" if detail["interval_days"] == 7 else "day"
        sentences.append(
            f"{missing} of the {detail['rows']} {rows}s of the campaign {'has' if missing == 1 else 'have'} no data "
            f"and {'is' if missing == 1 else 'are'} left out on both sides."
        )
    return sentences


def describe_outlook(detail: Mapping[str, Any]) -> str | None:
    """Return what lift could be seen of a campaign that is not over."""
    if "detectable" not in detail:
        return None
    return (
        f"Going by the weeks before, a lift of about {_signed(float(detail['detectable']))} over its days could be "
        "seen in 8 of 10. A smaller one will most likely stay within the range of chance."
    )


def range_text(low: float, high: float) -> str:
    return f"{_signed(low)} to {_signed(high)}"


def _e(log: float) -> float:
    return math.exp(log)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _signed(share: float) -> str:
    rounded = f"{100 * share:+.0f}"
    return f"{'0' if rounded in ('+0', '-0') else rounded.replace('-', '−')} %"


def _days(from_on: str, to_on: str) -> str:
    """Return "from 3 to 16 Oct 2026", with month and year once where they are the same."""
    first, last = date.fromisoformat(from_on), date.fromisoformat(to_on)
    start = _day(from_on)
    if first.year == last.year:
        start = f"{first.day}" if first.month == last.month else f"{first.day} {first:%b}"
    return f"on {_day(to_on)}" if first == last else f"from {start} to {_day(to_on)}"


def _count(value: float) -> str:
    """Return a count to three digits, as estimates are; below 100 to whole ones."""
    size = len(str(int(abs(value))))
    return f"{round(value, min(0, 3 - size)):,.0f}"


def _day(text: str | None) -> str:
    if text is None:
        return ""
    day = date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def describe_calibration(*, windows: int, answered: int, held: int, goal: float) -> str:
    """Return how far the ranges of an org can be trusted."""
    if not windows:
        return (
            "There is no past to check the ranges on yet: it takes two weeks without a release or a campaign, months "
            "of daily numbers before them, and other artists or songs with the same number."
        )
    if not answered:
        return (
            f"In none of {windows} periods of two weeks without a release or campaign could anything be told. Connect "
            "or import more artists, or older files."
        )
    said = (
        f"In {windows} periods of two weeks of your own past without a release or a campaign, the comparison answered "
        f"{answered} times, and {held} of those ranges held 0, as they should: {100 * held / answered:.0f} %, where "
        f"the goal is {100 * goal:.0f} %."
    )
    if held / answered < goal - 0.1 and answered >= 10:
        said += " That is fewer than they should: read the ranges of your campaigns as too narrow."
    return said
