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
_NAMED: Final = f"{LABEL_TEAM}: "  # and its name, where the artist's releases tell it
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
    named = (_NAMED + label for label in hints.known.labels)
    choices = dict.fromkeys((ARTIST_TEAM, *named, LABEL_TEAM, hints.known.scope))
    return [FileQuestion(SCOPE, _TEXT, "choice", hints.known.scope, tuple(choices))]


def check_scope(answers: Answers) -> None:
    """Raise FileRejected for a scope that does not exist."""
    answer = answers.get(SCOPE, ARTIST_TEAM)
    if answer != ARTIST_TEAM and not _is_label(answer):
        raise FileRejected(
            f"{SCOPE} must be {ARTIST_TEAM} (all tracks), or {LABEL_TEAM} or '{_NAMED}its name' (its tracks only)."
        )


def _is_label(scope: str | None) -> bool:
    return scope == LABEL_TEAM or (scope or "").startswith(_NAMED)


def terms_of_answers(answers: Answers | Mapping[str, str]) -> str:
    """Return the terms under which the values of an import are stored."""
    return OWN_LABEL if _is_label(answers.get(SCOPE)) else OWN


def is_open(question: FileQuestion) -> bool:
    """Return whether a question keeps the same file from being recognised as imported already."""
    return question.key != SCOPE
