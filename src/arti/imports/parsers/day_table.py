"""A day and numbers that every platform has, such as Date,Followers or Date,Views: the user says of which they are."""

from dataclasses import replace

from arti.imports.parsers.daily import DAY, parse_days
from arti.imports.readers.file_name_hints import stem
from arti.imports.readers.measures import MeasureColumn, find_kinds
from arti.imports.types import Answers, FileQuestion, FileRejected, Hints, ParsedFile, Parser, SourceTable
from arti.vocabulary import PLATFORM_NAMES, Provider

SOURCE = "platform.days"
PLATFORM = "platform"
COLUMNS = {
    "followers": MeasureColumn("audience.followers"),
    "views": MeasureColumn("consumption.views"),
    "likes": MeasureColumn("engagement.likes"),
    "comments": MeasureColumn("engagement.comments"),
    "shares": MeasureColumn("engagement.shares"),
    "saves": MeasureColumn("engagement.saves"),
    "impressions": MeasureColumn("discovery.impressions"),
    "reach": MeasureColumn("reach.unique"),
}
TIME_ZONES: dict[str, str] = dict.fromkeys((Provider.YOUTUBE, Provider.INSTAGRAM, "facebook"), "America/Los_Angeles")
_CHOICES = {name: slug for slug, name in PLATFORM_NAMES.items()}
# What YouTube Studio calls the file of daily totals, in its languages.
_YOUTUBE_TOTALS = frozenset({"totals", "gesamtwerte", "totales", "totais", "totaux", "summor", "totalsummor"})


def recognises(table: SourceTable) -> bool:
    names = [name for name in table.names if name]
    return len(names) > 1 and names.count(DAY) == 1 and set(names) - {DAY} <= COLUMNS.keys()


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    named = [name for name in _CHOICES if name.casefold() in f"{hints.folder}/{hints.file_name}".casefold()]
    if stem(hints.file_name).casefold() in _YOUTUBE_TOTALS:
        named.append(PLATFORM_NAMES[Provider.YOUTUBE])
    titles = ", ".join(title for title, name in zip(table.header, table.names, strict=True) if name not in ("", DAY))
    text = (
        f"Which platform counted {titles}? Every platform has such a table. Of another platform than these, choose its "
        "source when you upload the file."
    )
    return [FileQuestion(PLATFORM, text, "choice", named[0] if len(set(named)) == 1 else None, tuple(_CHOICES))]


def choose(table: SourceTable, answers: Answers) -> Parser:
    """Return the parser for the answered platform. Raises FileRejected."""
    provider = _CHOICES.get(answers.get(PLATFORM, "").strip())
    if provider is None:
        raise FileRejected(f"{PLATFORM} must be one of {', '.join(_CHOICES)}.")
    return replace(PARSER, provider=provider, time_zone=TIME_ZONES.get(provider, "UTC"))


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    return parse_days(table, COLUMNS, hints)


PARSER = Parser(
    source=SOURCE,
    title="numbers by day, of the platform that you name",
    provider=None,
    time_zone="UTC",
    recognises=recognises,
    kinds=lambda table: find_kinds(table, COLUMNS, day=DAY),
    questions=_questions,
    parse=_parse,
    choose=choose,
)
