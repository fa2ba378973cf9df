"""Read the words of a question that are neither names, places nor periods. Pure."""

from collections.abc import Sequence
from typing import Final

from arti.insights.ask.reading.language import Language, Token

_MOST_LISTED: Final = 20
# Beside these "money" is what was spent, and not what came in.
_OF_SPENDING: Final = {f"word.{name}" for name in ("cost", "campaign", "budget", "left", "costliest", "cheapest")}


def read_words(
    tokens: Sequence[Token], keys: Sequence[str], language: Language, words: dict[str, str]
) -> tuple[int, list[int]]:
    """Add what the free words mean to `words`; return a number that limits a list, and the places of unread words."""
    limit, at = 0, 0
    unread: list[int] = []
    while at < len(keys):
        found = language.match(keys, at) if keys[at] else None
        if found is not None:
            meaning, length = found
            if meaning != "stop":
                words.setdefault(meaning, " ".join(token.text for token in tokens[at : at + length]))
            at += length
            continue
        number = language.days["numbers"].get((keys[at],), keys[at])
        if number.isdigit() and 0 < int(number) <= _MOST_LISTED and not limit:
            limit = int(number)
        elif keys[at]:
            unread.append(at)
        at += 1
    if limit and "word.most" not in words and "word.least" not in words:
        unread = sorted(
            (
                *unread,
                *(place for place, key in enumerate(keys) if language.days["numbers"].get((key,), key) == str(limit)),
            )
        )
    return limit, unread


def places_of_numbers(keys: Sequence[str], language: Language) -> set[int]:
    """Return where metrics and platforms are named."""
    found = ((at, language.match(keys, at)) for at, key in enumerate(keys) if key)
    named = [(at, hit[1]) for at, hit in found if hit and hit[0].startswith(("metric.", "platform."))]
    return {place for at, length in named for place in range(at, at + length)}


def read_around_names(
    tokens: Sequence[Token], keys: list[str], named: set[int], language: Language, words: dict[str, str]
) -> None:
    """Add what words mean together that have a name or a metric in their middle, as in "the biggest streaming day"."""
    for at in range(len(keys)):
        if not keys[at] or at + 1 not in named:
            continue
        free = [place for place in range(at, len(keys)) if place not in named]
        around = language.match([keys[place] for place in free], 0)
        alone = language.match(keys, at)
        if around and around[0] != "stop" and around[1] > (alone[1] if alone else 1):
            taken = free[: around[1]]
            words.setdefault(around[0], " ".join(tokens[place].text for place in taken))
            for place in taken:
                keys[place] = ""


def against_before(keys: Sequence[str], at: int, language: Language) -> int | None:
    """Return where "compared with" begins just before the words of a period, or among their first; else None."""
    for end in range(at + 2, max(at - 3, 0), -1):
        if any(language.phrases.get((key,)) != "stop" for key in keys[end:at]):
            return None
        for length in range(min(5, end), 0, -1):
            if end - length < at and language.phrases.get(tuple(keys[end - length : end])) == "word.against":
                return end - length
    return None


def join_runs(tokens: Sequence[Token], places: Sequence[int]) -> list[str]:
    """Return the unread words, those side by side together."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return [" ".join(tokens[place].text for place in run)[:60] for run in runs]


def settle_money(words: dict[str, str], *, has_campaign: bool) -> None:
    """Decide whether money that a question names was spent, or came in as royalties: what a platform pays did."""
    is_spent = has_campaign or bool(words.keys() & _OF_SPENDING)
    by_platform = any(name == "word.platform" or name.startswith("platform.") for name in words)
    if "word.paid" in words:
        words.setdefault("word.royalty" if by_platform and not is_spent else "word.cost", words.pop("word.paid"))
    if "word.money" in words and (has_campaign or words.keys() & _OF_SPENDING):
        words.setdefault("word.cost", words.pop("word.money"))
