"""Answer about campaigns: which there are, when they run, and, for those who may see money, what they cost."""

from datetime import date
from typing import Final

from arti.insights.ask import store
from arti.insights.ask.answers.campaigns.lift_answers import answer_lifts
from arti.insights.ask.context import QuestionContext
from arti.insights.ask.phrasing import AnswerNumber, AnswerPart, Refused
from arti.insights.ask.reading.language import tokenize
from arti.insights.ask.reading.names import KnownName
from arti.insights.ask.reading.periods import QuestionPeriod
from arti.language.pieces import clean_name
from arti.vocabulary import Permission
from arti_core.database import Row

_LISTED: Final = 20
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2200, 1, 1)
_RANKS: Final = ("word.most", "word.least", "word.ranking")


async def answer_whether_it_worked(context: QuestionContext) -> list[AnswerPart]:
    """Return what the campaigns of a question added, as it was measured. Raises Refused."""
    context.access.need(Permission.CAMPAIGNS_READ)
    rows = await _list_campaigns(context)
    if not rows:
        raise Refused(context.phrasing.say("campaign_none"))
    return await answer_lifts(context, rows)


async def answer_campaigns(context: QuestionContext) -> list[AnswerPart]:
    """Return the campaigns of a question with their days and, for those who may see money, their costs."""
    parsed, phrasing = context.parsed, context.phrasing
    context.access.need(Permission.CAMPAIGNS_READ)
    sees_money = Permission.MONEY_READ in context.access.permissions
    is_ranked = parsed.has("most", "least", "ranking", "costliest", "cheapest")
    about_money = parsed.has("cost", "budget", "left", "costliest", "cheapest")
    if is_ranked and not about_money:
        words = [phrasing.quote(word) for name, word in parsed.words.items() if name in _RANKS]
        raise Refused(phrasing.say("not_combined", words=phrasing.join(words)))
    if about_money and not sees_money:
        raise Refused(phrasing.say("no_money"))
    rows = await _list_campaigns(context)
    period = parsed.periods[0].period if parsed.periods else None
    if not rows:
        raise Refused(phrasing.say("campaign_none"))
    part = AnswerPart("", subjects=[context.whom], period=period)
    if is_ranked:
        part.text = "\n".join(await _rank(context, rows, period, part))
        return [part]
    if len(rows) == 1 and parsed.has("when", "begin", "end") and not about_money:
        sentence = "campaign_ends" if parsed.has("end") and not parsed.has("begin") else "campaign_begins"
        part.text = phrasing.say(sentence, **_campaign_words(context, rows[0]))
        return [part]
    lines = [phrasing.say("campaigns", subject=context.whom)]
    lines += [phrasing.say("campaign_line", **_campaign_words(context, row)) for row in rows[:_LISTED]]
    if parsed.has("left"):
        lines += [_left(context, row) for row in rows[:_LISTED]]
    elif parsed.has("cost"):
        lines.append(await _total(context, rows, period, part))
    elif parsed.has("budget") and parsed.has("total"):
        lines += _total_budget(context, rows, part)
    part.text = "\n".join(lines)
    return [part]


async def _list_campaigns(context: QuestionContext) -> list[Row]:
    """Return the campaigns that a question names, or those of its artists, platform and days."""
    parsed = context.parsed
    rows = await store.list_campaigns(context.connection, context.org_id)
    named = {known.key for known in [*parsed.named("campaign"), *_campaigns_by_words(context)]}
    if named:
        rows = [row for row in rows if row["id"] in named]
    else:
        rows = [row for row in rows if row["artist_id"] in context.artist_ids]
    if parsed.has("running"):
        rows = [row for row in rows if row["starts_on"] <= parsed.today <= row["ends_on"]]
    if parsed.has("planned"):
        rows = [row for row in rows if row["starts_on"] > parsed.today]
    if parsed.periods:
        period = parsed.periods[0].period
        rows = [row for row in rows if row["starts_on"] <= period.to_on and row["ends_on"] >= period.from_on]
    if parsed.provider and not named:
        ids = [row["id"] for row in rows]
        goals = await store.list_lifts(context.connection, context.org_id, ids, known_on=context.known_on)
        aimed = {goal["id"] for goal in goals if goal["provider"] == parsed.provider}
        rows = [row for row in rows if row["id"] in aimed]
    return rows


def _campaigns_by_words(context: QuestionContext) -> list[KnownName]:
    """Return the one campaign that has all words of the question which nothing else explains, or those of a work."""
    parsed = context.parsed
    of_works = [token.key for hit in parsed.names if hit.kind == "work" for token in tokenize(hit.words)]
    for words in ([*parsed.unread_keys, *of_works], parsed.unread_keys, of_works):
        found = context.names.find_by_words("campaign", words)
        if len(found) == 1:
            return found
    return []


def _campaign_words(context: QuestionContext, row: Row) -> dict[str, str]:
    phrasing, money = context.phrasing, ""
    if row["currency"] and row["spent_minor"] is not None:
        money = phrasing.say("campaign_spent", spent=_money(context, row["spent_minor"], row["currency"]))
        if row["budget_minor"] is not None:
            money += phrasing.say("campaign_budget", budget=_money(context, row["budget_minor"], row["currency"]))
    return {
        "name": clean_name(row["name"]),
        "artist": clean_name(row["artist_name"]),
        "from_": phrasing.day(row["starts_on"]),
        "to": phrasing.day(row["ends_on"]),
        "money": money,
    }


async def _total(context: QuestionContext, rows: list[Row], period: QuestionPeriod | None, part: AnswerPart) -> str:
    phrasing, ids = context.phrasing, [row["id"] for row in rows]
    totals = await _read_costs(context, rows, period)
    shown = [_money(context, row["spent_minor"], row["currency"]) for row in totals]
    for row, text in zip(totals, shown, strict=True):
        computation: dict[str, object] = {"op": "sum", "campaign_costs": [str(one) for one in ids]}
        part.numbers.append(AnswerNumber(context.whom, row["currency"], row["spent_minor"] / 100, text, computation))
    total = phrasing.join(shown) or phrasing.number(0)
    if period is None:
        return phrasing.say("campaign_total", total=total)
    days = {"from_": phrasing.day(period.from_on), "to": phrasing.day(period.to_on)}
    return phrasing.say("campaign_spent_in", total=total, **days)


def _total_budget(context: QuestionContext, rows: list[Row], part: AnswerPart) -> list[str]:
    """Return what all campaigns that have a budget may cost, each currency by itself."""
    phrasing, totals, ids = context.phrasing, dict[str, int](), dict[str, list[str]]()
    for row in rows:
        if row["budget_minor"] is not None and row["currency"]:
            totals[row["currency"]] = totals.get(row["currency"], 0) + int(row["budget_minor"])
            ids.setdefault(row["currency"], []).append(str(row["id"]))
    shown = [_money(context, minor, currency) for currency, minor in totals.items()]
    for (currency, minor), text in zip(totals.items(), shown, strict=True):
        computation: dict[str, object] = {"op": "sum", "campaign_budgets": ids[currency]}
        part.numbers.append(AnswerNumber(context.whom, currency, minor / 100, text, computation))
    return [phrasing.say("campaign_budget_total", total=phrasing.join(shown))] if shown else []


async def _read_costs(context: QuestionContext, rows: list[Row], period: QuestionPeriod | None) -> list[Row]:
    """Return what campaigns cost in each currency, on the days of a period or altogether."""
    from_on, to_on = (period.from_on, period.to_on) if period else (_FIRST_DAY, _LAST_DAY)
    ids = [row["id"] for row in rows]
    return await store.total_costs(context.connection, context.org_id, ids, from_on=from_on, to_on=to_on)


def _money(context: QuestionContext, minor: int, currency: str) -> str:
    return f"{context.phrasing.number(minor / 100, decimals=2)} {currency}"


def _left(context: QuestionContext, row: Row) -> str:
    """Return how much of a campaign's budget is not spent."""
    name, spent, budget = clean_name(row["name"]), row["spent_minor"] or 0, row["budget_minor"]
    if budget is None or not row["currency"]:
        return context.phrasing.say("campaign_no_budget", name=name)
    sentence = "campaign_left" if budget >= spent else "campaign_over"
    return context.phrasing.say(sentence, name=name, amount=_money(context, abs(budget - spent), row["currency"]))


async def _rank(
    context: QuestionContext, rows: list[Row], period: QuestionPeriod | None, part: AnswerPart
) -> list[str]:
    """Return campaigns, or the artists whose they are, by what they cost or may cost. Raises Refused."""
    parsed, phrasing = context.parsed, context.phrasing
    by_budget = parsed.has("budget") and not parsed.has("cost", "costliest", "cheapest")
    by_artist = parsed.has("who", "artist") and not parsed.named("artist")
    if by_budget and period is not None:
        raise Refused(phrasing.say("not_combined", words=phrasing.quote(parsed.words["word.budget"])))
    amounts: dict[str, int] = {}
    campaigns: dict[str, list[str]] = {}
    currencies = set()
    for row in rows:
        artist, name = clean_name(row["artist_name"]), clean_name(row["name"])
        shown = artist if by_artist else f"{phrasing.quote(name)} ({artist})"
        if by_budget:
            costs = [(row["budget_minor"], row["currency"])] if row["budget_minor"] is not None else []
        else:
            totals = await _read_costs(context, [row], period)
            costs = [(total["spent_minor"], total["currency"]) for total in totals]
        for minor, currency in costs:
            amounts[shown] = amounts.get(shown, 0) + int(minor)
            campaigns.setdefault(shown, []).append(str(row["id"]))
            currencies.add(currency)
    if not amounts:
        raise Refused(phrasing.say("campaign_none"))
    if len(currencies) > 1:
        raise Refused(phrasing.say("campaign_currencies"))
    [currency] = currencies
    lowest = parsed.has("least", "cheapest")
    ordered = sorted(amounts.items(), key=lambda item: item[1], reverse=not lowest)
    heading = ("campaign_budgets" if by_budget else "campaign_costs") + ("_low" if lowest else "_high")
    lines = [phrasing.say(heading, span=f"{phrasing.span(period)}: " if period else "")]
    for place, (shown, minor) in enumerate(ordered[: parsed.limit or _LISTED], 1):
        money = _money(context, minor, currency)
        lines.append(phrasing.say("rank_line", rank=place, subject=shown, value=money))
        of = "campaign_budgets" if by_budget else "campaign_costs"
        computation: dict[str, object] = {"op": "sum", of: campaigns[shown]}
        part.numbers.append(AnswerNumber(shown, currency, minor / 100, money, computation))
    return lines
