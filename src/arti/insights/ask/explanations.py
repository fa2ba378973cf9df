"""Say what a question was understood to be, what is missing, and what can be asked instead."""

from collections.abc import Sequence
from typing import Final

from arti.insights.ask import store
from arti.insights.ask.context import MAIN_METRICS, QuestionContext, Subject
from arti.insights.ask.phrasing import AnswerPart
from arti.insights.ask.reading.question_parser import METRICS
from arti.insights.schemas import Understood
from arti.language.pieces import clean_name
from arti.metrics.sources.known import list_metrics, list_providers

_EXAMPLES: Final = 3
_WELL_KNOWN: Final = {METRICS[name][0] for name in MAIN_METRICS}


async def explain_missing(context: QuestionContext, subject: Subject, slugs: Sequence[str]) -> str:
    phrasing = context.phrasing
    known = await list_metrics(context.connection, context.org_id)
    metric = phrasing.metric(slugs[0], known[slugs[0]].name if slugs[0] in known else slugs[0])
    platforms = await list_providers(context.connection, context.org_id)
    provider = context.parsed.provider
    named = [
        phrasing.subject(subject.artist, subject.title),
        *([platforms[provider].name if provider in platforms else _as_written(context)] if provider else []),
    ]
    return phrasing.say("no_such_data", what=f"{metric} ({', '.join(named)})")


def _as_written(context: QuestionContext) -> str:
    """Return the word for a platform that ARTi has no data of, such as YouTube Music."""
    return clean_name(next(word for name, word in context.parsed.words.items() if name.startswith("platform.")))


async def list_examples(context: QuestionContext) -> list[str]:
    """Return questions that the org's own numbers answer."""
    phrasing, ids = context.phrasing, context.artist_ids
    stored = await store.list_stored_metrics(context.connection, context.org_id, ids)
    if not stored and context.subjects:
        ids = list(context.artists)
        stored = await store.list_stored_metrics(context.connection, context.org_id, ids)
    for id in ids:
        own = {row["metric"] for row in await store.list_stored_metrics(context.connection, context.org_id, [id])}
        if not own:
            continue
        shown = [row for row in stored if row["metric"] in own]
        shown.sort(key=lambda row: (row["metric"] not in _WELL_KNOWN, row["kind"] != "flow", row["metric"]))
        metric = phrasing.metric(shown[0]["metric"], shown[0]["metric_name"])
        last = phrasing.metric(shown[1 % len(shown)]["metric"], shown[1 % len(shown)]["metric_name"])
        artist = clean_name(context.artists[id])
        return [
            phrasing.say("example_value", metric=metric, artist=artist),
            phrasing.say("example_change", metric=last, artist=artist),
            *([phrasing.say("example_rank", metric=metric)] if len(context.artists) > 1 else []),
        ][:_EXAMPLES]
    return []


def explain(context: QuestionContext, refusal: str, examples: Sequence[str], *, has_passages: bool) -> str:
    phrasing = context.phrasing
    sentences = [refusal]
    if examples:
        sentences.append(phrasing.say("examples", examples=" ".join(phrasing.quote(text) for text in examples)))
    if has_passages:
        sentences.append(phrasing.say("passages"))
    return " ".join(sentences)


def describe_understood(context: QuestionContext, parts: Sequence[AnswerPart]) -> Understood:
    """Return what the question was understood to be about, as far as it was."""
    parsed, phrasing = context.parsed, context.phrasing
    metrics = list(dict.fromkeys(name for part in parts for name in part.metrics))
    platforms = list(dict.fromkeys(name for part in parts for name in part.platforms))
    about = [phrasing.subject(subject.artist, subject.title) for subject in context.subjects]
    dated = next((part for part in parts if part.period), None)
    period = (
        dated.period if dated and dated.period else parsed.period if parsed.periods and not parsed.refusal else None
    )
    base = dated.base if dated else None
    shown = [*metrics, *about, *platforms] or [phrasing.quote(words) for words in parsed.words.values()]
    if period:
        shown.append(phrasing.days(period))
    if base:
        shown.append(phrasing.say("compared_with", from_=phrasing.day(base.from_on), to=phrasing.day(base.to_on)))
    return Understood(
        language=parsed.language.code,
        text=f"{phrasing.say('understood')}: {' · '.join(shown)}" if shown else "",
        metrics=metrics,
        about=about,
        platforms=platforms,
        from_on=period.from_on if period else None,
        to_on=period.to_on if period else None,
        compared_from=base.from_on if base else None,
        compared_to=base.to_on if base else None,
        not_understood=list(parsed.unread),
    )
