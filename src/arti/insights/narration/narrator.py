"""Choose the clauses of an insight: by a model if one is configured and may be paid for, else as the template does.

The model sees sentences of the English catalogue whose slots are empty: no number, name, title or document. Nothing
that anybody typed reaches it, so nothing can instruct it; and it answers with keys of the offer, so it cannot write.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
import structlog
from pydantic import BaseModel, ConfigDict

from arti.insights.knowledge.openai_client import model_client
from arti.insights.narration.offers import Narration, Offer
from arti.language.catalogue import load_catalogue
from arti.settings import Settings

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam

PROMPT_VERSION: Final = "clauses-1"
TEMPLATES: Final = "templates"
MAX_ANSWER_TOKENS: Final = 300
_SCHEMA_BYTES: Final = 1000

_RULES: Final = """You choose how one finding about a music artist is told to people who manage the artist.
You get titles and clauses, each with a key. {words in braces} are filled in later.
Answer with the key of one title, and with the keys of clauses in the order in which they read best.
Take every clause that is not optional, each one once. Write nothing else."""

log = structlog.get_logger()


class ClauseChoice(BaseModel):
    """A model's answer."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: str
    clauses: list[str]


_RESPONSE_FORMAT: Final[Any] = {
    "type": "json_schema",
    "json_schema": {"name": "ClauseChoice", "strict": True, "schema": ClauseChoice.model_json_schema()},
}


def read_choice(choice: ClauseChoice, offer: Offer) -> Narration | None:
    """Return a model's choice if it keeps to the offer: one title, each needed clause once, the source last."""
    body = tuple(choice.clauses)
    needed = set(offer.body) - offer.optional
    if choice.title not in offer.titles or len(set(body)) != len(body):
        return None
    if not needed <= set(body) <= set(offer.body) or body[0] != offer.body[0] or body[-1] != offer.body[-1]:
        return None
    return Narration(choice.title, body)


def describe_offer(offer: Offer) -> dict[str, Any]:
    """Return what a model may know: the sentences, with empty slots."""
    return {
        "titles": [{"key": key, "says": _says(key)} for key in offer.titles],
        "clauses": [{"key": key, "says": _says(key), "optional": key in offer.optional} for key in offer.body],
    }


def is_worth_asking(offer: Offer) -> bool:
    """Return whether an offer leaves anything to choose."""
    return len(offer.titles) > 1 or bool(offer.optional) or len(offer.body) > len(("first", "between", "source"))


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A model's choice, or the kind of failure in our own words, and the tokens of the call.

    `is_counted`: whether the endpoint said what the call took, or refused it; else nobody knows what it cost.
    """

    narration: Narration | None = None
    error: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    is_counted: bool = False


def prompt_size(offer: Offer) -> int:
    """Return how many tokens a prompt has at most: no token is shorter than a byte."""
    return len(orjson.dumps(_messages(offer))) + _SCHEMA_BYTES


async def request_choice(offer: Offer, settings: Settings) -> ModelAnswer:
    """Let the model choose. What does not keep to the offer is an error."""
    from openai import APIStatusError, OpenAIError

    try:
        answer = await model_client(settings).chat.completions.create(
            model=settings.openai_model,
            messages=_messages(offer),
            response_format=_RESPONSE_FORMAT,
            max_completion_tokens=MAX_ANSWER_TOKENS,
        )
    except APIStatusError as error:
        return _failed(f"The endpoint answered with the status {error.status_code}.", is_counted=True)
    except (OpenAIError, ValueError) as error:  # ValueError: not JSON
        kind = "did not answer in time" if "Timeout" in type(error).__name__ else "could not be reached or understood"
        return _failed(f"The endpoint {kind}.")
    usage = answer.usage
    tokens = (usage.prompt_tokens, usage.completion_tokens) if usage else (0, 0)
    try:
        text = answer.choices[0].message.content or ""
        narration = read_choice(ClauseChoice.model_validate_json(text), offer)
    except (IndexError, TypeError, AttributeError, ValueError):
        narration = None
    refused = None if narration else "The model's answer was no choice out of the clauses."
    return ModelAnswer(narration, refused, *tokens, is_counted=usage is not None)


def _failed(error: str, *, is_counted: bool = False) -> ModelAnswer:
    log.warning("model gave no usable answer", error=error)
    return ModelAnswer(error=error, is_counted=is_counted)


def _messages(offer: Offer) -> "list[ChatCompletionMessageParam]":
    return [
        {"role": "system", "content": _RULES},
        {"role": "user", "content": orjson.dumps(describe_offer(offer)).decode()},
    ]


def _says(key: str) -> str:
    """Return a clause in English with empty slots; of several variants the first, since the numbers decide."""
    sentences = load_catalogue("en").sentences
    return next(sentence for name, sentence in sentences.items() if name == key or name.startswith(f"{key}."))
