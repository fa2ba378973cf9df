"""Lines of a statement as columns: a tenth of the memory and of the time of an object for each line."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from itertools import compress
from typing import Any
from uuid import UUID

from arti.metrics.money.schemas import NewRoyaltyLine

# Whether an artist has a name.
Owners = Mapping[UUID, Callable[[str], bool]]


@dataclass(slots=True)
class RoyaltyLines:
    """One list for each field of `NewRoyaltyLine`, all of one length.

    `row`: the row in the file, or the place in the statement; `artist`: the name in the file, where it has one.
    """

    row: list[int] = field(default_factory=list)
    external_id: list[str | None] = field(default_factory=list)
    month: list[date] = field(default_factory=list)
    store: list[str] = field(default_factory=list)
    country: list[str | None] = field(default_factory=list)
    type: list[str] = field(default_factory=list)
    quantity: list[Decimal | None] = field(default_factory=list)
    amount: list[Decimal] = field(default_factory=list)
    currency: list[str] = field(default_factory=list)
    title: list[str | None] = field(default_factory=list)
    isrc: list[str | None] = field(default_factory=list)
    upc: list[str | None] = field(default_factory=list)
    artist: list[str | None] = field(default_factory=list)
    artist_id: list[UUID | None] = field(default_factory=list)
    recording_id: list[UUID | None] = field(default_factory=list)
    release_id: list[UUID | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.row)

    @classmethod
    def of(cls, lines: Sequence[NewRoyaltyLine]) -> "RoyaltyLines":
        """Return lines that were entered or pushed, numbered from 1."""
        columns = {
            name: [getattr(line, name) for line in lines] for name in NewRoyaltyLine.model_fields if name in _NAMES
        }
        return cls(row=list(range(1, len(lines) + 1)), artist=[None] * len(lines), **columns)

    def extend(self, more: "RoyaltyLines") -> None:
        """Add lines at the end."""
        for name in _NAMES:
            getattr(self, name).extend(getattr(more, name))

    def put(self, place: int, line: NewRoyaltyLine) -> None:
        """Replace what a line says."""
        for name in NewRoyaltyLine.model_fields:
            getattr(self, name)[place] = getattr(line, name)

    def without(self, places: Collection[int]) -> "RoyaltyLines":
        """Return the lines but those at `places`."""
        kept = [place not in places for place in range(len(self))]
        return RoyaltyLines(**{name: list(compress(getattr(self, name), kept)) for name in _NAMES})

    def totals(self) -> dict[str, tuple[Decimal, int]]:
        """Return the sum of the amounts and the number of lines of each currency."""
        if len({*self.currency}) == 1:
            return {self.currency[0]: (sum(self.amount, Decimal(0)), len(self))}
        amounts: dict[str, list[Decimal]] = {}
        for currency, amount in zip(self.currency, self.amount, strict=True):
            amounts.setdefault(currency, []).append(amount)
        return {currency: (sum(found, Decimal(0)), len(found)) for currency, found in amounts.items()}

    def said(self) -> Iterator[tuple[str, ...]]:
        """Yield what each line says but for its artist's name, in one way for one meaning: 0.50 is 0.5."""
        return zip(*(_written(name, getattr(self, name)) for name in _SAID), strict=True)

    def keys(self, seen: Counter[bytes], repeated: Container[int] | None = None) -> list[str]:
        """Return what each line is known by: its external id, or a hash of what it says and how often it came before.

        `seen`: how often each hash came in the lines of the statement before these. `repeated`: the `hash` of all that
        is `said` more than once in the statement, where that is known; only such lines are then counted in `seen`.
        """
        keys = []
        for external_id, artist, values in zip(self.external_id, self.artist, self.said(), strict=True):
            if external_id is not None:
                keys.append(f"id:{external_id}")
                continue
            is_once = repeated is not None and hash(values) not in repeated
            texts = (*values, f"artist={artist.casefold()}") if artist else values
            keys.append(_make_key(texts, None if is_once else seen))
        return keys

    def earlier_keys(
        self, owners: Owners, seen: Mapping[UUID, Counter[bytes]], repeated: Container[int]
    ) -> list[tuple[str, ...]]:
        """Return what each line was known by before the name of its artist counted: in a report of each of the owners.

        `owners`: which names an artist has whose reports there are. `seen`: as in `keys`, of each of them.
        """
        keys: list[tuple[str, ...]] = []
        named = {name: [id for id, has_name in owners.items() if has_name(name)] for name in {*self.artist} if name}
        for external_id, artist, values in zip(self.external_id, self.artist, self.said(), strict=True):
            own = {"": values} | {
                str(id): (*values[:_ARTIST_AT], f"artist_id={id}", *values[_ARTIST_AT + 1 :])
                for id in named.get(artist or "", ())
            }
            if external_id is not None:
                keys.append(())
            elif hash(values) not in repeated:
                keys.append(tuple(_make_key(texts, None) for texts in own.values()))
            else:
                found = {_make_key(own.get(str(id), values), seen[id]) for id in owners}
                keys.append(tuple(sorted(found)))
        return keys


@dataclass(frozen=True, slots=True)
class KeyedLines:
    """Lines, and what each is known by. `earlier`: by what else, where lines of before that may be stored."""

    lines: RoyaltyLines
    keys: list[str]
    earlier: list[tuple[str, ...]] | None = None

    def without(self, places: Collection[int]) -> "KeyedLines":
        """Return the lines but those at `places`."""
        kept = [place not in places for place in range(len(self.keys))]
        earlier = None if self.earlier is None else list(compress(self.earlier, kept))
        return KeyedLines(self.lines.without(places), list(compress(self.keys, kept)), earlier)


_NAMES = tuple(field.name for field in fields(RoyaltyLines))
_SAID = sorted(frozenset(NewRoyaltyLine.model_fields) - {"external_id"})
_ARTIST_AT = _SAID.index("artist_id")


def _make_key(texts: Sequence[str], seen: Counter[bytes] | None) -> str:
    """Return the key of what a line says. `seen`: None for one that is said once."""
    digest = hashlib.sha256("\x1f".join(texts).encode())
    times = 1
    if seen is not None:
        times = seen[digest.digest()] = seen[digest.digest()] + 1
    return f"sha256:{digest.hexdigest()}:{times}"


def _written(name: str, values: Sequence[Any]) -> list[str]:
    """Return `name=value` for each value, each distinct one made once."""
    if name == "amount":
        return [f"amount={value.normalize():f}" for value in values]
    texts = {
        value: f"{name}={f'{value.normalize():f}' if isinstance(value, Decimal) else '' if value is None else value}"
        for value in set(values)
    }
    return [texts[value] for value in values]
