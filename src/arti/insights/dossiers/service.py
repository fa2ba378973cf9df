"""The dossier of streams that are worth checking: what a distributor needs to look into them, as CSV."""

import asyncio
import csv
import io
from collections import defaultdict
from datetime import UTC, date, timedelta
from typing import Any, Final
from uuid import UUID

from arti.dimensions.text import parse_dimension
from arti.insights.dossiers import store
from arti.insights.store import find_insight
from arti.metrics.breakdown.response import name_value
from arti.metrics.numbers_file import escape_text
from arti.music.playlists.kinds import DESCRIPTIONS
from arti_core.database import Connection, Row
from arti_core.errors import NotFound

HEADER: Final = (
    *("what", "from", "to", "worth checking", "streams", "listeners", "streams per listener", "saves or likes"),
    *("new followers", "source", "rows of the source"),
)
_AROUND: Final = timedelta(days=28)
_COLUMNS: Final = {
    "streams": ("consumption.streams", "consumption.plays"),
    "listeners": ("audience.listeners",),
    "saves": ("engagement.saves", "engagement.saves_total", "engagement.likes", "engagement.likes_total"),
    "followers": ("audience.followers",),
}


async def write_dossier(
    connection: Connection, org_id: UUID, insight_id: UUID, *, user_id: UUID, known_on: date | None
) -> str:
    """Return the days, playlists and cities around an insight as CSV, as known at the end of `known_on` (UTC).

    Which days are worth checking is said once the insight has been found. Raises NotFound.
    """
    insight = await find_insight(connection, org_id, insight_id, user_id=user_id)
    if insight is None:
        raise NotFound("insight")
    artist_id, provider = insight["artist_id"], insight["provider"]
    first, last = insight["period_from"], insight["period_to"]
    from_on, to_on = first - _AROUND, last + _AROUND
    of_work = {"artist_id": artist_id, "asset_id": insight["asset_id"], "provider": provider}
    within: dict[str, Any] = {"from_on": from_on, "to_on": to_on, "known_on": known_on}
    days = await store.list_days(connection, org_id, **of_work, columns=_COLUMNS, **within)
    playlists = await store.list_playlists(connection, org_id, **of_work, **within)
    cities = await store.list_cities(connection, org_id, artist_id=artist_id, provider=provider, **within)
    is_found = known_on is None or insight["created_at"].astimezone(UTC).date() <= known_on
    names = await asyncio.to_thread(lambda: [_city(row["dimension"]) for row in cities])
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    work = insight["asset_title"] or insight["artist_name"]
    writer.writerows(_day_rows(escape_text(work), days, (first, last) if is_found else None))
    for row in playlists:
        what = f"playlist {row['title']}, {DESCRIPTIONS[row['kind']]}"
        dates = (row["from_on"] or "", row["to_on"], "")
        streams, listeners = row["streams"], row["listeners"]
        numbers = (_show(streams), _show(listeners), _each(streams, listeners), "", "")
        writer.writerow((escape_text(what), *dates, *numbers, escape_text(row["source"]), row["row"] or ""))
    for row, name in zip(cities, names, strict=True):
        dates = ("", row["observed_on"], "")
        numbers = ("", _show(row["value"]), "", "", "")
        writer.writerow((f"city {name}", *dates, *numbers, escape_text(row["source"]), row["row"] or ""))
    return text.getvalue()


def _day_rows(work: str, rows: list[Row], checked: tuple[date, date] | None) -> list[tuple[object, ...]]:
    by_day: dict[date, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        by_day[row["day"]][row["column"]] = row
    written: list[tuple[object, ...]] = []
    for day, found in sorted(by_day.items()):
        values = {name: found[name]["value"] if name in found else None for name in _COLUMNS}
        sources = "; ".join(dict.fromkeys(row["source"] for row in found.values()))
        numbers = dict.fromkeys(str(row["row"]) for row in found.values() if row["row"])
        written.append(
            (
                *(work, day, day, "yes" if checked and checked[0] <= day <= checked[1] else ""),
                *(_show(values["streams"]), _show(values["listeners"]), _each(values["streams"], values["listeners"])),
                *(_show(values["saves"]), _show(values["followers"]), escape_text(sources), "; ".join(numbers)),
            )
        )
    return written


def _city(dimension: str) -> str:
    parts = parse_dimension(dimension)
    period = f", {parts['period']}" if "period" in parts else ""
    return f"{name_value(('city',), parts['city'])}{period}"


def _show(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def _each(streams: float | None, listeners: float | None) -> str:
    return f"{streams / listeners:.2f}" if streams is not None and listeners else ""
