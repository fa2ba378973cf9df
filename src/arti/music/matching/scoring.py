"""How sure it is that an asset of a platform is a recording, or an album a release: a score with its reasons.

Pure. Identifiers decide: ISRC, UPC, the platform's own id. Without them the title, the artist, the duration and the day
of release are weighed. A version (remix, live, sped up ...) is never the recording it is a version of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Final
from uuid import UUID

from arti.music.titles import Title

CERTAIN: Final = 0.9  # linked without asking
DOUBTFUL: Final = 0.7  # from here a person decides
_ALMOST: Final = 0.85  # the most for a match that something speaks against
_CLEARLY: Final = 0.15  # by so much the best of several certain ones is the best
_SIMILAR: Final = 0.88  # of two titles, for a slip of the pen
_CLIPS: Final = frozenset({"video", "short"})  # with an intro, a part of the song, ...
_UNTITLED: Final = frozenset({"reel", "post", "story"})  # what stands there is a caption, not a title


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for a match, or against it with negative points."""

    code: str
    points: float
    detail: str


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """What a platform says of an asset. `artists`: keys of the names of those who are credited, with their aliases.

    `platform_ids`: its own (provider, external id), and that of the sound it uses. `by_title`: a file of this provider
    names it by nothing but its title.
    """

    kind: str
    title: Title
    artists: frozenset[str]
    platform_ids: frozenset[tuple[str, str]]
    isrc: str | None = None
    upc: str | None = None
    duration_ms: int | None = None
    released_on: date | None = None
    by_title: str | None = None


@dataclass(frozen=True, slots=True)
class SongFacts:
    """What is known of a recording or a release, with the ids of the assets that are linked to it.

    `guests`: those of `artists` who are no main artist.
    """

    id: UUID
    title: Title
    artists: frozenset[str]
    platform_ids: frozenset[tuple[str, str]] = frozenset()
    isrcs: frozenset[str] = frozenset()
    upc: str | None = None
    duration_ms: int | None = None
    released_on: date | None = None
    guests: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """`by_id`: an identifier decided. `score` is at most 1; `weight` is the sum of the points."""

    song_id: UUID
    score: float
    reasons: tuple[Reason, ...]
    by_id: bool = False

    @property
    def weight(self) -> float:
        return sum(reason.points for reason in self.reasons)

    @property
    def certain(self) -> bool:
        return self.score >= CERTAIN


def score_recording(asset: AssetFacts, recording: SongFacts) -> Match | None:
    """Return how sure it is that the asset is this recording, or None if it is not."""
    if shared := asset.platform_ids & recording.platform_ids:
        provider, id = min(shared)
        return Match(recording.id, 1.0, (Reason("platform_id", 1.0, f"{provider} {id}"),), by_id=True)
    other_version = _other_version(asset.title, recording.title)
    if asset.isrc and asset.isrc in recording.isrcs:
        reasons = (Reason("isrc", 1.0, asset.isrc),)
        # Only a person says so far that it is this song, and of another artist: whoever typed it may be wrong.
        if not recording.platform_ids and not asset.artists & recording.artists:
            return Match(
                recording.id, 0.75, (*reasons, Reason("other_artist", -0.25, "Written down for another artist"))
            )
        if other_version is None:
            return Match(recording.id, 1.0, reasons, by_id=True)
        return Match(recording.id, 0.75, (*reasons, Reason("other_version", -0.25, other_version)))
    if asset.kind in _UNTITLED or (other_version is not None and other_version != _UNCLEAR):
        return None
    found = _compare_names(asset, recording)
    if found is None:
        return None
    reasons_list, ceiling = found
    if other_version == _UNCLEAR:
        reasons_list.append(Reason("version_unclear", 0.0, f"{asset.title.version} or {recording.title.version}"))
        ceiling = _ALMOST
    reasons_list += _compare_duration(asset, recording)
    reasons_list += _compare_day(asset.released_on, recording.released_on)
    if asset.kind in _CLIPS and asset.title.official:
        reasons_list.append(Reason("official", 0.1, "Called official in its title"))
    if asset.by_title and any(provider == asset.by_title for provider, _ in recording.platform_ids):
        reasons_list.append(Reason("same_platform", 0.15, f"{asset.by_title} has a song of this title"))
    if asset.isrc and recording.isrcs:
        reasons_list.append(Reason("other_isrc", -0.1, f"{asset.isrc} or {', '.join(sorted(recording.isrcs))}"))
        ceiling = _ALMOST
    return _weigh(recording.id, reasons_list, ceiling)


def score_release(asset: AssetFacts, release: SongFacts) -> Match | None:
    """Return how sure it is that an album of a platform is this release, or None if it is not.

    Two UPCs are two releases, even of the same recordings: a re-release has a UPC of its own.
    """
    if shared := asset.platform_ids & release.platform_ids:
        provider, id = min(shared)
        return Match(release.id, 1.0, (Reason("platform_id", 1.0, f"{provider} {id}"),), by_id=True)
    if asset.upc and release.upc:
        reasons = (Reason("upc", 1.0, asset.upc),)
        return Match(release.id, 1.0, reasons, by_id=True) if asset.upc == release.upc else None
    if _other_version(asset.title, release.title) is not None:
        return None
    found = _compare_names(asset, release)
    if found is None:
        return None
    reasons_list, ceiling = found
    reasons_list += _compare_day(asset.released_on, release.released_on)
    return _weigh(release.id, reasons_list, ceiling)


def choose(matches: Sequence[Match]) -> tuple[Match | None, list[Match]]:
    """Return the match to link, if one is certain and clearly the best, and the doubtful ones.

    Identifiers go before all else.
    """
    likely = [match for match in matches if match.score >= DOUBTFUL]
    ranked = sorted(likely, key=lambda match: (match.score, match.weight), reverse=True)
    certain = [match for match in ranked if match.by_id] or [match for match in ranked if match.certain]
    if certain and all(certain[0].weight - other.weight >= _CLEARLY for other in certain[1:]):
        return certain[0], []
    return None, ranked


_UNCLEAR: Final = "unclear"


def _other_version(one: Title, other: Title) -> str | None:
    """Return what tells two versions apart; None for the same version, "unclear" if the words differ in one kind."""
    if one.kinds != other.kinds:
        return f"{one.version or 'the song itself'} or {other.version or 'the song itself'}"
    if one.version_key == other.version_key:
        return None
    if one.remixer and other.remixer and one.remixer.casefold() != other.remixer.casefold():
        return f"{one.version} or {other.version}"
    return _UNCLEAR


def _compare_names(asset: AssetFacts, song: SongFacts) -> tuple[list[Reason], float] | None:
    """Return the points of title and artist, and the most the match can have; None if they are others."""
    one, other = asset.title, song.title
    if one.key == other.key and one.aside == other.aside:
        reasons, ceiling = [Reason("title", 0.6, other.song)], 1.0
    elif one.key == other.key:
        reasons, ceiling = [Reason("title_in_part", 0.5, f"{one.song} or {other.song}")], _ALMOST
    elif min(len(one.key), len(other.key)) > 4 and SequenceMatcher(None, one.key, other.key).ratio() >= _SIMILAR:
        reasons, ceiling = [Reason("title_similar", 0.45, f"{one.song} or {other.song}")], _ALMOST
    else:
        return None
    shared = asset.artists & song.artists
    if not shared:
        return None
    if shared <= song.guests:  # one's own song may be called like another on which one is a guest
        reasons.append(Reason("guest", 0.05, ", ".join(sorted(shared))))
        return reasons, _ALMOST
    reasons.append(Reason("artist", 0.15, ", ".join(sorted(shared))))
    return reasons, ceiling


def _compare_duration(asset: AssetFacts, recording: SongFacts) -> list[Reason]:
    if asset.duration_ms is None or recording.duration_ms is None:
        return []
    apart = abs(asset.duration_ms - recording.duration_ms) / 1000
    detail = f"{apart:.1f} s apart"
    if apart <= 2:
        return [Reason("duration", 0.2, detail)]
    if apart <= 3:
        return [Reason("duration", 0.15, detail)]
    if asset.kind in _CLIPS:
        return [Reason("other_duration", 0.0 if apart <= 60 else -0.1, detail)]
    return [Reason("other_duration", -0.15 if apart <= 10 else -0.4, detail)]


def _compare_day(one: date | None, other: date | None) -> list[Reason]:
    if one is None or other is None:
        return []
    apart = abs((one - other).days)
    if apart == 0:
        return [Reason("release_day", 0.2, one.isoformat())]
    detail = "1 day apart" if apart == 1 else f"{apart} days apart"
    return [Reason("release_day" if apart <= 7 else "other_day", 0.1 if apart <= 7 else 0.0, detail)]


def _weigh(song_id: UUID, reasons: list[Reason], ceiling: float) -> Match | None:
    score = min(sum(reason.points for reason in reasons), ceiling)
    return Match(song_id, round(score, 3), tuple(reasons)) if score >= DOUBTFUL else None
