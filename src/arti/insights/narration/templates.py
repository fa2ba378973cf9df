"""Findings in plain English, without any model. The same slots and the same verifier as for a model's words.

Sentences avoid singular and plural, since a metric may be either ("Streams", "Watch time").
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from arti.insights.computations import Fact
from arti.insights.detectors.finding import Finding
from arti.providers.terms import OWN, terms_of
from arti.vocabulary import PROVIDER_NAMES, Provider

VERSION: Final = "templates-1"
_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A title and a body with {{slots}}."""

    title: str
    body: str


def slot_words(finding: Finding, *, artist_name: str) -> dict[str, str]:
    """Return what the word slots show. Names are data: one line, no control characters, of bounded length."""
    about = finding.series.about
    artist = clean_name(artist_name)
    title = clean_name(about.asset_title)
    return {
        "artist": artist,
        "subject": f"“{title}” by {artist}" if title else artist,
        "metric": about.metric_name[:1].lower() + about.metric_name[1:],
        "provider": provider_name(about.provider),
        "day": show_day(finding.happened_on),
        "from": show_day(finding.period_from),
        "to": show_day(finding.period_to),
        "source": source_name(OWN if about.imported else about.terms),
    }


def provider_name(provider: str) -> str:
    return PROVIDER_NAMES[Provider(provider)]


def source_name(terms: str) -> str:
    name = terms_of(terms).source_name
    return name if terms == OWN else f"the {name}"


def clean_name(name: str) -> str:
    """Return a name of theirs fit for one line of ours."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1].rstrip() + "…"


def show_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def render_template(finding: Finding) -> RenderedText:
    """Return the finding's own sentences."""
    made = _WORDS[finding.detector](finding)
    return RenderedText(made.title, f"{made.body} Source: {{{{source}}}}.")


def _spike(finding: Finding) -> RenderedText:
    word = "up" if finding.shape == "up" else "down"
    what = "the daily change in {{metric}}" if finding.series.differenced else "{{metric}}"
    facts = _by_slot(finding)
    extreme = ""
    if finding.shape == "up" and facts["rank"].value == 1:
        extreme = " It was the highest of the {{days}} days compared."
    elif finding.shape == "down" and facts["rank"].value == facts["days"].value:
        extreme = " It was the lowest of the {{days}} days compared."
    return RenderedText(
        f"{{{{subject}}}}: {what} {word} {{{{change}}}} on {{{{day}}}}",
        f"On {{{{day}}}}, {what} on {{{{provider}}}} came to {{{{value}}}}, {word} {{{{change}}}} from the "
        f"{{{{usual}}}} that is usual for that weekday.{extreme}",
    )


def _level_shift(finding: Finding) -> RenderedText:
    up = finding.shape == "up"
    return RenderedText(
        f"{{{{subject}}}}: {{{{metric}}}} at a {'higher' if up else 'lower'} level since {{{{day}}}}",
        "Since {{day}}, the daily average of {{metric}} on {{provider}} stands at {{after}}, "
        f"{'up' if up else 'down'} {{{{change}}}} from {{{{before}}}}. "
        "The new level rests on {{days}} days of data.",
    )


def _trend_change(finding: Finding) -> RenderedText:
    facts = _by_slot(finding)
    now, was = _pace(facts["pace_after"]), _pace(facts["pace_before"])
    return RenderedText(
        f"{{{{subject}}}}: {{{{metric}}}} now {now}",
        f"From {{{{day}}}} to {{{{to}}}}, the trend of {{{{metric}}}} on {{{{provider}}}} was {now}. "
        f"Before, from {{{{from}}}}, it was {was}.",
    )


def _pace(fact: Fact) -> str:
    word = {1: "up by", -1: "down by", 0: "flat at"}[fact.direction]
    return f"{word} {{{{{fact.slot}}}}} a week"


def _milestone(_finding: Finding) -> RenderedText:
    return RenderedText(
        "{{subject}} reached {{level}} {{metric}} on {{provider}}",
        "On {{day}}, {{metric}} on {{provider}} came to {{value}}: the first day at {{level}} or more in the history "
        "kept here. It gained {{gained}} since {{from}}.",
    )


def _growth(finding: Finding) -> RenderedText:
    word, _, basis = finding.shape.partition("_")
    title = f"{{{{subject}}}}: {{{{metric}}}} {word} {{{{change}}}} against the period before"
    if basis == "level":
        body = (
            f"On {{{{to}}}}, {{{{metric}}}} on {{{{provider}}}} stood at {{{{value}}}}, {word} {{{{change}}}} from "
            "{{previous}} before {{from}}."
        )
    else:
        total = "a day on average" if basis == "mean" else "in total"
        body = (
            f"From {{{{from}}}} to {{{{to}}}}, {{{{metric}}}} on {{{{provider}}}} came to {{{{value}}}} {total}, "
            f"{word} {{{{change}}}} from {{{{previous}}}} in the equally long period before."
        )
    return RenderedText(title, body)


def _stale_data(finding: Finding) -> RenderedText:
    advice = (
        "Drop in a newer export file to go on with the history."
        if finding.shape == "imported"
        else "Look at the health of the connected account: it may need somebody to sign in again."
    )
    return RenderedText(
        "{{artist}}: data from {{provider}} is {{age}} days old",
        f"The newest daily value from {{{{provider}}}} is of {{{{day}}}}, {{{{age}}}} days before this check. {advice}",
    )


def _by_slot(finding: Finding) -> dict[str, Fact]:
    return {fact.slot: fact for fact in finding.facts}


_WORDS: Final = {
    "spike": _spike,
    "level_shift": _level_shift,
    "trend_change": _trend_change,
    "milestone": _milestone,
    "growth": _growth,
    "stale_data": _stale_data,
}
