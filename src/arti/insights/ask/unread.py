"""Words of a question that nothing explains: refuse it for them, or say which of two names is unknown."""

import re
from dataclasses import replace
from typing import Final

from arti.insights.ask.answers.quotations import clean_quotation
from arti.insights.ask.context import QuestionContext
from arti.insights.ask.phrasing import Refused
from arti.insights.ask.reading.language import tokenize
from arti.insights.ask.reading.question_parser import ParsedQuestion
from arti.language.pieces import clean_name

_JOINS: Final = "and|or|und|oder|y|o|u|et|ou|e|vs|versus|than|als|que|,|&"


def check_unread(context: QuestionContext) -> str:
    """Raise Refused if words were not understood; return a note where an unknown name stands beside a known one."""
    parsed, phrasing = context.parsed, context.phrasing
    if context.parsed.has("campaign", "cost", "budget", "costliest", "cheapest") and context.names.find_by_words(
        "campaign", parsed.unread_keys
    ):
        return ""
    works = [hit for hit in parsed.names if hit.kind == "work"]
    of_others = [hit.words for hit in works if not any(s.title == k.name for s in context.subjects for k in hit.known)]
    if of_others:
        raise Refused(phrasing.say("unknown_name", name=clean_name(of_others[0])))
    if not parsed.unread:
        return ""
    unknown = [
        words for words in parsed.unread if all(word[:1].isupper() or word[:1].isdigit() for word in words.split())
    ]
    if len(unknown) < len(parsed.unread):
        quoted = [phrasing.quote(clean_quotation(words)) for words in parsed.unread if words not in unknown]
        raise Refused(phrasing.say("unread", words=phrasing.join(quoted)))
    missing = phrasing.say("unknown_name", name=clean_quotation(clean_name(unknown[0])))
    beside = [
        hit for hit in parsed.names if hit.kind == "artist" and _is_beside(context.question, hit.words, unknown[0])
    ]
    if beside and len(unknown) == 1:
        return f"{missing} {phrasing.say('about', artist=context.whom)}"
    raise Refused(missing)


def with_places(parsed: ParsedQuestion) -> ParsedQuestion:
    """Return a question whose places are words that a document must have."""
    keys = tuple(token.key for place in parsed.places for token in tokenize(place.words))
    return replace(parsed, unread_keys=(*parsed.unread_keys, *keys), content_keys=(*parsed.content_keys, *keys))


def _is_beside(question: str, known: str, unknown: str) -> bool:
    one, other = re.escape(known), r"\W+".join(re.escape(token.text) for token in tokenize(unknown))
    return any(
        re.search(rf"{first}\s*(?:{_JOINS})\s*{second}", question, re.IGNORECASE)
        for first, second in ((one, other), (other, one))
    )
