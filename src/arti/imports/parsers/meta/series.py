"""Meta Business Suite, one metric by day: a title line, then Date,Primary.

Which metric it is stands in the title only, and the network often not at all: "Reach" is Facebook's or Instagram's, so
the user is asked. Blocks that stand one under the other are files of their own (`readers.blocks`).
"""

from dataclasses import replace

from arti.imports.cells.cell_parsers import normalise_name
from arti.imports.parsers.daily import DAY, parse_days
from arti.imports.parsers.meta.network import TIME_ZONE, find_network, network_questions, with_network
from arti.imports.readers.measures import MeasureColumn, find_kinds
from arti.imports.types import Answers, Hints, ParsedFile, Parser, SourceTable
from arti.vocabulary import PLATFORM_NAMES

_VALUE = "primary"
_DATES = ("date", "data", "datum", "fecha")
_METRICS = {
    "reach.unique": "reach|viewers|alcance|reichweite|couverture|rackvidd|betrachter|spectateurs|tittare",
    "consumption.views": "views|visualizacoes|visualizaciones|aufrufe|vues|visningar",
    "audience.followers_gained": "follows|seguidores|seguimentos|novos seguidores|nuevos seguidores|abonnenten|abonnes|"
    "follower|neue follower|nouveaux abonnes|foljare|nya foljare",
    "reach.profile_views": "visits|profile visits|visitas|visitas ao perfil|visitas al perfil|profilaufrufe|"
    "profilbesuche|besuche|visites|visites du profil|besok|profilbesok",
    "engagement.interactions": "content interactions|interactions|interacoes|interacciones|interaktionen|"
    "interacoes com o conteudo|interacciones con el contenido|interaktionen mit inhalten|content-interaktionen|"
    "interactions avec le contenu|interaktioner|interaktioner med innehall",
    "engagement.link_clicks": "link clicks|cliques no link|clics en el enlace|linkklicks|clics sur un lien|link-klicks|"
    "clics sur le lien|lankklick",
}
_METRIC_OF = {name: metric for metric, names in _METRICS.items() for name in names.split("|")}
_PREPOSITIONS = ("no", "en", "auf", "sur", "in", "on", "do", "da", "de", "del", "von", "bei", "pa")
_CONNECTING = (*(f" {word} " for word in _PREPOSITIONS), " ")


def _find_metric(table: SourceTable) -> str | None:
    """Return the metric that the title states, or None."""
    title = normalise_name(table.titles[-1]) if table.titles else ""
    network = find_network(table)
    if network:
        name = PLATFORM_NAMES[network].casefold()
        for connecting in _CONNECTING:
            title = title.replace(f"{connecting}{name}", "").replace(f"{name} ", "").replace(f"{name}-", "")
    return _METRIC_OF.get(title.strip())


def _recognises(table: SourceTable) -> bool:
    days = [name for name in table.names if name in _DATES]
    return len(days) == 1 and table.names.count(_VALUE) == 1 and bool(_find_metric(table))


def _in_english(table: SourceTable) -> SourceTable:
    return replace(table, names=tuple(DAY if name in _DATES else name for name in table.names))


def _columns(table: SourceTable) -> dict[str, MeasureColumn]:
    return {_VALUE: MeasureColumn(_find_metric(table) or "")}


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    return parse_days(_in_english(table), _columns(table), hints)


PARSER = with_network(
    Parser(
        source="meta_business_suite.series",
        title="Meta Business Suite, one metric by day",
        provider=None,
        time_zone=TIME_ZONE,
        recognises=_recognises,
        kinds=lambda table: find_kinds(_in_english(table), _columns(table), day=DAY),
        questions=network_questions,
        parse=_parse,
    )
)
