"""Record the lines that are staged of a large import, and take them back."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from uuid import UUID

from arti.imports import history, royalties
from arti.imports import service as imports
from arti.imports import store as import_store
from arti.imports.cells.cell_parsers import normalise_name
from arti.imports.large import store
from arti.imports.large.reading import fail, read_again, reason_of
from arti.imports.large.repeats import RepeatFinder, TooManyRepeats
from arti.imports.large.staged_lines import iterate_lines
from arti.imports.large.steps import Steps
from arti.imports.parsers import registry
from arti.imports.stored_files import list_known, parse_with_answers
from arti.imports.types import FileRejected
from arti.metrics.money.lines import KeyedLines, Owners, RoyaltyLines
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
            async with steps.whole_file(), steps.transaction() as actor:
                await imports.commit_import(actor, steps.file_store, import_id, answered={})
            return
        if stage["content"]["answers"] != row["options"]:
            await read_again(steps, row)
        async with steps.transaction() as actor:
            await steps.need(actor, Permission.MONEY_WRITE)
            await royalties.check_imported_once(actor, row)
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
    only_artists = await steps.only_artists(actor)
    with TemporaryFile() as staged:
        file = await steps.file_store.find(actor.connection, actor.org_id, stage["file_id"])
        async for piece in steps.file_store.stream(actor.connection, file):
            staged.write(piece)
        owners = await royalties.find_earlier_owners(actor, row["source"])
        reader = StagedReport(staged, stage["content"], row["artist_id"], map(normalise_name, known.artists), owners)
        await reader.look_for_repeats()

        async def counted() -> AsyncIterator[KeyedLines]:
            done = 0
            async for keyed in reader.read_ahead():
                yield keyed
                done += len(keyed.lines)
                await steps.report(done, stage["content"]["lines"])

        recorded = await record_batches(
            actor,
            source=stage["content"]["money_source"],
            title=row["file_name"][-200:],
            batches=counted(),
            import_id=row["id"],
            only_artists=only_artists,
            find_artist=await royalties.read_roster(actor),
        )
    return dict(row["summary"]) | royalties.describe_recorded(recorded, row["summary"].get("notes", []))


class StagedReport:
    """The staged lines of an import, those that name the artist as the artist's, with their keys."""

    def __init__(
        self,
        staged: BinaryIO,
        content: Mapping[str, Any],
        artist_id: UUID,
        names: Iterable[str],
        earlier_owners: Owners,
    ) -> None:
        self._staged, self._content, self._artist_id, self._names = staged, content, artist_id, {*names}
        self._earlier_owners = earlier_owners
        self._repeated: set[int] = set()
        self._seen, self._seen_earlier = Counter[bytes](), defaultdict[UUID, Counter[bytes]](Counter)

    async def look_for_repeats(self) -> None:
        """Find which lines may say the same as another one. Raises FileRejected where there are too many."""
        await asyncio.to_thread(self._find_repeats)

    def _find_repeats(self) -> None:
        repeats = RepeatFinder()
        try:
            for lines in self._lines():
                repeats.add(lines.said())
        except TooManyRepeats:
            raise FileRejected(
                "More than 500,000 lines of this report say the same as another one. Export a shorter period."
            ) from None
        self._repeated = repeats.repeated

    async def read_ahead(self) -> AsyncIterator[KeyedLines]:
        """Yield the lines from the first on; while one block is written, a thread makes the next one ready."""
        self._seen.clear()
        self._seen_earlier.clear()
        blocks = self._lines()
        coming = asyncio.ensure_future(asyncio.to_thread(self._next, blocks))
        try:
            while (keyed := await coming) is not None:
                coming = asyncio.ensure_future(asyncio.to_thread(self._next, blocks))
                yield keyed
        finally:
            await asyncio.wait({coming})

    def _next(self, blocks: Iterator[RoyaltyLines]) -> KeyedLines | None:
        lines = next(blocks, None)
        if lines is None:
            return None
        keys, earlier = lines.keys(self._seen, self._repeated), None
        if self._earlier_owners:
            earlier = lines.earlier_keys(self._earlier_owners, self._seen_earlier, self._repeated)
        own = {
            name: self._artist_id if name and normalise_name(name) in self._names else None for name in {*lines.artist}
        }
        lines.artist_id = [own[name] for name in lines.artist]
        return KeyedLines(lines, keys, earlier)

    def _lines(self) -> Iterator[RoyaltyLines]:
        for lines in iterate_lines(self._staged, self._content["blocks"]):
            if self._content["ids_repeat"]:
                lines.external_id = [None] * len(lines)
            yield lines


async def undo_import(steps: Steps, import_id: UUID) -> None:
    """Undo an import that is being undone. A line that a later report holds too is then of that."""
    async with steps.whole_file(), steps.transaction() as actor:
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
    await record_others(steps, actor, row)
    await history.record_import_event(actor, row, EventType.IMPORT_UNDONE, {"lines": gone})


async def record_others(steps: Steps, actor: Actor, row: Row) -> None:
    """Record the lines of other reports that were stored with this one."""
    connection, org_id = actor.connection, actor.org_id
    for later in await import_store.list_that_may_hold_lines(connection, org_id, row):
        stage = await store.find_stage(connection, org_id, later["id"])
        if stage is not None and stage["file_id"] is not None:
            await _record(steps, actor, later)
        else:
            _, parsed, _ = await parse_with_answers(connection, steps.file_store, org_id, later, later["options"])
            await royalties.record_lines(actor, later, parsed)
