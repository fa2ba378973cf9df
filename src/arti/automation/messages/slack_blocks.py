"""Slack's Block Kit, within its documented limits. Pure; every text is escaped.

A message has at most 50 blocks, a header 150 characters, a section 3,000, each of its fields 2,000, a button 75.
"""

from collections.abc import Sequence
from typing import Any, Final

from arti.automation.messages.figures import MessageFigure
from arti.language.pieces import Pieces, as_slack

HEADER_CHARACTERS: Final = 150
SECTION_CHARACTERS: Final = 3000
FIELD_CHARACTERS: Final = 2000
BUTTON_CHARACTERS: Final = 75
MAX_BLOCKS: Final = 50

Block = dict[str, Any]


def header(text: Pieces) -> Block:
    line = cut_escaped(" ".join(as_slack(text).split()), HEADER_CHARACTERS)
    return {"type": "header", "text": {"type": "plain_text", "text": line, "emoji": False}}


def section(text: str) -> Block:
    """`text` is mrkdwn that is escaped already."""
    return {"type": "section", "text": _mrkdwn(text, SECTION_CHARACTERS)}


def context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text, SECTION_CHARACTERS)]}


def figures(shown: Sequence[MessageFigure]) -> list[Block]:
    """Return one section whose fields are the numbers, or nothing without numbers."""
    fields = [
        _mrkdwn(f"{as_slack(one.label)}\n*{as_slack(one.shown)}*\n{as_slack(one.period)}", FIELD_CHARACTERS)
        for one in shown
    ]
    return [{"type": "section", "fields": fields}] if fields else []


def buttons(*named: tuple[Pieces, str]) -> Block:
    """Return buttons that open a page each. The first is the main one."""
    elements = [button(text, url, f"open_{at}") for at, (text, url) in enumerate(named)]
    elements[0]["style"] = "primary"
    return {"type": "actions", "elements": elements}


def button(text: Pieces, url: str, action_id: str) -> Block:
    label = cut_escaped(as_slack(text), BUTTON_CHARACTERS)
    named = {"type": "plain_text", "text": label, "emoji": False}
    return {"type": "button", "action_id": action_id, "text": named, "url": url}


def message(fallback: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """Return what an incoming webhook takes. `fallback`: for notifications and screen readers, escaped already."""
    return {"text": fallback, "unfurl_links": False, "unfurl_media": False, "blocks": list(blocks[:MAX_BLOCKS])}


def cut_escaped(text: str, at_most: int) -> str:
    """Shorten escaped text without cutting an escape in two."""
    if len(text) <= at_most:
        return text
    cut = text[: at_most - 1]
    start = cut.rfind("&", -5)
    return (cut[:start] if start >= 0 and ";" not in cut[start:] else cut) + "…"


def _mrkdwn(text: str, at_most: int) -> dict[str, Any]:
    # `verbatim`: Slack makes no links and mentions of its own out of what a name holds.
    return {"type": "mrkdwn", "text": cut_escaped(text, at_most), "verbatim": True}
