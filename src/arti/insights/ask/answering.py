"""Answer a question from stored numbers, facts and documents, or say what was not understood and what can be asked.

No model takes part: each sentence comes from the language's file, and every number in it from a computation.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from arti.insights.ask import store
from arti.insights.ask.asked import Asked, Subject
from arti.insights.ask.kinds import kind_of, unused_words
from arti.insights.ask.language import tokenize
from arti.insights.ask.names import KnownName, NameIndex
from arti.insights.ask.question_parser import ParsedQuestion, understand
from arti.insights.ask.quotations import clean_quotation, find_quotation
from arti.insights.ask.rankings import rank
from arti.insights.ask.rates import answer_rate
from arti.insights.ask.series_answers import aim_of, answer_series, explain_no_days
from arti.insights.ask.stored_facts import answer_breakdown, answer_campaigns, answer_playlists, explain_days
from arti.insights.ask.wording import AnswerPart, Refused
from arti.insights.knowledge.service import RetrievedPassage, find_passages
from arti.insights.knowledge.store import has_chunks
from arti.insights.narration.templates import clean_name
from arti.insights.schemas import Answer, Evidence, NewQuestion, QuotedSentence, ScoredPassage, Understood
from arti.metrics.sources.known import list_metrics, list_providers
from arti.orgs.authorization import Access
from arti.vocabulary import Permission, is_own
from arti_core import clock
from arti_core.errors import NotFound, Unavailable

PASSAGES: Final = 3
_SEARCHED: Final = 8
_MOST_PARTS: Final = 24
_EXAMPLES: Final = 3
_JOINS: Final = "and|or|und|oder|y|o|u|et|ou|e|vs|versus|than|als|que|,|&"


async def answer_question(access: Access, request: NewQuestion) -> Answer:
    """Answer from the rows that the caller may read. A name that they may not see is as unknown as any."""
    asked = await _read(access, request)
    found = await _search(asked, request)
    parts: list[AnswerPart] = []
    refusal, note = "", ""
    try:
        note = _check_unread(asked)
        parts = await _answer(asked)
    except Refused as refused:
        refusal = str(refused)
    quotations: list[QuotedSentence] = []
    text = "\n".join(part.text for part in parts) if any("\n" in part.text for part in parts) else " ".join(
        part.text for part in parts
    )
    if not parts and (quoted := find_quotation(asked.parsed, found)) is not None:
        opened, closed = asked.wording.language.answers["quotes"]
        title = clean_quotation(clean_name(quoted.passage.title))
        text = asked.wording.say("quotation", title=title, sentence=quoted.sentence, open=opened, close=closed)
        quotations = [
            QuotedSentence(document_id=quoted.passage.document_id, document_title=title, text=quoted.sentence)
        ]
    examples = [] if text else await _examples(asked)
    answer = text and f"{note} {text}".strip()
    return Answer(
        answer=answer or _explain(asked, refusal, examples, has_passages=bool(found)),
        enough_data=bool(text),
        numbers=[
            Evidence(
                slot=f"n{place}",
                label=number.label,
                unit=number.unit,
                value=number.value,
                shown=number.shown,
                computation=number.computation,
                series_id=number.series_id,  # type: ignore[arg-type]
            )
            for part in parts
            for place, number in enumerate(part.numbers, 1 + _numbers_before(parts, part))
        ],
        passages=[
            ScoredPassage(document_id=p.document_id, document_title=p.title, text=p.text, score=p.score)
            for p in found[:PASSAGES]
        ],
        narrator="templates",
        understood=_understood(asked, parts),
        examples=examples,
        quotations=quotations,
    )


async def _read(access: Access, request: NewQuestion) -> Asked:
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
        rows = await store.list_campaigns(connection, org_id, with_money=False)
        names += [KnownName("campaign", row["id"], row["name"], row["artist_id"]) for row in rows]
    own = (await list_metrics(connection, org_id)).items()
    names += [KnownName("metric", slug, metric.name) for slug, metric in own if is_own(slug)]
    sources = (await list_providers(connection, org_id)).items()
    names += [KnownName("source", slug, provider.name) for slug, provider in sources if is_own(slug)]
    index = NameIndex(names)
    parsed = understand(request.question, today=clock.today(), names=index)
    return Asked(access, request.question, parsed, index, artists, _subjects(parsed, artists, request))


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


def _check_unread(asked: Asked) -> str:
    """Raise Refused if words were not understood; return a note where an unknown name stands beside a known one."""
    parsed, wording = asked.parsed, asked.wording
    if asked.parsed.has("campaign", "cost", "budget") and asked.names.find_by_words("campaign", parsed.unread_keys):
        return ""
    works = [hit for hit in parsed.names if hit.kind == "work"]
    of_others = [hit.words for hit in works if not any(s.title == k.name for s in asked.subjects for k in hit.known)]
    if of_others:
        raise Refused(wording.say("unknown_name", name=clean_name(of_others[0])))
    if not parsed.unread:
        return ""
    unknown = [words for words in parsed.unread if all(word[:1].isupper() or word[:1].isdigit() for word in words.split())]
    if len(unknown) < len(parsed.unread):
        quoted = [wording.quote(clean_quotation(words)) for words in parsed.unread if words not in unknown]
        raise Refused(wording.say("unread", words=wording.join(quoted)))
    missing = wording.say("unknown_name", name=clean_quotation(clean_name(unknown[0])))
    beside = [hit for hit in parsed.names if hit.kind == "artist" and _is_beside(asked.question, hit.words, unknown[0])]
    if beside and len(unknown) == 1:
        return f"{missing} {wording.say('about', artist=asked.whom)}"
    raise Refused(missing)


def _is_beside(question: str, known: str, unknown: str) -> bool:
    one, other = re.escape(known), r"\W+".join(re.escape(token.text) for token in tokenize(unknown))
    return any(
        re.search(rf"{first}\s*(?:{_JOINS})\s*{second}", question, re.IGNORECASE)
        for first, second in ((one, other), (other, one))
    )


async def _answer(asked: Asked) -> list[AnswerPart]:
    parsed, wording = asked.parsed, asked.wording
    kind = kind_of(asked)
    if kind is None:
        raise Refused(wording.say("no_metric"))
    if (unused := unused_words(asked, kind)) or (kind != "series" and len(parsed.periods) > 1):
        words = unused or [wording.say("last_days", from_=wording.day(p.period.from_on), to=wording.day(p.period.to_on))
                           for p in parsed.periods]  # fmt: skip
        raise Refused(wording.say("not_combined", words=wording.join([wording.quote(word) for word in words])))
    if kind == "rank_artists":
        return _noted(asked, await rank(asked, works=False))
    if kind == "rank_works":
        return _noted(asked, await rank(asked, works=True))
    if kind == "campaigns":
        return await answer_campaigns(asked)
    if not asked.subjects:
        raise Refused(wording.say("no_artist"))
    if kind == "why":
        return _noted(asked, await explain_days(asked))
    if kind == "rate":
        return _noted(asked, await answer_rate(asked, parsed.of("rate")[0]))
    if kind == "playlists":
        return await answer_playlists(asked)
    if kind == "breakdown":
        word = next(name for name in ("city", "age", "gender", "source", "device", "country") if parsed.has(name))
        return await answer_breakdown(asked, word)
    return await _answer_series(asked)


async def _answer_series(asked: Asked) -> list[AnswerPart]:
    """Answer for each subject, metric, platform and period. Raises Refused where none has an answer."""
    parsed, wording, aim = asked.parsed, asked.wording, aim_of(asked.parsed)
    choices = asked.metric_choices()
    if not parsed.metrics and parsed.has("overview") and aim == "value":
        aim = "change"
    if parsed.refusal:
        raise Refused(explain_no_days(asked, parsed))
    parts: list[AnswerPart] = []
    reasons: list[str] = []
    for slugs in choices:
        for subject in asked.subjects:
            rows = await store.list_series(
                asked.connection,
                asked.org_id,
                [subject.artist_id],
                metrics=slugs,
                provider=parsed.provider,
                titles=[subject.title] if subject.title else None,
            )
            chosen = {row["provider"]: row for slug in reversed(slugs) for row in rows if row["metric"] == slug}
            if not chosen:
                reasons.append(await _explain_missing(asked, subject, slugs))
            for row in [chosen[provider] for provider in sorted(chosen)]:
                for pick in range(max(len(parsed.periods), 1)):
                    asked.pick = pick
                    try:
                        parts.append(await answer_series(asked, row, subject, aim))
                    except Refused as refused:
                        reasons.append(str(refused))
    asked.pick = 0
    if not parts:
        raise Refused(" ".join(dict.fromkeys(reasons[:1] if parsed.metrics else [wording.say("no_metric")])))
    if parsed.metrics and reasons:
        parts.append(AnswerPart(" ".join(dict.fromkeys(reasons))))
    return _noted(asked, parts[:_MOST_PARTS])


def _noted(asked: Asked, parts: list[AnswerPart]) -> list[AnswerPart]:
    """Say which period was taken where the question names none."""
    parsed = asked.parsed
    if not parsed.periods and any(part.period and not part.period.named and part.period.days > 1 for part in parts):
        parts[0].text = f"{asked.wording.say('default_period')} {parts[0].text}"
    if not parsed.metrics and not parsed.of("rate") and any(part.metrics for part in parts):
        named = asked.wording.join(list(dict.fromkeys(name for part in parts for name in part.metrics)))
        parts[0].text = f"{asked.wording.say('default_metric', metric=named)} {parts[0].text}"
    return parts


async def _explain_missing(asked: Asked, subject: Subject, slugs: Sequence[str]) -> str:
    wording = asked.wording
    known = await list_metrics(asked.connection, asked.org_id)
    metric = wording.metric(slugs[0], known[slugs[0]].name if slugs[0] in known else slugs[0])
    platforms = await list_providers(asked.connection, asked.org_id)
    provider = asked.parsed.provider
    named = [wording.subject(subject.artist, subject.title), *([platforms[provider].name] if provider in platforms else [])]
    return wording.say("no_such_data", what=f"{metric} ({', '.join(named)})")


async def _examples(asked: Asked) -> list[str]:
    """Return questions that the org's own numbers answer."""
    wording, ids = asked.wording, asked.artist_ids
    stored = await store.list_stored_metrics(asked.connection, asked.org_id, ids)
    if not stored and asked.subjects:
        ids = list(asked.artists)
        stored = await store.list_stored_metrics(asked.connection, asked.org_id, ids)
    for id in ids:
        own = {row["metric"] for row in await store.list_stored_metrics(asked.connection, asked.org_id, [id])}
        if not own:
            continue
        shown = [row for row in stored if row["metric"] in own]
        flows = [row for row in shown if row["kind"] == "flow"] or shown
        metric = wording.metric(flows[0]["metric"], flows[0]["metric_name"])
        last = wording.metric(shown[-1]["metric"], shown[-1]["metric_name"])
        artist = clean_name(asked.artists[id])
        return [
            wording.say("example_value", metric=metric, artist=artist),
            wording.say("example_change", metric=last, artist=artist),
            *([wording.say("example_rank", metric=metric)] if len(asked.artists) > 1 else []),
        ][:_EXAMPLES]
    return []


def _explain(asked: Asked, refusal: str, examples: Sequence[str], *, has_passages: bool) -> str:
    wording = asked.wording
    sentences = [refusal]
    if examples:
        sentences.append(wording.say("examples", examples=" ".join(wording.quote(text) for text in examples)))
    if has_passages:
        sentences.append(wording.say("passages"))
    return " ".join(sentences)


async def _search(asked: Asked, request: NewQuestion) -> list[RetrievedPassage]:
    if not await has_chunks(asked.connection, asked.org_id):
        return []
    artist_id = asked.subjects[0].artist_id if len({s.artist_id for s in asked.subjects}) == 1 else None
    try:
        return await find_passages(
            asked.connection,
            asked.org_id,
            question=request.question,
            artist_id=artist_id,
            limit=_SEARCHED,
            settings=asked.access.context.settings,
        )
    except Unavailable:
        return []


def _numbers_before(parts: Sequence[AnswerPart], part: AnswerPart) -> int:
    return sum(len(one.numbers) for one in parts[: next(i for i, one in enumerate(parts) if one is part)])


def _understood(asked: Asked, parts: Sequence[AnswerPart]) -> Understood:
    """Return what the question was understood to be about, as far as it was."""
    parsed, wording = asked.parsed, asked.wording
    metrics = list(dict.fromkeys(name for part in parts for name in part.metrics))
    platforms = list(dict.fromkeys(name for part in parts for name in part.platforms))
    about = [wording.subject(subject.artist, subject.title) for subject in asked.subjects]
    told = next((part for part in parts if part.period), None)
    period = told.period if told and told.period else parsed.period if parsed.periods and not parsed.refusal else None
    base = told.base if told else None
    shown = [*metrics, *about, *platforms] or [wording.quote(words) for words in parsed.words.values()]
    if period:
        shown.append(wording.say("last_days", from_=wording.day(period.from_on), to=wording.day(period.to_on)))
    if base:
        shown.append(wording.say("compared_with", from_=wording.day(base.from_on), to=wording.day(base.to_on)))
    return Understood(
        language=parsed.language.code,
        text=f"{wording.say('understood')}: {' · '.join(shown)}" if shown else "",
        metrics=metrics,
        about=about,
        platforms=platforms,
        from_on=period.from_on if period else None,
        to_on=period.to_on if period else None,
        compared_from=base.from_on if base else None,
        compared_to=base.to_on if base else None,
        not_understood=list(parsed.unread),
    )
