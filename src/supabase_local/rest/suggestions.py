"""Suggest a similar name for the hint of a "not found" error."""

from collections.abc import Iterable

_MIN_SIMILARITY = 0.33


def find_suggestion(text: str, candidates: Iterable[str]) -> str | None:
    """Return the most similar candidate, or None when none shares a trigram and is similar enough."""
    text = text[:63]
    trigrams = _trigrams(text)
    scored = [
        (_similarity(text.lower(), name.lower()), name)
        for name in sorted(set(candidates))
        if trigrams & _trigrams(name)
    ]
    best = max(scored, default=(0.0, ""), key=lambda pair: pair[0])
    return best[1] if best[0] >= _MIN_SIMILARITY else None


def _trigrams(text: str) -> set[str]:
    padded = f"-{text.lower()}-"
    return {padded[start : start + 3] for start in range(max(1, len(padded) - 2))}


def _similarity(text: str, other: str) -> float:
    """Return 1 less the edit distance over the longer length."""
    previous_row = list(range(len(other) + 1))
    for row, char in enumerate(text, 1):
        current_row = [row]
        for column, other_char in enumerate(other, 1):
            current_row.append(
                min(previous_row[column] + 1, current_row[-1] + 1, previous_row[column - 1] + (char != other_char))
            )
        previous_row = current_row
    return 1 - previous_row[-1] / max(len(text), len(other), 1)
