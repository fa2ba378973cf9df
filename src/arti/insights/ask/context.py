"""A question with all that its answer needs: the reader's connection, the names, and about whom it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from uuid import UUID

from arti.insights.ask.phrasing import Phrasing, Refused
from arti.insights.ask.reading.names import NameIndex
from arti.insights.ask.reading.period_reader import FoundPeriod
from arti.insights.ask.reading.periods import DAY, QuestionPeriod
from arti.insights.ask.reading.places import NamedPlace
from arti.insights.ask.reading.question_parser import METRICS, ParsedQuestion, cut, understand
from arti.orgs.authorization import Access
from arti_core import clock
from arti_core.database import Connection, Row

# What is answered when a question names an artist and no metric.
MAIN_METRICS: Final = ("streams", "monthly_listeners", "followers", "views")
_FOLLOWER_FLOWS: Final = ("audience.followers_gained", "audience.followers_lost")
WORKS_OF: Final = {
    "song": ("track",),
    "video": ("video",),
    "album": ("album",),
    "post": ("post",),
    "work": ("track", "video", "album"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """An artist, or a work of theirs."""

    artist_id: UUID
    artist: str
    title: str | None = None


@dataclass(slots=True)
class QuestionContext:
    """`subjects`: whom the question is about; empty where it names nobody. `artists`: all that the reader may see."""

    access: Access
    question: str
    parsed: ParsedQuestion
    names: NameIndex
    artists: Mapping[UUID, str]
    subjects: list[Subject]
    known_on: date | None = None  # answered from what was known at the end of this day (UTC); None: now
    cities: tuple[NamedPlace, ...] = ()  # whose names no word explains, and which have numbers of their own
    pick: int = 0  # which of several periods is answered for
    _by_zone: dict[str, ParsedQuestion] = field(default_factory=dict)

    @property
    def connection(self) -> Connection:
        return self.access.connection

    @property
    def org_id(self) -> UUID:
        return self.access.org_id

    @property
    def phrasing(self) -> Phrasing:
        return Phrasing(self.parsed.language)

    @property
    def places(self) -> tuple[NamedPlace, ...]:
        """Return the countries and cities that the question names."""
        return (*self.parsed.places, *self.cities)

    @property
    def artist_ids(self) -> list[UUID]:
        return list(dict.fromkeys(subject.artist_id for subject in self.subjects)) or list(self.artists)

    @property
    def whom(self) -> str:
        shown = [self.phrasing.subject(subject.artist, subject.title) for subject in self.subjects]
        return self.phrasing.join(shown) or self.phrasing.say("artists")

    def at(self, zone: str) -> ParsedQuestion:
        """Return the question as it is understood where days are counted in `zone`: a day may not be over there."""
        if zone not in self._by_zone:
            today = min(clock.today_in(zone), self.known_on or date.max)
            read = self.parsed
            self._by_zone[zone] = (
                read
                if today == read.today
                else understand(
                    self.question, today=today, names=self.names, code=read.language.code, week_start=read.week_start
                )
            )
        parsed = self._by_zone[zone]
        return replace(parsed, periods=parsed.periods[self.pick :])

    def metric_choices(self) -> list[tuple[str, ...]]:
        """Return the metrics to answer for, each as slugs of which a platform's first is taken."""
        if metrics := self.parsed.metrics:
            if metrics == METRICS["followers"] and self.parsed.has("gain"):
                return [("audience.followers_gained", *metrics)]
            if metrics == METRICS["followers"] and self.parsed.has("lose"):
                return [("audience.followers_lost", *metrics)]
            return [metrics]
        return [METRICS[name] for name in MAIN_METRICS]

    def choose(self, rows: Sequence[Row], slugs: Sequence[str]) -> dict[str, Row]:
        """Return the series of each platform that answers for a metric.

        The first slug that any platform has; of words that platforms use for different counts the first of each.
        """
        per_platform = len(slugs) > 1 and (slugs[0] in _FOLLOWER_FLOWS or tuple(slugs) == METRICS["plays"])
        if not per_platform:
            slugs = [slug for slug in slugs if any(row["metric"] == slug for row in rows)][:1]
        return {row["provider"]: row for slug in reversed(slugs) for row in rows if row["metric"] == slug}

    def work_kinds(self) -> tuple[str, ...]:
        """Return the kinds of works that the question ranks, such as tracks."""
        return next((kinds for word, kinds in WORKS_OF.items() if self.parsed.has(word)), ())


def compare_with(parsed: ParsedQuestion) -> tuple[QuestionPeriod, QuestionPeriod]:
    """Return the period that is asked for and the one that it is compared with. Raises Refused.

    Of one that is not over, such as this month, as many days of the other are taken as it has had.
    """
    against = parsed.against
    if against is None:
        return parsed.period, parsed.period.before()
    phrasing = Phrasing(parsed.language)
    if not parsed.periods:
        if not against.unit or against.period.to_on >= parsed.today:
            raise Refused(phrasing.say("not_combined", words=parsed.words.get("word.against", "")))
        started = QuestionPeriod(against.period.to_on + DAY, parsed.today)
        if started.from_on >= parsed.today:
            raise Refused(phrasing.say("not_over", from_=phrasing.day(started.from_on)))
        return _as_many_days(cut(started, parsed.today), against)
    main = parsed.periods[0]
    period = parsed.period
    if against.unit == "year" and main.unit != "year" and period.days < 300:
        shifted = [_year_earlier(day, against.period.from_on.year) for day in (period.from_on, period.to_on)]
        return period, QuestionPeriod(shifted[0], shifted[1])
    if main.unit and main.unit == against.unit and main.period.to_on >= parsed.today:
        return _as_many_days(period, against)
    return period, cut(against.period, parsed.today)


def _as_many_days(period: QuestionPeriod, against: FoundPeriod) -> tuple[QuestionPeriod, QuestionPeriod]:
    last = min(against.period.from_on + (period.to_on - period.from_on), against.period.to_on)
    return period, QuestionPeriod(against.period.from_on, last)


def _year_earlier(day: date, year: int) -> date:
    return day.replace(year=year, day=28 if (day.month, day.day) == (2, 29) else day.day)
