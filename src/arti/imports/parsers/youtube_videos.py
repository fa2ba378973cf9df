"""Which video a row of a YouTube Studio export is about."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from arti.imports.cell_parsers import normalise_whitespace, parse_day, parse_seconds
from arti.imports.measures import EARLIEST
from arti.imports.parsers.youtube_columns import CONTENT, video_id
from arti.imports.types import Hints, ParsedFile, SourceTable
from arti.providers.contract import AssetRecord


def record_video_asset(
    reading: ParsedFile, table: SourceTable, cells: Sequence[str], hints: Hints
) -> tuple[str | None, list[str]]:
    """Return the id of the row's video, seen once for all rows, and what is odd about it; None without a valid id.

    The day is empty for Shorts and private videos: that is no fault.
    """
    places = {name: place for place, name in enumerate(table.names)}
    id = video_id(cells[next(places[name] for name in CONTENT if name in places)])
    if id is None or id in reading.assets:
        return id, []
    problems: list[str] = []
    released_on = None
    if "video publish time" in places:
        try:
            released_on = parse_day(cells[places["video publish time"]])
        except ValueError as error:
            problems.append(f"publish time: {error}")
    if released_on and not EARLIEST <= released_on <= hints.today + timedelta(days=366):
        problems.append(f"publish time: {released_on} cannot be")
        released_on = None
    details: dict[str, Any] = {}
    if "duration" in places:
        try:
            seconds = parse_seconds(cells[places["duration"]])
        except ValueError as error:
            seconds = None
            problems.append(f"duration: {error}")
        details = {"duration_seconds": seconds} if seconds is not None else {}
    title = normalise_whitespace(cells[places["video title"]])[:500] if "video title" in places else ""
    reading.assets[id] = AssetRecord(
        id,
        "video",
        title or id,
        url=f"https://www.youtube.com/watch?v={id}",
        released_on=released_on,
        details=details,
    )
    return id, problems
