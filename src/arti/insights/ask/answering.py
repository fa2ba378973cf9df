"""Answer a question from stored numbers, facts and documents, or say what was not understood and what can be context.

No model takes part: each sentence comes from the language's file, and every number in it from a computation.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from arti.insights.ask import store
from arti.insights.ask.answers.breakdowns import answer_breakdown
from arti.insights.ask.answers.campaigns.campaign_answers import answer_campaigns, answer_whether_it_worked
from arti.insights.ask.answers.quotations import clean_quotation, find_quotation, list_related
from arti.insights.ask.answers.rankings import rank
from arti.insights.ask.answers.rate_rankings import rank_works_by_rate
from arti.insights.ask.answers.rates import answer_rate
from arti.insights.ask.answers.royalty_answers import answer_royalties, has_royalties
from arti.insights.ask.answers.series_answers import aim_of, answer_series, explain_no_days
from arti.insights.ask.answers.stored_facts import (
    answer_playlists,
    answer_release_days,
    explain_days,
    find_cities,
)
from arti.insights.ask.answers.totals import answer_total
from arti.insights.ask.context import QuestionContext, Subject
from arti.insights.ask.explanations import describe_understood, explain, explain_missing, list_examples
from arti.insights.ask.kinds import kind_of, ranks_works_by_rate, unused_words
from arti.insights.ask.phrasing import AnswerPart, Refused
from arti.insights.ask.reading.names import KnownName, NameIndex
from arti.insights.ask.reading.question_parser import ParsedQuestion, understand
from arti.insights.ask.unread import check_unread, with_places
from arti.insights.knowledge.service import RetrievedPassage, find_passages
from arti.insights.knowledge.store import has_chunks
from arti.insights.schemas import Answer, Evidence, NewQuestion, QuotedSentence, ScoredPassage
from arti.language.pieces import clean_name
from arti.metrics.sources.known import list_metrics, list_providers
from arti.orgs.authorization import Access
from arti.orgs.locale_store import read_week_start
from arti.vocabulary import Permission, is_own
from arti_core import clock
from arti_core.errors import NotFound, Unavailable

PASSAGES: Final = 3
_SEARCHED: Final = 8
_MOST_PARTS: Final = 24


async def answer_question(access: Access, request: NewQuestion) -> Answer:
    """Answer from the rows that the caller may read. A name that they may not see is as unknown as any."""
    context = await _read(access, request)
    if cities := await find_cities(context):
        context.cities, context.parsed = cities, replace(context.parsed, unread=())
    found = await _search(context, request)
    parts: list[AnswerPart] = []
    refusal, note = "", ""
    try:
        note = check_unread(context)
        parts = await _answer(context)
    except Refused as refused:
        refusal = str(refused)
    related = list_related(context.parsed, found, beside_numbers=bool(parts))
    quotations: list[QuotedSentence] = []
    text = (
        "\n".join(part.text for part in parts)
        if any("\n" in part.text for part in parts)
        else " ".join(part.text for part in parts)
    )
    if not parts and (quoted := find_quotation(with_places(context.parsed), found)) is not None:
        opened, closed = context.phrasing.language.answers["quotes"]
        title = clean_quotation(clean_name(quoted.passage.title))
        text = context.phrasing.say("quotation", title=title, sentence=quoted.sentence, open=opened, close=closed)
        quotations = [
            QuotedSentence(document_id=quoted.passage.document_id, document_title=title, text=quoted.sentence)
        ]
    examples = [] if text else await list_examples(context)
    answer = text and f"{note} {text}".strip()
    return Answer(
        answer=answer or explain(context, refusal, examples, has_passages=bool(related)),
        enough_data=bool(text),
        numbers=[
            Evidence(
                slot=f"n{place}",
                label=number.label,
                unit=number.unit,
                value=number.value,
                shown=number.shown,
                computation=number.computation,
                series_id=number.series_id,
            )
            for part in parts
            for place, number in enumerate(part.numbers, 1 + _numbers_before(parts, part))
        ],
        passages=[
            ScoredPassage(document_id=p.document_id, document_title=p.title, text=p.text, score=p.score)
            for p in related[:PASSAGES]
        ],
        narrator="templates",
        understood=describe_understood(context, parts),
        examples=examples,
        quotations=quotations,
    )


async def _read(access: Access, request: NewQuestion) -> QuestionContext:
    connection, org_id = access.connection, access.org_id
    artists = {row["id"]: row["name"] for row in await store.list_artists(connection, org_id)}
    if request.artist_id is not None and request.artist_id not in artists:
        raise NotFound("artist")
    names = [KnownName("artist", id, name, id) for id, name in artists.items()]
    names += [
        KnownName("work", f"{row['artist_id']}/{row['title']}", row["title"], row["artist_id"])
        for row in await store.list_works(connection, org_id)
        if row["artist_id"] in artists
    ]
    if Permission.CAMPAIGNS_READ in access.permissions:
        rows = await store.list_campaigns(connection, org_id)
        names += [KnownName("campaign", row["id"], row["name"], row["artist_id"]) for row in rows]
    own = (await list_metrics(connection, org_id)).items()
    names += [KnownName("metric", slug, metric.name) for slug, metric in own if is_own(slug)]
    sources = (await list_providers(connection, org_id)).items()
    names += [KnownName("source", slug, provider.name) for slug, provider in sources if is_own(slug)]
    index = NameIndex(names)
    today = min(clock.today(), request.known_on or date.max)
    week_start = await read_week_start(connection, org_id, access.principal.user_id)
    parsed = understand(request.question, today=today, names=index, week_start=week_start)
    subjects = _subjects(parsed, artists, request)
    return QuestionContext(access, request.question, parsed, index, artists, subjects, request.known_on)


def _subjects(parsed: ParsedQuestion, artists: dict[object, str], request: NewQuestion) -> list[Subject]:
    """Return the artists and works that are named, else the artist that was selected, else the only one."""
    named = list(dict.fromkeys(known.artist_id for known in parsed.named("artist")))
    works = [known for known in parsed.named("work") if not named or known.artist_id in named]
    if works:
        return [Subject(known.artist_id, artists[known.artist_id], known.name) for known in works]  # type: ignore[arg-type]
    if not named and request.artist_id is not None:
        named = [request.artist_id]
    if not named and len(artists) == 1:
        named = list(artists)  # type: ignore[arg-type]
    return [Subject(id, artists[id]) for id in named if id is not None]


async def _answer(context: QuestionContext) -> list[AnswerPart]:
    parsed, phrasing = context.parsed, context.phrasing
    kind = kind_of(context)
    if kind is None:
        raise Refused(phrasing.say("no_metric"))
    if (unused := unused_words(context, kind)) or (kind not in ("series", "royalties") and len(parsed.periods) > 1):
        words = unused or [phrasing.days(one.period) for one in parsed.periods]
        raise Refused(phrasing.say("not_combined", words=phrasing.join([phrasing.quote(word) for word in words])))
    if kind == "rank_artists":
        return _noted(context, await rank(context, works=False))
    if kind == "rank_works":
        return _noted(context, await rank(context, works=True))
    if kind == "lift":
        return await answer_whether_it_worked(context)
    if kind == "campaigns":
        return await answer_campaigns(context)
    if kind == "royalties":
        return await answer_royalties(context)
    if kind == "total":
        return _noted(context, await answer_total(context))
    if kind == "rate" and ranks_works_by_rate(context):
        return _noted(context, await rank_works_by_rate(context, parsed.rate))
    ranks_all = kind == "rate" and parsed.has("artist", "who") and parsed.has("most", "least", "ranking")
    if not context.subjects and not ranks_all:
        raise Refused(phrasing.say("no_artist"))
    if kind == "why":
        return _noted(context, await explain_days(context))
    if kind == "rate":
        return _noted(context, await answer_rate(context, parsed.rate))
    if kind == "released":
        return await answer_release_days(context)
    if kind == "playlists":
        return await answer_playlists(context)
    if kind == "breakdown":
        named = ("city", "age", "gender", "source", "device", "country")
        place = next((place.kind for place in context.places), "")
        word = place or next(name for name in named if parsed.has(name))
        return await answer_breakdown(context, word)
    try:
        return await _answer_series(context)
    except Refused:
        is_earned = parsed.of("metric") == ["revenue"] and not unused_words(context, "royalties")
        if not is_earned or not await has_royalties(context):
            raise
        return await answer_royalties(context)  # "earned" is what a platform estimates, else what statements say


async def _answer_series(context: QuestionContext) -> list[AnswerPart]:
    """Answer for each subject, metric, platform and period. Raises Refused where none has an answer."""
    parsed, phrasing, aim = context.parsed, context.phrasing, aim_of(context.parsed)
    choices = context.metric_choices()
    if not parsed.metrics and parsed.has("overview") and aim == "value":
        aim = "change"
    if parsed.refusal:
        raise Refused(explain_no_days(context, parsed))
    parts: list[AnswerPart] = []
    reasons: list[str] = []
    for slugs in choices:
        for subject in context.subjects:
            rows = await store.list_series(
                context.connection,
                context.org_id,
                [subject.artist_id],
                metrics=slugs,
                provider=parsed.provider,
                titles=[subject.title] if subject.title else None,
                known_on=context.known_on,
            )
            chosen = context.choose(rows, slugs)
            if not chosen:
                reasons.append(await explain_missing(context, subject, slugs))
            for row in [chosen[provider] for provider in sorted(chosen)]:
                for pick in range(max(len(parsed.periods), 1)):
                    context.pick = pick
                    try:
                        parts.append(await answer_series(context, row, subject, aim))
                    except Refused as refused:
                        reasons.append(str(refused))
    context.pick = 0
    if not parts:
        raise Refused(" ".join(dict.fromkeys(reasons[:1] if parsed.metrics else [phrasing.say("no_metric")])))
    if parsed.metrics and reasons:
        parts.append(AnswerPart(" ".join(dict.fromkeys(reasons))))
    return _noted(context, parts[:_MOST_PARTS])


def _noted(context: QuestionContext, parts: list[AnswerPart]) -> list[AnswerPart]:
    """Say which period was taken where the question names none."""
    parsed = context.parsed
    if not parsed.periods and any(part.period and not part.period.named and part.period.days > 1 for part in parts):
        parts[0].text = f"{context.phrasing.say('default_period')} {parts[0].text}"
    if not parsed.metrics and not parsed.of("rate") and any(part.metrics for part in parts):
        named = context.phrasing.join(list(dict.fromkeys(name for part in parts for name in part.metrics)))
        parts[0].text = f"{context.phrasing.say('default_metric', metric=named)} {parts[0].text}"
    return parts


async def _search(context: QuestionContext, request: NewQuestion) -> list[RetrievedPassage]:
    if request.known_on or not await has_chunks(context.connection, context.org_id):
        return []
    artist_id = context.subjects[0].artist_id if len({s.artist_id for s in context.subjects}) == 1 else None
    try:
        return await find_passages(
            context.connection,
            context.org_id,
            question=request.question,
            artist_id=artist_id,
            limit=_SEARCHED,
            settings=context.access.context.settings,
        )
    except Unavailable:
        return []


def _numbers_before(parts: Sequence[AnswerPart], part: AnswerPart) -> int:
    return sum(len(one.numbers) for one in parts[: next(i for i, one in enumerate(parts) if one is part)])
