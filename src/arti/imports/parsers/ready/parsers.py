"""Parsers of exports that are read into sources of the org's own: what they ask, and whose they are.

A file with amounts has a source of its own, `own_money.*`: whoever sees no money sees nothing of it.
"""

import re
from dataclasses import replace
from typing import Final

from arti.imports.cells.cell_parsers import ColumnKind
from arti.imports.parsers.ready import definitions
from arti.imports.parsers.ready.definitions import OwnSource
from arti.imports.parsers.ready.exports import EXPORTS, TICKETS_BY_DATE, ReadyExport, split_currency
from arti.imports.parsers.ready.reading import (
    ALL,
    COVERS,
    CURRENCY,
    SOME,
    covers_are_open,
    find_measures,
    holds_money,
    needs_currency,
    parse,
)
from arti.imports.readers.file_name_hints import guess_period
from arti.imports.readers.header_words import plain_name
from arti.imports.readers.measures import last_day_question, period_questions
from arti.imports.types import Answers, FileQuestion, FileRejected, Hints, ParsedFile, Parser, SourceTable

SERVICE: Final = "service"
DATE_IS: Final = "date_is"
_OF_SALE: Final = "the day of the sale"
_OF_EVENT: Final = "the day of the event"
_SYMBOLS: Final = {"€": "EUR", "£": "GBP", "₹": "INR", "R$": "BRL", "zł": "PLN"}


def _make(export: ReadyExport, *, money: bool) -> Parser:
    def recognises(table: SourceTable) -> bool:
        return export.recognises(table.names) and holds_money(export, table.names) is money

    def questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
        return _questions(export, table, hints)

    def choose(table: SourceTable, answers: Answers) -> Parser:
        return replace(parser, provider=_find_service(export, table, answers).slug)

    def read(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
        return parse(export, _find_service(export, table, answers).slug, table, answers, hints)

    parser = Parser(
        source=f"own_{'money' if money else 'numbers'}.{export.slug}",
        title=export.title,
        provider=None,
        time_zone="UTC",
        words=export.words,
        recognises=recognises,
        kinds=lambda table: _kinds(export, table),
        questions=questions,
        parse=read,
        choose=choose,
    )
    return parser


def _kinds(export: ReadyExport, table: SourceTable) -> dict[int, ColumnKind]:
    places = {name: index for index, name in enumerate(table.names)}
    day = export.day if export.day in places else "end"
    kinds = {places[name]: ColumnKind.OTHER_DAY for name in ("start", "end") if name in places}
    if day in places and not export.snapshot:
        kinds[places[day]] = ColumnKind.DAY
    for measure in find_measures(export, table.names):
        if measure.is_money or measure.metric == "ad_conversions":
            kinds[measure.index] = ColumnKind.NUMBER
        else:
            metric = definitions.get_metric(measure.metric)
            whole = ColumnKind.NUMBER if metric.kind == "ratio" else ColumnKind.COUNT
            kinds[measure.index] = ColumnKind.SHARE if metric.unit == "percent" else whole
    return kinds


def _questions(export: ReadyExport, table: SourceTable, hints: Hints) -> list[FileQuestion]:
    found = []
    if _find_evidence(export, table) is None:
        path = " ".join((hints.folder, hints.file_name, *table.titles)).casefold()
        named = [source.name for source in export.sources if _is_named(source.name, path)]
        text = f"Which service is this file of {export.title} from?"
        choices = tuple(source.name for source in export.sources)
        found.append(FileQuestion(SERVICE, text, "choice", named[0] if len(named) == 1 else None, choices))
    if covers_are_open(export, table):
        text = f"Does the file hold all {export.things} of its days, so that its rows add up to the whole?"
        found.append(FileQuestion(COVERS, text, "choice", ALL, (ALL, SOME)))
    if needs_currency(export, table.names):
        text = "In which currency are the amounts? A code like EUR; the file does not say it."
        found.append(FileQuestion(CURRENCY, text, "text", _guess_currency(export, table), example="EUR"))
    if export.snapshot:
        text = "Up to which day do these numbers count? Usually the day before the file was downloaded."
        found.append(last_day_question(guess_period(hints)[1], hints.today, text))
    elif export.day not in table.names and not {"start", "end"} <= {*table.names}:
        period, last = guess_period(hints)
        found += period_questions(period=period, last=last, today=hints.today, subject="these numbers")
    return found


def _is_named(name: str, path: str) -> bool:
    """Return whether a path names a service: feature-fm, featurefm and Feature.fm are one, DICE is not in "indices"."""
    words = re.split(r"[^a-z0-9]+", name.casefold())
    return re.search(rf"(?<![a-z0-9]){r'[^a-z0-9]*'.join(words)}(?![a-z0-9])", path) is not None


def _guess_currency(export: ReadyExport, table: SourceTable) -> str | None:
    cells = [
        cell
        for measure in find_measures(export, table.names)
        if measure.is_money
        for cell in list(table.column(measure.index))[:100]
    ]
    found = {code for symbol, code in _SYMBOLS.items() if any(symbol in cell for cell in cells)}
    return found.pop() if len(found) == 1 else None


def _find_evidence(export: ReadyExport, table: SourceTable) -> OwnSource | None:
    """Return the service that the header speaks for."""
    if len(export.sources) == 1:
        return export.sources[0]
    header = {split_currency(plain_name(name))[0] for name in table.header}
    found = [source for source in export.sources if header & export.evidence.get(source.slug, frozenset())]
    return found[0] if len(found) == 1 else None


def _find_service(export: ReadyExport, table: SourceTable, answers: Answers) -> OwnSource:
    by_name = {source.name: source for source in export.sources}
    found = _find_evidence(export, table) or by_name.get(answers.get(SERVICE, "").strip())
    if found is None:
        raise FileRejected(f"{SERVICE} must be one of {', '.join(by_name)}.")
    return found


def _by_date(*, money: bool) -> Parser:
    """Return the parser of tickets whose column Date is the sale's or the event's day."""
    sales, counts, is_named = TICKETS_BY_DATE
    of_sales, of_counts = _make(sales, money=money), _make(counts, money=money)

    def renamed(table: SourceTable, name: str) -> SourceTable:
        return replace(table, names=tuple(name if each == "date" else each for each in table.names))

    def recognises(table: SourceTable) -> bool:
        return is_named(table.names) and of_sales.recognises(renamed(table, "sold on"))

    def dispatch(table: SourceTable, answers: Answers) -> tuple[Parser, SourceTable]:
        answer = _OF_SALE if "event day" in table.names else answers.get(DATE_IS, "").strip()
        if answer not in (_OF_SALE, _OF_EVENT):
            raise FileRejected(f"{DATE_IS} must be {_OF_SALE!r} or {_OF_EVENT!r}.")
        return (of_sales, renamed(table, "sold on")) if answer == _OF_SALE else (of_counts, renamed(table, "event day"))

    def questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
        if "event day" in table.names:
            return of_sales.questions(renamed(table, "sold on"), hints)
        text = f"Is the column {table.header[table.names.index('date')]!r} the day of the sale, or of the event?"
        choices = (_OF_SALE, _OF_EVENT)
        return [
            FileQuestion(DATE_IS, text, "choice", None, choices),
            *of_counts.questions(renamed(table, "event day"), hints),
        ]

    def read(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
        parser, table = dispatch(table, answers)
        return parser.parse(table, answers, hints)

    def choose(table: SourceTable, answers: Answers) -> Parser:
        parser, table = dispatch(table, answers)
        assert parser.choose is not None  # every parser of an own source has it
        return replace(by_date, provider=parser.choose(table, answers).provider)

    by_date = replace(
        of_sales,
        source=of_sales.source.replace(sales.slug, "tickets"),
        title="tickets sold",
        recognises=recognises,
        kinds=lambda table: of_counts.kinds(table) | {table.names.index("date"): ColumnKind.OTHER_DAY},
        questions=questions,
        parse=read,
        choose=choose,
    )
    return by_date


PARSERS: Final = (
    *(_make(export, money=money) for export in EXPORTS for money in (True, False)),
    *(_by_date(money=money) for money in (True, False)),
)
