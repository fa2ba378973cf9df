"""Which of an artist's shows were in a city: what the calendar says in words, in any language. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from arti.metrics.audience_places.schemas import LastShow
from arti.metrics.places import gazetteer
from arti_core.database import Row

_LONGEST_NAME = 4  # words
_SHORTEST_NAME = 3  # letters


def find_last_shows(shows: Sequence[Row], places: Mapping[int, str]) -> dict[str, list[LastShow]]:
    """Return the last show of each artist by city. `shows` the last first; `places`: value by number of a place."""
    found: dict[str, dict[UUID, LastShow]] = {}
    for show in shows:
        last = LastShow(artist_id=show["artist_id"], on=show["on"], title=show["title"])
        for id in set(_named_places(f"{show['title']}. {show['notes']}")) & places.keys():
            found.setdefault(places[id], {}).setdefault(last.artist_id, last)
    return {value: list(of_artists.values()) for value, of_artists in found.items()}


def _named_places(text: str) -> Iterator[int]:
    """Yield the places that words of a text name, written with a capital as names are."""
    words = text.split()
    for first, word in enumerate(words):
        if not word[0].isupper():
            continue
        for count in range(1, _LONGEST_NAME + 1):
            name = " ".join(words[first : first + count]).strip(".,;:!?()-–")
            if len(name) >= _SHORTEST_NAME:
                yield from (place.id for place in gazetteer.list_named(name))
