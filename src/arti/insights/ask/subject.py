"""Whom a question is about: the artist that is answered for, and the names in it that are not answered for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from arti.insights.ask import store
from arti.insights.ask.question_parser import ParsedQuestion, names_in, understand, without_names
from arti.insights.schemas import NewQuestion
from arti.metrics.sources.known import list_metrics, list_providers
from arti.vocabulary import is_own
from arti_core import clock
from arti_core.database import Connection, Row
from arti_core.errors import NotFound

NO_ARTIST: Final = "Name one of your artists in the question, or select one."
# Words after which a name stands that the question is about.
_BEFORE_NAMES: Final = re.compile(r"did|do(es)?|ha(s|ve|d)|is|are|was|were|of|for|by|and|or|than|versus|vs|artist")
_NO_NAMES: Final = re.compile(
    r"i|january|february|march|april|may|june|july|august|september|october|november|december|(mon|tues|wednes|thurs|fri"
    r"|satur|sun|yester)day|today|spotify|instagram|youtube|soundcloud"
)
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Subject:
    """The artist of an answer; None: none was named. `note` says what of the question is not answered."""

    artist: Row | None
    note: str = ""


async def with_own_names(
    connection: Connection, org_id: UUID, question: str, parsed_question: ParsedQuestion
) -> ParsedQuestion:
    """Return the question with the org's own metric and source where it names one; their names come first."""
    metrics = {slug: m.name for slug, m in (await list_metrics(connection, org_id)).items() if is_own(slug)}
    sources = {slug: p.name for slug, p in (await list_providers(connection, org_id)).items() if is_own(slug)}
    named, by_source = names_in(question, list(metrics.values())), names_in(question, list(sources.values()))
    if named:
        parsed_question = replace(parsed_question, metrics=(list(metrics)[named[0]],))
    if by_source:
        parsed_question = replace(parsed_question, provider=list(sources)[by_source[0]])
    return parsed_question


async def find_subject(
    connection: Connection, org_id: UUID, request: NewQuestion, *, is_about_numbers: bool
) -> Subject:
    """Return the artist that was selected, else the one named in the question, else the only one of the org.

    A name that the caller may not see is as unknown as one that nobody has.
    """
    artists = await store.list_artists(connection, org_id)
    named = [artists[index] for index in names_in(request.question, [row["name"] for row in artists])]
    if request.artist_id is not None:
        artist = next((row for row in artists if row["id"] == request.artist_id), None)
        if artist is None:
            raise NotFound("artist")
    else:
        artist = named[0] if named else artists[0] if len(artists) == 1 else None
    if not is_about_numbers:
        return Subject(artist)
    others = [row["name"] for row in named if artist is None or row["name"].lower() not in artist["name"].lower()]
    unknown = await _find_unknown(connection, org_id, request.question, artist, [row["name"] for row in artists])
    missing = f"ARTi knows no artist or work “{unknown}” that you may see." if unknown else ""
    if artist is None:
        return Subject(None, missing)
    if unknown and not named and request.artist_id is None:
        return Subject(None, missing)  # it is about somebody else, not about the only artist
    if unknown:
        return Subject(artist, f"{missing} This answer is about {artist['name']}.")
    if others:
        return Subject(artist, f"This answer is about {artist['name']}. Ask about {others[0]} in another question.")
    return Subject(artist)


async def _find_unknown(
    connection: Connection, org_id: UUID, question: str, artist: Row | None, known: Sequence[str]
) -> str | None:
    own = [m.name for m in (await list_metrics(connection, org_id)).values()]
    own += [p.name for p in (await list_providers(connection, org_id)).values()]
    found = find_unknown_name(question, [*known, *own])
    if found is None or artist is None:
        return found
    titles = [row["title"] for row in await store.list_assets(connection, org_id, artist["id"])]
    return find_unknown_name(question, [*known, *own, *titles])


def find_unknown_name(question: str, known: Sequence[str]) -> str | None:
    """Return the first name in the question that is none of `known`: words in capitals where a name stands."""
    words = without_names(question, sorted(known, key=len, reverse=True)).replace("’", "'").split()
    for index, word in enumerate(words):
        before = words[index - 1].strip(",.").lower() if index else ""
        run: list[str] = []
        for part in words[index:]:
            if not (part[:1].isupper() or (run and (part[:1].isdigit() or part == "&"))):
                break
            run.append(part)
            if part != part.rstrip(",.?!;:") or part.endswith("'s"):
                break
        name = " ".join(run).rstrip(",.?!;: ")
        is_owner = name.endswith("'s")
        name = re.sub(r"'s?$", "", name)
        if not name or _NO_NAMES.fullmatch(name.lower()) or understand(name, today=clock.today()).metrics:
            continue
        if is_owner or (_BEFORE_NAMES.fullmatch(before) and word[:1].isupper()):
            return name[:_LONGEST_NAME]
    return None
