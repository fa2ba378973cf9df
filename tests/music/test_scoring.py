"""How sure it is that an asset is a recording: each kind of case that matching must tell apart."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import pytest

from arti.music.matching.scoring import AssetFacts, Match, SongFacts, choose, score_recording, score_release
from arti.music.titles import make_key, parse_title

SONG = UUID(int=1)
OTHER = UUID(int=2)
RELEASED = date(2026, 5, 1)
NAMES = frozenset(map(make_key, ("Moth", "Ines Vale", "Мотылёк", "夜光")))
ISRC = "QZAR22600001"


def asset(
    title: str,
    *,
    artist: str = "Moth",
    kind: str = "track",
    isrc: str | None = None,
    duration: float | None = 180,
    on: date | None = RELEASED,
    version: str | None = None,
    platform_ids: set[tuple[str, str]] | None = None,
) -> AssetFacts:
    parsed = parse_title(title, version, NAMES)
    named = parsed.prefix or artist
    return AssetFacts(
        kind=kind,
        title=parsed,
        artists=frozenset(map(make_key, (named, *parsed.featured))),
        platform_ids=frozenset(platform_ids or set()),
        isrc=isrc,
        duration_ms=round(duration * 1000) if duration else None,
        released_on=on,
    )


def song(
    title: str,
    *,
    artist: str = "Moth",
    isrc: str | None = None,
    duration: float | None = 180,
    on: date | None = RELEASED,
    id: UUID = SONG,
    platform_ids: set[tuple[str, str]] | None = None,
) -> SongFacts:
    return SongFacts(
        id=id,
        title=parse_title(title),
        artists=frozenset({make_key(artist)}),
        platform_ids=frozenset(platform_ids or set()),
        isrcs=frozenset({isrc} if isrc else ()),
        duration_ms=round(duration * 1000) if duration else None,
        released_on=on,
    )


def outcome(match: Match | None) -> str:
    return "none" if match is None else "certain" if match.certain else "doubtful"


@dataclass(frozen=True)
class Case:
    says: str
    asset: AssetFacts
    song: SongFacts
    outcome: str


LATER = date(2026, 11, 6)
CASES = [
    Case("same ISRC, other title", asset("Halo", isrc=ISRC), song("Ореол", isrc=ISRC), "certain"),
    Case("same ISRC, remix", asset("Halo (A.K. Remix)", isrc=ISRC), song("Halo", isrc=ISRC), "doubtful"),
    Case(
        "same title, other ISRC, other length",
        asset("Halo", isrc=ISRC, duration=201),
        song("Halo", isrc="QZAR22600002"),
        "none",
    ),
    Case(
        "same title, other ISRC, same length", asset("Halo", isrc=ISRC), song("Halo", isrc="QZAR22600002"), "doubtful"
    ),
    Case("same title, length and day", asset("HALO"), song("Halo"), "certain"),
    Case("same title and length, on a compilation of a later day", asset("Halo", on=LATER), song("Halo"), "certain"),
    Case("length 3 s apart, another day", asset("Halo", duration=182.9, on=LATER), song("Halo"), "certain"),
    Case("length 5 s apart, same day", asset("Halo", duration=185), song("Halo"), "doubtful"),
    Case("length 40 s apart", asset("Halo", duration=220, on=LATER), song("Halo"), "none"),
    Case("no length, same day", asset("Halo", duration=None), song("Halo"), "certain"),
    Case("no length, no day", asset("Halo", duration=None, on=None), song("Halo"), "doubtful"),
    Case("remix", asset("Halo (A.K. Remix)"), song("Halo"), "none"),
    Case("two remixes", asset("Halo (A.K. Remix)"), song("Halo (Nilo Remix)"), "none"),
    Case("a remix without its remixer", asset("Halo (Remix)"), song("Halo (Nilo Remix)"), "doubtful"),
    Case("live", asset("Halo - Live at Wembley"), song("Halo"), "none"),
    Case("live, said by the provider beside the title", asset("Halo", version="Live"), song("Halo"), "none"),
    Case("sped up", asset("Halo (Sped Up)"), song("Halo"), "none"),
    Case("the same sped up version", asset("Halo - Sped Up"), song("Halo (sped up)"), "certain"),
    Case("instrumental", asset("Halo (Instrumental)"), song("Halo"), "none"),
    Case("acoustic against live", asset("Halo (Acoustic)"), song("Halo (Live)"), "none"),
    Case("remaster", asset("Halo - 2011 Remaster"), song("Halo"), "none"),
    Case("radio edit", asset("Halo (Radio Edit)"), song("Halo"), "none"),
    Case("original mix", asset("Halo (Original Mix)"), song("Halo"), "certain"),
    Case("explicit", asset("Halo (Explicit)"), song("Halo"), "certain"),
    Case("same title by two artists", asset("Halo", artist="Ines Vale"), song("Halo"), "none"),
    Case("featured in brackets", asset("Halo (feat. Ines Vale)"), song("Halo"), "certain"),
    Case("featured without brackets", asset("Halo ft. Ines Vale"), song("Halo"), "certain"),
    Case("a subtitle", asset("Halo (Part One)"), song("Halo"), "doubtful"),
    Case("a slip of the pen", asset("Paper Rivrs"), song("Paper Rivers"), "doubtful"),
    Case("punctuation and accents", asset("D’Été & L'Hiver"), song("D'ete and l’hiver"), "certain"),
    Case("Cyrillic", asset("Мотылёк – Ореол"), song("ОРЕОЛ", artist="Мотылёк"), "certain"),
    Case(
        "Japanese with a dakuten of two characters",
        asset("か\u3099くふ", artist="夜光"),
        song("がくふ", artist="夜光"),
        "certain",
    ),
    Case("two letters that differ by a mark", asset("дои", artist="夜光"), song("дой", artist="夜光"), "none"),
    Case("only punctuation", asset("???"), song("!!!"), "none"),
    Case(
        "the official video, two days later, with an intro",
        asset("Moth – Halo (Official Video)", kind="video", duration=214, on=date(2026, 5, 3)),
        song("Halo"),
        "certain",
    ),
    Case(
        "a video that does not say what it is",
        asset("Moth - Halo", kind="video", duration=214, on=LATER),
        song("Halo"),
        "doubtful",
    ),
    Case(
        "a live video",
        asset("Moth – Halo (Live Session)", kind="video", duration=181, on=LATER),
        song("Halo"),
        "none",
    ),
    Case(
        "a video of another artist's song",
        asset("Ines Vale – Halo (Official Video)", kind="video", duration=181),
        song("Halo"),
        "none",
    ),
    Case(
        "a reel with the song's sound",
        asset("tonight!!", kind="reel", platform_ids={("instagram", "r1"), ("instagram", "s1")}),
        song("Halo", platform_ids={("instagram", "s1")}),
        "certain",
    ),
    Case("a reel whose caption is the title", asset("Halo", kind="reel"), song("Halo"), "none"),
    Case(
        "the same track of the platform, synced for another artist",
        asset("Halo", artist="Ines Vale", platform_ids={("spotify", "t1")}),
        song("Halo", platform_ids={("spotify", "t1")}),
        "certain",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_each_kind_of_case_is_distinguished(case: Case) -> None:
    match = score_recording(case.asset, case.song)
    assert outcome(match) == case.outcome, match
    if match:
        assert match.reasons
        assert 0 <= match.score <= 1
        assert match.by_id == (match.reasons[0].code in ("isrc", "platform_id") and match.certain)


def test_a_song_called_like_a_version_is_no_version() -> None:
    assert not parse_title("Moth - Live", artists=NAMES).kinds
    assert not parse_title("Live Your Life").kinds
    assert parse_title("Ignition (Remix)").kinds == {"remix"}


def test_a_title_is_taken_apart() -> None:
    title = parse_title("Moth - Halo (feat. Ines Vale & Nilo) [Nilo Remix] (Official Video)", artists=NAMES)
    assert (title.song, title.version, title.prefix) == ("Halo", "Nilo Remix", "Moth")
    assert (title.featured, title.remixer, title.official) == (("Ines Vale", "Nilo"), "Nilo", True)
    assert parse_title("(Sittin' On) The Dock of the Bay").song == "(Sittin' On) The Dock of the Bay"
    assert parse_title("Symphony No. 5: II. Andante").song == "Symphony No. 5: II. Andante"


def test_of_two_certain_songs_neither_is_linked() -> None:
    found = [score_recording(asset("Halo"), song("Halo", id=id)) for id in (SONG, OTHER)]
    linked, doubtful = choose([match for match in found if match])
    assert linked is None
    assert {match.song_id for match in doubtful} == {SONG, OTHER}


def test_of_two_certain_songs_the_clearly_better_one_is_linked() -> None:
    known = (song("Halo", id=OTHER, on=LATER), song("Halo"))
    linked, doubtful = choose([match for one in known if (match := score_recording(asset("Halo"), one))])
    assert linked is not None
    assert (linked.song_id, doubtful) == (SONG, [])


def test_a_song_on_which_one_is_a_guest_waits_for_a_person() -> None:
    guest = replace(
        song("Halo", artist="Ines Vale"), artists=frozenset({"ines vale", "moth"}), guests=frozenset({"moth"})
    )
    match = score_recording(asset("Halo"), guest)
    assert outcome(match) == "doubtful"


def test_an_identifier_goes_before_a_title() -> None:
    found = (
        score_recording(asset("Halo", isrc=ISRC), one) for one in (song("Halo", id=OTHER), song("Ореол", isrc=ISRC))
    )
    linked, doubtful = choose([match for match in found if match])
    assert linked is not None
    assert (linked.song_id, doubtful) == (SONG, [])


@pytest.mark.parametrize(
    ("upc", "other", "on", "expected"),
    [
        ("196922000010", "196922000010", LATER, "certain"),
        ("196922000010", "196922000027", RELEASED, "none"),  # a re-release with a UPC of its own
        ("196922000010", None, RELEASED, "certain"),
        (None, None, LATER, "doubtful"),
    ],
)
def test_releases_are_distinguished_by_upc(upc: str | None, other: str | None, on: date, expected: str) -> None:
    album = AssetFacts("album", parse_title("Night Rooms"), frozenset({"moth"}), frozenset(), upc=upc, released_on=on)
    release = SongFacts(SONG, parse_title("Night rooms"), frozenset({"moth"}), upc=other, released_on=RELEASED)
    assert outcome(score_release(album, release)) == expected
