"""Import a file that is too large for a request: keep it, read it once, record its lines, take them back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final
from uuid import UUID

from arti.imports import history, preview, royalties
from arti.imports import service as imports
from arti.imports import store as import_store
from arti.imports.cells.cell_parsers import normalise_name
from arti.imports.large import results, store
from arti.imports.large.repeats import RepeatFinder, TooManyRepeats
from arti.imports.large.report import Staged, stage_report
from arti.imports.large.staged_lines import read_lines
from arti.imports.large.steps import Steps
from arti.imports.large.text_rows import TextTable
from arti.imports.parsers import registry
from arti.imports.readers.csv_reader import MAX_BYTES
from arti.imports.stored_files import build_hints, list_known, parse_with_answers
from arti.imports.types import FileQuestion, FileRejected, Hints, Parser, SourceTable
from arti.metrics.money.lines import RoyaltyLines
from arti.metrics.money.service import record_batches
from arti.music.store import find_artist
from arti.orgs.authorization import Actor
from arti.vocabulary import EventType, Permission
from arti_core.database import Row
from arti_core.errors import ArtiError, Conflict, Invalid, NotFound
from arti_core.files.file_store import FileStore
from arti_core.jobs import enqueue_job

READ_JOB: Final = "imports.read"
COMMIT_JOB: Final = "imports.commit"
UNDO_JOB: Final = "imports.undo"
_POLL_SECONDS = 0.5


async def start_import(
    actor: Actor, file_store: FileStore, *, artist_id: UUID, name: str, source: BinaryIO, enqueue: bool = True
) -> UUID:
    """Keep a file and let a job read it. Returns its import, or an earlier one of the same bytes. Raises NotFound."""
    connection, org_id = actor.connection, actor.org_id
    assert actor.principal is not None  # files are imported by a person
    if await find_artist(connection, org_id, artist_id) is None:
        raise NotFound("artist")
    name = imports.clean_file_name(name)
    file_id = await file_store.add(
        connection,
        org_id,
        source,
        kind="import",
        name=name,
        artist_id=artist_id,
        created_by=actor.principal.user_id,
    )
    file = await file_store.find(connection, org_id, file_id)
    for earlier in await import_store.find_committed(connection, org_id, artist_id, file.sha256):
        stage = await store.find_stage(connection, org_id, earlier["id"])
        if stage is not None and not stage["content"].get("questions"):
            await file_store.delete(connection, org_id, file_id)
            return UUID(str(earlier["id"]))
    import_id = await import_store.insert_import(
        connection,
        org_id,
        artist_id=artist_id,
        provider=None,
        source=None,
        file_name=name,
        file_id=file_id,
        byte_size=file.size,
        content_sha256=file.sha256,
        status="reading",
        options={},
        summary={},
        refusal=None,
        created_by=actor.principal.user_id,
    )
    await store.insert_stage(connection, org_id, import_id, total=file.size)
    if enqueue:
        await _enqueue(actor, READ_JOB, import_id, artist_id)
    return import_id


async def _enqueue(actor: Actor, name: str, import_id: UUID, artist_id: UUID) -> None:
    assert actor.principal is not None
    args = {"import_id": str(import_id), "artist_id": str(artist_id), "requested_by": str(actor.principal.user_id)}
    await enqueue_job(
        actor.connection,
        actor.org_id,
        name,
        args,
        dedupe_key=f"{name}:{import_id}",
        requested_by=actor.principal.user_id,
    )


async def read_import(steps: Steps, import_id: UUID) -> None:
    """Read the file of an import into its preview; a file that is refused says why."""
    async with steps.transaction() as actor:
        row = await import_store.find_import(actor.connection, actor.org_id, import_id)
        if row is None or row["status"] != "reading":
            return
        hints = build_hints(row["file_name"], await list_known(actor.connection, actor.org_id, row["artist_id"]))
    with ExitStack() as stack:
        source: BinaryIO = stack.enter_context(TemporaryFile())
        target: BinaryIO = stack.enter_context(TemporaryFile())
        await _download(steps, row, source)
        try:
            await _read(steps, row, hints, row["options"], source, target)
        except (FileRejected, ArtiError) as error:
            if isinstance(error, ArtiError) and error.status >= 500:
                raise
            async with steps.transaction() as actor:
                reason = str(error) if isinstance(error, FileRejected) else error.message
                await store.set_status(actor.connection, actor.org_id, import_id, "refused", refusal=reason)


async def _download(steps: Steps, row: Row, source: BinaryIO) -> None:
    async with steps.transaction() as actor:
        if row["file_id"] is None:
            raise Conflict(f"The file {row['file_name']} was deleted, so it cannot be read. Upload it once more.")
        file = await steps.file_store.find(actor.connection, actor.org_id, row["file_id"])
        async for piece in steps.file_store.stream(actor.connection, file):
            source.write(piece)


async def _read(
    steps: Steps, row: Row, hints: Hints, answered: Mapping[str, str], source: BinaryIO, target: BinaryIO
) -> None:
    """Read a file on this machine and save its preview. Raises FileRejected, Forbidden."""
    progress = _Progress(row["byte_size"])

    def recognise() -> tuple[TextTable, Parser, SourceTable]:
        table = TextTable(source)
        parser, head = registry.recognise(table.head, (row["source"],) if row["source"] else ())
        return table, parser, head

    table, parser, head = await asyncio.to_thread(recognise)
    if parser.open_lines is None:
        await _read_whole(steps, row, hints, answered, source, target)
        return
    async with steps.transaction() as actor:
        await steps.need(actor, Permission.MONEY_WRITE)
    staged = await progress.follow(
        steps, lambda: stage_report(table, parser, head, hints, answered, target, progress.set)
    )
    content = {
        "blocks": staged.blocks,
        "lines": staged.lines,
        "results": [staged.results_at, staged.results_length],
        "questions": results.write_questions(staged.file.questions),
        "answers": staged.answers,
        "ids_repeat": staged.ids_repeat,
        "money_source": staged.money_source,
        "money": {currency: [f"{amount:f}", lines] for currency, (amount, lines) in sorted(staged.money.items())},
    }
    await _save(steps, row, parser, staged.file.questions, answered, results.summarise(staged), content, target)


async def _read_whole(
    steps: Steps, row: Row, hints: Hints, answered: Mapping[str, str], source: BinaryIO, target: BinaryIO
) -> None:
    """Read a file of a kind that is read in one piece; the rows of its preview are kept. Raises FileRejected."""
    if row["byte_size"] > MAX_BYTES:
        raise FileRejected(
            f"Exports of this kind are read up to {MAX_BYTES // 1048576} MB. Export a shorter period, or several files."
        )

    def read() -> tuple[preview.RecognisedFile, dict[str, Any], int]:
        source.seek(0)
        file = preview.recognise_file(source.read(), hints)
        answers = preview.provisional_answers(file.questions) | dict(answered)
        parsed = preview.parse_provisionally(file, answers, hints)
        return file, preview.build_summary(file, parsed), results.write_shown(target, file.table, parsed)

    file, summary, length = await asyncio.to_thread(read)
    content = {"results": [0, length], "questions": results.write_questions(file.questions)}
    await _save(steps, row, file.parser, file.questions, answered, summary, content, target)


async def _save(
    steps: Steps,
    row: Row,
    parser: Parser,
    questions: list[FileQuestion],
    answered: Mapping[str, str],
    summary: Mapping[str, Any],
    content: Mapping[str, Any],
    target: BinaryIO,
) -> None:
    async with steps.transaction() as actor:
        connection, org_id = actor.connection, actor.org_id
        current = await import_store.find_import(connection, org_id, row["id"], lock=True)
        if current is None:  # deleted while it was read
            return
        former = await store.find_stage(connection, org_id, row["id"])
        file_id = await steps.file_store.add(
            connection, org_id, target, kind="import_rows", name=row["file_name"], artist_id=row["artist_id"]
        )
        await store.save_stage(connection, org_id, row["id"], file_id=file_id, content=content)
        if former and former["file_id"]:
            await steps.file_store.delete(connection, org_id, former["file_id"])
        if current["status"] == "reading":
            guesses = {question.key: question.default for question in questions if question.default}
            await store.save_preview(
                connection,
                org_id,
                row["id"],
                provider=parser.provider,
                source=parser.source,
                options=guesses | dict(answered),
                summary=summary,
            )


class _Progress:
    """How far a thread is, told to whoever asks."""

    def __init__(self, total: int) -> None:
        self._done, self._total = 0, total

    def set(self, done: int) -> None:
        self._done = done

    async def follow(self, steps: Steps, work: Callable[[], Staged]) -> Staged:
        """Run `work` in a thread, and report how far it is."""
        running = asyncio.ensure_future(asyncio.to_thread(work))
        while not running.done():
            await asyncio.wait({running}, timeout=_POLL_SECONDS)
            await steps.report(self._done, self._total)
        return await running


async def start_commit(
    actor: Actor, file_store: FileStore, row: Row, stage: Row, answered: Mapping[str, str], *, enqueue: bool = True
) -> UUID:
    """Let a job commit a preview. Returns the import that will hold the lines. Raises Invalid, Conflict."""
    connection, org_id = actor.connection, actor.org_id
    if row["status"] in ("committed", "committing"):
        return UUID(str(row["id"]))
    if row["status"] != "previewed":
        raise Conflict(f"This import is {row['status']}, so it cannot be committed.")
    try:
        questions = results.read_questions(stage["content"].get("questions", []))
        answers = preview.check_answers(questions, row["options"] | dict(answered))
    except FileRejected as error:
        raise Invalid(str(error), field="options") from None
    for earlier in await import_store.find_committed(connection, org_id, row["artist_id"], row["content_sha256"]):
        if earlier["options"] == answers:
            await imports.delete_stored(connection, file_store, org_id, row)
            return UUID(str(earlier["id"]))
    await store.set_status(connection, org_id, row["id"], "committing", options=answers)
    total = stage["content"].get("lines", 0)
    await store.report_progress(connection, org_id, row["id"], done=0, total=total)
    if enqueue:
        await _enqueue(actor, COMMIT_JOB, row["id"], row["artist_id"])
    return UUID(str(row["id"]))


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
            await _read_again(steps, row)
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
        reason = str(error) if isinstance(error, FileRejected) else error.message
        await fail(steps, import_id, "previewed", reason)


async def fail(steps: Steps, import_id: UUID, status: str, reason: str) -> None:
    """Bring an import back to what it was, with the reason."""
    async with steps.transaction() as actor:
        if await import_store.find_import(actor.connection, actor.org_id, import_id) is not None:
            await store.set_status(actor.connection, actor.org_id, import_id, status)
            await store.report_progress(
                actor.connection, actor.org_id, import_id, done=0, total=0, problem=reason[:1000]
            )


async def _read_again(steps: Steps, row: Row) -> None:
    """Read a file once more with the answers to its questions. Raises FileRejected."""
    async with steps.transaction() as actor:
        hints = build_hints(row["file_name"], await list_known(actor.connection, actor.org_id, row["artist_id"]))
    with TemporaryFile() as source, TemporaryFile() as target:
        await _download(steps, row, source)
        await _read(steps, row, hints, row["options"], source, target)


async def _record(steps: Steps, actor: Actor, row: Row) -> dict[str, Any]:
    """Record the staged lines of an import. Returns its summary."""
    stage = await store.find_stage(actor.connection, actor.org_id, row["id"])
    assert stage is not None and stage["file_id"] is not None  # made with the preview
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


async def start_undo(actor: Actor, row: Row, *, enqueue: bool = True) -> None:
    """Let a job take back what an import recorded. Raises Conflict."""
    if row["status"] in ("undone", "undoing"):
        return
    if row["status"] != "committed":
        raise Conflict("This import was never committed, so it cannot be undone.")
    await store.set_status(actor.connection, actor.org_id, row["id"], "undoing")
    if enqueue:
        await _enqueue(actor, UNDO_JOB, row["id"], row["artist_id"])


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
    gone = await royalties.take_back(actor, row)
    for later in await import_store.list_committed_of_source(connection, org_id, row["source"], row["committed_at"]):
        stage = await store.find_stage(connection, org_id, later["id"])
        if stage is not None and stage["file_id"] is not None:
            await _record(steps, actor, later)
        else:
            _, parsed, _ = await parse_with_answers(connection, steps.file_store, org_id, later, later["options"])
            await royalties.record_lines(actor, later, parsed)
    await history.record_import_event(actor, row, EventType.IMPORT_UNDONE, {"lines": gone})


