"""Meta Business Suite, one metric by day: a title line, then Date,Primary.

Which metric it is stands in the title only, and the network often not at all: "Reach" is Facebook's or Instagram's, so
the user is asked. Blocks that stand one under the other are files of their own (`readers.blocks`).
"""

from dataclasses import replace

from arti.imports.cells.cell_parsers import normalise_name
from arti.imports.parsers.daily import DAY, parse_days
from arti.imports.readers.measures import MeasureColumn, find_kinds
from arti.imports.types import Answers, FileQuestion, FileRejected, Hints, ParsedFile, Parser, SourceTable
from arti.vocabulary import PLATFORM_NAMES, Provider

NETWORK = "network"
_VALUE = "primary"
_DATES = ("date", "data", "datum", "fecha")
_NETWORKS: dict[str, str] = {PLATFORM_NAMES[slug]: slug for slug in (Provider.INSTAGRAM, "facebook")}
_METRICS = {
    "reach.unique": "reach|alcance|reichweite|couverture|rackvidd",
    "consumption.views": "views|visualizacoes|visualizaciones|aufrufe|vues|visningar",
    "audience.followers_gained": "follows|seguidores|seguimentos|novos seguidores|nuevos seguidores|abonnenten|abonnes",
    "reach.profile_views": "visits|profile visits|visitas|visitas ao perfil|visitas al perfil|profilaufrufe",
    "engagement.interactions": "content interactions|interactions|interacoes|interacciones|interaktionen",
    "engagement.link_clicks": "link clicks|cliques no link|clics en el enlace|linkklicks|clics sur un lien",
}
_METRIC_OF = {name: metric for metric, names in _METRICS.items() for name in names.split("|")}
_CONNECTING = (" no ", " en ", " auf ", " sur ", " in ", " on ", " ")


def _find(table: SourceTable) -> tuple[str | None, str | None]:
    """Return the metric and the network that the title states, each None where it does not."""
    title = normalise_name(table.titles[-1]) if table.titles else ""
    network = next((slug for name, slug in _NETWORKS.items() if name.casefold() in title), None)
    if network:
        name = PLATFORM_NAMES[network].casefold()
        for connecting in _CONNECTING:
            title = title.replace(f"{connecting}{name}", "").replace(f"{name} ", "")
    return _METRIC_OF.get(title.strip()), network


def _recognises(table: SourceTable) -> bool:
    return len(table.names) == 2 and table.names[0] in _DATES and table.names[1] == _VALUE and bool(_find(table)[0])


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    _, network = _find(table)
    if network:
        return []
    text = f"Is {table.titles[-1]!r} of Instagram or of Facebook? The file does not say it."
    named = "Instagram" if "instagram" in hints.file_name.casefold() or hints.file_name.startswith("IG") else None
    return [FileQuestion(NETWORK, text, "choice", named, tuple(_NETWORKS))]


def _columns(table: SourceTable) -> dict[str, MeasureColumn]:
    return {_VALUE: MeasureColumn(_find(table)[0] or "")}


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    return parse_days(replace(table, names=(DAY, _VALUE)), _columns(table), hints)


def choose(table: SourceTable, answers: Answers) -> Parser:
    """Return the parser for the network that the title or the answers state. Raises FileRejected."""
    network = _find(table)[1] or _NETWORKS.get(answers.get(NETWORK, "").strip())
    if network is None:
        raise FileRejected(f"{NETWORK} must be one of {', '.join(_NETWORKS)}.")
    return replace(PARSER, provider=network)


PARSER = Parser(
    source="meta_business_suite.series",
    title="Meta Business Suite, one metric by day",
    provider=None,
    time_zone="America/Los_Angeles",
    recognises=_recognises,
    kinds=lambda table: find_kinds(replace(table, names=(DAY, _VALUE)), _columns(table), day=DAY),
    questions=_questions,
    parse=_parse,
    choose=choose,
)
