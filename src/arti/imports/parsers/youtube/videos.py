"""Read the video of a row of a YouTube Studio export."""

import re
from collections.abc import Sequence
from datetime import timedelta

from arti.imports.cells.cell_parsers import normalise_whitespace, parse_seconds
from arti.imports.parsers.youtube.columns import CONTENT, parse_video_id
from arti.imports.readers.measures import FIRST_DAY
from arti.imports.readers.track_matching import match_track
from arti.imports.types import Hints, ParsedFile, SourceTable
from arti.providers.contract import AssetRecord
from arti.providers.youtube.responses import find_kind

# What a spreadsheet makes of an id that begins with a minus or an equals sign.
_BROKEN_ID = re.compile(r"#[A-Z/0!?]+|-?\d[\d.,]*E\+\d+")


def record_video_asset(
    parsed: ParsedFile, table: SourceTable, cells: Sequence[str], hints: Hints
) -> tuple[str | None, list[str]]:
    """Add the row's video as an asset. Returns its id, None if it is invalid, and the problems of its other cells.

    The publish time is empty for Shorts and private videos.
    """
    indexes = {name: index for index, name in enumerate(table.names)}
    cell = cells[next(indexes[name] for name in CONTENT if name in indexes)]
    id = parse_video_id(cell)
    title = normalise_whitespace(cells[indexes["video title"]])[:500] if "video title" in indexes else ""
    is_broken = id is None and bool(title) and bool(_BROKEN_ID.match(cell.strip()))
    if (id is None and not is_broken) or id in parsed.assets:
        return id, []
    problems: list[str] = []
    released_on = None
    if "video publish time" in indexes:
        try:
            released_on = table.parse_day(cells, indexes["video publish time"])
        except ValueError as error:
            problems.append(f"publish time: {error}")
    if released_on and not FIRST_DAY <= released_on <= hints.today + timedelta(days=366):
        problems.append(f"publish time: {released_on} is out of range")
        released_on = None
    seconds = None
    if "duration" in indexes:
        try:
            seconds = parse_seconds(cells[indexes["duration"]])
        except ValueError as error:
            problems.append(f"duration: {error}")
    duration_ms = round(seconds * 1000) if seconds else None
    if id is None:
        id = match_track(title, released_on, hints.known.videos)
        problems.append(f"{cell.strip()[:20]!r} is no video id; the video is known by its title and day")
        if id in parsed.assets:
            return id, problems
    kind, guessed = find_kind(title, duration_ms)
    parsed.assets[id] = AssetRecord(
        id,
        kind,
        title or id,
        url=f"https://www.youtube.com/watch?v={id}" if parse_video_id(id) else None,
        released_on=released_on,
        duration_ms=duration_ms,
        details={"kind_guessed": guessed},
    )
    return id, problems
