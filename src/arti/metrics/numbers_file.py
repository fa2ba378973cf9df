"""ARTi's own CSV: an artist's numbers on one platform, one row a value, which an import reads again exactly.

Only numbers that came from files or people: what a platform's API gave is shown, and not handed on.
"""

import csv
import io
from datetime import date
from typing import Final
from uuid import UUID

from arti.metrics.observation_store import list_own_values
from arti.music.store import find_artist
from arti.vocabulary import PLATFORM_NAMES
from arti_core.database import Connection
from arti_core.errors import Invalid, NotFound

HEADER: Final = (
    *("arti provider", "metric", "day", "value", "null_reason", "state"),
    *("dimension", "asset", "asset_kind", "asset_title"),
)
MAX_ROWS: Final = 100_000
# What a spreadsheet would take for a formula, and the mark that is put before it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "'")


def escape_text(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def unescape_text(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


async def write_numbers(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    *,
    provider: str,
    from_on: date | None,
    to_on: date | None,
    known_on: date | None,
) -> str:
    """Return an artist's numbers on a platform as CSV, as known at the end of `known_on`. Raises NotFound, Invalid."""
    if provider not in PLATFORM_NAMES:
        raise Invalid(f"provider must be one of {', '.join(PLATFORM_NAMES)}.", field="provider")
    if await find_artist(connection, org_id, artist_id) is None:
        raise NotFound("artist")
    rows = await list_own_values(
        connection,
        org_id,
        artist_id,
        provider=provider,
        from_on=from_on,
        to_on=to_on,
        limit=MAX_ROWS + 1,
        known_on=known_on,
    )
    if len(rows) > MAX_ROWS:
        problem = f"These are more than {MAX_ROWS:,} values. Ask for a shorter period with from and to."
        raise Invalid(problem, field="from")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for row in rows:
        value = row["value"]
        shown = "" if value is None else str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        texts = (escape_text(row[name] or "") for name in ("dimension", "external_id", "kind", "title"))
        writer.writerow(
            [provider, row["metric"], row["observed_on"], shown, row["null_reason"] or "", row["state"] or "", *texts]
        )
    return text.getvalue()
