"""Record and take back the lines of royalty reports."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from arti.imports import store
from arti.imports.cells.cell_parsers import normalise_name
from arti.imports.cells.parser_version import ARTIST_NAMES_COUNT
from arti.imports.stored_files import list_known, parse_with_answers
from arti.imports.types import ParsedFile
from arti.metrics.money.lines import KeyedLines, Owners, RoyaltyLines
from arti.metrics.money.schemas import RecordedRoyalties
from arti.metrics.money.service import FindArtist, delete_statements_of_import, record_statement
from arti.orgs.authorization import Actor
from arti_core.database import Row
from arti_core.errors import Conflict
from arti_core.files.file_store import FileStore


async def name_artists(actor: Actor, row: Row, parsed: ParsedFile) -> KeyedLines:
    """Return the lines of a report, those that name its artist as the artist's, with their keys.

    Whose report a line is in says nothing of the line: its key is the same in each.
    """
    lines = parsed.money
    known = await list_known(actor.connection, actor.org_id, row["artist_id"])
    names = {normalise_name(name) for name in known.artists}
    own = {name: row["artist_id"] if name and normalise_name(name) in names else None for name in set(lines.artist)}
    owners = await find_earlier_owners(actor, row["source"])
    return KeyedLines(
        replace(lines, artist_id=[own[name] for name in lines.artist]),
        lines.keys(Counter()),
        lines.earlier_keys(owners, defaultdict(Counter), _find_repeated(lines)) if owners else None,
    )


def _find_repeated(lines: RoyaltyLines) -> set[int]:
    return {said for said, times in Counter(map(hash, lines.said())).items() if times > 1}


async def find_earlier_owners(actor: Actor, source: str) -> Owners:
    """Return the artists with reports of a source in which lines are still known by whose report it is."""
    ids = await store.list_artists_of_older_reports(
        actor.connection, actor.org_id, source, before_version=ARTIST_NAMES_COUNT
    )
    owners: dict[UUID, Callable[[str], bool]] = {}
    for artist_id in ids:
        known = await list_known(actor.connection, actor.org_id, artist_id)
        owners[artist_id] = partial(_is_one_of, names=frozenset(map(normalise_name, known.artists)))
    return owners


def _is_one_of(name: str, names: Collection[str]) -> bool:
    return normalise_name(name) in names


def find_same_sums(reports: Mapping[int, tuple[str, RoyaltyLines]]) -> dict[int, str]:
    """Return which reports of one workbook or folder may be the sums of another one: its name, by their place.

    They have the same amounts by month and currency; the one with more lines has the lines.
    """
    sums: dict[tuple[str, frozenset[tuple[date, str, Decimal]]], list[int]] = {}
    for place, (name, lines) in sorted(reports.items(), key=lambda each: (-len(each[1][1]), each[0])):
        totals: dict[tuple[date, str], Decimal] = {}
        for month, currency, amount in zip(lines.month, lines.currency, lines.amount, strict=True):
            totals[month, currency] = totals.get((month, currency), Decimal(0)) + amount
        folder = name.rpartition("/")[0]
        if folder and any(totals.values()):
            sums.setdefault((folder, frozenset((*key, total) for key, total in totals.items())), []).append(place)
    return {place: reports[first][0] for first, *others in sums.values() for place in others}


def describe_same_sums(name: str) -> str:
    """Return the note that another table may have the lines of a report."""
    return f"The amounts of each month are those of {name!r}, so they count twice where both are imported."


async def read_roster(actor: Actor) -> FindArtist:
    """Return who of the roster is meant by a name in a report: nobody where two are called so."""
    found: dict[str, set[UUID]] = {}
    for artist_id, names in (await store.list_roster(actor.connection, actor.org_id)).items():
        for name in names:
            found.setdefault(normalise_name(name), set()).add(artist_id)
    one = {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}
    return lambda name: one.get(normalise_name(name))


async def check_imported_once(actor: Actor, row: Row) -> None:
    """Raise Conflict where the same report is imported for another artist: its lines would be counted twice."""
    for artist in await store.list_artists_of_file(actor.connection, actor.org_id, row["content_sha256"]):
        if artist["id"] != row["artist_id"]:
            raise Conflict(
                f"This report is imported already, with {artist['name']}: each line goes to the artist that it names. "
                "Undo that import first if it is to be read again."
            )


async def record_lines(actor: Actor, row: Row, parsed: ParsedFile) -> dict[str, Any]:
    """Record the lines of an import's report that are not known yet. Returns what its summary says about them.

    A line is the artist's whose song it is, by ISRC and UPC, and else of the artist that it names.
    """
    keyed = await name_artists(actor, row, parsed)
    find_artist = await read_roster(actor)
    recorded = await record_statement(
        actor,
        source=parsed.money_source,
        title=row["file_name"][-200:],
        keyed=keyed,
        import_id=row["id"],
        find_artist=find_artist,
    )
    return describe_recorded(recorded, parsed.notes)


def describe_recorded(recorded: RecordedRoyalties, notes: Sequence[str]) -> dict[str, Any]:
    """Return what a summary says about recorded lines. `notes`: those of the preview."""
    summary: dict[str, Any] = {"recorded": {"new": recorded.added, "restated": 0, "unchanged": recorded.known}}
    if recorded.without_artist:
        note = (
            f"Lines of no artist of the roster: {recorded.without_artist:,}, of no known recording: "
            f"{recorded.without_recording:,}. They are matched when the songs become known."
        )
        summary["notes"] = [*notes, note]
    return summary


async def undo(actor: Actor, file_store: FileStore, row: Row) -> int:
    """Take back the lines of an import; one that a later report holds too is then of that. Returns the lines gone."""
    gone = await delete_statements_of_import(actor, row["id"])
    for other in await store.list_that_may_hold_lines(actor.connection, actor.org_id, row):
        _, parsed, _ = await parse_with_answers(actor.connection, file_store, actor.org_id, other, other["options"])
        await record_lines(actor, other, parsed)
    return gone
