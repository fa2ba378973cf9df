"""The lines of a report between its preview and its commit: a file of blocks, each a compressed list of columns.

A block is four bytes of length, then zlib over JSON: {field of RoyaltyLines: [value, ...]}. Amounts are texts with all
their digits. The last block holds results of rows: [[row, status, reason, {column: cell}], ...].
"""

import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO, Final

import orjson

from arti.metrics.money.lines import RoyaltyLines

_TEXTS: Final = ("external_id", "store", "country", "type", "currency", "title", "isrc", "upc", "artist")
_LENGTH_BYTES: Final = 4


def write_block(target: BinaryIO, content: Any) -> int:
    """Write a block at the end of a file. Returns its length."""
    packed = zlib.compress(orjson.dumps(content), 1)
    target.write(len(packed).to_bytes(_LENGTH_BYTES) + packed)
    return _LENGTH_BYTES + len(packed)


def write_lines(target: BinaryIO, lines: RoyaltyLines) -> int:
    """Write lines as a block. Returns its length."""
    columns: dict[str, Any] = {name: getattr(lines, name) for name in ("row", "month", *_TEXTS)}
    columns["amount"] = list(map(str, lines.amount))
    columns["quantity"] = [None if value is None else str(value) for value in lines.quantity]
    return write_block(target, columns)


def read_block(content: bytes) -> Any:
    """Return what a block, with its length before it, holds."""
    return orjson.loads(zlib.decompress(content[_LENGTH_BYTES:]))


def _read_lines(content: bytes) -> RoyaltyLines:
    columns = read_block(content)
    days = {text: date.fromisoformat(text) for text in set(columns["month"])}
    unknown = [None] * len(columns["row"])
    return RoyaltyLines(
        row=columns["row"],
        month=[days[text] for text in columns["month"]],
        amount=list(map(Decimal, columns["amount"])),
        quantity=[None if text is None else Decimal(text) for text in columns["quantity"]],
        artist_id=[*unknown],
        recording_id=[*unknown],
        release_id=[*unknown],
        **{name: columns[name] for name in _TEXTS},
    )


def iterate_lines(source: BinaryIO, blocks: int) -> Iterator[RoyaltyLines]:
    """Yield the lines of the first blocks of a file on this machine."""
    source.seek(0)
    for _ in range(blocks):
        length = source.read(_LENGTH_BYTES)
        yield _read_lines(length + source.read(int.from_bytes(length)))


def write_results(target: BinaryIO, results: Sequence[Any]) -> int:
    """Write results of rows as the last block. Returns its length."""
    return write_block(target, results)
