"""Which tracks an export covers: all of the artist (their own team), or those of one label (the label's team). Pure.

Artist teams and label teams get files of the same form, so a person says it once per import. Numbers of the two are
never one series: they are stored under different terms (arti.providers.terms).
"""

from collections.abc import Mapping
from typing import Final

from arti.imports.types import Answers, FileQuestion, FileRejected, Hints, Parser, SourceTable
from arti.providers.terms import OWN, OWN_LABEL

SCOPE: Final = "scope"
ARTIST_TEAM: Final = "artist"
LABEL_TEAM: Final = "label"
# Exports of which a label's team has others than the artist's. Numbers of one song are the same in both.
_SOURCES: Final = (
    "spotify_for_artists.audience_timeline",
    "spotify_for_artists.cities",
    "spotify_for_artists.playlists",
    "streaming_service.counts",
)
_TEXT: Final = "Whose team exported this file: the artist's (all tracks), or a label's (that label's tracks only)?"


def scope_questions(parser: Parser, table: SourceTable, hints: Hints) -> list[FileQuestion]:
    """Return the question for the scope, with what the org said last as its guess. Without an org none is asked."""
    if hints.known.scope is None or parser.source not in _SOURCES or "song" in table.names:
        return []
    return [FileQuestion(SCOPE, _TEXT, "choice", hints.known.scope, (ARTIST_TEAM, LABEL_TEAM))]


def check_scope(answers: Answers) -> None:
    """Raise FileRejected for a scope that does not exist."""
    if answers.get(SCOPE, ARTIST_TEAM) not in (ARTIST_TEAM, LABEL_TEAM):
        raise FileRejected(f"{SCOPE} must be {ARTIST_TEAM} (all tracks) or {LABEL_TEAM} (that label's tracks only).")


def terms_of_answers(answers: Answers | Mapping[str, str]) -> str:
    """Return the terms under which the values of an import are stored."""
    return OWN_LABEL if answers.get(SCOPE) == LABEL_TEAM else OWN


def is_open(question: FileQuestion) -> bool:
    """Return whether a question keeps the same file from being recognised as imported already."""
    return question.key != SCOPE
