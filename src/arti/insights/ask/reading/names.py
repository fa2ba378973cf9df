"""Find the org's names in a question: artists, works, campaigns, its own metrics and sources. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from arti.insights.ask.reading.language import Language, Token, distance, keys_of

NameKind = Literal["artist", "work", "campaign", "metric", "source"]
_RANK: Final = {"artist": 0, "metric": 1, "source": 2, "campaign": 3, "work": 4}
_CHARACTERS_A_SLIP: Final = 6  # a name has one wrong character for so many
_QUOTES: Final = "“”„\"«»‚‘’'"


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name that the reader of the answer may see. `key` is an id, or a slug of a metric or source."""

    kind: NameKind
    key: UUID | str
    name: str
    artist_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NameHit:
    """A name at the words at..end of a question. `words`: as they are written there."""

    known: tuple[KnownName, ...]
    at: int
    end: int
    words: str

    @property
    def kind(self) -> NameKind:
        return self.known[0].kind


class NameIndex:
    """Names by their words; of several that are alike an artist comes before a work."""

    def __init__(self, names: Sequence[KnownName]) -> None:
        by_keys: defaultdict[tuple[str, ...], list[KnownName]] = defaultdict(list)
        for name in sorted(names, key=lambda known: _RANK[known.kind]):
            if keys := keys_of(name.name):
                by_keys[keys].append(name)
        self._by_keys = dict(by_keys)
        self._longest = max(map(len, by_keys), default=0)

    def find(self, question: str, tokens: Sequence[Token], language: Language) -> list[NameHit]:
        """Return the names in the question, none within another: those written exactly first, then misspelt ones."""
        hits: list[NameHit] = []
        free = [True] * len(tokens)
        for hit in (*self._exact(question, tokens, language), *self._near(tokens, language)):
            if all(free[hit.at : hit.end]):
                free[hit.at : hit.end] = [False] * (hit.end - hit.at)
                hits.append(hit)
        return sorted(hits, key=lambda hit: hit.at)

    def find_part(self, key: str) -> KnownName | None:
        """Return the one artist of whose name this is a word."""
        found = {known for keys, names in self._by_keys.items() if key in keys for known in names}
        artists = [known for known in found if known.kind == "artist"]
        return artists[0] if len(artists) == 1 and len(found) == 1 else None

    def find_by_words(self, kind: NameKind, words: Sequence[str]) -> list[KnownName]:
        """Return the names of this kind that have all of these words."""
        return [
            known
            for keys, names in self._by_keys.items()
            if words and set(words) <= set(keys)
            for known in names
            if known.kind == kind
        ]

    def _exact(self, question: str, tokens: Sequence[Token], language: Language) -> Iterator[NameHit]:
        for length in range(min(self._longest, len(tokens)), 0, -1):
            for at in range(len(tokens) - length + 1):
                window = tokens[at : at + length]
                keys = tuple(token.key for token in window)
                # A name may have an ending: "Velvet Harbors Streams".
                without = (*keys[:-1], keys[-1].removesuffix("s"))
                found = self._by_keys.get(keys) or self._by_keys.get(without)
                if found and (known := [one for one in found if _is_meant(one, question, window, keys, language)]):
                    yield _hit(known, question, tokens, at, at + length)

    def _near(self, tokens: Sequence[Token], language: Language) -> Iterator[NameHit]:
        keys = [token.key for token in tokens]
        for wanted, known in sorted(self._by_keys.items(), key=lambda item: -len(item[0])):
            characters = "".join(wanted)
            allowed = len(characters) // _CHARACTERS_A_SLIP
            for length in {len(wanted), 1} if allowed else ():
                for at in range(len(keys) - length + 1):
                    window = keys[at : at + length]
                    written = "".join(window)
                    if written[:1] != characters[:1] or all(key in language.vocabulary for key in window):
                        continue
                    if length == len(wanted) and any(
                        distance(one, other, 1 if len(other) < _CHARACTERS_A_SLIP else 2)
                        > min(len(other) // 3, 2 if len(other) >= _CHARACTERS_A_SLIP else 1)
                        for one, other in zip(window, wanted, strict=True)
                    ):
                        continue
                    if distance(written, characters, min(allowed, 2)) <= min(allowed, 2):
                        yield _hit(known, "", tokens, at, at + length)


def _hit(known: Sequence[KnownName], question: str, tokens: Sequence[Token], at: int, end: int) -> NameHit:
    best = known[0].kind
    words = " ".join(token.text for token in tokens[at:end])
    return NameHit(tuple(one for one in known if one.kind == best), at, end, words)


def _is_meant(
    known: KnownName, question: str, window: Sequence[Token], keys: Sequence[str], language: Language
) -> bool:
    """Return whether a name is meant that may be ordinary words as well: a track may be called "Last Week".

    An own metric or source is meant by its words, however they are written, unless one word alone means another thing.
    """
    if not all(key in language.vocabulary or key.isdigit() for key in keys):
        return True
    if known.kind in ("metric", "source") and (len(keys) > 1 or tuple(keys) not in language.phrases):
        return True
    before, after = question[: window[0].start].rstrip()[-1:], question[window[-1].end :].lstrip()[:1]
    if before and before in _QUOTES and after and after in _QUOTES:
        return True
    written = question[window[0].start : window[-1].end]
    return known.kind != "work" and len(keys) > 1 and written == known.name
