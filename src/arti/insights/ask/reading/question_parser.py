"""Understand a question, without any model. Pure: words, names and the present day in, what is meant out.

Every word is read as a name, a period, something that the language's file knows, or is reported as not understood.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from arti.insights.ask.reading.language import CODES, Language, Token, correct, load_language, tokenize
from arti.insights.ask.reading.names import KnownName, NameHit, NameIndex
from arti.insights.ask.reading.period_reader import BEFORE, FoundPeriod, PeriodReader
from arti.insights.ask.reading.periods import MAX_DAYS, QuestionPeriod, calendar_period
from arti.insights.ask.reading.places import NamedPlace, find_countries
from arti.language.reader_locale import WeekStart

DEFAULT_DAYS: Final = 28
MOST_LISTED: Final = 20

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
        at = _against_before(keys, period.at, language)
        if at is not None and against is None:
            against = period
            words["word.against"] = " ".join(token.text for token in tokens[at : period.at])
            keys[at : period.at] = [""] * (period.at - at)
        keys[period.at : period.end] = [""] * (period.end - period.at)
    named = {place for hit in hits for place in range(hit.at, hit.end)}
    _read_around_names(tokens, keys, named, language, words)
    limit, unread = _read_words(tokens, keys, language, words)
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
        unread=tuple(_runs(tokens, unread)),
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
    if against.unit == BEFORE or (not against.unit and against.period == main[0].period):
        days = timedelta(days=against.period.days)
        return replace(against, period=QuestionPeriod(first - days, first - timedelta(days=1)), unit="")
    if not against.unit:
        return against
    is_relative = any((key,) in language.days["relative"] for key in keys[against.at : against.end])
    if not is_relative and against.period != main[0].period:
        return against
    return replace(against, period=calendar_period(against.unit, first, last=True, week_start=week_start))


def _why_no_days(period: QuestionPeriod, today: date) -> str:
    if period.from_on > today:
        return "to_come"
    return "not_over" if period.from_on == today else ""


def _read_words(
    tokens: Sequence[Token], keys: Sequence[str], language: Language, words: dict[str, str]
) -> tuple[int, list[int]]:
    """Add what the free words mean to `words`; return a number that limits a list, and the places of unread words."""
    limit, at = 0, 0
    unread: list[int] = []
    while at < len(keys):
        found = language.match(keys, at) if keys[at] else None
        if found is not None:
            meaning, length = found
            if meaning != "stop":
                words.setdefault(meaning, " ".join(token.text for token in tokens[at : at + length]))
            at += length
            continue
        number = language.days["numbers"].get((keys[at],), keys[at])
        if number.isdigit() and 0 < int(number) <= MOST_LISTED and not limit:
            limit = int(number)
        elif keys[at]:
            unread.append(at)
        at += 1
    if limit and "word.most" not in words and "word.least" not in words:
        unread = sorted(
            (
                *unread,
                *(place for place, key in enumerate(keys) if language.days["numbers"].get((key,), key) == str(limit)),
            )
        )
    return limit, unread


def _read_around_names(
    tokens: Sequence[Token], keys: list[str], named: set[int], language: Language, words: dict[str, str]
) -> None:
    """Add what words mean together that have a name in their middle, as in "the last Velvet Harbor release"."""
    for at in range(len(keys)):
        if not keys[at] or at + 1 not in named:
            continue
        free = [place for place in range(at, len(keys)) if place not in named]
        around = language.match([keys[place] for place in free], 0)
        alone = language.match(keys, at)
        if around and around[0] != "stop" and around[1] > (alone[1] if alone else 1):
            taken = free[: around[1]]
            words.setdefault(around[0], " ".join(tokens[place].text for place in taken))
            for place in taken:
                keys[place] = ""


def _against_before(keys: Sequence[str], at: int, language: Language) -> int | None:
    """Return where "compared with" begins just before the words of a period, or among their first; else None."""
    for end in range(at + 2, max(at - 3, 0), -1):
        if any(language.phrases.get((key,)) != "stop" for key in keys[end:at]):
            return None
        for length in range(min(5, end), 0, -1):
            if end - length < at and language.phrases.get(tuple(keys[end - length : end])) == "word.against":
                return end - length
    return None


def _runs(tokens: Sequence[Token], places: Sequence[int]) -> list[str]:
    """Return the unread words, those side by side together."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return [" ".join(tokens[place].text for place in run)[:60] for run in runs]
