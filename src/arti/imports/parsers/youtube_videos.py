"""Read the video of a row of a YouTube Studio export."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from arti.imports.parsers.youtube_columns import CONTENT, parse_video_id
from arti.imports.readers.cell_parsers import normalise_whitespace, parse_day, parse_seconds
from arti.imports.readers.measures import FIRST_DAY
from arti.imports.types import Hints, ParsedFile, SourceTable
from arti.providers.contract import AssetRecord


def record_video_asset(
    parsed: ParsedFile, table: SourceTable, cells: Sequence[str], hints: Hints
) -> tuple[str | None, list[str]]:
    """Add the row's video as an asset. Returns its id, None if it is invalid, and the problems of its other cells.

    The publish time is empty for Shorts and private videos.
    """
    indexes = {name: index for index, name in enumerate(table.names)}
    id = parse_video_id(cells[next(indexes[name] for name in CONTENT if name in indexes)])
    if id is None or id in parsed.assets:
        return id, []
    problems: list[str] = []
    released_on = None
    if "video publish time" in indexes:
        try:
            released_on = parse_day(cells[indexes["video publish time"]])
        except ValueError as error:
            problems.append(f"publish time: {error}")
    if released_on and not FIRST_DAY <= released_on <= hints.today + timedelta(days=366):
        problems.append(f"publish time: {released_on} is out of range")
        released_on = None
    details: dict[str, Any] = {}
    if "duration" in indexes:
        try:
            seconds = parse_seconds(cells[indexes["duration"]])
        except ValueError as error:
            seconds = None
            problems.append(f"duration: {error}")
        details = {"duration_seconds": seconds} if seconds is not None else {}
    title = normalise_whitespace(cells[indexes["video title"]])[:500] if "video title" in indexes else ""
    parsed.assets[id] = AssetRecord(
        id,
        "video",
        title or id,
        url=f"https://www.youtube.com/watch?v={id}",
        released_on=released_on,
        details=details,
    )
    return id, problems
