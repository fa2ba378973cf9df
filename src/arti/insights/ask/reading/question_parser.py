"""Understand a question, without any model. Pure: words, names and the present day in, what is meant out.

Every word is read as a name, a period, something that the language's file knows, or is reported as not understood.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from arti.insights.ask.reading.language import CODES, Language, correct, load_language, tokenize
from arti.insights.ask.reading.names import KnownName, NameHit, NameIndex
from arti.insights.ask.reading.period_reader import BEFORE, FoundPeriod, PeriodReader
from arti.insights.ask.reading.periods import DAY, MAX_DAYS, QuestionPeriod, calendar_period
from arti.insights.ask.reading.places import NamedPlace, find_countries
from arti.insights.ask.reading.word_reader import (
    against_before,
    join_runs,
    places_of_numbers,
    read_around_names,
    read_words,
    settle_money,
)
from arti.language.reader_locale import WeekStart

DEFAULT_DAYS: Final = 28

_THAN: Final = ("que", "qu", "do que")

# Slugs in the order in which data is looked for, on each platform.
METRICS: Final[dict[str, tuple[str, ...]]] = {
    "monthly_active_listeners": ("audience.monthly_active_listeners",),
    "monthly_listeners": ("audience.monthly_listeners",),
    "super_listeners": ("audience.super_listeners",),
    "daily_listeners": ("audience.listeners",),
    "listeners": ("audience.monthly_listeners", "audience.listeners"),
    "playlist_adds": ("discovery.playlist_adds",),
    "watch_hours": ("consumption.watch_hours",),
    "streams": ("consumption.streams", "consumption.plays", "consumption.plays_by_day"),
    "plays": ("consumption.plays_by_day", "consumption.plays", "consumption.streams"),
    "listened": ("consumption.plays_by_day", "consumption.plays", "consumption.streams"),  # by country: who listens
    "views": ("consumption.views", "consumption.views_total"),
    "followers": ("audience.followers",),
    "likes": ("engagement.likes", "engagement.likes_total"),
    "comments": ("engagement.comments", "engagement.comments_total"),
    "shares": ("engagement.shares", "engagement.shares_total"),
    "saves": ("engagement.saves", "engagement.saves_total"),
    "impressions": ("discovery.impressions",),
    "reach": ("reach.unique",),
    "revenue": ("money.estimated_revenue",),
    "profile_views": ("reach.profile_views",),
    "interactions": ("engagement.interactions",),
    "reposts": ("engagement.reposts_total",),
    "link_clicks": ("engagement.link_clicks",),
    "shazams": ("discovery.shazams",),
}

_SHARES: Final = {
    frozenset(("saves", "streams")): "save_rate",
    frozenset(("likes", "views")): "like_rate",
    frozenset(("comments", "views")): "comment_rate",
    frozenset(("shares", "views")): "share_rate",
}


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """What a question says, in its language. `words`: of each thing that it names the word that does.

    `refusal`: why there is no number for the period: `to_come` or `not_over`. `unread`: the words not understood.
    """

    language: Language
    words: dict[str, str]
    names: tuple[NameHit, ...]
    periods: tuple[FoundPeriod, ...]
    against: FoundPeriod | None
    unread: tuple[str, ...]
    today: date
    week_start: WeekStart = "monday"
    limit: int = 0
    misspelt: int = 0
    refusal: str = ""
    unread_keys: tuple[str, ...] = field(default=())
    content_keys: tuple[str, ...] = field(default=())
    places: tuple[NamedPlace, ...] = ()

    def has(self, *names: str) -> bool:
        return any(f"word.{name}" in self.words for name in names)

    def of(self, prefix: str) -> list[str]:
        """Return what the question names of a class: metric, rate, platform or word."""
        return [name.removeprefix(f"{prefix}.") for name in self.words if name.startswith(f"{prefix}.")]

    def named(self, kind: str) -> list[KnownName]:
        return [known for hit in self.names if hit.kind == kind for known in hit.known]

    @property
    def provider(self) -> str | None:
        sources = [str(known.key) for known in self.named("source")]
        return next(iter([*sources, *self.of("platform")]), None)

    @property
    def period(self) -> QuestionPeriod:
        """Return the days that are asked for, of none the last 28; they end yesterday at the latest."""
        if not self.periods:
            return QuestionPeriod(
                self.today - timedelta(days=DEFAULT_DAYS), self.today - timedelta(days=1), named=False
            )
        return cut(self.periods[0].period, self.today)

    @property
    def rate(self) -> str:
        """Return the rate that a question names, or describes as the share of one metric in another; else nothing."""
        if rates := self.of("rate"):
            return rates[0]
        return _SHARES.get(frozenset(self.of("metric")), "") if self.has("percent") else ""

    @property
    def metrics(self) -> tuple[str, ...]:
        own = tuple(str(known.key) for known in self.named("metric"))
        return own or tuple(slug for name in self.of("metric")[:1] for slug in METRICS[name])


def cut(period: QuestionPeriod, today: date) -> QuestionPeriod:
    """Return the complete days of a period, of at most ten years."""
    last = min(period.to_on, today - timedelta(days=1))
    return replace(period, from_on=max(period.from_on, last - timedelta(days=MAX_DAYS)), to_on=last)


def understand(
    question: str,
    *,
    today: date,
    names: NameIndex | None = None,
    code: str = "",
    week_start: WeekStart = "monday",
) -> ParsedQuestion:
    """Return what is context, read in the language that leaves the fewest words unread.

    `today` is the present day where the days are counted, which is not the same everywhere.
    """
    index = names or NameIndex([])
    readings = [_read(question, load_language(one), index, today, week_start) for one in ([code] if code else CODES)]
    return min(
        readings, key=lambda reading: (len(reading.unread_keys) * 2 + reading.misspelt, -len(reading.words) // 99)
    )


def _read(question: str, language: Language, index: NameIndex, today: date, week_start: WeekStart) -> ParsedQuestion:
    tokens = tokenize(question)
    hits = index.find(question, tokens, language)
    keys = [token.key for token in tokens]
    for hit in hits:
        keys[hit.at : hit.end] = [""] * (hit.end - hit.at)
    places = find_countries(tokens, keys, language)
    for country in places:
        keys[country.at : country.end] = [""] * (country.end - country.at)
    corrected = [correct(key, language) if key else "" for key in keys]
    misspelt = sum(one != other for one, other in zip(keys, corrected, strict=True))
    keys = list(corrected)
    periods = PeriodReader(keys, language.days, today, week_start).find()
    content = tuple(key for key in keys if key and language.phrases.get((key,)) != "stop")
    words: dict[str, str] = {}
    against: FoundPeriod | None = None
    for period in periods:
        at = against_before(keys, period.at, language)
        if at is not None and against is None:
            against = period
            words["word.against"] = " ".join(token.text for token in tokens[at : period.at])
            keys[at : period.at] = [""] * (period.at - at)
        keys[period.at : period.end] = [""] * (period.end - period.at)
    named = {place for hit in hits for place in range(hit.at, hit.end)} | places_of_numbers(keys, language)
    read_around_names(tokens, keys, named, language, words)
    limit, unread = read_words(tokens, keys, language, words)
    partial: list[NameHit] = []
    for place in list(unread):
        alone = place - 1 not in unread and place + 1 not in unread
        if alone and len(keys[place]) > 3 and (known := index.find_part(keys[place])):
            partial.append(NameHit((known,), place, place + 1, tokens[place].text))
            unread.remove(place)
    main = [period for period in periods if period is not against]
    if len(main) == 2 and against is None and words.keys() & {
        "word.rise", "word.fall", "word.change", "word.more", "word.compare", "word.against",
    }:  # fmt: skip
        against = main.pop()
    if len(main) == 2 and against is None and "word.most" in words and corrected[main[1].at - 1] in _THAN:
        against, words["word.against"] = main.pop(), "que"
    if words.get("word.against", "") in _THAN and "word.most" in words:  # one word says "more" and "most" there
        words["word.more"] = words.pop("word.most")
    settle_money(words, has_campaign=any(hit.kind == "campaign" for hit in hits))
    against = _before_main(against, main, corrected, language, week_start)
    for period in [one for one in main if one.unit == BEFORE]:  # before what is not said
        main.remove(period)
        unread = sorted((*unread, *range(period.at, period.end)))
    return ParsedQuestion(
        language=language,
        words=words,
        names=tuple(sorted((*hits, *partial), key=lambda hit: hit.at)),
        periods=tuple(main),
        against=against,
        unread=tuple(join_runs(tokens, unread)),
        today=today,
        week_start=week_start,
        limit=limit,
        misspelt=misspelt,
        refusal=next((found for one in periods if (found := _why_no_days(one.period, today))), ""),
        unread_keys=tuple(keys[place] for place in unread),
        content_keys=content,
        places=tuple(places),
    )


def _before_main(
    against: FoundPeriod | None,
    main: Sequence[FoundPeriod],
    keys: Sequence[str],
    language: Language,
    week_start: WeekStart,
) -> FoundPeriod | None:
    """Return what a period is compared with: after "last week", "the week before" is the one before that."""
    if against is None or not main:
        return against
    first = main[0].period.from_on
    if not against.unit and against.period == main[0].period and _is_named_month(main[0]):
        return replace(against, period=_a_year_earlier(against.period))  # "November" and "last November"
    if against.unit == BEFORE or (not against.unit and against.period == main[0].period):
        days = timedelta(days=against.period.days)
        return replace(against, period=QuestionPeriod(first - days, first - timedelta(days=1)), unit="")
    if not against.unit:
        return against
    is_relative = any((key,) in language.days["relative"] for key in keys[against.at : against.end])
    if not is_relative and against.period != main[0].period:
        return against
    return replace(against, period=calendar_period(against.unit, first, last=True, week_start=week_start))


def _is_named_month(found: FoundPeriod) -> bool:
    first, last = found.period.from_on, found.period.to_on
    return not found.unit and first.day == 1 and last.month == first.month and (last + DAY).day == 1


def _a_year_earlier(month: QuestionPeriod) -> QuestionPeriod:
    after = month.to_on + DAY
    return QuestionPeriod(month.from_on.replace(year=month.from_on.year - 1), after.replace(year=after.year - 1) - DAY)


def _why_no_days(period: QuestionPeriod, today: date) -> str:
    if period.from_on > today:
        return "to_come"
    return "not_over" if period.from_on == today else ""
