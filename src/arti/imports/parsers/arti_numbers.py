"""ARTi's own CSV, as GET /api/artists/{id}/numbers.csv writes it: one row a value, read again exactly."""

from dataclasses import replace

from arti.dimensions.text import parse_dimension
from arti.imports.parsers.day_table import TIME_ZONES
from arti.imports.readers.measures import FIRST_DAY, has_valid_shape
from arti.imports.types import Answers, FileRejected, Hints, ParsedFile, Parser, SourceTable, no_questions
from arti.metrics.catalogue import METRICS
from arti.metrics.numbers_file import HEADER, unescape_text
from arti.providers.contract import AssetRecord, Observation
from arti.providers.states import NULL_REASONS, REMARKS
from arti.vocabulary import PLATFORM_NAMES

_KINDS = frozenset({"track", "album", "video", "short", "post", "reel", "story", "sound", "playlist"})


def _recognises(table: SourceTable) -> bool:
    return set(HEADER) <= set(table.names)


def choose(table: SourceTable, answers: Answers) -> Parser:
    """Return the parser for the platform that the rows name. Raises FileRejected."""
    providers = set(table.column(table.names.index(HEADER[0]))) - {""}
    if len(providers) != 1 or not providers <= PLATFORM_NAMES.keys():
        raise FileRejected(
            f"A file of ARTi holds the numbers of one platform; this one names {', '.join(sorted(providers))[:100]!r}. "
            "Import the rows of each platform by themselves."
        )
    provider = providers.pop()
    return replace(PARSER, provider=provider, time_zone=TIME_ZONES.get(provider, "UTC"))


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    parsed, seen = ParsedFile(), dict[tuple[object, ...], int]()
    places = {name: table.names.index(name) for name in HEADER}
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        texts = {name: cells[index].strip() for name, index in places.items()}
        try:
            observation = _read(table, texts, row, hints)
        except ValueError as error:
            parsed.record_row(row, [str(error)], stored=False)
            continue
        key = (observation.metric, observation.dimension, observation.asset_external_id, observation.observed_on)
        if seen.setdefault(key, row) != row:
            parsed.record_row(row, [f"the same value is already in row {seen[key]}"], stored=False)
            continue
        asset = observation.asset_external_id
        if asset:
            title = unescape_text(texts["asset_title"])
            parsed.assets.setdefault(asset, AssetRecord(asset, texts["asset_kind"], title or asset))
        parsed.observations.append(observation)
        parsed.record_row(row, [], stored=True)
    return parsed


def _read(table: SourceTable, texts: dict[str, str], row: int, hints: Hints) -> Observation:
    """Return the value of a row. Raises ValueError, in words."""
    if texts["metric"] not in METRICS:
        raise ValueError(f"there is no metric {texts['metric'][:60]!r}")
    try:
        day = table.parse_day([texts["day"]], 0)
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day < hints.today:
        raise ValueError(f"{texts['day'][:40]!r} is no day that is over")
    try:
        value = float(texts["value"]) if texts["value"] else None
    except ValueError:
        raise ValueError(f"{texts['value'][:40]!r} is not a number as ARTi writes it") from None
    reason, state = texts["null_reason"] or None, texts["state"] or None
    if (value is None) != (reason is not None) or reason not in {None, *NULL_REASONS} or state not in {None, *REMARKS}:
        raise ValueError("a row has either a value or a null_reason of ARTi's list")
    dimension = unescape_text(texts["dimension"])
    parse_dimension(dimension)
    if texts["asset"] and texts["asset_kind"] not in _KINDS:
        raise ValueError(f"{texts['asset_kind'][:40]!r} is no kind of an asset")
    asset = unescape_text(texts["asset"]) or None
    return Observation(
        texts["metric"],
        day,
        value,
        reason,
        asset,
        dimension,
        source_row=row,
        state=state if value is not None else None,
    )


PARSER = Parser(
    source="arti.numbers",
    title="ARTi's own numbers",
    provider=None,
    time_zone="UTC",
    recognises=_recognises,
    kinds=lambda table: {},
    questions=no_questions,
    parse=_parse,
    choose=choose,
)
