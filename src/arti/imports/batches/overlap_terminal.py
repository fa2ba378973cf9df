"""What a file has in common with what is stored, on a terminal: the same as the page shows before a commit."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from uuid import UUID

from arti.imports.overlaps.comparison import compare_with_stored
from arti.imports.overlaps.schemas import DifferingValue, Overlap, OverlappedImport
from arti.imports.types import FileQuestion
from arti.metrics.sources.known import list_metrics
from arti.orgs.authorization import Actor
from arti_core.errors import Invalid
from arti_core.files.file_store import FileStore

Ask = Callable[[FileQuestion, str | None], Awaitable[str]]
REPLACE: Final = "replace"
_YES, _NO = "yes", "no"
_SHOWN: Final = 10


async def confirm_overlap(
    actor: Actor,
    file_store: FileStore,
    import_id: UUID,
    answers: Mapping[str, str],
    ask: Ask | None,
    print_line: Callable[[str], None],
) -> bool:
    """Print which values differ from what is stored and which of the two stays. Returns whether to commit.

    Asks before values are replaced; without `ask` they are. An answer that is wrong is said by the commit.
    """
    try:
        overlap = await compare_with_stored(actor.connection, file_store, actor.org_id, import_id, answered=answers)
    except Invalid:
        return True
    if not overlap.imports:
        return True
    names = {slug: metric.name for slug, metric in (await list_metrics(actor.connection, actor.org_id)).items()}
    for line in describe_overlap(overlap, names):
        print_line(f"  {line}")
    if not overlap.replaced:
        return True
    answer = answers.get(REPLACE)
    if answer is None and ask is not None:
        text = f"Replace {_count(overlap.replaced, 'value')} by what the file says?"
        answer = await ask(FileQuestion(REPLACE, text, "choice", _YES, (_YES, _NO)), _YES)
    return answer in (None, _YES)


def describe_overlap(overlap: Overlap, names: Mapping[str, str]) -> list[str]:
    """Return the overlap in lines. `names`: of the metrics, by slug."""
    differ = overlap.replaced + overlap.kept
    if not differ:
        return [f"{_count(overlap.same, 'value is', 'values are')} stored already; nothing differs."]
    lines = [
        f"{_count(differ, 'value differs', 'values differ')} from what is stored: {overlap.replaced:,} will be "
        f"replaced, {overlap.kept:,} stay as they are."
    ]
    lines += map(_describe_import, overlap.imports)
    lines += [f"  {_describe_value(value, names)}" for value in overlap.differing[:_SHOWN]]
    if differ > _SHOWN:
        lines.append(f"  The latest {_SHOWN} of {differ:,}.")
    return lines


def _describe_import(other: OverlappedImport) -> str:
    which = other.file_name or "Values that were entered or pushed"
    span = f"{which}, {other.first} to {other.last}"
    differ = other.replaced + other.kept
    if not differ:
        return f"{span}: {_count(other.same, 'value')} in both, all equal."
    return (
        f"{span}: {_count(other.same, 'value is', 'values are')} equal, "
        f"{_count(differ, 'value differs', 'values differ')} on {_count(other.days, 'day')}. {other.reason}"
    )


def _describe_value(value: DifferingValue, names: Mapping[str, str]) -> str:
    of = f" of {value.title}" if value.title else ""
    split = f" ({value.dimension})" if value.dimension else ""
    stays = "the file's stays" if value.stays == "file" else "the stored one stays"
    return (
        f"{value.observed_on} {names.get(value.metric, value.metric)}{of}{split}: stored {_number(value.stored)}, "
        f"in the file {_number(value.in_file)}; {stays}."
    )


def _number(value: float | None) -> str:
    return "nothing" if value is None else f"{value:,.15g}"


def _count(number: int, one: str, several: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"
