"""Choose the clauses of an insight: by a model if one is configured and may be paid for, else as the template does.

The model sees sentences of the English catalogue whose slots are empty: no number, name, title or document. Nothing
that anybody typed reaches it, so nothing can instruct it; and it answers with keys of the offer, so it cannot write.
"""

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


async def request_choice(offer: Offer, settings: Settings) -> Narration | None:
    """Return a model's choice; None without an answer that keeps to the offer."""
    from openai import OpenAIError

    messages: list[ChatCompletionMessageParam] = [
        {"role": "system", "content": _RULES},
        {"role": "user", "content": orjson.dumps(describe_offer(offer)).decode()},
    ]
    try:
        answer = await model_client(settings).chat.completions.parse(
            model=settings.openai_model,
            messages=messages,
            response_format=ClauseChoice,
            max_completion_tokens=MAX_ANSWER_TOKENS,
        )
    except (OpenAIError, ValueError) as error:  # ValueError: not the schema, or not JSON
        log.warning("model gave no usable answer", model=settings.openai_model, error=type(error).__name__)
        return None
    choice = answer.choices[0].message.parsed if answer.choices else None
    narration = read_choice(choice, offer) if choice else None
    if narration is None:
        log.info("model's choice refused", model=settings.openai_model)
    return narration


def _says(key: str) -> str:
    """Return a clause in English with empty slots; of several variants the first, since the numbers decide."""
    sentences = load_catalogue("en").sentences
    return next(sentence for name, sentence in sentences.items() if name == key or name.startswith(f"{key}."))
