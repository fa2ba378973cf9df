"""Rank chunks by the words that they share with a question, and join that with the ranking by meaning. Pure."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

_SATURATION: Final = 1.2  # k1 and b of BM25
_LENGTH: Final = 0.75
_RARE: Final = 0.1  # a word that at most so many of all chunks have tells them apart
_LEXICAL_WEIGHT: Final = 0.4


@dataclass(frozen=True, slots=True)
class WordHit:
    """A word of the question in a chunk: how often it stands there, and in how many chunks at all."""

    chunk_id: UUID
    word: str
    times: int
    chunk_words: int
    chunks_with_word: int


def rank_by_words(hits: Sequence[WordHit], *, chunks: int, average_words: float) -> dict[UUID, float]:
    """Return the BM25 score of each chunk with a word of the question.

    None without a rare word in common: a question in another language shares such words as names and numbers at most.
    """
    scores: defaultdict[UUID, float] = defaultdict(float)
    has_rare = False
    for hit in hits:
        rarity = math.log(1 + (chunks - hit.chunks_with_word + 0.5) / (hit.chunks_with_word + 0.5))
        length = 1 - _LENGTH + _LENGTH * hit.chunk_words / max(average_words, 1)
        scores[hit.chunk_id] += rarity * hit.times * (_SATURATION + 1) / (hit.times + _SATURATION * length)
        has_rare = has_rare or hit.chunks_with_word <= max(2, _RARE * chunks)
    return dict(scores) if has_rare else {}


def join_rankings(
    by_meaning: Mapping[UUID, float], by_words: Mapping[UUID, float], *, weight: float = _LEXICAL_WEIGHT
) -> list[UUID]:
    """Return the chunks by both scores, each brought to between 0 and 1 over the chunks that were found."""
    if not by_words:
        return sorted(by_meaning, key=lambda id: (-by_meaning[id], id))
    meaning, words = _spread(by_meaning), _spread({id: by_words.get(id, 0.0) for id in by_meaning})
    joined = {id: (1 - weight) * meaning[id] + weight * words[id] for id in by_meaning}
    return sorted(joined, key=lambda id: (-joined[id], id))


def _spread(scores: Mapping[UUID, float]) -> dict[UUID, float]:
    low, high = min(scores.values()), max(scores.values())
    return {id: (score - low) / (high - low) if high > low else 0.0 for id, score in scores.items()}
