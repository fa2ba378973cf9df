"""Titles as people and platforms write them, taken apart: the song, its version, its featured artists.

`Moth - Halo (feat. Ines Vale) [Sped Up] (Official Video)` is the song `Halo` in the version `Sped Up`.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# What makes another recording of the same song. Each kind by the words that name it in brackets or after a dash.
VERSION_WORDS: Final[dict[str, str]] = {
    "remix": r"remix(es|ed)?|rmx|re-?mix|bootleg|mash-?up|flip|vip( mix)?|rework(ed)?|club mix|dub mix|(?:\w+ )?mix",
    "live": r"live|unplugged|in concert|en vivo|ao vivo|session|sessions|en directo",
    "acoustic": r"acoustic|akustik|acústic[oa]|stripped|piano version|orchestral|strings? version",
    "sped up": r"sped[ -]?up|speed[ -]?up|nightcore|fast(er)? version",
    "slowed": r"slowed|slow(er)? version|slowed ?(?:\+|&|and|x) ?reverb|chopped (?:and|&) screwed|daycore",
    "instrumental": r"inst(?:rumental)?|karaoke|backing track|beat only|no vocals",
    "a cappella": r"a ?cappell?a|acapp?ella|vocals only",
    "demo": r"demo|rough mix|work in progress|early version|alternate take|outtake",
    "edit": r"edit|short version|radio (?:edit|version|mix)|tiktok version|single version|cut",
    "extended": r"extended|12[\"”″]? ?(?:mix|version)|long version",
    "remaster": r"re-?master(?:ed)?|anniversary (?:edition|version|mix)",
    "rerecorded": r"re-?recorded|taylor['’]s version|new version|\d{4} version|version \d{4}",
    "cover": r"cover|tribute",
    "clean": r"clean|censored",
    "language": r"(?:english|spanish|french|german|italian|portuguese|japanese|korean|chinese) (?:version|ver)",
    "8d": r"8d(?: audio)?|3d audio|spatial",
    "reprise": r"reprise",
}
_KINDS: Final = {kind: re.compile(rf"\b(?:{words})(?!\w)") for kind, words in VERSION_WORDS.items()}
# The recording itself, said in other words.
_PLAIN: Final = re.compile(
    r"original (?:mix|version)|album (?:version|mix)|main version|explicit(?: version)?|mono|stereo"
)
# What a video, a file or a platform is called: nothing that is heard.
_PACKAGING_WORDS: Final = """
the official oficial officiel offizielle offizieller offizielles hd hq uhd 4k 1080p 720p lyric lyrics music audio video
vídeo vidéo clip clipe videoclip musikvideo visualizer visualiser visual performance dance practice m v mv premiere
teaser trailer out now new full version animated short shorts film con letra with free download explicit
"""
_PACKAGING: Final = frozenset(_PACKAGING_WORDS.split())
_OFFICIAL: Final = re.compile(r"\b(?:official|oficial|officiel|offizielle)")
_FEATURED: Final = re.compile(r"\b(?:feat|ft|featuring|with|w/|con)\b\.?\s+(.+)", re.IGNORECASE)
_FEATURED_INLINE: Final = re.compile(r"\s+(?:feat|ft|featuring)\b\.?\s+(.+)$", re.IGNORECASE)
_BRACKETS: Final = re.compile(r"[(\[{（【「『]([^()\[\]{}（）【】「」『』]*)[)\]}）】」』]")
_DASH: Final = re.compile(r"\s+[-–—|~]\s+|\s*[–—]\s*|:\s+")
_AT_END: Final = re.compile(
    r"\s(sped up|slowed(?: (?:\+|&|and) reverb)?|instrumental|acoustic(?: version)?|remix|nightcore|"
    r"karaoke(?: version)?|live (?:at|from|in|on) .+)$",
    re.IGNORECASE,
)
_SOURCE: Final = re.compile(r"(?:from|aus|del?) [\"“”'‘«].+", re.IGNORECASE)
_MARK: Final = 0xE000  # private use: stands for a subtitle while the rest is taken apart
_QUOTES: Final = '"“”„«»'
_NAMES: Final = re.compile(r"\s*(?:,|&|\+|\band\b|\bx\b|\by\b)\s*", re.IGNORECASE)
_REMIXER: Final = re.compile(
    r"(?!(?:radio|club|extended|single|album|tiktok|original|dub|short|video|vip)\b)"
    r"(.+?)['’]?s?\s+(?:remix|rmx|bootleg|flip|rework|club mix|vip mix|dub mix|edit|mix)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Title:
    """`key` and `version_key` are for comparison only. `prefix` is what stands before a dash: perhaps the artist."""

    song: str
    key: str
    version: str | None = None
    version_key: str = ""
    kinds: frozenset[str] = frozenset()
    featured: tuple[str, ...] = ()
    remixer: str | None = None
    prefix: str | None = None
    aside: str = ""  # other words in brackets, as `key`: a second title, a subtitle
    official: bool = False  # says of itself that it is the official video or audio


def parse_title(text: str, version: str | None = None, artists: frozenset[str] = frozenset()) -> Title:
    """Take a title apart. `version`: what the provider says beside the title; `artists`: keys of the artist's names."""
    rest = unicodedata.normalize("NFKC", text).strip()
    featured: list[str] = []
    versions: list[str] = [version] if version and _kinds(version) else []
    asides: list[str] = []
    packaging: list[str] = []
    subtitles: list[str] = []

    def take(part: str) -> None:
        """Sort one part in brackets or after a dash."""
        part = part.strip(" -–—|·")
        lowered = part.casefold()
        if not part or _PLAIN.fullmatch(lowered):
            return
        if _is_packaging(lowered):
            packaging.append(lowered)
        elif (named := _FEATURED.fullmatch(part)) is not None:
            featured.extend(split_names(named[1], artists))
        elif _kinds(part):
            versions.append(part)
        else:
            asides.append(part)

    def replace(bracket: re.Match[str]) -> str:
        """Take out what is no part of the title; a subtitle leaves a mark in its place, and returns at the end."""
        before = len(asides)
        take(bracket[1])
        if len(asides) == before:
            return " "
        subtitles.append(bracket[0])
        return f" {chr(_MARK + len(subtitles))} "

    if not _BRACKETS.fullmatch(rest):
        rest = " ".join(_BRACKETS.sub(replace, rest).split())
    song = rest
    # After the artist's name stands the title, whatever it says: a song may be called Live.
    while (
        (tail := _last_dash(song)) is not None
        and _is_extra(song[tail.end() :])
        and make_key(song[: tail.start()]) not in artists
    ):
        take(song[tail.end() :])
        song = song[: tail.start()].strip()
    prefix = None
    dash = _DASH.search(song)
    if dash and any(make_key(name) in artists for name in (song[: dash.start()], *_artist_names(song[: dash.start()]))):
        prefix, song = song[: dash.start()].strip(), song[dash.end() :].strip()
    if (ending := _AT_END.search(song)) is not None and song[: ending.start()].strip():
        versions.append(ending[1])
        song = song[: ending.start()]
    if (named := _FEATURED_INLINE.search(song)) is not None and song[: named.start()].strip():
        featured.extend(split_names(named[1], artists))
        song = song[: named.start()]
    if prefix and (named := _FEATURED_INLINE.search(prefix)) is not None:
        featured.extend(split_names(named[1], artists))
        prefix = prefix[: named.start()].strip()
    bare = "".join(char for char in song if not _MARK < ord(char) <= _MARK + len(subtitles)).strip()
    for index, subtitle in enumerate(subtitles, start=1):
        song = song.replace(chr(_MARK + index), subtitle)
    if not bare:
        song, bare, asides = text.strip(), text, []
    song = " ".join(song.split())
    if song[:1] in _QUOTES and song[-1:] in _QUOTES and len(song) > 2:
        song = song[1:-1]
    said = " ".join(dict.fromkeys(versions)) or None
    remixer = next((match[1].strip() for part in versions if (match := _REMIXER.fullmatch(part.strip()))), None)
    return Title(
        song=song,
        key=make_key(bare) or bare.casefold().strip(),
        version=said,
        version_key=make_key(said or ""),
        kinds=_kinds(said or ""),
        featured=tuple(dict.fromkeys(featured)),
        remixer=remixer,
        prefix=prefix,
        aside=make_key(" ".join(asides)),
        official=any(_OFFICIAL.search(part) for part in packaging),
    )


def make_key(text: str) -> str:
    """Return a text as it is compared: without case, punctuation, and the accents of Latin letters.

    Letters of other scripts stay whole: a mark there makes another letter.
    """
    plain: list[str] = []
    for char in unicodedata.normalize("NFKD", text.casefold().replace("&", " and ").replace("ß", "ss")):
        if unicodedata.combining(char) and plain and "a" <= plain[-1] <= "z":
            continue
        plain.append(char)
    composed = unicodedata.normalize("NFC", "".join(plain)).replace("’", "").replace("'", "")
    kept = "".join(c if c.isalnum() or unicodedata.category(c).startswith("M") else " " for c in composed)
    return " ".join(kept.split())


def _kinds(text: str) -> frozenset[str]:
    lowered = text.casefold()
    if _PLAIN.fullmatch(lowered.strip()):
        return frozenset()
    kinds = {kind for kind, words in _KINDS.items() if words.search(lowered)}
    return frozenset(kinds - {"edit"} if "extended" in kinds else kinds)


def _last_dash(text: str) -> re.Match[str] | None:
    *_, last = (None, *_DASH.finditer(text))
    return last if last and text[: last.start()].strip() and text[last.end() :].strip() else None


def _is_extra(part: str) -> bool:
    """Return whether what stands after a dash says something about the title before it."""
    lowered = part.casefold().strip()
    if _PLAIN.fullmatch(lowered) or _is_packaging(lowered) or _kinds(part):
        return True
    return bool(_SOURCE.match(part.strip()) or _FEATURED.fullmatch(part.strip()))


def _is_packaging(lowered: str) -> bool:
    words = re.findall(r"#?\w+", lowered)
    if words and words[0] in ("prod", "produced"):
        return True
    return bool(words) and all(word in _PACKAGING or word[0] == "#" or re.fullmatch(r"\d{4}", word) for word in words)


def split_names(text: str, known: frozenset[str] = frozenset()) -> list[str]:
    """Return the names of a text that may name several: "Moth & Ines Vale"; one that is `known` as a whole stays."""
    if make_key(text) in known:
        return [text.strip(" .")]
    return [name.strip(" .") for name in _NAMES.split(text) if name.strip(" .")]


def _artist_names(text: str) -> list[str]:
    named = _FEATURED_INLINE.search(text)
    return split_names(text[: named.start()] if named else text)
