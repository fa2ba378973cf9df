"""Understand a question about numbers, without any model. Pure: words and the present day in, what is meant out."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from arti.insights.narration.templates import show_day
from arti.vocabulary import Provider

_WEEK: Final = timedelta(days=7)
QuestionIntent = Literal["value", "gain", "change", "best"]

# The first that matches is meant, so the narrower words stand first. Slugs in the order in which data is looked for.
_METRICS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (r"monthly active listeners?", ("audience.monthly_active_listeners",)),
    (r"monthly listeners?", ("audience.monthly_listeners",)),
    (r"super ?listeners?", ("audience.super_listeners",)),
    (r"daily listeners?|listeners?", ("audience.monthly_listeners", "audience.listeners")),
    (r"playlist(?:ed| adds?)|playlists?", ("discovery.playlist_adds",)),
    (r"watch ?time|hours", ("consumption.watch_hours",)),
    (r"streams?|streamed|streaming", ("consumption.streams", "consumption.plays")),
    (r"plays?|played|listens?", ("consumption.plays", "consumption.streams")),
    (r"views?|viewed|watched", ("consumption.views", "consumption.views_total")),
    (r"followers?|subscribers?|fans?", ("audience.followers",)),
    (r"likes?|liked", ("engagement.likes", "engagement.likes_total")),
    (r"comments?", ("engagement.comments", "engagement.comments_total")),
    (r"shares?|shared", ("engagement.shares", "engagement.shares_total")),
    (r"saves?|saved", ("engagement.saves", "engagement.saves_total")),
    (r"impressions?", ("discovery.impressions",)),
    (r"reach(?:ed)?", ("reach.unique",)),
    (r"revenue|earn(?:ed|ings?)?|money|income", ("money.estimated_revenue",)),
)
_PROVIDERS: Final = (
    (r"spotify", Provider.SPOTIFY),
    (r"instagram|insta|ig", Provider.INSTAGRAM),
    (r"you ?tube|yt", Provider.YOUTUBE),
    (r"sound ?cloud", Provider.SOUNDCLOUD),
)
_MONTHS: Final = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_NUMBERS: Final = {
    "two": 2,
    "three": 3,
    "four": 4,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "ten": 10,
    "twelve": 12,
    "thirty": 30,
}
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Words for a period that no rule below reads: a number of other days would look like an answer.
_UNREAD_PERIOD: Final = re.compile(
    r"\b(?:tonight|tomorrow|weekend|fortnight|\w+ ago"
    r"|(?:this|next|last|past|previous) (?:\w+ )?"
    r"(?:hours?|mornings?|afternoons?|evenings?|nights?|days?|weeks?|months?|quarters?|years?|decades?|seasons?"
    r"|springs?|summers?|autumns?|winters?)"
    r"|since (?:last|the|then|christmas|easter|new year))\b"
)
DEFAULT_DAYS: Final = 28
PERIOD_NOT_UNDERSTOOD: Final = (
    "I do not understand which days that means. Name days such as 2026-05-03, or a period such as "
    "yesterday, last month or the last 28 days."
)
MAX_DAYS: Final = 3660


@dataclass(frozen=True, slots=True)
class QuestionPeriod:
    """Days from_on..to_on, both included. `named`: the question said which."""

    from_on: date
    to_on: date
    named: bool = True

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1

    def whole_weeks(self, week_end: date) -> "QuestionPeriod | None":
        """Return the whole weeks in it, of which each ends on the weekday of `week_end`; None without one."""
        last = self.to_on - (self.to_on - week_end) % _WEEK
        weeks = (last - self.from_on + timedelta(days=1)) // _WEEK
        return QuestionPeriod(last - weeks * _WEEK + timedelta(days=1), last, self.named) if weeks > 0 else None

    def before(self) -> "QuestionPeriod":
        """Return the equally long period just before."""
        return QuestionPeriod(self.from_on - timedelta(days=self.days), self.from_on - timedelta(days=1), self.named)


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """What a question asks for. Without `metrics` it is not about a number that we know.

    `refusal` says in a sentence why the period has no number yet, or is not understood; `period` is none then.
    """

    metrics: tuple[str, ...]
    provider: str | None
    period: QuestionPeriod
    aim: QuestionIntent
    refusal: str = ""


def understand(question: str, *, today: date) -> ParsedQuestion:
    """Return what is asked. Periods end yesterday at the latest: the present day is not over.

    `today` is the present day where the days are counted, which is not the same everywhere.
    """
    text = " ".join(question.lower().replace("’", "'").split())
    metrics = next((slugs for words, slugs in _METRICS if re.search(rf"\b(?:{words})\b", text)), ())
    provider = next((found for words, found in _PROVIDERS if re.search(rf"\b(?:{words})\b", text)), None)
    yesterday = today - timedelta(days=1)
    usual = QuestionPeriod(today - timedelta(days=DEFAULT_DAYS), yesterday, named=False)
    named = _period(text, today)
    if named is None and _UNREAD_PERIOD.search(text):
        return ParsedQuestion(metrics, provider, usual, _parse_intent(text), PERIOD_NOT_UNDERSTOOD)
    if named is not None and named.from_on > yesterday:
        return ParsedQuestion(metrics, provider, usual, _parse_intent(text), _no_complete_day(named, today))
    period = named or usual
    last = min(period.to_on, yesterday)
    first = max(period.from_on, last - timedelta(days=MAX_DAYS))
    return ParsedQuestion(metrics, provider, QuestionPeriod(first, last, period.named), _parse_intent(text))


def _no_complete_day(period: QuestionPeriod, today: date) -> str:
    if period.from_on > today:
        return f"{show_day(period.from_on)} is still to come, so there is no number for it."
    return (
        f"That period begins on {show_day(period.from_on)} and has no complete day yet: "
        "a day counts once it is over where the platform counts it. Ask about the days before."
    )


def names_in(question: str, names: Sequence[str]) -> list[int]:
    """Return the indexes of the names that stand in the question as whole words, the longest name first."""
    text = question.lower()
    found = [
        index
        for index, name in enumerate(names)
        if len(name.strip()) >= 2 and re.search(rf"(?<!\w){re.escape(name.strip().lower())}(?!\w)", text)
    ]
    return sorted(found, key=lambda index: (-len(names[index]), index))


def without_names(question: str, names: Sequence[str]) -> str:
    """Return the question without these names: a work may be called "Last Night", an artist "May"."""
    for name in names:
        question = re.sub(rf"(?<!\w){re.escape(name.strip())}(?!\w)", " ", question, flags=re.IGNORECASE)
    return question


def _parse_intent(text: str) -> QuestionIntent:
    if re.search(
        r"\b(?:best|highest|biggest|strongest|peak|top|record) day\b|\b(?:which|what) day\b|\bpeak(?:ed)?\b", text
    ):
        return "best"
    if re.search(
        r"\b(?:grow\w*|grew|chang\w+|compar\w+|versus|vs|trend\w*|increas\w+|decreas\w+|drop\w*|fall\w*|fell|rise|rose"
        r"|up or down|previous period)\b",
        text,
    ):
        return "change"
    return "gain" if re.search(r"\b(?:gain\w*|new|won|lost|lose|added?)\b", text) else "value"


def _period(text: str, today: date) -> QuestionPeriod | None:
    explicit = [day for found in re.findall(r"\b\d{4}-\d{2}-\d{2}\b", text) if (day := _iso(found)) is not None]
    if len(explicit) >= 2:
        return QuestionPeriod(min(explicit), max(explicit))
    if explicit:
        return QuestionPeriod(explicit[0], today if re.search(r"\b(?:since|from|after)\b", text) else explicit[0])
    if re.search(r"\byesterday\b", text):
        yesterday = today - timedelta(days=1)
        return QuestionPeriod(yesterday, yesterday)
    if re.search(r"\btoday\b", text):
        return QuestionPeriod(today, today)
    if weekday := re.search(rf"\b(since|on|last|from) ({'|'.join(_WEEKDAYS)})\b", text):
        # The latest one that is over: on a Monday, "since monday" is since that of the week before.
        day = today - timedelta(days=(today.weekday() - _WEEKDAYS.index(weekday[2]) - 1) % 7 + 1)
        return QuestionPeriod(day, today if weekday[1] in ("since", "from") else day)
    rolling = re.search(r"\b(?:last|past|previous) (\d{1,4}|[a-z]+) (day|week|month|year)s?\b", text)
    if rolling and (count := _NUMBERS.get(rolling[1]) or (int(rolling[1]) if rolling[1].isdigit() else 0)):
        return QuestionPeriod(_units_before(today, count, rolling[2]), today - timedelta(days=1))
    named = re.search(r"\b(this|last|past|previous) (week|month|quarter|year)\b", text)
    if named:
        return _calendar(named[2], today, last=named[1] != "this")
    month = re.search(rf"\b({'|'.join(_MONTHS)})\b(?:,? (\d{{4}}))?", text)
    if month and not (month[1] in ("may", "march") and not month[2] and f"in {month[1]}" not in text):
        return _month(_MONTHS.index(month[1]) + 1, int(month[2]) if month[2] else None, today, since="since" in text)
    year = re.search(r"\b(?:in|during|since) (20\d{2})\b", text)
    if year:
        first = date(int(year[1]), 1, 1)
        return QuestionPeriod(first, today if "since" in text else date(first.year, 12, 31))
    return None


def _units_before(day: date, count: int, unit: str) -> date:
    """Return the day `count` units earlier by the calendar: three months before 31 May is the end of February."""
    if unit in ("day", "week"):
        return day - timedelta(days=min(count * (7 if unit == "week" else 1), MAX_DAYS))
    months = day.year * 12 + day.month - 1 - min(count * (12 if unit == "year" else 1), MAX_DAYS // 30)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _calendar(unit: str, today: date, *, last: bool) -> QuestionPeriod:
    """Return the whole week (from Monday), month, quarter or year that holds today, or the one before."""
    first = {
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "quarter": today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1),
        "year": today.replace(month=1, day=1),
    }[unit]
    if not last:
        return QuestionPeriod(first, today)
    end = first - timedelta(days=1)
    return QuestionPeriod(_calendar(unit, end, last=False).from_on, end)


def _month(month: int, year: int | None, today: date, *, since: bool) -> QuestionPeriod:
    """Return a month; without a year the latest one that has begun."""
    first = date(year or (today.year if month <= today.month else today.year - 1), month, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return QuestionPeriod(first, today if since else following - timedelta(days=1))


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
