"""Ask before a file that names another artist is stored for this one."""

import re
from collections.abc import Collection, Sequence

from arti.imports.cells.cell_parsers import is_blank, normalise_name, normalise_whitespace
from arti.imports.readers.file_name_hints import stem
from arti.imports.types import Answers, FileQuestion, FileRejected, Hints, SourceTable

ARTIST = "artist"
_IN_NAME = re.compile(r"(.+?)[-_ ]+(?:audience[-_ ]timeline|songs[-_ ](?:all|\d+ ?[a-z]+))", re.IGNORECASE)
_COLUMNS = frozenset({"artist", "artists", "artist name", "artista", "artistas", "artiste", "kunstler", "interpret"})
_COLUMNS_OF_LINES = frozenset(
    _COLUMNS
    | {"track artist", "track_artist", "asset artist", "product artist", "artist(s)"}
    | {"performer", "performed by", "performing artist"}
)
_IN_TITLE = re.compile(r"(?:artist|artista|artiste|k[üu]nstler)[:\s]+(.+)", re.IGNORECASE)


def find_named_artist(table: SourceTable, hints: Hints) -> str | None:
    """Return the artist that the lines above the table, or the name that Spotify for Artists gave the file, state."""
    stated = [match[1] for title in table.titles if (match := _IN_TITLE.fullmatch(title))]
    in_name = _IN_NAME.fullmatch(stem(hints.file_name))
    return stated[0] if stated else in_name[1] if in_name else None


def _list_artists(table: SourceTable, columns: Collection[str] = _COLUMNS) -> list[str]:
    index = next((index for index, name in enumerate(table.names) if normalise_name(name) in columns), None)
    return [] if index is None else list(map(normalise_whitespace, table.column(index)))


def list_line_artists(table: SourceTable) -> list[str]:
    """Return whom the rows of a report of money name, one for each row that names one."""
    return [text for text in _list_artists(table, _COLUMNS_OF_LINES) if not is_blank(text)]


def _find_other_artists(table: SourceTable, hints: Hints) -> list[str]:
    """Return artists in a column of that name that are none of the known ones, nor name one beside others."""
    known = [normalise_name(name) for name in hints.known.artists]
    texts = dict.fromkeys(_list_artists(table))
    return [text for text in texts if not is_blank(text) and not any(name in normalise_name(text) for name in known)]


def artist_questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    """Return the question whether a file of another name is this artist's."""
    if not hints.known.artists:
        return []
    others = _find_other_artists(table, hints)
    if others:
        text = (
            f"Rows of the file name other artists ({', '.join(others)[:120]}). Are all of them the numbers of "
            f"{hints.known.artists[0]!r}?"
        )
        return [FileQuestion(ARTIST, text, "choice", None, ("yes", "no"))]
    named = find_named_artist(table, hints)
    if named is None or normalise_name(named) in map(normalise_name, hints.known.artists):
        return []
    text = f"The file names {named[:80]!r}. Are these the numbers of {hints.known.artists[0]!r}?"
    return [FileQuestion(ARTIST, text, "choice", None, ("yes", "no"))]


def check_artist_answer(questions: Sequence[FileQuestion], answers: Answers) -> None:
    """Raise FileRejected where the user says that the file is another artist's."""
    if any(question.key == ARTIST for question in questions) and answers.get(ARTIST) != "yes":
        raise FileRejected("This file is of another artist. Upload it on that artist's page.")
