"""Findings in plain English, without a model. Slots and verifier are those of a model's text.

Sentences avoid singular and plural, since a metric may be either ("Streams", "Watch time").
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from arti.insights.computations import Fact
from arti.insights.detectors.finding import Finding
from arti.providers.terms import OWN, OWN_LABEL, terms_of
from arti.vocabulary import PLATFORM_NAMES

VERSION: Final = "templates-1"
_MAX_NAME_CHARACTERS: Final = 80
# The longest look-back of a detector, besides milestones: a level shift of 56 days and its 56 days before.
_BREAK_NOTE_DAYS: Final = timedelta(days=112)


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A title and a body with {{slots}}, and what wrote them: `templates` or the name of a model."""

    title: str
    body: str
    narrator: str = "templates"
    prompt_version: str = VERSION


def slot_words(finding: Finding, *, artist_name: str) -> dict[str, str]:
    """Return what the word slots show. Names are one line, without control characters, of bounded length."""
    about, beside = finding.series.about, finding.beside
    artist = clean_name(artist_name)
    title = clean_name(about.asset_title)
    return {
        "artist": artist,
        "subject": f"“{title}” by {artist}" if title else artist,
        "metric": about.metric_name[:1].lower() + about.metric_name[1:],
        "beside": beside.metric_name[:1].lower() + beside.metric_name[1:] if beside else "",
        "provider": provider_name(about.provider, about.provider_name),
        "day": show_day(finding.happened_on),
        "from": show_day(finding.period_from),
        "to": show_day(finding.period_to),
        "source": source_name(OWN if about.imported and about.terms != OWN_LABEL else about.terms),
        "changed": show_day(about.changed_on) if about.changed_on else "",
        "unbroken": about.unbroken_name[:1].lower() + about.unbroken_name[1:],
    }


def provider_name(slug: str, name: str | None = None) -> str:
    """Return the name of a platform, or `name`, that of an own source."""
    return PLATFORM_NAMES.get(slug) or clean_name(name or slug)


def source_name(terms: str) -> str:
    name = terms_of(terms).source_name
    return name if terms in (OWN, OWN_LABEL) else f"the {name}"


def clean_name(name: str) -> str:
    """Return a name as one line of bounded length."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    return line if len(line) <= _MAX_NAME_CHARACTERS else line[: _MAX_NAME_CHARACTERS - 1].rstrip() + "…"


def show_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def render_template(finding: Finding) -> RenderedText:
    """Return the finding's own sentences."""
    text = _TEMPLATES[finding.detector](finding)
    return RenderedText(text.title, f"{text.body}{break_note(finding)} Source: {{{{source}}}}.")


def break_note(finding: Finding) -> str:
    """Return the sentence about a change of definition that cut short the days which were compared; else nothing."""
    about, changed_on = finding.series.about, finding.series.about.changed_on
    if changed_on is None or not changed_on <= finding.period_to < changed_on + _BREAK_NOTE_DAYS:
        return ""
    note = " {{provider}} changed what it counts as {{metric}} on {{changed}}, and earlier days are left out."
    return f"{note} The old meaning goes on as {{{{unbroken}}}}." if about.unbroken_name else note


def _spike(finding: Finding) -> RenderedText:
    word, facts, weekly = finding.shape, _by_slot(finding), finding.series.about.is_weekly
    cadence = "weekly" if weekly else "daily"
    by_weekday = facts["usual"].computation.window.weekday is not None
    monthly = facts["days"].unit == "months"
    usual_of = "a week" if weekly else "a month" if monthly else "that weekday" if by_weekday else "the days before"
    period, on, in_the = (
        ("weeks", "in the week to {{day}}", "In the week to {{day}}")
        if weekly
        else ("months", "in the month of {{day}}", "In the month of {{day}}")
        if monthly
        else ("days", "on {{day}}", "On {{day}}")
    )
    extreme = ""
    if word == "up" and facts["rank"].value == 1:
        extreme = f" It was the highest of the {{{{days}}}} {period} compared."
    elif word == "down" and facts["rank"].value == facts["days"].value:
        extreme = f" It was the lowest of the {{{{days}}}} {period} compared."
    usual = f"{word} {{{{change}}}} from the usual {{{{usual}}}} for {usual_of}.{extreme}"
    if not finding.series.differenced:
        return RenderedText(
            f"{{{{subject}}}}: {{{{metric}}}} {word} {{{{change}}}} {on}",
            f"{in_the}, {{{{metric}}}} on {{{{provider}}}} came to {{{{value}}}}, {usual}",
        )
    if word == "up":
        return RenderedText(
            f"{{{{subject}}}} gained {{{{value}}}} {{{{metric}}}} {on}",
            f"{in_the}, {{{{subject}}}} gained {{{{value}}}} {{{{metric}}}} on {{{{provider}}}}, {usual}",
        )
    return RenderedText(
        f"{{{{subject}}}}: {cadence} change in {{{{metric}}}} down {{{{change}}}} {on}",
        f"{in_the}, the {cadence} change in {{{{metric}}}} on {{{{provider}}}} was {{{{value}}}}, {usual}",
    )


def _unusual_streams(finding: Finding) -> RenderedText:
    facts = _by_slot(finding)
    when = "on {{day}}" if finding.period_from == finding.period_to else "from {{from}} to {{to}}"
    body = (
        f"{when[0].upper()}{when[1:]}, {{{{metric}}}} on {{{{provider}}}} came to {{{{value}}}} a day, up "
        "{{change}} from the usual {{usual}}."
    )
    if "each" in facts:
        body += " For each listener that is {{each}}, where {{usual_each}} is usual."
    if "kept" in facts:
        body += " Beside that, {{beside}} came to {{kept}} a day, where {{usual_kept}} is usual."
    body += (
        " This is worth checking. A new song on repeat, a list for sleeping or working, an advertisement and an error "
        "of the report look alike."
    )
    return RenderedText(f"{{{{subject}}}}: {{{{metric}}}} {when} are worth checking", body)


def _correction(finding: Finding) -> RenderedText:
    if finding.shape == "lost":
        return RenderedText(
            "{{subject}} lost {{loss}} {{metric}} on {{day}}",
            "On {{day}}, {{metric}} on {{provider}} fell by {{loss}} to {{value}}, far from a usual day. "
            "A platform that removes accounts looks like this.",
        )
    return RenderedText(
        "{{subject}}: {{provider}} took back {{loss}} {{metric}} on {{day}}",
        "On {{day}}, the total of {{metric}} on {{provider}} fell by {{loss}} to {{value}}. This is a correction of "
        "the total, and is left out where days are compared.",
    )


def _level_shift(finding: Finding) -> RenderedText:
    up = finding.shape == "up"
    cadence, period = ("weekly", "weeks") if finding.series.about.is_weekly else ("daily", "days")
    gained = finding.series.differenced
    metric = f"the {cadence} change of {{{{metric}}}}" if gained else "{{metric}}"
    averaged = "the change of {{metric}}" if gained else "{{metric}}"
    return RenderedText(
        f"{{{{subject}}}}: {metric} at a {'higher' if up else 'lower'} level since {{{{day}}}}",
        f"Since {{{{day}}}}, the {cadence} average of {averaged} on {{{{provider}}}} was {{{{after}}}}, "
        f"{'up' if up else 'down'} {{{{change}}}} from {{{{before}}}}. "
        f"This is based on {{{{days}}}} {period} of data.",
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


def _milestone(finding: Finding) -> RenderedText:
    gain = " The gain since {{from}} is {{gained}}." if "gained" in _by_slot(finding) else ""
    return RenderedText(
        "{{subject}} reached {{level}} {{metric}} on {{provider}}",
        "On {{day}}, {{metric}} on {{provider}} came to {{value}}, the first day at {{level}} or more in the stored "
        f"history.{gain}",
    )


def _growth(finding: Finding) -> RenderedText:
    word, _, basis = finding.shape.partition("_")
    title = f"{{{{subject}}}}: {{{{metric}}}} {word} {{{{change}}}} from the previous period"
    if basis.startswith("gain"):
        period = "weeks" if finding.series.about.is_weekly else "days"
        verb, than = ("gained", "more") if word == "up" else ("added", "less")
        a_day = " a day on average" if basis == "gain_mean" else ""
        title = f"{{{{subject}}}} {verb} {{{{value}}}} {{{{metric}}}}{a_day}, {{{{change}}}} {than} than before"
        body = (
            f"From {{{{from}}}} to {{{{to}}}}, {{{{subject}}}} {verb} {{{{value}}}} {{{{metric}}}} on {{{{provider}}}}"
            f"{a_day or f' in {{{{days}}}} {period}'}, {{{{change}}}} {than} than the {{{{previous}}}} of the previous "
            "period of the same length."
        )
    elif basis == "level":
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
    advice = {
        "imported": "Import a newer export file to continue the history.",
        "entered": "Type in the newest values, or check the program that pushes them.",
        "synced": "Check the connected account: someone may need to sign in again.",
    }[finding.shape]
    cadence = "weekly" if finding.series.about.is_weekly else "daily"
    return RenderedText(
        "{{artist}}: data from {{provider}} is {{age}} days old",
        f"The latest {cadence} value from {{{{provider}}}} is for {{{{day}}}}, {{{{age}}}} days before this check. "
        f"{advice}",
    )


def _by_slot(finding: Finding) -> dict[str, Fact]:
    return {fact.slot: fact for fact in finding.facts}


_TEMPLATES: Final = {
    "spike": _spike,
    "unusual_streams": _unusual_streams,
    "correction": _correction,
    "level_shift": _level_shift,
    "trend_change": _trend_change,
    "milestone": _milestone,
    "growth": _growth,
    "stale_data": _stale_data,
}
