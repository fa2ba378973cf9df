"""Damaged and hostile files: read or refused in words, in bounded time and memory; and what any order of rows gives."""

import gzip
import time
import tracemalloc
from pathlib import Path
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from arti.imports.preview import parse_file, provisional_answers, recognise_file
from arti.imports.readers.archive import unpack
from arti.imports.types import FileRejected, Hints
from tests.factories.imports import make_zip
from tests.factories.workbooks import make_workbook
from tests.imports.independent import Table, read_tables
from tests.imports.test_matrix import ANSWERS, FILES, HAND_MADE, TODAY, values_of

MOST_SECONDS, MOST_BYTES = 3.0, 60_000_000
_WORKBOOK = make_workbook({"Sheet1": [["date", "streams"], ["2026-01-01", 5], ["2026-01-02", 6]]})
_CONTENTS = [*((FILES / name).read_bytes() for name in HAND_MADE), _WORKBOOK]
CITIES = (FILES / "cities.csv").read_bytes()
_PIECES = st.sampled_from(
    [
        *(b'"', b"\x00", b"\r", b"\n", b";", b",", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"\x1f\x8b", b"=1+1"),
        *(b"9" * 400, b"," * 300, b'"' * 99, b"\xe2\x80\xae", b"1e308", b"-", b"sep=", b"%PDF", b"T,M,2026-01-01,"),
        b"Total",
    ]
) | st.binary(max_size=12)
_EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), _PIECES), min_size=1, max_size=6)


def damage(content: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    for where, cut, piece in edits:
        at = int(where * len(content))
        content = content[:at] + piece + content[at + cut :]
    return content


def read(name: str, content: bytes) -> None:
    """Read an upload to its end. Each row has a result, and a refusal says what to do."""
    refusals = []
    try:
        members = unpack(name, content)
    except FileRejected as error:
        members = []
        refusals.append(str(error))
    for member in members:
        try:
            if member.refusal:
                raise FileRejected(member.refusal)
            recognised = recognise_file(member.content, Hints(member.name, TODAY))
            parsed = parse_file(recognised, provisional_answers(recognised.questions), Hints(member.name, TODAY))
        except FileRejected as error:
            refusals.append(str(error))
            continue
        assert {result.row for result in parsed.row_results} == set(range(1, len(recognised.table.rows) + 1))
        assert parsed.observations or parsed.money
    assert all(len(refusal) > 20 and refusal.endswith(".") for refusal in refusals), refusals


@given(st.sampled_from(_CONTENTS), _EDITS, st.sampled_from(["plain", "zip", "gzip"]))
@example(_WORKBOOK, [(0.27070104365587905, 22, b"0")], "plain")
@settings(deadline=None)
def test_a_damaged_file_is_read_or_refused_within_bounds(
    content: bytes, edits: list[tuple[float, int, bytes]], packing: str
) -> None:
    read("cities.csv", CITIES)  # places are loaded once, by the first city
    damaged = damage(content, edits)
    if packing == "zip":
        damaged = damage(make_zip({"a/b.csv": damaged, "c.csv": content}), edits[:1] if len(edits) > 3 else [])
    elif packing == "gzip":
        damaged = gzip.compress(damaged)
    tracemalloc.start()
    started = time.process_time()
    try:
        read("upload.bin", damaged)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - started < MOST_SECONDS
    assert peak < MOST_BYTES


def _tables() -> list[tuple[str, Table]]:
    return [(name, table) for name in HAND_MADE for table in read_tables(Path(FILES / name))]


def _values(name: str, title: str, rows: list[list[str]]) -> object:
    lines = [",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows]
    content = "\n".join([title, *lines] if title else lines).encode()
    recognised = recognise_file(content, Hints(name, TODAY))
    answers = provisional_answers(recognised.questions) | ANSWERS
    return values_of(parse_file(recognised, answers, Hints(name, TODAY)))


@given(st.sampled_from(_tables()), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_rows_changes_nothing(one: tuple[str, Table], random: Random) -> None:
    name, table = one
    body = list(table.body)
    random.shuffle(body)
    expected = _values(name, table.title, table.rows)
    assert _values(name, table.title, [table.rows[0], *body]) == expected
    assert _values(name, table.title, table.rows) == expected
