"""Whose files these are: by what a file states, its folder, its name, the songs in it. Pure.

Evidence that disagrees places nothing: then a person says it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from arti.imports.cells.cell_parsers import ColumnKind, is_blank, normalise_name
from arti.imports.readers.file_name_hints import guess_title, stem
from arti.imports.types import SourceTable

# Words of exports themselves: an artist who is called so is recognised by a folder or a file of exactly that name.
_EXPORT_WORDS: Final = """
    all audience chart cities content countries data export facebook followers insights instagram likes listeners live
    music overview playlists reach report sales songs soundcloud source spotify stats streams tables tiktok timeline
    total totals track tracks videos viewers views visits week youtube"""
_WORDS_OF_EXPORTS: Final = frozenset(_EXPORT_WORDS.split())
_LEAST_LENGTH: Final = 3  # of a name that is looked for inside a longer one
_SAMPLE_ROWS: Final = 300
_MOST_TEXTS: Final = 400
_SEPARATORS: Final = re.compile(r"[\s_.,;–—()\[\]+-]+")
_SUFFIX: Final = re.compile(r"\.(zip|csv|tsv|txt|xlsx?|xlsm|ods|gz)$", re.IGNORECASE)
_ID_WEIGHT, _LEAST_WEIGHT, _CLEAR_SHARE = 3, 2, 0.8


@dataclass(frozen=True, slots=True)
class FilePlacement:
    """Whose a file is and by which evidence; without an artist: why not, and who it might be."""

    artist_id: UUID | None
    reason: str
    candidates: tuple[UUID, ...] = ()
    is_open: bool = False  # nothing speaks for anybody, so the file's neighbours may


@dataclass(frozen=True, slots=True)
class KnownTitle:
    """Something of an artist that a file may list: `keys` are ids, which are unique, `titles` are not."""

    artist_id: UUID
    keys: tuple[str, ...]
    title: str


class ArtistNames:
    """The artists that the caller sees, by their names and aliases."""

    def __init__(self, names: Mapping[UUID, Sequence[str]]) -> None:
        self.names = {id: found[0] for id, found in names.items()}
        self._by_text: dict[str, set[UUID]] = {}
        for id, found in names.items():
            for name in found:
                self._by_text.setdefault(_plain(name), set()).add(id)

    def named(self, text: str) -> set[UUID]:
        """Return the artists whose name `text` is."""
        return self._by_text.get(_plain(text), set())

    def named_in(self, text: str) -> set[UUID]:
        """Return the artists whose name stands in `text`; the longest name hides those that are part of it."""
        around = f" {_plain(text)} "
        found = [
            name
            for name in self._by_text
            if len(name) >= _LEAST_LENGTH and name not in _WORDS_OF_EXPORTS and f" {name} " in around
        ]
        longest = [name for name in found if not any(name != other and f" {name} " in f" {other} " for other in found)]
        return {id for name in longest for id in self._by_text[name]}


def _plain(text: str) -> str:
    return " ".join(part for part in _SEPARATORS.split(normalise_name(text)) if part)


def place(
    path: str,
    stated: str | None,
    roster: ArtistNames,
    titles: Iterable[KnownTitle],
    texts: Collection[str],
    artists: Sequence[str] = (),
) -> FilePlacement:
    """Return whose the file at `path` is.

    `stated`: the artist that it names; `texts`: the words of its cells; `artists`: of a report of money, whom its lines
    name: each goes to its own, so the report is kept with the one of the roster that most of them name.
    """
    if not roster.names:
        return FilePlacement(None, "There is no artist on the roster yet. Add the artist first.")
    *folders, name = path.replace("\\", "/").split("/")
    evidence = [(roster.named(stated or ""), f"the file names {stated}")]
    for folder in reversed(folders):
        text = _SUFFIX.sub("", folder)
        evidence.append((roster.named(text) or roster.named_in(text), f"the folder is called {folder}"))
    evidence.append((roster.named(stem(name)) or roster.named_in(stem(name)), "the name of the file"))
    one = next((found for found, _ in evidence if len(found) == 1), None)
    against = {id for found, _ in evidence for id in found} - (one or set())
    # Evidence may name several; it is against an artist only when that one is not among them.
    if one and not any(found and not found & one for found, _ in evidence):
        return FilePlacement(next(iter(one)), next(reason for found, reason in evidence if found == one))
    if one:
        ids = tuple(sorted(one | against, key=str))
        names = " and ".join(sorted(roster.names[id] for id in ids)[:3])
        return FilePlacement(None, f"Its name, its folder and its content speak for {names}. Choose the artist.", ids)
    if stated:
        return FilePlacement(None, f"The file names {stated[:80]}, who is not on the roster. Choose the artist.")
    by_line = Counter(id for name in artists if len(own := roster.named(name)) == 1 for id in own)
    if by_line:
        most = min(by_line, key=lambda id: (-by_line[id], roster.names[id], str(id)))
        return FilePlacement(most, "each line goes to the artist that it names")
    if by_titles := _place_by_titles(titles, texts):
        return by_titles
    if len(roster.names) == 1:
        return FilePlacement(next(iter(roster.names)), "the only artist")
    reason = "Nothing in the file or its name says whose numbers these are. Choose the artist."
    return FilePlacement(None, reason, is_open=True)


def _place_by_titles(titles: Iterable[KnownTitle], texts: Collection[str]) -> FilePlacement | None:
    weights: Counter[UUID] = Counter()
    for known in titles:
        if any(key.casefold() in texts for key in known.keys):
            weights[known.artist_id] += _ID_WEIGHT
        elif normalise_name(known.title) in texts:
            weights[known.artist_id] += 1
    ranked = weights.most_common()
    if ranked and ranked[0][1] >= _LEAST_WEIGHT and ranked[0][1] >= _CLEAR_SHARE * weights.total():
        return FilePlacement(ranked[0][0], "songs or videos in the file")
    if len(ranked) > 1:
        ids = tuple(id for id, _ in ranked[:10])
        return FilePlacement(None, "Songs of several artists are in the file. Choose the artist to keep it with.", ids)
    return None


def read_texts(path: str, table: SourceTable | None, kinds: Mapping[int, ColumnKind]) -> set[str]:
    """Return the words of a file that may be titles or ids: normalised, of its first rows."""
    title = guess_title(path.rpartition("/")[2])
    found = {normalise_name(title)} if title else set[str]()
    if table is None:
        return found
    for cells in table.rows[:_SAMPLE_ROWS]:
        for index, cell in enumerate(cells):
            if index not in kinds and not is_blank(cell) and not cell.strip().isdigit() and len(cell) <= 200:
                found.add(normalise_name(cell))
        if len(found) >= _MOST_TEXTS:
            break
    return found


def place_with_neighbours(paths: Sequence[str], placements: Sequence[FilePlacement]) -> list[FilePlacement]:
    """Return the placements, where a file of a zip has that of the others beside it, if it has none and they agree.

    A zip was put together on purpose; a folder of downloads was not.
    """
    around: dict[str, set[UUID]] = {}
    for path, placement in zip(paths, placements, strict=True):
        if placement.artist_id:
            around.setdefault(path.rpartition("/")[0], set()).add(placement.artist_id)
    return [
        FilePlacement(next(iter(ids)), "the other files of its zip")
        if placement.is_open
        and ".zip/" in path.casefold()
        and len(ids := around.get(path.rpartition("/")[0], set())) == 1
        else placement
        for path, placement in zip(paths, placements, strict=True)
    ]
