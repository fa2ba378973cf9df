"""Answer from what is stored besides numbers of days: findings, releases, breakdowns and playlists."""

import asyncio
from datetime import timedelta
from typing import Final

from arti.insights.ask import store
from arti.insights.ask.answers.series_answers import explain_no_days
from arti.insights.ask.context import WORKS_OF, QuestionContext
from arti.insights.ask.phrasing import AnswerPart, Refused
from arti.insights.ask.reading.language import fold
from arti.insights.ask.reading.periods import QuestionPeriod
from arti.insights.ask.reading.places import NamedPlace
from arti.insights.narration.reading import read_row
from arti.language.pieces import as_plain, clean_name
from arti.metrics.breakdown.service import list_available
from arti.metrics.places.gazetteer import list_named
from arti.music.playlists.service import list_artist_placements
from arti.vocabulary import Permission

_AROUND: Final = timedelta(days=1)
_BEFORE: Final = timedelta(days=7)  # a release or a campaign may show some days later
_PLACEMENTS: Final = 200
_PLAYLISTS: Final = 10


async def explain_days(context: QuestionContext) -> list[AnswerPart]:
    """Return what is stored around the days that a question asks the reason of; never a cause."""
    parsed, phrasing = context.parsed, context.phrasing
    if parsed.refusal:
        raise Refused(explain_no_days(context, parsed))
    requested = parsed.period
    period = QuestionPeriod(requested.from_on - _AROUND, requested.to_on + _AROUND)
    days = {"from_on": period.from_on, "to_on": period.to_on}
    wider = {"from_on": requested.from_on - _BEFORE, "to_on": period.to_on}
    ids = context.artist_ids
    found = [
        (row["happened_on"], as_plain(read_row(dict(row), parsed.language.code).title))
        for row in await store.list_findings(context.connection, context.org_id, ids, **days, known_on=context.known_on)
    ]
    found += [
        (row["released_on"], phrasing.say("why_release", title=clean_name(row["title"])))
        for row in await store.list_releases(context.connection, context.org_id, ids, **wider)
    ]
    if Permission.CAMPAIGNS_READ in context.access.permissions:
        for row in await store.list_campaigns(context.connection, context.org_id):
            if row["artist_id"] in ids and row["starts_on"] <= period.to_on and row["ends_on"] >= wider["from_on"]:
                span = {"from_": phrasing.day(row["starts_on"]), "to": phrasing.day(row["ends_on"])}
                found.append((row["starts_on"], phrasing.say("why_campaign", title=clean_name(row["name"]), **span)))
    shown = {"subject": context.whom, "from_": phrasing.day(requested.from_on), "to": phrasing.day(requested.to_on)}
    shown["days"] = phrasing.days(requested)
    if not found:
        raise Refused(phrasing.say("why_none", **shown))
    lines = [phrasing.say("line", day=phrasing.day(day), text=text) for day, text in sorted(found)]
    text = "\n".join([phrasing.say("why", **shown), *dict.fromkeys(lines)])
    return [AnswerPart(text, subjects=[context.whom], period=requested)]


async def answer_release_days(context: QuestionContext) -> list[AnswerPart]:
    """Return the day on which a named work came out, or the newest of each artist. Raises Refused."""
    parsed, phrasing, lines = context.parsed, context.phrasing, []
    last_word = (parsed.words.get("word.newest", "").casefold().split() or [""])[-1]
    meant = parsed.language.phrases.get((fold(last_word),), "").removeprefix("word.")
    kinds = WORKS_OF.get(meant, ()) or context.work_kinds() or WORKS_OF["work"]
    for subject in context.subjects:
        [*rows] = await store.list_newest(
            context.connection,
            context.org_id,
            subject.artist_id,
            kinds=kinds,
            title=subject.title,
            provider=parsed.provider,
            until=parsed.today,
        )
        days = {row["released_on"] for row in rows[:1]}
        for row in rows:
            if subject.title or row["released_on"] in days:
                work = phrasing.subject(subject.artist, row["title"])
                lines.append(phrasing.say("released", work=work, day=phrasing.day(row["released_on"])))
    if not lines:
        raise Refused(phrasing.say("not_released", subject=context.whom))
    return [AnswerPart("\n".join(dict.fromkeys(lines)), subjects=[context.whom])]


async def find_cities(context: QuestionContext) -> tuple[NamedPlace, ...]:
    """Return the cities that are all the words of a question which nothing explains; nothing if one is no city.

    Towns bear the names of many things, so they are looked for where an artist has numbers by city only.
    """
    if not context.parsed.unread or not context.subjects:
        return ()
    by_city = [
        one
        for artist_id in context.artist_ids
        for one in await list_available(context.connection, context.org_id, artist_id, known_on=context.known_on)
        if one.dimension == "city"
    ]
    if not by_city:
        return ()
    named = {words: await asyncio.to_thread(list_named, words) for words in context.parsed.unread}
    if not all(named.values()):
        return ()
    return tuple(NamedPlace("city", str(place.id), words) for words, places in named.items() for place in places)


async def answer_playlists(context: QuestionContext) -> list[AnswerPart]:
    """Return the playlists that name songs of the artists, those with the most streams first. Raises Refused."""
    phrasing, titles = context.phrasing, {subject.title for subject in context.subjects if subject.title}
    placements = []
    for artist_id in context.artist_ids:
        placements += await list_artist_placements(
            context.connection,
            context.org_id,
            artist_id,
            kind=None,
            current=True,
            offset=0,
            limit=_PLACEMENTS,
            known_on=context.known_on,
        )
    fitting = [
        one
        for one in placements
        if (not titles or one.song in titles) and context.parsed.provider in (None, one.playlist.provider)
    ]
    of_song = "_of_song" if titles and all(subject.title for subject in context.subjects) else ""
    if not fitting:
        raise Refused(phrasing.say(f"playlists_none{of_song}", subject=context.whom))
    fitting.sort(key=lambda one: (-(one.streams or 0), one.playlist.title))
    lines = [phrasing.say(f"playlists{of_song}", subject=context.whom)]
    for one in fitting[: context.parsed.limit or _PLAYLISTS]:
        streams = ""
        if one.streams is not None and one.from_on is not None:
            days = {"from_": phrasing.day(one.from_on), "to": phrasing.day(one.to_on)}
            streams = phrasing.say("playlist_streams", streams=phrasing.number(one.streams), **days)
        song = phrasing.quote(clean_name(one.song)) if one.song else phrasing.say("song_unnamed")
        line = {"title": clean_name(one.playlist.title), "song": song, "streams": streams}
        lines.append(phrasing.say("playlist_line", **line))
    if len(fitting) > _PLAYLISTS:
        lines.append(phrasing.say("playlist_more", count=len(fitting) - _PLAYLISTS))
    return [AnswerPart("\n".join(lines), subjects=[context.whom])]
