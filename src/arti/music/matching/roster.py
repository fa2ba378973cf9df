"""The roster as matching needs it: whose name and whose id on a platform is whose."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from arti.music.recordings.store import Credited
from arti.music.titles import Title, make_key, split_names
from arti_core.database import Row

_FEATURING: Final = re.compile(r"\s+(?:feat|ft|featuring)\b\.?\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Roster:
    """`names`: keys of each artist's name and aliases; `ids`: "provider id" to artist; `known`: all keys."""

    display: dict[UUID, str]
    names: dict[UUID, frozenset[str]]
    by_name: dict[str, UUID]
    by_id: dict[str, UUID]
    known: frozenset[str]

    def find(self, name: str, provider: str = "", external_id: str | None = None) -> UUID | None:
        """Return the artist of an id on a platform, else the one of this name or alias."""
        by_id = self.by_id.get(f"{provider} {external_id}") if external_id else None
        return by_id or self.by_name.get(make_key(name))


def read_roster(rows: Sequence[Row]) -> Roster:
    """Return the roster. Of two artists of one name the first is found by it."""
    names = {row["id"]: frozenset(map(make_key, (row["name"], *row["aliases"]))) - {""} for row in rows}
    by_name: dict[str, UUID] = {}
    for id, keys in names.items():
        for key in keys:
            by_name.setdefault(key, id)
    by_id = {external_id: row["id"] for row in rows for external_id in row["external_ids"]}
    return Roster({row["id"]: row["name"] for row in rows}, names, by_name, by_id, frozenset(by_name))


def list_credits(
    roster: Roster, artist_id: UUID, provider: str, reported: Sequence[dict[str, Any]], title: Title
) -> list[Credited]:
    """Return who is to be credited: whom the provider names, else the title, else the artist of the account."""
    credits: dict[str, Credited] = {}

    def add(name: str, role: str, external_id: str | None = None) -> None:
        found = roster.find(name, provider, external_id)
        key = str(found) if found else make_key(name)
        if name.strip():
            credits.setdefault(key, Credited(roster.display[found] if found else name.strip()[:200], role, found))

    featured = {make_key(name) for name in title.featured}
    remixer = make_key(title.remixer or "")
    for entry in _one_name_each(roster, provider, reported):
        name, key = entry["name"], make_key(entry["name"])
        role = "remixer" if remixer and key == remixer else "featured" if key in featured else entry.get("role", "main")
        add(name, role, entry.get("external_id"))
    if not reported:
        if title.prefix:
            add(title.prefix, "main")
        own = roster.names[artist_id]
        if not title.prefix or not own.isdisjoint({make_key(title.prefix)}):
            role = "featured" if not own.isdisjoint(featured) else "main"
            credits.setdefault(str(artist_id), Credited(roster.display[artist_id], role, artist_id))
    for name in title.featured:
        add(name, "featured")
    if title.remixer:
        add(title.remixer, "remixer")
    return list(credits.values())


def _one_name_each(roster: Roster, provider: str, reported: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield credits with one name each: "Moth feat. Ines Vale" is two, "Simon & Garfunkel" of the roster is one."""
    for entry in reported:
        names = [part for half in _FEATURING.split(entry["name"]) for part in split_names(half, roster.known)]
        whole = roster.find(entry["name"], provider, entry.get("external_id"))
        if whole or entry.get("external_id") or not any(roster.find(name) for name in names):
            yield entry
            continue
        first, *others = _FEATURING.split(entry["name"], maxsplit=1)
        for half, role in ((first, entry.get("role", "main")), *((other, "featured") for other in others)):
            for name in split_names(half, roster.known):
                yield {"name": name, "role": role}


def credit_keys(roster: Roster, credits: Sequence[Credited]) -> frozenset[str]:
    """Return the keys of all names of those who are credited."""
    keys = {make_key(credit.name) for credit in credits}
    for credit in credits:
        if credit.artist_id:
            keys |= roster.names[credit.artist_id]
    return frozenset(keys - {""})
