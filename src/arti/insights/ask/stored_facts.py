"""Answer from what is stored besides numbers of days: findings, releases, campaigns, breakdowns and playlists."""

from datetime import timedelta
from typing import Final

from arti.insights.ask import store
from arti.insights.ask.asked import Asked
from arti.insights.ask.periods import QuestionPeriod
from arti.insights.ask.series_answers import explain_no_days
from arti.insights.ask.wording import AnswerNumber, AnswerPart, Refused
from arti.insights.narration.templates import clean_name
from arti.metrics.breakdown.schemas import AvailableBreakdown
from arti.metrics.breakdown.service import BreakdownQuestion, list_available, read_breakdown
from arti.music.playlists.service import list_artist_placements
from arti.vocabulary import Permission
from arti_core.database import Row

DIMENSIONS: Final = {
    "country": "country", "city": "city", "age": "age", "gender": "gender", "source": "traffic_source",
    "device": "device",
}  # fmt: skip
_AROUND: Final = timedelta(days=1)
_BEFORE: Final = timedelta(days=7)  # a release or a campaign may show some days later
_PARTS: Final = 8
_PLACEMENTS: Final = 200
_PLAYLISTS: Final = 10


async def explain_days(asked: Asked) -> list[AnswerPart]:
    """Return what is stored around the days that a question asks the reason of; never a cause."""
    parsed, wording = asked.parsed, asked.wording
    if parsed.refusal:
        raise Refused(explain_no_days(asked, parsed))
    asked_for = parsed.period
    period = QuestionPeriod(asked_for.from_on - _AROUND, asked_for.to_on + _AROUND)
    days = {"from_on": period.from_on, "to_on": period.to_on}
    wider = {"from_on": asked_for.from_on - _BEFORE, "to_on": period.to_on}
    ids = asked.artist_ids
    found = [
        (row["happened_on"], clean_name(row["title"]))
        for row in await store.list_findings(asked.connection, asked.org_id, ids, **days)
    ]
    found += [
        (row["released_on"], wording.say("why_release", title=clean_name(row["title"])))
        for row in await store.list_releases(asked.connection, asked.org_id, ids, **wider)
    ]
    if Permission.CAMPAIGNS_READ in asked.access.permissions:
        for row in await store.list_campaigns(asked.connection, asked.org_id, with_money=False):
            if row["artist_id"] in ids and row["starts_on"] <= period.to_on and row["ends_on"] >= wider["from_on"]:
                span = {"from_": wording.day(row["starts_on"]), "to": wording.day(row["ends_on"])}
                found.append((row["starts_on"], wording.say("why_campaign", title=clean_name(row["name"]), **span)))
    shown = {"subject": asked.whom, "from_": wording.day(asked_for.from_on), "to": wording.day(asked_for.to_on)}
    if not found:
        raise Refused(wording.say("why_none", **shown))
    lines = [wording.say("line", day=wording.day(day), text=text) for day, text in sorted(found)]
    text = "\n".join([wording.say("why", **shown), *dict.fromkeys(lines)])
    return [AnswerPart(text, subjects=[asked.whom], period=asked_for)]


async def answer_campaigns(asked: Asked) -> list[AnswerPart]:
    """Return the campaigns of a question with their days and, for those who may see money, their costs."""
    parsed, wording = asked.parsed, asked.wording
    asked.access.need(Permission.CAMPAIGNS_READ)
    sees_money = Permission.MONEY_READ in asked.access.permissions
    about_money = parsed.has("cost", "budget")
    if about_money and not sees_money:
        raise Refused(wording.say("no_money"))
    rows = await store.list_campaigns(asked.connection, asked.org_id, with_money=sees_money)
    named = {known.key for known in [*parsed.named("campaign"), *_campaigns_by_words(asked)]}
    if named:
        rows = [row for row in rows if row["id"] in named]
    else:
        rows = [row for row in rows if row["artist_id"] in asked.artist_ids]
    if parsed.has("running"):
        rows = [row for row in rows if row["starts_on"] <= parsed.today <= row["ends_on"]]
    if parsed.has("planned"):
        rows = [row for row in rows if row["starts_on"] > parsed.today]
    period = parsed.periods[0].period if parsed.periods else None
    if period is not None:
        rows = [row for row in rows if row["starts_on"] <= period.to_on and row["ends_on"] >= period.from_on]
    if not rows:
        raise Refused(wording.say("campaign_none"))
    part = AnswerPart("", subjects=[asked.whom], period=period)
    if len(rows) == 1 and parsed.has("when", "begin", "end") and not about_money:
        sentence = "campaign_ends" if parsed.has("end") and not parsed.has("begin") else "campaign_begins"
        part.text = wording.say(sentence, **_campaign_words(asked, rows[0]))
        return [part]
    lines = [wording.say("campaigns", subject=asked.whom)]
    lines += [wording.say("campaign_line", **_campaign_words(asked, row)) for row in rows[:20]]
    if about_money and parsed.has("cost"):
        lines.append(await _total(asked, rows, period, part))
    part.text = "\n".join(lines)
    return [part]


def _campaigns_by_words(asked: Asked) -> list[object]:
    """Return the one campaign that has all words of the question which nothing else explains."""
    found = asked.names.find_by_words("campaign", asked.parsed.unread_keys)
    return [found[0]] if len(found) == 1 else []


def _campaign_words(asked: Asked, row: Row) -> dict[str, str]:
    wording, money = asked.wording, ""
    if row["currency"] and row["spent_minor"] is not None:
        money = wording.say("campaign_spent", spent=_money(asked, row["spent_minor"], row["currency"]))
        if row["budget_minor"] is not None:
            money += wording.say("campaign_budget", budget=_money(asked, row["budget_minor"], row["currency"]))
    return {
        "name": clean_name(row["name"]),
        "artist": clean_name(row["artist_name"]),
        "from_": wording.day(row["starts_on"]),
        "to": wording.day(row["ends_on"]),
        "money": money,
    }


async def _total(asked: Asked, rows: list[Row], period: QuestionPeriod | None, part: AnswerPart) -> str:
    wording, ids = asked.wording, [row["id"] for row in rows]
    from_on, to_on = (period.from_on, period.to_on) if period else (min(row["starts_on"] for row in rows), None)
    totals = await store.total_costs(
        asked.connection,
        asked.org_id,
        ids,
        from_on=from_on if period else from_on.replace(year=1990),
        to_on=to_on or asked.parsed.today.replace(year=2200, day=1),
    )
    shown = [_money(asked, row["spent_minor"], row["currency"]) for row in totals]
    for row, text in zip(totals, shown, strict=True):
        computation: dict[str, object] = {"op": "sum", "campaign_costs": [str(one) for one in ids]}
        part.numbers.append(AnswerNumber(asked.whom, row["currency"], row["spent_minor"] / 100, text, computation))
    total = wording.join(shown) or wording.number(0)
    if period is None:
        return wording.say("campaign_total", total=total)
    days = {"from_": wording.day(period.from_on), "to": wording.day(period.to_on)}
    return wording.say("campaign_spent_in", total=total, **days)


def _money(asked: Asked, minor: int, currency: str) -> str:
    return f"{asked.wording.number(minor / 100, decimals=2)} {currency}"


async def answer_breakdown(asked: Asked, word: str) -> list[AnswerPart]:
    """Return the parts of a number by a dimension, of each artist. Raises Refused."""
    parsed, wording, dimension = asked.parsed, asked.wording, DIMENSIONS[word]
    if parsed.refusal:
        raise Refused(explain_no_days(asked, parsed))
    shown_dimension = wording.language.answers["dimensions"][word]
    parts = []
    for artist_id in asked.artist_ids:
        available = await list_available(asked.connection, asked.org_id, artist_id)
        fitting = [
            one
            for one in available
            if one.dimension == dimension and parsed.provider in (None, one.provider)
        ]
        best = _choose(fitting, parsed.metrics)
        for one in best:
            if part := await _break_down(asked, artist_id, one, shown_dimension):
                parts.append(part)
    if not parts:
        when = wording.say("no_breakdown_when") if parsed.periods else ""
        raise Refused(wording.say("no_breakdown", subject=asked.whom, dimension=shown_dimension, when=when))
    return parts


def _choose(available: list[AvailableBreakdown], metrics: tuple[str, ...]) -> list[AvailableBreakdown]:
    """Return the breakdown that fits a question, one a platform: of its metric, else of people, else the newest."""
    related = {slug.split(".")[0] for slug in metrics}
    words = {slug.split(".")[1].rsplit("_", 1)[-1] for slug in metrics}
    chosen: dict[str, AvailableBreakdown] = {}
    for one in sorted(available, key=lambda each: (_fit(each, metrics), each.newest_on), reverse=True):
        fits = not metrics or one.metric in metrics or (
            one.metric.split(".")[0] in related and any(word in one.metric for word in words)
        )
        if fits:
            chosen.setdefault(one.provider, one)
    return list(chosen.values())


def _fit(one: AvailableBreakdown, metrics: tuple[str, ...]) -> int:
    return 3 if one.metric in metrics else 2 if "listeners" in one.metric else 1 if "audience" in one.metric else 0


async def _break_down(
    asked: Asked, artist_id: object, one: AvailableBreakdown, shown_dimension: str
) -> AnswerPart | None:
    parsed, wording = asked.parsed, asked.wording
    named = parsed.periods[0].period if parsed.periods else None
    response = await read_breakdown(
        asked.connection,
        asked.org_id,
        BreakdownQuestion(
            artist_id=artist_id,  # type: ignore[arg-type]
            asset_id=None,
            recording_id=None,
            provider=one.provider,
            metric=one.metric,
            dimension=one.dimension,
            period=one.period or None,
            from_on=named.from_on if named else None,
            to_on=min(named.to_on, parsed.period.to_on) if named else None,
            known_on=None,
            by_metro=False,
        ),
    )
    known = [part for part in response.parts if part.amount is not None]
    if not known or response.period is None:
        return None
    if named and one.period and response.period.from_ != named.from_on:
        return None  # a total of other days
    lowest = parsed.has("least")
    known.sort(key=lambda part: part.amount or 0, reverse=not lowest)
    artist = wording.subject(asked.artists[artist_id], None)  # type: ignore[index]
    metric, unit = wording.metric(one.metric, one.name), one.unit
    first = response.period.from_
    period = QuestionPeriod(first or response.period.to, response.period.to)
    span = wording.say("last_days", from_=wording.day(period.from_on), to=wording.day(period.to_on))
    whole = {"metric": metric, "subject": artist, "platform": one.provider_name, "dimension": shown_dimension}
    result = AnswerPart("", [], [metric], [one.provider_name], [artist], period)
    lines = [wording.say("breakdown", **whole, period=span if first else response.period.label)]
    for place, part in enumerate(known[: parsed.limit or _PARTS], 1):
        value = wording.number(part.amount or 0, unit, 1 if unit == "percent" else 0)
        percent = part.share_percent
        share = wording.number(percent, "percent", 1) if percent is not None and unit != "percent" else ""
        shown_share = wording.say("breakdown_share", share=share) if share else ""
        lines.append(wording.say("breakdown_line", rank=place, part=part.name, value=value, share=shown_share))
        computation = {"op": "part", "from": str(period.from_on), "to": str(period.to_on), "part": part.value}
        series_id = part.series_ids[0] if len(part.series_ids) == 1 else None
        result.numbers.append(AnswerNumber(part.name, unit, part.amount or 0, value, dict(computation), series_id))
    result.text = "\n".join(lines)
    return result


async def answer_playlists(asked: Asked) -> list[AnswerPart]:
    """Return the playlists that name songs of the artists, those with the most streams first. Raises Refused."""
    wording, titles = asked.wording, {subject.title for subject in asked.subjects if subject.title}
    placements = []
    for artist_id in asked.artist_ids:
        placements += await list_artist_placements(
            asked.connection, asked.org_id, artist_id, kind=None, current=True, offset=0, limit=_PLACEMENTS
        )
    fitting = [
        one
        for one in placements
        if (not titles or one.song in titles) and asked.parsed.provider in (None, one.playlist.provider)
    ]
    if not fitting:
        raise Refused(wording.say("playlists_none", subject=asked.whom))
    fitting.sort(key=lambda one: (-(one.streams or 0), one.playlist.title))
    lines = [wording.say("playlists", subject=asked.whom)]
    for one in fitting[: asked.parsed.limit or _PLAYLISTS]:
        streams = ""
        if one.streams is not None and one.from_on is not None:
            days = {"from_": wording.day(one.from_on), "to": wording.day(one.to_on)}
            streams = wording.say("playlist_streams", streams=wording.number(one.streams), **days)
        song = wording.quote(clean_name(one.song)) if one.song else wording.say("song_unnamed")
        line = {"title": clean_name(one.playlist.title), "song": song, "streams": streams}
        lines.append(wording.say("playlist_line", **line))
    if len(fitting) > _PLAYLISTS:
        lines.append(wording.say("playlist_more", count=len(fitting) - _PLAYLISTS))
    return [AnswerPart("\n".join(lines), subjects=[asked.whom])]
