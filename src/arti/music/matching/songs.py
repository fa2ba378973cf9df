"""What the rows of the database say of assets and songs, as the facts that are compared."""

from dataclasses import dataclass
from uuid import UUID

from arti.music.matching.roster import Roster, credit_keys, list_credits
from arti.music.matching.scoring import AssetFacts, SongFacts
from arti.music.recordings.store import Credited
from arti.music.titles import Title, make_key, parse_title
from arti_core.database import Row


@dataclass(frozen=True, slots=True)
class MatchableAsset:
    """One asset of a platform that is to be matched."""

    id: UUID
    artist_id: UUID
    provider: str
    kind: str
    external_id: str
    title: Title
    credits: list[Credited]
    facts: AssetFacts
    row: Row


def read_asset(row: Row, roster: Roster) -> MatchableAsset:
    """Return an asset with its title taken apart and its credits found on the roster."""
    details = row["details"]
    title = parse_title(row["title"], row["version"], roster.known)
    credits = list_credits(roster, row["artist_id"], row["provider"], row["credits"], title)
    bare = not (row["isrc"] or row["duration_ms"] or row["released_on"])
    sound = str(details.get("sound_id") or "")
    platform_ids = {(row["provider"], id) for id in (row["external_id"], sound) if id}
    return MatchableAsset(
        id=row["id"],
        artist_id=row["artist_id"],
        provider=row["provider"],
        kind=row["kind"],
        external_id=row["external_id"],
        title=title,
        credits=credits,
        facts=AssetFacts(
            kind=row["kind"],
            title=title,
            artists=credit_keys(roster, [credit for credit in credits if credit.role != "producer"]),
            platform_ids=frozenset(platform_ids),
            isrc=row["isrc"],
            upc=row["upc"],
            duration_ms=row["duration_ms"],
            released_on=row["released_on"],
            by_title=row["provider"] if bare and "|" in row["external_id"] else None,
        ),
        row=row,
    )


def read_recording(row: Row) -> SongFacts:
    """Return a stored recording. Its title is stored taken apart already."""
    title = parse_title(row["title"], row["version_title"])
    if row["version_title"] and not title.version:  # words that name no kind of version we know
        title = parse_title(f"{row['title']} ({row['version_title']})")
    return SongFacts(
        id=row["id"],
        title=title,
        artists=frozenset(map(make_key, row["artists"])) - {""},
        platform_ids=_read_ids(row["platform_ids"]),
        isrcs=frozenset(filter(None, (row["isrc"], *row["isrcs"]))),
        duration_ms=row["duration_ms"],
        released_on=row["released_on"],
        guests=frozenset(map(make_key, row["guests"])),
    )


def read_release(row: Row) -> SongFacts:
    """Return a stored release."""
    return SongFacts(
        id=row["id"],
        title=parse_title(row["title"]),
        artists=frozenset(map(make_key, row["artists"])) - {""},
        platform_ids=_read_ids(row["platform_ids"]),
        upc=row["upc"],
        released_on=row["released_on"],
    )


def _read_ids(ids: list[str]) -> frozenset[tuple[str, str]]:
    return frozenset((provider, id) for provider, _, id in (text.partition(" ") for text in ids))
