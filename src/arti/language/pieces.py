"""A text as pieces, which each surface escapes in its own way. Pure.

Words come from a catalogue, numbers from stored rows. Names are data: whatever stands in one, it is shown as it is and
never becomes a link, a mention or markup.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

from arti.vocabulary import PLATFORM_NAMES

PieceKind = Literal["words", "number", "name"]
_MAX_NAME_CHARACTERS: Final = 80
# What programs of mail and chat make a link or a mention of, without being told to: a.b, a://b, a@b, @a, #a.
_LINKED: Final = re.compile(r"(?<=\w)\.(?=\w)|:(?=//)|/(?=/)|[@#](?=\w)")
_JOINER: Final = "\u2060"  # no width; ends what looks like an address
_PLAIN: Final = str.maketrans(dict.fromkeys("“”„«»", '"') | dict.fromkeys("\u00a0\u202f", " "))
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:@&])")


@dataclass(frozen=True, slots=True)
class Piece:
    """`slot`: of a number, whose evidence it is."""

    text: str
    kind: PieceKind = "words"
    slot: str = ""


Pieces = Sequence[Piece]


def clean_name(name: str) -> str:
    """Return a name as one line of bounded length, without control characters."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    return line if len(line) <= _MAX_NAME_CHARACTERS else line[: _MAX_NAME_CHARACTERS - 1].rstrip() + "…"


def platform_name(slug: str, name: str | None = None) -> str:
    """Return the name of a platform, or `name`, that of an own source."""
    return PLATFORM_NAMES.get(slug) or clean_name(name or slug)


def name_piece(name: str) -> Piece:
    return Piece(clean_name(name), "name")


def words(text: str) -> Pieces:
    return (Piece(text),)


def join_pieces(parts: Iterable[Pieces], between: str) -> Pieces:
    joined: list[Piece] = []
    for part in parts:
        if joined and part:
            joined.append(Piece(between))
        joined += part
    return joined


def as_plain(pieces: Pieces) -> str:
    """Return the text for a page or a program that treats it as text."""
    return "".join(piece.text for piece in pieces)


def as_mail_text(pieces: Pieces) -> str:
    """Return the text for programs that look for addresses in text: mail, SMS, notifications."""
    return "".join(_unlink(piece) for piece in pieces)


def as_sms(pieces: Pieces) -> str:
    """Return the text of an SMS, where a sign outside of its alphabet would make it twice as long.

    So an address in a name gets spaces, and quotation marks and spaces are plain ones.
    """
    return "".join(
        _LINKED.sub(lambda found: f"{found[0]} ", piece.text) if piece.kind == "name" else piece.text
        for piece in pieces
    ).translate(_PLAIN)


def as_html(pieces: Pieces) -> str:
    return "".join(escape(_unlink(piece)) for piece in pieces)


def as_slack(pieces: Pieces) -> str:
    """Return Slack's mrkdwn: in a name no sign has a meaning."""
    return "".join(
        "".join(f"{_JOINER}{sign}" if sign in "*_~`" else sign for sign in _mrkdwn(_unlink(piece)))
        if piece.kind == "name"
        else _mrkdwn(piece.text)
        for piece in pieces
    )


def as_markdown(pieces: Pieces) -> str:
    return "".join(_MARKDOWN.sub(r"\\\1", _unlink(piece)) if piece.kind == "name" else piece.text for piece in pieces)


def _unlink(piece: Piece) -> str:
    return _LINKED.sub(lambda found: f"{found[0]}{_JOINER}", piece.text) if piece.kind == "name" else piece.text


def _mrkdwn(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
