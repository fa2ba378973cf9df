"""Commit the files of a batch that have no open question, and say what is left."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from arti.imports import service
from arti.imports.batches import store
from arti.imports.batches.service import NO_MONEY, open_keys_of
from arti.imports.history import get_import
from arti.imports.large import service as large
from arti.imports.large.store import find_stage
from arti.imports.mappings.service import keep_mapping
from arti.imports.parsers.registry import holds_money, is_royalties
from arti.orgs.authorization import Actor
from arti_core.database import Row
from arti_core.errors import ArtiError, NotFound, Unavailable
from arti_core.files.file_store import FileStore
from arti_core.savepoints import savepoint

COMMIT_SECONDS: Final = 5.0  # after which a request answers, and the next goes on
# What defines songs comes before what is about them, and statements come last.
_LISTS_FIRST, _SERIES, _MONEY = 0, 1, 2


def sort_items(rows: Sequence[Row]) -> list[Row]:
    """Return the imports of a batch in the order of their commit: lists of songs before what is about the songs."""

    def rank(row: Row) -> int:
        if is_royalties(row["source"]):
            return _MONEY
        return _LISTS_FIRST if row["summary"].get("assets") and not row["summary"].get("days") else _SERIES

    names = {row["artist_id"]: index for index, row in reversed(list(enumerate(rows)))}
    return sorted(rows, key=lambda row: (rank(row) == _MONEY, names[row["artist_id"]], rank(row)))


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of a file of a batch."""

    import_id: UUID
    id: UUID
    file_name: str
    result: str
    reason: str | None = None
    recorded: Mapping[str, int] | None = None


async def commit_batch(
    actor: Actor,
    file_store: FileStore,
    batch_id: UUID,
    *,
    answers: Mapping[UUID, Mapping[str, str]],
    import_ids: Sequence[UUID] | None,
    may_import_money: bool = True,
    seconds: float = COMMIT_SECONDS,
) -> tuple[list[Committed], int]:
    """Commit the previews of a batch that have no open question. Returns what became of them, and how many are left.

    A file that fails is reported and the others go on. Raises NotFound.
    """
    connection, org_id = actor.connection, actor.org_id
    if not await store.lock_batch(connection, org_id, batch_id):
        raise NotFound("batch")
    rows = sort_items(await store.list_items(connection, org_id, batch_id))
    wanted = [
        row for row in rows if row["status"] == "previewed" and (import_ids is None or row["id"] in set(import_ids))
    ]
    until = time.monotonic() + seconds
    results: list[Committed] = []
    for index, row in enumerate(wanted):
        if time.monotonic() > until and any(result.result != "open" for result in results):
            return results, len(wanted) - index
        if holds_money(row["source"]) and not may_import_money:
            results.append(Committed(row["id"], row["id"], row["file_name"], "failed", NO_MONEY))
        else:
            results.append(await _commit_one(actor, file_store, batch_id, row, answers.get(row["id"], {})))
    return results, 0


async def _commit_one(
    actor: Actor, file_store: FileStore, batch_id: UUID, row: Row, answers: Mapping[str, str]
) -> Committed:
    connection, org_id, id, name = actor.connection, actor.org_id, row["id"], row["file_name"]
    missing = [key for key in open_keys_of(row) if not answers.get(key, "").strip()]
    if missing:
        texts = {question["key"]: question["text"] for question in row["questions"]}
        return Committed(id, id, name, "open", texts.get(missing[0], missing[0]))
    try:
        if row["is_large"] and (stage := await find_stage(connection, org_id, id)):
            own_id = await large.start_commit(actor, file_store, row, stage, answers)
            if own_id == id:
                return Committed(id, id, name, "committing", "A job commits it.")
            return Committed(id, own_id, name, "already_committed", "The same file was imported before.")
        async with savepoint(connection):
            stored = await service.commit_import(actor, file_store, id, answered=dict(answers))
    except Unavailable:
        raise
    except ArtiError as error:
        return Committed(id, id, name, "failed", error.message)
    if stored.id != id:
        await store.insert_item(
            connection, org_id, batch_id, stored.id, placed_by=row["placed_by"], questions=[], open_keys=[]
        )
        return Committed(id, stored.id, name, "already_committed", "The same file was imported before.")
    done = await get_import(connection, org_id, stored.id, lock=False)
    await keep_mapping(actor, done, stored)
    return Committed(id, stored.id, name, "committed", None, done["summary"].get("recorded"))
