"""Split a document into passages that each make sense alone. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# E5 reads at most 512 tokens and was trained on passages of about a hundred words. English has about 1.4 tokens
# a word here, so 160 words are some 220 tokens.
WORDS = 160
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$|^==+\s*(.+?)\s*==+$")
_UNDERLINE = re.compile(r"^([=\-~^\"'*+#])\1{2,}$")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n")


@dataclass(frozen=True, slots=True)
class _TextBlock:
    heading: str
    text: str


def chunk_document(title: str, body: str, *, words: int = WORDS) -> list[str]:
    """Return passages of at most `words` words, in order, each led by its heading when the document has headings.

    Paragraphs stay whole where they fit; a longer one is cut between sentences, a longer sentence between words.
    Never crosses a heading. An empty body gives no passages.
    """
    chunks: list[str] = []
    for heading, pieces in _group(_blocks(body), words):
        lead = heading if heading and heading != title else ""
        text = "\n\n".join(pieces)
        chunks.append(f"{lead}\n{text}" if lead else text)
    return chunks


def _blocks(body: str) -> Iterator[_TextBlock]:
    """Yield paragraphs with the heading that they stand under (Markdown, reStructuredText or wiki)."""
    heading = ""
    lines: list[str] = []
    source = body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").split("\n")
    for line in source:
        stripped = line.strip()
        found = _HEADING.match(stripped)
        underlined = bool(_UNDERLINE.match(stripped)) and len(lines) == 1 and len(lines[0]) <= len(stripped) + 2
        if found or underlined or not stripped:
            title = lines.pop() if underlined else ""
            if lines:
                yield _TextBlock(heading, "\n".join(lines))
            lines = []
            heading = (found.group(2) or found.group(3)) if found else (title or heading)
        elif not _UNDERLINE.match(stripped):
            lines.append(stripped)
    if lines:
        yield _TextBlock(heading, "\n".join(lines))


def _group(blocks: Iterator[_TextBlock], words: int) -> Iterator[tuple[str, list[str]]]:
    heading, pending, size = "", list[str](), 0
    for block in blocks:
        for piece in _pieces(block.text, words):
            length = len(piece.split())
            if pending and (block.heading != heading or size + length > words):
                yield heading, pending
                pending, size = [], 0
            heading = block.heading
            pending.append(piece)
            size += length
    if pending:
        yield heading, pending


def _pieces(paragraph: str, words: int) -> Iterator[str]:
    """Yield the paragraph, cut between sentences (else between words) into pieces of at most `words` words."""
    if len(paragraph.split()) <= words:
        yield paragraph
        return
    pending: list[str] = []
    for sentence in _SENTENCE.split(paragraph):
        rest = sentence.split()
        while rest:
            if pending and len(pending) + len(rest) > words:
                yield " ".join(pending)
                pending = []
            pending += rest[:words]
            rest = rest[words:]
    if pending:
        yield " ".join(pending)
