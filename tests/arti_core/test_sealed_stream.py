"""Streams that are compressed and encrypted: what was stored comes back whole, or there is an error."""

import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arti_core.errors import Misconfigured
from arti_core.sealed_stream import Damaged, StreamKey, StreamOpener, StreamSealer, open_bytes, seal_bytes

KEY = StreamKey(base64.b64encode(bytes(range(32))).decode())
OTHER = StreamKey(base64.b64encode(bytes(range(1, 33))).decode())
FRAME = 1024 * 1024 + 16
HEADER = 48


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize("size", [0, 1, 1024 * 1024 - 1, 1024 * 1024, 3 * 1024 * 1024 + 7])
@pytest.mark.parametrize("piece", [1000, 1024 * 1024, 10_000_000])
def test_any_length_in_any_pieces_comes_back(size: int, piece: int) -> None:
    data = os.urandom(size)
    sealer = StreamSealer(KEY, "base")
    sealed = b"".join(sealer.update(part) for part in pieces(data, piece)) + sealer.finish()
    opener = StreamOpener([OTHER, KEY], "base")
    assert b"".join(opener.update(part) for part in pieces(sealed, piece)) + opener.finish() == data
    assert len(sealed) < size + HEADER + (size // (1024 * 1024) + 2) * 300


def test_it_is_small_when_there_is_little_in_it() -> None:
    assert len(seal_bytes(KEY, "wal", bytes(16 * 1024 * 1024))) < 100_000


@given(st.data())
def test_a_changed_bit_is_found(data: st.DataObject) -> None:
    sealed = bytearray(seal_bytes(KEY, "base", b"Night Owl Records" * 20))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((Damaged, Misconfigured)):
        open_bytes([KEY], "base", bytes(sealed))


@given(st.integers(0, 400))
def test_a_cut_off_stream_is_found(kept: int) -> None:
    sealed = seal_bytes(KEY, "base", os.urandom(400))
    with pytest.raises(Damaged):
        open_bytes([KEY], "base", sealed[:kept])


def test_frames_are_neither_left_out_nor_exchanged_nor_cut_off() -> None:
    sealed = seal_bytes(KEY, "base", os.urandom(3 * 1024 * 1024))
    head, body = sealed[:HEADER], sealed[HEADER:]
    frames = pieces(body, FRAME)
    assert len(frames) == 4
    first, second, *rest = frames
    for changed in ([second, first, *rest], [first, *rest], [first, first, second, *rest], frames[:-1], frames[:1]):
        with pytest.raises(Damaged):
            open_bytes([KEY], "base", head + b"".join(changed))


def test_one_object_does_not_pass_for_another() -> None:
    with pytest.raises(Damaged):
        open_bytes([KEY], "wal/2", seal_bytes(KEY, "wal/1", b"of segment 1"))


def test_a_key_that_is_missing_is_named_by_its_id() -> None:
    with pytest.raises(Misconfigured, match=KEY.id.hex()) as error:
        open_bytes([OTHER], "base", seal_bytes(KEY, "base", b"text"))
    assert OTHER.id.hex() in error.value.message


@pytest.mark.parametrize("text", ["", "short", base64.b64encode(bytes(31)).decode()])
def test_a_key_has_32_bytes(text: str) -> None:
    with pytest.raises(Misconfigured, match=r"\./arti keys"):
        StreamKey(text)
