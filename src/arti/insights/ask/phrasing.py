"""Word an answer in the question's language, from the sentences of its file. Pure.

Values are put into sentences once and never read again, so a name or a quotation cannot change a sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from arti.insights.ask.reading.language import Language
from arti.insights.ask.reading.periods import QuestionPeriod
from arti.language.agreement import choose_words, is_one
from arti.language.pieces import clean_name
from arti_core.database import Row

_CURRENCY_CHARACTERS = 3


@dataclass(frozen=True, slots=True)
class Phrasing:
    """The sentences, dates and numbers of one language."""

    language: Language

    def say(self, sentence: str, /, **values: object) -> str:
        template = choose_words(self.language.answers[sentence], counts_one=lambda slot: self._is_one(values[slot]))
        text = template.format_map({name.removesuffix("_"): value for name, value in values.items()})
        return text[:1].upper() + text[1:] if template.startswith("{metric}") else text

    def _is_one(self, shown: object) -> bool:
        written = str(shown)
        return written.isdigit() and is_one(int(written), self.language.code)

    def day(self, day: date) -> str:
        months = [name.strip() for name in self.language.answers["months"].split(",")]
        number = "1er" if self.language.code == "fr" and day.day == 1 else str(day.day)
        return self.say("date", day=number, month=months[day.month - 1], year=day.year)

    def span(self, period: QuestionPeriod) -> str:
        if period.days == 1:
            return self.say("one_day", to=self.day(period.to_on))
        return self.say("span", from_=self.day(period.from_on), to=self.day(period.to_on))

    def days(self, period: QuestionPeriod) -> str:
        """Return the days of a period within a sentence."""
        first, last = self.day(period.from_on), self.day(period.to_on)
        return first if period.days == 1 else self.say("last_days", from_=first, to=last)

    def number(self, value: float, unit: str = "", decimals: int = 0) -> str:
        written = f"{value:,.{decimals}f}"
        if float(written.replace(",", "")) == 0:
            written = written.removeprefix("-")
        marks = str.maketrans({",": self.language.answers["thousands"], ".": self.language.answers["decimal"]})
        written = written.translate(marks)
        if unit == "percent":
            return self.say("percent", number=written)
        if unit == "USD":
            return f"${written}"
        return f"{written} {unit}" if unit in ("hours", "seconds") or _is_currency(unit) else written

    def metric(self, slug: str, name: str) -> str:
        own: dict[str, str] = self.language.answers["metrics"]
        return own.get(slug) or name[:1].lower() + clean_name(name)[1:]

    def subject(self, artist: str, title: str | None) -> str:
        return self.say("work", title=clean_name(title), artist=clean_name(artist)) if title else clean_name(artist)

    def join(self, words: Sequence[str]) -> str:
        if len(words) < 2:
            return "".join(words)
        return f"{', '.join(words[:-1])} {self.language.answers['and']} {words[-1]}"

    def quote(self, text: str) -> str:
        opened, closed = self.language.answers["quotes"]
        return f"{opened}{text}{closed}"


def _is_currency(unit: str) -> bool:
    return len(unit) == _CURRENCY_CHARACTERS and unit.isupper()


@dataclass(frozen=True, slots=True)
class AnswerNumber:
    """A number of an answer with what reproduces it."""

    label: str
    unit: str
    value: float
    shown: str
    computation: dict[str, object]
    series_id: UUID | None = None


@dataclass(slots=True)
class AnswerPart:
    """Text with its numbers, and what of the question it is about."""

    text: str
    numbers: list[AnswerNumber] = field(default_factory=list)
    metrics: list[str] = field(default_factory=list)
    platforms: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    period: QuestionPeriod | None = None
    base: QuestionPeriod | None = None
    quotations: list[Row] = field(default_factory=list)


class Refused(Exception):
    """Why stored data do not answer a question, as a sentence in its language."""
