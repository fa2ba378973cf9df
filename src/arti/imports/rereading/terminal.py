"""Read committed files again from a terminal, `./arti import --reread [FILE...]`: the difference, then a question."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from arti.imports.large.steps import OneTransaction, progress_of
from arti.imports.rereading import store
from arti.imports.rereading.schemas import Reread, RereadValue
from arti.imports.rereading.service import reread_import
from arti.imports.types import FileQuestion
from arti.metrics.sources.known import list_metrics
from arti.orgs.authorization import Actor
from arti_core.database import Row
from arti_core.errors import Conflict, Invalid
from arti_core.files.file_store import FileStore

Ask = Callable[[FileQuestion, str | None], Awaitable[str]]
_YES, _NO = "yes", "no"
_SHOWN: Final = 10


@dataclass(slots=True)
class RereadFiles:
    """The number of files by result. `differing`: read otherwise, and not stored."""

    stored: int = 0
    equal: int = 0
    differing: int = 0
    failed: int = 0


async def reread_files(
    actor: Actor,
    file_store: FileStore,
    names: Sequence[str],
    *,
    store_all: bool = False,
    ask: Ask | None = None,
    print_line: Callable[[str], None] = print,
) -> RereadFiles:
    """Read again the files of these names, or all that an older parser read. Raises Invalid for a name without a file.

    What is read otherwise is printed, and stored where the answer is yes, or with `store_all` without a question.
    """
    rows = await store.list_rereadable(actor.connection, actor.org_id, names)
    missing = [name for name in names if not any(_is_called(row, name) for row in rows)]
    if missing:
        raise Invalid(f"There is no committed import of a file {missing[0]}.", field="file")
    metrics = {slug: metric.name for slug, metric in (await list_metrics(actor.connection, actor.org_id)).items()}
    done = RereadFiles()
    for row in rows:
        steps = OneTransaction(actor, file_store, progress_of("read again", "", print_line))
        print_line(f"{row['artist_name']}: {row['file_name']}, imported on {row['committed_at']:%Y-%m-%d}")
        try:
            found = await reread_import(actor, steps, row["id"], commit=False)
        except (Invalid, Conflict) as error:
            done.failed += 1
            print_line(f"  not read again: {error.message}")
            continue
        _print_difference(found, metrics, print_line)
        if not found.first:
            done.equal += 1
            continue
        answer = _YES if store_all else _NO
        if not store_all and ask is not None:
            question = FileQuestion("store", "Store what it reads now?", "choice", _NO, (_YES, _NO))
            answer = await ask(question, _NO)
        if answer == _YES:
            await reread_import(actor, steps, row["id"], commit=True)
            done.stored += 1
            print_line("  stored as it is read now.")
        else:
            done.differing += 1
            print_line("  not stored: what is stored stays.")
    return done


def _is_called(row: Row, name: str) -> bool:
    return row["file_name"] == name or bool(row["file_name"].endswith(f"/{name}"))


def _print_difference(found: Reread, metrics: dict[str, str], print_line: Callable[[str], None]) -> None:
    versions = f"read with version {found.from_version} of the parser, now with {found.to_version}"
    if not found.first:
        print_line(f"  {versions}: no value is different.")
        return
    are = "value is" if found.new == 1 else "values are"
    print_line(f"  {versions}: {found.new:,} {are} new, {found.changed:,} changed, {found.gone:,} gone.")
    for value in found.first[:_SHOWN]:
        print_line(f"    {_describe(value, metrics)}")
    total = found.new + found.changed + found.gone
    if total > _SHOWN:
        print_line(f"    The first {_SHOWN} of {total:,}.")


def _describe(value: RereadValue, metrics: dict[str, str]) -> str:
    row = "" if value.row is None else f"row {value.row}, "
    of = f" of {value.title}" if value.title else ""
    split = f" ({value.dimension})" if value.dimension else ""
    what = f"{row}{value.observed_on} {metrics.get(value.what, value.what)}{of}{split}"
    return f"{what}: before {value.before or 'nothing'}, now {value.after or 'nothing'}."
