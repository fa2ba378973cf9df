"""Read the file of a large import once, and stage what its preview and its commit need."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from uuid import UUID

from arti.imports import preview
from arti.imports import store as import_store
from arti.imports.large import results, store
from arti.imports.large.report import Staged, stage_report
from arti.imports.large.steps import Steps
from arti.imports.large.text_rows import TextTable
from arti.imports.parsers import registry
from arti.imports.readers.csv_reader import MAX_BYTES
from arti.imports.stored_files import build_hints, list_known
from arti.imports.types import FileQuestion, FileRejected, Hints, Parser, SourceTable
from arti.vocabulary import Permission
from arti_core.database import Row
from arti_core.errors import ArtiError, Conflict

_POLL_SECONDS = 0.5


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
        await download(steps, row, source)
        try:
            await _read(steps, row, hints, row["options"], source, target)
        except (FileRejected, ArtiError) as error:
            if isinstance(error, ArtiError) and error.status >= 500:
                raise
            await fail(steps, import_id, "refused", reason_of(error))


async def download(steps: Steps, row: Row, source: BinaryIO) -> None:
    """Copy the file of an import to this machine. Raises Conflict for one that was deleted."""
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
    read = await read_lines(steps, row, hints, answered, source, target)
    if read is None:
        async with steps.whole_file():
            await _read_whole(steps, row, hints, answered, source, target)
    else:
        parser, staged = read
        questions, summary = staged.file.questions, results.summarise(staged)
        await _save(steps, row, parser, questions, answered, summary, results.describe_staged(staged), target)


async def read_lines(
    steps: Steps, row: Row, hints: Hints, answered: Mapping[str, str], source: BinaryIO, target: BinaryIO
) -> tuple[Parser, Staged] | None:
    """Read a report on this machine into lines in `target`; None for a file that is read in one piece.

    Raises FileRejected, Forbidden.
    """
    progress = _Progress(row["byte_size"])

    def recognise() -> tuple[TextTable, Parser, SourceTable]:
        table = TextTable(source)
        parser, head = registry.recognise(table.head, (row["source"],) if row["source"] else ())
        return table, parser, head

    table, parser, head = await asyncio.to_thread(recognise)
    if parser.open_lines is None or len(head.header) != len(table.head.header):  # a parser that arranges the rows anew
        return None
    async with steps.transaction() as actor:
        await steps.need(actor, Permission.MONEY_WRITE)
    staged = await progress.follow(
        steps, lambda: stage_report(table, parser, head, hints, answered, target, progress.set)
    )
    return parser, staged


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
    if registry.holds_money(file.parser.source):
        async with steps.transaction() as actor:
            await steps.need(actor, Permission.MONEY_WRITE)
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


async def fail(steps: Steps, import_id: UUID, status: str, reason: str) -> None:
    """Bring an import back to what it was, with the reason."""
    async with steps.transaction() as actor:
        if await import_store.find_import(actor.connection, actor.org_id, import_id) is not None:
            refusal = reason if status == "refused" else None
            await store.set_status(actor.connection, actor.org_id, import_id, status, refusal=refusal)
            await store.report_progress(
                actor.connection, actor.org_id, import_id, done=0, total=0, problem=reason[:1000]
            )


def reason_of(error: FileRejected | ArtiError) -> str:
    """Return what an error says to people."""
    return error.message if isinstance(error, ArtiError) else str(error)


async def read_again(steps: Steps, row: Row) -> None:
    """Read a file once more with the answers to its questions. Raises FileRejected."""
    async with steps.transaction() as actor:
        hints = build_hints(row["file_name"], await list_known(actor.connection, actor.org_id, row["artist_id"]))
    with TemporaryFile() as source, TemporaryFile() as target:
        await download(steps, row, source)
        await _read(steps, row, hints, row["options"], source, target)
