"""Record the lines that are staged of a large import, and take them back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from arti.imports import history, royalties
from arti.imports import service as imports
from arti.imports import store as import_store
from arti.imports.cells.cell_parsers import normalise_name
from arti.imports.large import store
from arti.imports.large.reading import fail, read_again, reason_of
from arti.imports.large.repeats import RepeatFinder, TooManyRepeats
from arti.imports.large.staged_lines import read_lines
from arti.imports.large.steps import Steps
from arti.imports.parsers import registry
from arti.imports.stored_files import list_known, parse_with_answers
from arti.imports.types import FileRejected
from arti.metrics.money.lines import RoyaltyLines
from arti.metrics.money.service import delete_statements_of_import, record_batches
from arti.orgs.authorization import Actor
from arti.vocabulary import EventType, Permission
from arti_core.database import Row
from arti_core.errors import ArtiError


async def commit_import(steps: Steps, import_id: UUID) -> None:
    """Commit an import that is being committed; with answers that it cannot be read with it is a preview again."""
    async with steps.transaction() as actor:
        row = await import_store.find_import(actor.connection, actor.org_id, import_id)
        stage = await store.find_stage(actor.connection, actor.org_id, import_id)
    if row is None or stage is None or row["status"] != "committing":
        return
    try:
        if "blocks" not in stage["content"]:
            async with steps.transaction() as actor:
                await imports.commit_import(actor, steps.file_store, import_id, answered={})
            return
        if stage["content"]["answers"] != row["options"]:
            await read_again(steps, row)
        async with steps.transaction() as actor:
            await steps.need(actor, Permission.MONEY_WRITE)
            summary = await _record(steps, actor, row)
            await import_store.mark_committed(
                actor.connection, actor.org_id, import_id, provider=None, options=row["options"], summary=summary
            )
            await history.record_import_event(actor, row, EventType.IMPORT_COMMITTED, summary["recorded"])
    except (FileRejected, ArtiError) as error:
        if isinstance(error, ArtiError) and error.status >= 500:
            raise
        await fail(steps, import_id, "previewed", reason_of(error))


async def _record(steps: Steps, actor: Actor, row: Row) -> dict[str, Any]:
    """Record the staged lines of an import. Returns its summary."""
    stage = await store.find_stage(actor.connection, actor.org_id, row["id"])
    if stage is None or stage["file_id"] is None:
        raise FileRejected("What was read of this file is gone. Upload it once more.")
    known = await list_known(actor.connection, actor.org_id, row["artist_id"])
    names = {normalise_name(name) for name in known.artists}
    repeats = RepeatFinder()
    try:
        async for lines in _staged_lines(steps, actor, stage, row["artist_id"], names):
            await asyncio.to_thread(repeats.add, lines.said())
    except TooManyRepeats:
        raise FileRejected(
            "More than 500,000 lines of this report say the same as another one. Export a shorter period."
        ) from None

    async def counted() -> AsyncIterator[RoyaltyLines]:
        done = 0
        async for lines in _staged_lines(steps, actor, stage, row["artist_id"], names):
            yield lines
            done += len(lines)
            await steps.report(done, stage["content"]["lines"])

    recorded = await record_batches(
        actor,
        source=stage["content"]["money_source"],
        title=row["file_name"][-200:],
        batches=counted(),
        import_id=row["id"],
        repeated=repeats.repeated,
        only_artists=await steps.only_artists(actor),
    )
    return dict(row["summary"]) | royalties.describe_recorded(recorded, row["summary"].get("notes", []))


async def _staged_lines(
    steps: Steps, actor: Actor, stage: Row, artist_id: UUID, names: set[str]
) -> AsyncIterator[RoyaltyLines]:
    """Yield the staged lines of an import, those that name the artist as the artist's."""
    file = await steps.file_store.find(actor.connection, actor.org_id, stage["file_id"])
    pieces = steps.file_store.stream(actor.connection, file)
    async for lines in read_lines(pieces, stage["content"]["blocks"]):
        own = {name: artist_id if name and normalise_name(name) in names else None for name in {*lines.artist}}
        lines.artist_id = [own[name] for name in lines.artist]
        if stage["content"]["ids_repeat"]:
            lines.external_id = [None] * len(lines)
        yield lines


async def undo_import(steps: Steps, import_id: UUID) -> None:
    """Undo an import that is being undone. A line that a later report holds too is then of that."""
    async with steps.transaction() as actor:
        row = await import_store.find_import(actor.connection, actor.org_id, import_id)
        if row is None or row["status"] != "undoing":
            return
        if not registry.is_royalties(row["source"]):
            await history.undo_import(actor, steps.file_store, import_id)
            return
        await steps.need(actor, Permission.MONEY_WRITE)
        await undo_report(steps, actor, row)


async def undo_report(steps: Steps, actor: Actor, row: Row) -> None:
    """Take back the lines of a report, in the caller's transaction."""
    connection, org_id = actor.connection, actor.org_id
    await import_store.mark_undone(connection, org_id, row["id"])
    gone = await delete_statements_of_import(actor, row["id"])
    for later in await import_store.list_committed_of_source(connection, org_id, row["source"], row["committed_at"]):
        stage = await store.find_stage(connection, org_id, later["id"])
        if stage is not None and stage["file_id"] is not None:
            await _record(steps, actor, later)
        else:
            _, parsed, _ = await parse_with_answers(connection, steps.file_store, org_id, later, later["options"])
            await royalties.record_lines(actor, later, parsed)
    await history.record_import_event(actor, row, EventType.IMPORT_UNDONE, {"lines": gone})
