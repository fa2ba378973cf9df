"""Find the known name that somebody probably meant."""

from collections.abc import Iterable

_LEAST_LIKENESS = 0.33


def find_suggestion(text: str, known: Iterable[str]) -> str | None:
    """Return the most similar of `known`, or None when none shares a piece of three letters and is alike enough."""
    text = text[:63]
    pieces = _pieces(text)
    alike = [(_likeness(text.lower(), one.lower()), one) for one in sorted(set(known)) if pieces & _pieces(one)]
    best = max(alike, default=(0.0, ""), key=lambda pair: pair[0])
    return best[1] if best[0] >= _LEAST_LIKENESS else None


def _pieces(text: str) -> set[str]:
    framed = f"-{text.lower()}-"
    return {framed[place : place + 3] for place in range(max(1, len(framed) - 2))}


def _likeness(one: str, other: str) -> float:
    """Return 1 less the edit distance over the longer length."""
    before = list(range(len(other) + 1))
    for row, sign in enumerate(one, 1):
        now = [row]
        for column, against in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (sign != against)))
        before = now
    return 1 - before[-1] / max(len(one), len(other), 1)
