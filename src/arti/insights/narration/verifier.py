"""Refuse any text that claims more than the stored rows show. Pure, and the same for templates and for models.

A text may contain words and {{slots}} only. Code fills the slots, so a number can neither be invented nor misquoted.
Words that state a direction or a rank are checked against the numbers; causes and negations are refused.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

from arti.insights.computations import Fact

MAX_TITLE: Final = 160
MAX_BODY: Final = 900
SLOT: Final = re.compile(r"\{\{([a-z][a-z0-9_]{0,40})\}\}")

_ALLOWED: Final = re.compile(r"[A-Za-z ,.;:'\"!?()\-–—’“”&\n]*")
_LINK: Final = re.compile(r"https?|www\.|\b[a-z0-9-]+\.(?:[a-z]{2,})\b|//", re.I)
_NUMBER_WORDS: Final = re.compile(
    r"\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|[mbtr]+illion|dozen|half|halve|quarter|third"
    r"|fourth|fifth|sixth|seventh|eighth|ninth|tenth|percent|percentage|pct|percent points|once|twice|thrice|double"
    r"|triple|treble|quadruple|single|both|pair|couple|[a-z]+fold|nil|nought)(?:s|d|ed|ing|th)?\b",
    re.I,
)
_DATES: Final = re.compile(
    r"\b(?:january|february|april|june|july|august|september|october|november|december|jan|feb|apr|jun|jul|aug|sept?|oct"
    r"|nov|dec|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|yesterday|today|tomorrow|tonight|christmas|easter|new year"
    r"|(?:last|this|next|past|previous) (?:day|week|weekend|month|year|quarter|decade)s?|fortnight)\b"
    r"|\b(?:in|since|of|until|during) (?:March|May)\b",
    re.I,
)
# A cause needs an experiment; a negation would turn a checked direction into its opposite.
_CAUSES: Final = re.compile(
    r"\b(?:because|due to|caus\w+|thanks to|owing to|driven by|drove|led to|leads to|leading to|result\w*"
    r"|as a consequence|consequently|therefore|thus|hence|so that|attribut\w+|triggered|sparked|fuel\w+"
    r"|explain\w*|proves?|proven)\b",
    re.I,
)
_NEGATIONS: Final = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|without|neither|nor|cannot|hardly|barely|fail\w*)\b|n['’]t\b", re.I
)
_UP: Final = re.compile(
    r"\b(?:up|upwards?|rise[sn]?|rising|rose|increas\w+|gr[eo]w\w*|gain\w*|climb\w*|jump\w*|surg\w+|spik\w+|soar\w*"
    r"|higher|more|above|accelerat\w+|improv\w+|boost\w*|boom\w*|rocket\w*|leap\w*|better|upswing|reach\w*|pass\w*)\b",
    re.I,
)
_DOWN: Final = re.compile(
    r"\b(?:down|downwards?|fall\w*|fell|drop\w*|decreas\w+|declin\w+|los[et]\w*|loss\w*|shr[iau]nk\w*|lower\w*|less"
    r"|fewer|below|slow\w*|dip\w*|slump\w*|plung\w+|worse\w*|sank|sink\w*|tumbl\w+|crash\w*|weak\w*|downturn)\b",
    re.I,
)
_HIGHEST: Final = re.compile(r"\b(?:record\w*|highest|peak\w*|most|maximum|largest|biggest|best|top|greatest)\b", re.I)
_LOWEST: Final = re.compile(r"\b(?:lowest|worst|least|minimum|smallest)\b", re.I)
_FIRST: Final = re.compile(r"\b(?:first|firstly|ever|all-time|unprecedented|unique|only|always)\b", re.I)


def is_reproduced(recorded: float, computed: float | None) -> bool:
    """Return whether a recomputed number equals the recorded one, up to the last bits of a double."""
    return computed is not None and math.isclose(recorded, computed, rel_tol=1e-9, abs_tol=1e-9)


def is_confirmed(detected: float, computed: float | None) -> bool:
    """Return whether a detector and the database computed the same number, within floating-point error."""
    return computed is not None and math.isclose(detected, computed, rel_tol=1e-6, abs_tol=1e-6)


def find_violations(title: str, body: str, *, facts: Sequence[Fact], words: Mapping[str, str]) -> list[str]:
    """Return why a text must not be shown; empty when it may.

    `facts` are the numbers it may use, `words` the other slots (artist, metric, ...). The violations are worded so that
    a model can act on them.
    """
    violations: list[str] = []
    for name, text, max_length in (("title", title, MAX_TITLE), ("body", body, MAX_BODY)):
        if not text.strip():
            violations.append(f"the {name} is empty")
        if len(text) > max_length:
            violations.append(f"the {name} is longer than {max_length} characters")
        violations += [f"{name}: {fault}" for fault in _violations_in(text, facts=facts, words=words)]
    return violations


def fill_slots(text: str, shown: Mapping[str, str]) -> str:
    """Replace the slots by what they show, in one pass: a slot inside a name stays text."""
    return SLOT.sub(lambda found: shown[found.group(1)], text)


def _violations_in(text: str, *, facts: Sequence[Fact], words: Mapping[str, str]) -> list[str]:
    by_slot = {fact.slot: fact for fact in facts}
    violations = [
        f"there is no slot {{{{{slot}}}}}" for slot in SLOT.findall(text) if slot not in by_slot and slot not in words
    ]
    bare = SLOT.sub(" ", text)
    if not _ALLOWED.fullmatch(bare):
        odd = sorted({sign for sign in bare if not _ALLOWED.fullmatch(sign)})[:5]
        violations.append(f"plain words and slots only, without {' '.join(odd)}")
    for pattern, what in (
        (_LINK, "no links"),
        (_NUMBER_WORDS, "no numbers in words, use slots"),
        (_DATES, "no dates, use slots"),
        (_CAUSES, "no causes, none is known"),
        (_NEGATIONS, "no negations"),
    ):
        if found := pattern.search(bare):
            violations.append(f"{what}: {found.group(0)!r}")
    for sentence in re.split(r"(?<=[.!?;])\s+|\n", text):
        violations += _find_contradictions(sentence, by_slot, facts)
    return violations


def _find_contradictions(sentence: str, by_slot: Mapping[str, Fact], facts: Sequence[Fact]) -> list[str]:
    """Return the direction and rank words of a sentence that contradict its nearest number, or else the main one."""
    places = [
        (found.start(), by_slot[found.group(1)])
        for found in SLOT.finditer(sentence)
        if found.group(1) in by_slot and by_slot[found.group(1)].direction
    ]
    main = next((fact.direction for fact in facts if fact.direction), 0)
    bare = SLOT.sub(lambda found: " " * len(found.group(0)), sentence)
    violations = []
    for pattern, sign in ((_UP, 1), (_DOWN, -1)):
        for found in pattern.finditer(bare):
            nearest = min(places, key=lambda place: abs(place[0] - found.start()), default=None)
            if (nearest[1].direction if nearest else main) != sign:
                violations.append(f"the numbers do not say {found.group(0)!r}")
    ranks = {(fact.computation.window.of, fact.value) for fact in facts}
    extremes = {fact.computation.window.of for fact in facts}
    for pattern, is_shown in (
        (_HIGHEST, ("rank", 1) in ranks or "max" in extremes),
        (_LOWEST, ("rank", _lowest_rank(facts)) in ranks or "min" in extremes),
        (_FIRST, ("days_at_least", 0) in ranks),
    ):
        if not is_shown and (word := pattern.search(bare)):
            violations.append(f"the numbers do not show {word.group(0)!r}")
    return violations


def _lowest_rank(facts: Sequence[Fact]) -> float:
    """Return the rank of the lowest value, which is the number of days ranked; -1 when no fact has it."""
    return next((fact.value for fact in facts if fact.computation.window.of == "count"), -1.0)
