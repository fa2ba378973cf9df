"""Import files from a terminal: `./arti import FILE... --artist NAME`.

`answers` come from `--option key=value`. `ask` is called for each question without an answer; an empty result leaves
the file uncommitted. Without `ask`, guesses are used and printed; a file with a question without a guess stays a
preview.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from arti.imports import service, store
from arti.imports.batches.large_files import place_large
from arti.imports.batches.overlap_terminal import confirm_overlap
from arti.imports.large import recording
from arti.imports.large import service as large
from arti.imports.large.reading import read_import
from arti.imports.large.results import questions_of
from arti.imports.large.steps import OneTransaction, progress_of
from arti.imports.large.store import find_stage
from arti.imports.large.unpacking import needs_job
from arti.imports.parsers.registry import BY_SOURCE
from arti.imports.readers.archive import UploadedTable, unpack
from arti.imports.stored_files import StoredImport
from arti.imports.types import FileQuestion, FileRejected
from arti.music import service as music
from arti.music.store import find_artist_by_name, find_artist_name
from arti.orgs.authorization import Actor
from arti_core.database import Row
from arti_core.errors import Invalid, NotFound
from arti_core.files.file_store import FileStore

Ask = Callable[[FileQuestion, str | None], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The number of files by result. `open`: a question has no answer; `unplaced`: those of them without an artist."""

    committed: int
    refused: int
    open: int
    unplaced: int = 0


async def import_files(
    actor: Actor,
    file_store: FileStore,
    *,
    paths: Sequence[Path],
    artist: str,
    answers: Mapping[str, str] | None = None,
    ask: Ask | None = None,
    print_line: Callable[[str], None] = print,
) -> ImportResult:
    """Preview files, print their summaries, and commit them. Creates the artist if there is none with that name.

    Files of one folder are previewed together, like those of a zip. Raises Invalid for a path that is not a file.
    """
    connection, org_id, principal = actor.connection, actor.org_id, actor.principal
    assert principal is not None  # files are imported by a person
    artist_id = await find_artist_by_name(connection, org_id, artist)
    if artist_id is None:
        artist_id = await music.create_artist(actor, name=artist)
        print_line(f"{artist} was added to the roster.")
    imports: list[StoredImport] = []
    for folder in dict.fromkeys(path.parent for path in paths):
        tables: list[UploadedTable] = []
        for path in (path for path in paths if path.parent == folder):
            name = f"{folder.resolve().name}/{path.name}"
            if is_large(path):
                imports += await _read_large(actor, file_store, artist_id, name, path, print_line)
            else:
                tables += _open(name, path.read_bytes())
        imports += await service.preview_tables(
            connection, file_store, org_id, artist_id=artist_id, tables=tables, principal=principal
        )
    counts = {"committed": 0, "refused": 0, "open": 0}
    for stored in imports:
        counts[await _import_one(actor, file_store, stored, dict(answers or {}), ask, print_line)] += 1
    return ImportResult(**counts)


async def import_large(
    actor: Actor,
    file_store: FileStore,
    path: Path,
    name: str,
    *,
    answers: Mapping[str, str],
    ask: Ask | None,
    print_line: Callable[[str], None] = print,
) -> ImportResult:
    """Import a large file for the artist that all of its tables speak for, or that a person names."""
    with path.open("rb") as file:
        placed = [one for one in await place_large(actor, name, file) if one.refusal is None]
    artists = {one.placement.artist_id for one in placed}
    artist_id = next(iter(artists)) if len(artists) == 1 else None
    artist = await find_artist_name(actor.connection, actor.org_id, artist_id) if artist_id else None
    if artist is None and placed:
        reason = placed[0].placement.reason if len(artists) == 1 else "Its tables are of several artists."
        question = FileQuestion("artist", f"{name}: {reason} Artist (empty leaves it out):", "text")
        artist = await ask(question, None) if ask else None
        if not artist:
            print_line(f"{name}\n  not imported: {reason} Name the artist with --artist.")
            return ImportResult(0, 0, 1, unplaced=1)
    elif artist:
        print_line(f"{artist}: {name} ({placed[0].placement.reason})")
    if artist is None:
        print_line(f"{name}\n  not imported: nothing in it is an export that ARTi reads. Name the artist to see why.")
        return ImportResult(0, 1, 0)
    return await import_files(
        actor, file_store, paths=[path], artist=artist, answers=answers, ask=ask, print_line=print_line
    )


def is_large(path: Path) -> bool:
    """Return whether a file is read as the jobs of the API do. Raises Invalid for a path that is no file."""
    if not path.is_file():
        raise Invalid(f"There is no file {path}.", field="file")
    with path.open("rb") as file:
        return needs_job(file, path.stat().st_size)


async def _read_large(
    actor: Actor, file_store: FileStore, artist_id: UUID, name: str, path: Path, print_line: Callable[[str], None]
) -> list[StoredImport]:
    with path.open("rb") as file:
        created = await large.create_large(actor, file_store, artist_id, name, file, by_job=False)
    for stored in created:
        await read_import(OneTransaction(actor, file_store, progress_of(f"{name}: read", "MB", print_line)), stored.id)
    return created


def _open(name: str, content: bytes) -> list[UploadedTable]:
    try:
        return unpack(name, content)
    except FileRejected as error:
        return [UploadedTable(name, content, str(error))]


async def _import_one(
    actor: Actor,
    file_store: FileStore,
    stored: StoredImport,
    answers: dict[str, str],
    ask: Ask | None,
    print_line: Callable[[str], None],
) -> str:
    connection, org_id = actor.connection, actor.org_id
    row = await store.find_import(connection, org_id, stored.id)
    if row is None:
        raise NotFound("import")
    print_line(f"{row['file_name']}")
    if row["status"] == "refused":
        print_line(f"  refused: {row['refusal']}")
        return "refused"
    _print_preview(row, print_line)
    if row["status"] == "committed":
        print_line(f"  already imported on {row['committed_at']:%Y-%m-%d}; nothing changes.")
        return "committed"
    stage = await find_stage(connection, org_id, stored.id)
    questions = questions_of(stage) if stage else stored.recognised.questions if stored.recognised else []
    for question in questions:
        guess = row["options"].get(question.key)
        if question.key in answers:
            continue
        if ask is not None:
            answers[question.key] = await ask(question, guess)
        elif guess:
            print_line(f"  {question.text} Using {guess}; pass --option {question.key}=... to change it.")
            answers[question.key] = guess
        if not answers.get(question.key):
            choices = f" ({', '.join(question.choices[:8])})" if question.choices else ""
            print_line(f"  not imported: {question.text} Answer with --option {question.key}=...{choices}")
            return "open"
    if not await confirm_overlap(actor, file_store, stored.id, answers, ask, print_line):
        print_line("  not imported: what is stored stays. The file waits as a preview on the page Imports.")
        return "open"
    try:
        if stage is not None:
            committed_id = await large.start_commit(actor, file_store, row, stage, answers, by_job=False)
            steps = OneTransaction(actor, file_store, progress_of("recorded", "lines", print_line))
            await recording.commit_import(steps, committed_id)
        else:
            committed_id = (await service.commit_import(actor, file_store, stored.id, answered=answers)).id
    except Invalid as error:
        print_line(f"  not imported: {error.message}")
        return "open"
    done = await store.find_import(connection, org_id, committed_id)
    if done and done["status"] == "previewed":
        failed = await find_stage(connection, org_id, committed_id)
        print_line(f"  not imported: {failed['problem'] if failed else 'the import failed.'}")
        return "open"
    if committed_id != stored.id:
        print_line("  already imported with the same answers; nothing changes.")
    elif done:
        recorded = done["summary"]["recorded"]
        print_line(
            f"  imported: {recorded['new']:,} new, {recorded['restated']:,} restated, "
            f"{recorded['unchanged']:,} unchanged."
        )
    return "committed"


def _print_preview(row: Row, print_line: Callable[[str], None]) -> None:
    summary = row["summary"]
    title = BY_SOURCE[row["source"]].title
    print_line(
        f"  {title}: {summary['rows']:,} rows, {summary['rejected']:,} rejected, {summary['warnings']:,} with warnings."
    )
    days = summary.get("days")
    if days:
        print_line(f"  {days['first']} to {days['last']}; missing days: {days['missing_count']:,}.")
    for note in summary.get("notes", ()):
        print_line(f"  note: {note}")
    mismatches = [check["column"] for check in summary.get("totals_check", ()) if not check["matches"]]
    if mismatches:
        print_line(f"  note: the rows do not sum to the Total of {', '.join(mismatches)}; the export omits rows.")
