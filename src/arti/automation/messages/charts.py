"""A small line chart as PNG, for mails: mail programs show neither SVG nor scripts. Pure.

It has no text and no background, so it stands in light and dark mails alike; what it shows is written beside it.
"""

import struct
import zlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1112, 200  # twice the size it is shown at
_SAMPLES: Final = 2  # of each side of a pixel, so that lines have smooth edges
_MARGIN: Final = 14
_LINE, _FALL, _AXIS = (59, 110, 224), (214, 69, 69), (128, 138, 158)
_THICK, _DOT = 4.0, 9.0

Mask = NDArray[np.bool_]


def draw_chart(values: Sequence[float | None], *, mark: int | None = None, is_fall: bool = False) -> bytes | None:
    """Return the values as a line whose gaps stay gaps. `mark`: the place of the day that it is about.

    None when there are fewer than two values.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = min(0.0, *known), max(known)
    span = (high - low) or 1.0
    scale, bottom = (HEIGHT - 2 * _MARGIN) / span, HEIGHT - _MARGIN
    across = np.linspace(_MARGIN, WIDTH - _MARGIN, len(values))
    points = [
        None if value is None else (float(x), bottom - (value - low) * scale)
        for x, value in zip(across, values, strict=True)
    ]
    line: Mask = np.zeros((HEIGHT * _SAMPLES, WIDTH * _SAMPLES), dtype=bool)
    for before, after in pairwise(points):
        if before and after:
            _draw_segment(line, before, after, _THICK)
    padded = [None, *points, None]
    for before, point, after in zip(padded, points, padded[2:], strict=False):
        if point and not before and not after:
            _draw_segment(line, point, point, _THICK)
    base: Mask = np.zeros_like(line)
    zero = bottom + low * scale
    _draw_segment(base, (0.0, zero), (float(WIDTH), zero), 1.5)
    layers = [(base, _AXIS, 0.5), (line, _LINE, 1.0)]
    marked = points[mark] if mark is not None and 0 <= mark < len(points) else None
    if marked:
        dot: Mask = np.zeros_like(line)
        _draw_segment(dot, marked, marked, 2 * _DOT)
        layers.append((dot, _FALL if is_fall else _LINE, 1.0))
    return _encode(_blend(layers))


def _draw_segment(mask: Mask, start: tuple[float, float], end: tuple[float, float], thick: float) -> None:
    """Set the samples that lie within half of `thick` of the segment."""
    reach = thick / 2
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    rows = slice(max(0, int((top - reach) * _SAMPLES)), min(mask.shape[0], int((bottom + reach) * _SAMPLES) + 2))
    columns = slice(max(0, int((left - reach) * _SAMPLES)), min(mask.shape[1], int((right + reach) * _SAMPLES) + 2))
    across = (np.arange(columns.start, columns.stop) + 0.5) / _SAMPLES
    down = ((np.arange(rows.start, rows.stop) + 0.5) / _SAMPLES)[:, None]
    run, rise = end[0] - start[0], end[1] - start[1]
    length = run * run + rise * rise
    along = np.clip(((across - start[0]) * run + (down - start[1]) * rise) / length, 0, 1) if length else 0.0
    distance = (across - start[0] - along * run) ** 2 + (down - start[1] - along * rise) ** 2
    mask[rows, columns] |= distance <= reach * reach


def _blend(layers: Sequence[tuple[Mask, tuple[int, int, int], float]]) -> NDArray[np.uint8]:
    """Return RGBA pixels of the layers, the last on top."""
    pixels = np.zeros((HEIGHT, WIDTH, 4), dtype=np.uint8)
    strongest = 255 // _SAMPLES**2
    for mask, paint, strength in layers:
        samples = mask.view(np.uint8)
        cover = sum(samples[row::_SAMPLES, column::_SAMPLES] for row in range(_SAMPLES) for column in range(_SAMPLES))
        alpha = (cover * np.uint8(strongest * strength)).astype(np.uint8)
        pixels[alpha > 0, :3] = paint
        np.maximum(pixels[:, :, 3], alpha, out=pixels[:, :, 3])
    return pixels


def _encode(pixels: NDArray[np.uint8]) -> bytes:
    """Return an RGBA picture as PNG; every row is told by its difference to the one above, which packs well."""
    rows = np.concatenate([pixels[:1], pixels[1:] - pixels[:-1]])  # modulo 256, as PNG has it
    packed = b"".join((b"\0" if at == 0 else b"\2") + row.tobytes() for at, row in enumerate(rows))
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(packed, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
