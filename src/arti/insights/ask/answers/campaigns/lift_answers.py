"""Answer whether campaigns worked: the range that was measured, or that nobody can tell and why. Never a ranking."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from arti.insights.ask import store
from arti.insights.ask.context import QuestionContext
from arti.insights.ask.phrasing import AnswerNumber, AnswerPart, Refused
from arti.language.pieces import clean_name, platform_name
from arti.vocabulary import Permission
from arti_core.database import Row

_LISTED: Final = 10
_OPEN: Final = frozenset({"planned", "running", "late", "unmeasured"})
_DIGITS: Final = 3  # of an estimate
_SMALL_MONEY: Final = 0.995  # below it, money is shown to four places


async def answer_lifts(context: QuestionContext, rows: list[Row]) -> list[AnswerPart]:
    """Return one sentence or two for each of these campaigns. Raises Refused where another metric is named."""
    parsed, phrasing = context.parsed, context.phrasing
    sees_money = Permission.MONEY_READ in context.access.permissions
    if parsed.has("cost") and not sees_money:
        raise Refused(phrasing.say("no_money"))
    shown = rows[:_LISTED]
    lifts = await store.list_lifts(
        context.connection, context.org_id, [row["id"] for row in shown], known_on=context.known_on
    )
    by_campaign = {lift["id"]: lift for lift in lifts}
    part = AnswerPart("", subjects=[context.whom])
    lines = []
    for row in shown:
        lift = by_campaign[row["id"]]
        if parsed.metrics and lift["metric"] not in parsed.metrics:
            metric = phrasing.metric(lift["metric"], lift["metric_name"])
            raise Refused(phrasing.say("lift_other_goal", name=clean_name(row["name"]), metric=metric))
        lines.append(_word(context, row, lift, part))
    if len(lines) > 1:
        lines = [f"- {line}" for line in lines]
        if sum(lift["result"] == "measured" for lift in lifts) > 1:
            lines.append(phrasing.say("lift_unranked"))
    part.text = "\n".join(lines)
    return [part]


def _word(context: QuestionContext, row: Row, lift: Row, part: AnswerPart) -> str:
    phrasing = context.phrasing
    words = {
        "name": clean_name(row["name"]),
        "artist": clean_name(row["artist_name"]),
        "metric": phrasing.metric(lift["metric"], lift["metric_name"]),
        "platform": platform_name(lift["provider"], lift["provider_name"]),
    }
    if lift["result"] != "measured":
        return _word_unknown(context, lift, words)
    low, high, actual = lift["low"], lift["high"], lift["actual"]
    # The least and the most that there was above what would have been usual.
    least, most = actual - actual / (1 + low), actual - actual / (1 + high)
    numbers = {
        "actual": phrasing.number(actual, lift["unit"]),
        "from_": phrasing.day(lift["from_on"]),
        "to": phrasing.day(lift["to_on"]),
        "low": _signed(context, low),
        "high": _signed(context, high),
    }
    part.metrics.append(words["metric"])
    part.platforms.append(words["platform"])
    computation: dict[str, object] = {
        "op": "lift", "campaign": str(row["id"]), "from": str(lift["from_on"]), "to": str(lift["to_on"]),
    }  # fmt: skip
    for end, value in (("low", low), ("high", high)):
        label = f"{words['metric']}, {words['name']}"
        of_end = computation | {"end": end}
        part.numbers.append(AnswerNumber(label, "percent", 100 * value, numbers[end], of_end, lift["series_id"]))
    if low > 0:
        added = {"least": _estimate(context, least), "most": _estimate(context, most)}
        text = phrasing.say("lift_more", **words, **numbers, **added)
    elif high < 0:
        fewer = {"least": _estimate(context, -most), "most": _estimate(context, -least)}
        text = phrasing.say("lift_fewer", **words, **numbers, **fewer)
    else:
        text = phrasing.say("lift_holds_0", **words, **numbers)
    return f"{text} {cost}" if (cost := _cost(context, row, least, most)) else text


def _word_unknown(context: QuestionContext, lift: Row, words: Mapping[str, str]) -> str:
    phrasing = context.phrasing
    reasons = lift["reasons"] if lift["result"] else [{"code": "unmeasured"}]
    known: dict[str, str] = phrasing.language.answers["lift_reasons"]
    shown = [
        known[reason["code"]].format(
            title=phrasing.quote(clean_name(reason.get("title") or "")),
            day=phrasing.day(date.fromisoformat(reason["from"])) if reason.get("from") else "",
            metric=words["metric"],
            platform=words["platform"],
        )
        for reason in reasons
        if reason["code"] in known
    ]
    is_open = any(reason["code"] in _OPEN for reason in reasons)
    text = phrasing.say("lift_not_yet" if is_open else "lift_unknown", **words, reasons="; ".join(dict.fromkeys(shown)))
    if context.parsed.has("cost"):
        text += f" {phrasing.say('lift_no_cost')}"
    return text


def _cost(context: QuestionContext, row: Row, least: float, most: float) -> str:
    """Return what one more has cost: nothing without money, or if nothing was added."""
    phrasing, spent = context.phrasing, row["spent_minor"]
    if not spent or not row["currency"]:
        return phrasing.say("lift_no_spending") if context.parsed.has("cost") else ""
    if most <= 0:
        return phrasing.say("lift_no_cost") if context.parsed.has("cost") else ""
    low = _money(context, spent / 100 / most, row["currency"])
    if least <= 0:
        return phrasing.say("lift_cost_least", low=low)
    return phrasing.say("lift_cost", low=low, high=_money(context, spent / 100 / least, row["currency"]))


def _money(context: QuestionContext, amount: float, currency: str) -> str:
    return f"{context.phrasing.number(amount, decimals=2 if amount >= _SMALL_MONEY else 4)} {currency}"


def _signed(context: QuestionContext, share: float) -> str:
    percent: Any = round(100 * share)
    sign = "+" if percent > 0 else "−" if percent < 0 else ""
    return sign + context.phrasing.number(abs(percent), "percent")


def _estimate(context: QuestionContext, value: float) -> str:
    """Return a count to three digits; below 100 to whole ones."""
    return context.phrasing.number(round(value, min(0, _DIGITS - len(str(int(abs(value)))))))
