"""Read a royalty report again: only the lines that are read otherwise are written, whatever its size."""

from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from arti.imports import preview, royalties, store
from arti.imports.cells.cell_parsers import normalise_name
from arti.imports.large import results
from arti.imports.large import store as large_store
from arti.imports.large.reading import download, read_lines
from arti.imports.large.recording import StagedReport, record_others
from arti.imports.large.steps import Steps
from arti.imports.rereading.schemas import RereadValue
from arti.imports.stored_files import find_stored_hints, list_known, parse_with_answers
from arti.imports.types import FileRejected
from arti.metrics.money import restating, restating_store
from arti.metrics.money.lines import KeyedLines
from arti.metrics.money.restating import LineDifference, ReadLines, StatedLine
from arti.metrics.money.schemas import RecordedRoyalties
from arti.orgs.authorization import Actor
from arti_core.database import Row
from arti_core.errors import Invalid

_SHOWN = 100
_IN_BOTH = ("quantity", "type", "amount", "currency", "isrc", "upc")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a report says now. `staged`: of a large one the file of its lines, and where in it they are."""

    read: ReadLines
    source: str
    answers: Mapping[str, str]
    summary: dict[str, Any]
    staged: tuple[BinaryIO, dict[str, Any]] | None = None


async def compare_report(steps: Steps, actor: Actor, row: Row, stage: Row | None, *, commit: bool) -> LineDifference:
    """Return how a report is read otherwise than it is stored; with `commit` store it so.

    Raises Invalid for a file that is no longer read, Conflict for one that was deleted, Forbidden.
    """
    with ExitStack() as stack:
        if stage is None:
            reading = await _read_small(steps, actor, row)
        else:
            source: BinaryIO = stack.enter_context(TemporaryFile())
            target: BinaryIO = stack.enter_context(TemporaryFile())
            reading = await _read_large(steps, actor, row, stage, source, target)
        only_artists, find_artist = await steps.only_artists(actor), await royalties.read_roster(actor)
        found = await restating.find_difference(
            actor,
            reading.read,
            source=reading.source,
            import_id=row["id"],
            only_artists=only_artists,
            find_artist=find_artist,
            delete=commit,
            shown=_SHOWN,
        )
        if not commit:
            return found
        if found.new or found.stale:
            await restating.store_difference(
                actor,
                reading.read,
                source=reading.source,
                title=row["file_name"][-200:],
                import_id=row["id"],
                only_artists=only_artists,
                find_artist=find_artist,
            )
        if found.stale:
            await record_others(steps, actor, row)
        await _save(steps, actor, row, stage, reading)  # last: who says how far it is changes the same row
    return found


async def _read_small(steps: Steps, actor: Actor, row: Row) -> _Reading:
    file, parsed, answers = await parse_with_answers(
        actor.connection, steps.file_store, actor.org_id, row, row["options"]
    )
    keyed = await royalties.name_artists(actor, row, parsed)

    async def read() -> AsyncIterator[KeyedLines]:
        if len(keyed.lines):
            yield keyed

    return _Reading(read, parsed.money_source, answers, preview.build_summary(file, parsed))


async def _read_large(steps: Steps, actor: Actor, row: Row, stage: Row, source: BinaryIO, target: BinaryIO) -> _Reading:
    hints = await find_stored_hints(actor.connection, actor.org_id, row)
    await download(steps, row, source)
    try:
        found = await read_lines(steps, row, hints, row["options"], source, target)
    except FileRejected as error:
        raise Invalid(str(error), field="options") from None
    if found is None:
        raise Invalid("The file is no longer read as a report of money.", field="options")
    _, staged = found
    content = results.describe_staged(staged)
    known = await list_known(actor.connection, actor.org_id, row["artist_id"])
    owners = await royalties.find_earlier_owners(actor, row["source"])
    report = StagedReport(target, content, row["artist_id"], map(normalise_name, known.artists), owners)
    await report.look_for_repeats()

    async def read() -> AsyncIterator[KeyedLines]:
        done = 0
        async for keyed in report.read_ahead():
            yield keyed
            done += len(keyed.lines)
            await steps.report(done, staged.lines)

    return _Reading(read, staged.money_source, staged.answers, results.summarise(staged), (target, content))


async def _save(steps: Steps, actor: Actor, row: Row, stage: Row | None, reading: _Reading) -> None:
    """Save what an import says of itself now, and of a large one its staged lines, which later undos may need."""
    connection, org_id = actor.connection, actor.org_id
    unmatched = await restating_store.count_unmatched(connection, org_id, row["id"])
    recorded = RecordedRoyalties(
        statement_id=None,
        added=0,
        known=0,
        without_artist=unmatched["without_artist"] if unmatched else 0,
        without_recording=unmatched["without_recording"] if unmatched else 0,
    )
    summary = reading.summary | royalties.describe_recorded(recorded, reading.summary["notes"])
    # What the first commit changed stays said.
    summary["recorded"] = row["summary"].get("recorded", summary["recorded"])
    await store.update_reread(connection, org_id, row["id"], options=reading.answers, summary=summary)
    if reading.staged is None:
        return
    target, content = reading.staged
    file_id = await steps.file_store.add(
        connection, org_id, target, kind="import_rows", name=row["file_name"], artist_id=row["artist_id"]
    )
    await large_store.save_stage(connection, org_id, row["id"], file_id=file_id, content=content)
    if stage and stage["file_id"]:
        await steps.file_store.delete(connection, org_id, stage["file_id"])


def show_line(row: int, before: StatedLine | None, after: StatedLine | None) -> RereadValue:
    """Return how a line is shown that is read otherwise. What both readings share is left out where there is room."""
    shown = after or before
    assert shown is not None
    texts = [_describe(line, _IN_BOTH) if line else None for line in (before, after)]
    if before and after and texts[0] == texts[1]:
        names = [name for name in StatedLine._fields if getattr(before, name) != getattr(after, name)]
        texts = [_describe(line, names) for line in (before, after)]
    return RereadValue(
        change="new" if before is None else "gone" if after is None else "changed",
        row=row,
        what=shown.store,
        title=shown.title,
        dimension=f"country={shown.country}" if shown.country else "",
        observed_on=shown.month,
        before=texts[0],
        after=texts[1],
    )


def _describe(line: StatedLine, names: tuple[str, ...] | list[str]) -> str:
    values = {name: getattr(line, name) for name in names}
    if "month" in values:
        values["month"] = f"{line.month:%Y-%m}"
    return " ".join(str(value) for value in values.values() if value is not None) or "–"
