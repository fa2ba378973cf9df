"""Whose numbers an export of Meta Business Suite holds: Instagram's or Facebook's. Many files do not say it."""

from dataclasses import replace
from typing import Final

from arti.imports.cells.cell_parsers import normalise_name
from arti.imports.types import Answers, FileQuestion, FileRejected, Hints, Parser, SourceTable
from arti.vocabulary import PLATFORM_NAMES, Provider

NETWORK: Final = "network"
TIME_ZONE: Final = "America/Los_Angeles"
FACEBOOK: Final = "facebook"
_NETWORKS: Final[dict[str, str]] = {PLATFORM_NAMES[slug]: slug for slug in (Provider.INSTAGRAM, FACEBOOK)}


def find_network(table: SourceTable) -> str | None:
    """Return the network that the title of a table states, or None."""
    title = normalise_name(table.titles[-1]) if table.titles else ""
    return next((slug for name, slug in _NETWORKS.items() if name.casefold() in title), None)


def network_questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    """Return the question for the network, where the title does not state it."""
    if find_network(table):
        return []
    title = table.titles[-1] if table.titles else hints.file_name.rpartition("/")[2]
    text = f"Is {title[:80]!r} of Instagram or of Facebook? The file does not say it."
    name = hints.file_name.casefold()
    named = "Instagram" if "instagram" in name or hints.file_name.startswith("IG") else None
    return [FileQuestion(NETWORK, text, "choice", named or ("Facebook" if "facebook" in name else None), (*_NETWORKS,))]


def with_network(parser: Parser) -> Parser:
    """Return a parser whose provider is the network that the title or the answers state."""

    def choose(table: SourceTable, answers: Answers) -> Parser:
        network = find_network(table) or _NETWORKS.get(answers.get(NETWORK, "").strip())
        if network is None:
            raise FileRejected(f"{NETWORK} must be one of {', '.join(_NETWORKS)}.")
        return replace(parser, provider=network)

    return replace(parser, choose=choose)
