"""Findings in plain English, without a model. Slots and verifier are those of a model's text.

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
_MAX_NAME_CHARACTERS: Final = 80


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A title and a body with {{slots}}, and what wrote them: `templates` or the name of a model."""

    title: str
    body: str
    narrator: str = "templates"
    prompt_version: str = VERSION


def slot_words(finding: Finding, *, artist_name: str) -> dict[str, str]:
    """Return what the word slots show. Names are one line, without control characters, of bounded length."""
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
    """Return a name as one line of bounded length."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    return line if len(line) <= _MAX_NAME_CHARACTERS else line[: _MAX_NAME_CHARACTERS - 1].rstrip() + "…"


def show_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def render_template(finding: Finding) -> RenderedText:
    """Return the finding's own sentences."""
    text = _TEMPLATES[finding.detector](finding)
    return RenderedText(text.title, f"{text.body} Source: {{{{source}}}}.")


def _spike(finding: Finding) -> RenderedText:
    word = "up" if finding.shape == "up" else "down"
    facts = _by_slot(finding)
    extreme = ""
    if finding.shape == "up" and facts["rank"].value == 1:
        extreme = " It was the highest of the {{days}} days compared."
    elif finding.shape == "down" and facts["rank"].value == facts["days"].value:
        extreme = " It was the lowest of the {{days}} days compared."
    usual = f"{word} {{{{change}}}} from the usual {{{{usual}}}} for that weekday.{extreme}"
    if not finding.series.differenced:
        return RenderedText(
            f"{{{{subject}}}}: {{{{metric}}}} {word} {{{{change}}}} on {{{{day}}}}",
            f"On {{{{day}}}}, {{{{metric}}}} on {{{{provider}}}} came to {{{{value}}}}, {usual}",
        )
    if finding.shape == "up":
        return RenderedText(
            "{{subject}} gained {{value}} {{metric}} on {{day}}",
            f"On {{{{day}}}}, {{{{subject}}}} gained {{{{value}}}} {{{{metric}}}} on {{{{provider}}}}, {usual}",
        )
    return RenderedText(
        "{{subject}}: daily change in {{metric}} down {{change}} on {{day}}",
        f"On {{{{day}}}}, the daily change in {{{{metric}}}} on {{{{provider}}}} was {{{{value}}}}, {usual}",
    )


def _level_shift(finding: Finding) -> RenderedText:
    up = finding.shape == "up"
    return RenderedText(
        f"{{{{subject}}}}: {{{{metric}}}} at a {'higher' if up else 'lower'} level since {{{{day}}}}",
        "Since {{day}}, the daily average of {{metric}} on {{provider}} has been {{after}}, "
        f"{'up' if up else 'down'} {{{{change}}}} from {{{{before}}}}. "
        "The new level is based on {{days}} days of data.",
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
        "On {{day}}, {{metric}} on {{provider}} came to {{value}}, the first day at {{level}} or more in the stored "
        "history. The gain since {{from}} is {{gained}}.",
    )


def _growth(finding: Finding) -> RenderedText:
    word, _, basis = finding.shape.partition("_")
    title = f"{{{{subject}}}}: {{{{metric}}}} {word} {{{{change}}}} from the previous period"
    if basis == "level":
        body = (
            f"On {{{{to}}}}, {{{{metric}}}} on {{{{provider}}}} stood at {{{{value}}}}, {word} {{{{change}}}} from "
            "{{previous}} before {{from}}."
        )
    else:
        total = "a day on average" if basis == "mean" else "in total"
        body = (
            f"From {{{{from}}}} to {{{{to}}}}, {{{{metric}}}} on {{{{provider}}}} came to {{{{value}}}} {total}, "
            f"{word} {{{{change}}}} from {{{{previous}}}} in the previous period of the same length."
        )
    return RenderedText(title, body)


def _stale_data(finding: Finding) -> RenderedText:
    advice = (
        "Import a newer export file to continue the history."
        if finding.shape == "imported"
        else "Check the connected account: someone may need to sign in again."
    )
    return RenderedText(
        "{{artist}}: data from {{provider}} is {{age}} days old",
        "The latest daily value from {{provider}} is for {{day}}, {{age}} days before this check. " + advice,
    )


def _by_slot(finding: Finding) -> dict[str, Fact]:
    return {fact.slot: fact for fact in finding.facts}


_TEMPLATES: Final = {
    "spike": _spike,
    "level_shift": _level_shift,
    "trend_change": _trend_change,
    "milestone": _milestone,
    "growth": _growth,
    "stale_data": _stale_data,
}
