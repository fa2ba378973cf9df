"""Import files of any artists from a terminal: they find their artists as on the page, and the same is asked.

`ask` is called for each open question; without it a file with one stays a preview.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from arti.imports.batches import store
from arti.imports.batches.commit import commit_batch, sort_items
from arti.imports.batches.overlap_terminal import confirm_overlap
from arti.imports.batches.service import Unplaced, add_files
from arti.imports.parsers.registry import BY_SOURCE
from arti.imports.types import FileQuestion
from arti.music.store import find_artist_by_name
from arti.orgs.authorization import Actor
from arti_core.database import Row
from arti_core.files.file_store import FileStore

Ask = Callable[[FileQuestion, str | None], Awaitable[str]]


@dataclass(slots=True)
class SortedImport:
    """The number of files by result. `unplaced`: files of no artist, of which nothing is stored."""

    committed: int = 0
    refused: int = 0
    open: int = 0
    unplaced: list[str] = field(default_factory=list)


async def import_sorted(
    actor: Actor,
    file_store: FileStore,
    files: Sequence[tuple[str, bytes]],
    *,
    answers: Mapping[str, str] | None = None,
    ask: Ask | None = None,
    print_line: Callable[[str], None] = print,
) -> SortedImport:
    """Preview files in one batch, ask what is open, commit the rest, and print what became of each."""
    done = SortedImport()
    batch_id, unplaced = await add_files(actor, file_store, batch_id=None, files=files)
    for one in unplaced:
        artist_id = None if one.refusal or ask is None else await _ask_artist(actor, one, ask)
        if artist_id:
            of_zip = [file for file in files if one.name == file[0] or one.name.startswith(f"{file[0]}/")]
            await add_files(actor, file_store, batch_id=batch_id, files=of_zip, placements={one.name: artist_id})
            continue
        print_line(
            f"{one.name}\n  {'refused' if one.refusal else 'not imported'}: {one.refusal or one.placement.reason}"
        )
        if one.refusal:
            done.refused += 1
        else:
            done.unplaced.append(one.name)
    given: dict[UUID, dict[str, str]] = {}
    rows = sort_items(await store.list_items(actor.connection, actor.org_id, batch_id))
    for row in rows:
        _print_item(row, print_line)
        if row["status"] == "refused":
            done.refused += 1
        elif row["status"] == "committed":
            done.committed += 1
            print_line(f"  already imported on {row['committed_at']:%Y-%m-%d}; nothing changes.")
        else:
            own = await _answer(row, answers or {}, ask)
            is_open = not all(own.get(key) for key in row["open"])
            if is_open or await confirm_overlap(
                actor, file_store, row["id"], {**(answers or {}), **own}, ask, print_line
            ):
                given[row["id"]] = own
            else:
                done.open += 1
                print_line("  not imported: what is stored stays. It waits as a preview on the page Imports.")
    results, _ = await commit_batch(
        actor, file_store, batch_id, answers=given, import_ids=list(given), seconds=float("inf")
    )
    for result in results:
        print_line(f"{result.file_name}")
        if result.result in ("open", "failed"):
            done.open += 1
            print_line(f"  not imported: {result.reason} It waits as a preview on the page Imports.")
        else:
            done.committed += 1
            recorded = result.recorded or {}
            print_line(
                f"  imported: {recorded.get('new', 0):,} new, {recorded.get('restated', 0):,} restated, "
                f"{recorded.get('unchanged', 0):,} unchanged."
            )
    return done


async def _ask_artist(actor: Actor, one: Unplaced, ask: Ask) -> UUID | None:
    text = f"{one.name}: {one.placement.reason} Artist (empty leaves it out):"
    name = await ask(FileQuestion("artist", text, "text"), None)
    return await find_artist_by_name(actor.connection, actor.org_id, name) if name else None


async def _answer(row: Row, answers: Mapping[str, str], ask: Ask | None) -> dict[str, str]:
    given = {}
    for stated in row["questions"]:
        question = FileQuestion(**{**stated, "choices": tuple(stated["choices"])})
        if question.key in answers:
            given[question.key] = answers[question.key]
        elif question.key in row["open"] and ask is not None:
            given[question.key] = await ask(question, question.default)
    return given


def _print_item(row: Row, print_line: Callable[[str], None]) -> None:
    print_line(f"{row['artist_name']}: {row['file_name']} ({row['placed_by']})")
    if row["refusal"]:
        print_line(f"  refused: {row['refusal']}")
        return
    summary = row["summary"]
    title = BY_SOURCE[row["source"]].title if row["source"] in BY_SOURCE else row["source"]
    days = summary.get("days")
    print_line(
        f"  {title}: {summary['rows']:,} rows, {summary['rejected']:,} rejected"
        + (f"; {days['first']} to {days['last']}, {days['missing_count']:,} days missing." if days else ".")
    )
    for stated in row["questions"]:
        if stated["key"] not in row["open"] and stated["default"]:
            print_line(f"  {stated['text']} {stated['default']}")
