"""The one client of an OpenAI-compatible endpoint; the narrator and the knowledge base alone use it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from numpy.typing import NDArray

from arti.counters import MODEL_CALLS, MODEL_TOKENS
from arti.settings import Settings
from arti_core.errors import Unavailable

if TYPE_CHECKING:
    from openai import AsyncOpenAI

TIMEOUT_SECONDS = 20.0
_BATCH = 64


def has_model(settings: Settings) -> bool:
    """Return whether the operator configured an endpoint."""
    return bool(settings.openai_base_url or settings.openai_api_key.get_secret_value())


@lru_cache(maxsize=4)
def _client(base_url: str, api_key: str) -> "AsyncOpenAI":
    # Imported late: it costs most of a second and 40 MB, and installations without a model do not need it.
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    return AsyncOpenAI(
        base_url=base_url or None,
        api_key=api_key or "none",  # local servers want none, the client wants one
        max_retries=1,
        timeout=TIMEOUT_SECONDS,
        http_client=DefaultAsyncHttpxClient(
            follow_redirects=False, timeout=TIMEOUT_SECONDS, event_hooks={"response": [_count_usage]}
        ),
    )


async def _count_usage(response: Any) -> None:
    """Count a call and the tokens that its answer bills, whatever the answer is used for."""
    sent = _read_object(await response.request.aread())
    model = str(sent.get("model", ""))[:80]
    MODEL_CALLS.labels(model, response.status_code).inc()
    usage = _read_object(await response.aread()).get("usage")
    for kind in ("prompt", "completion"):
        tokens = usage.get(f"{kind}_tokens") if isinstance(usage, dict) else None
        if isinstance(tokens, int):
            MODEL_TOKENS.labels(model, kind).inc(max(0, tokens))


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def model_client(settings: Settings) -> "AsyncOpenAI":
    """Return the client of the configured endpoint. It goes to that host only: redirects are not followed."""
    return _client(settings.openai_base_url, settings.openai_api_key.get_secret_value())


async def embed_remotely(texts: Sequence[str], *, dimensions: int, settings: Settings) -> NDArray[np.float32]:
    """Return one row a text. Raises Unavailable."""
    from openai import OpenAIError

    rows: list[list[float]] = []
    try:
        for start in range(0, len(texts), _BATCH):
            answer = await model_client(settings).embeddings.create(
                model=settings.openai_embedding_model,
                input=list(texts[start : start + _BATCH]),
                dimensions=dimensions,
                encoding_format="float",
            )
            rows += [item.embedding for item in sorted(answer.data, key=lambda item: item.index)]
    except OpenAIError as error:
        raise Unavailable(f"The embedding model does not answer ({type(error).__name__}).") from error
    if len(rows) != len(texts) or len({len(row) for row in rows}) > 1:
        raise Unavailable("The embedding model returned the wrong number of vectors.")
    return np.asarray(rows, np.float32)
