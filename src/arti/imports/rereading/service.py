"""Read the file of a committed import again with the parsers of now: show the difference, or store it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arti.imports import history, store
from arti.imports.cells.parser_version import PARSER_VERSION
from arti.imports.large import service as large
from arti.imports.large.steps import OneTransaction, Steps
from arti.imports.large.store import find_stage, lift_time_limits, save_reread
from arti.imports.overlaps.recording import record_values
from arti.imports.parsers.registry import is_royalties
from arti.imports.rereading import schemas
from arti.imports.rereading.reports import compare_report, show_line
from arti.imports.rereading.store import read_values
from arti.imports.stored_files import parse_with_answers
from arti.imports.teams.scope import terms_of_answers
from arti.orgs.audit import audit
from arti.orgs.authorization import Actor
from arti_core.database import Connection, Row
from arti_core.errors import Conflict, NotFound
from arti_core.files.file_store import FileStore
from arti_core.savepoints import TakenBack, savepoint

_SHOWN = 100


async def start_reread(actor: Actor, file_store: FileStore, import_id: UUID, *, commit: bool) -> schemas.Reread:
    """Read a file again, or let a job do it where a request cannot wait. Raises as `reread_import` does."""
    connection, org_id = actor.connection, actor.org_id
    row = await _get_committed(connection, org_id, import_id)
    stage = await find_stage(connection, org_id, import_id)
    if stage is None:
        if commit and await large.undo_needs_job(actor, row):
            await lift_time_limits(connection)
        return await reread_import(actor, OneTransaction(actor, file_store, _show_nothing), import_id, commit=commit)
    if stage["reread"] and stage["reread"]["state"] == "running":
        if commit and not stage["reread"]["committed"]:
            raise Conflict("This file is being read again. Wait until its difference is shown.")
    else:
        await save_reread(connection, org_id, import_id, {"state": "running", "committed": commit})
    await large.enqueue(actor, large.REREAD_JOB, import_id, row["artist_id"])
    stage = await find_stage(connection, org_id, import_id)
    assert stage is not None
    return public_reread(row, stage)


def _show_nothing(done: int, total: int) -> None:
    """A request shows no progress."""


def public_reread(row: Row, stage: Row | None) -> schemas.Reread:
    """Return what a job has found that reads a file again, or how far it is. Raises NotFound."""
    if stage is None or stage["reread"] is None:
        raise NotFound("import", "It was not read again by a job; POST to this address reads it.")
    versions = {"from_version": row["parser_version"], "to_version": PARSER_VERSION}
    counts = {"new": 0, "changed": 0, "gone": 0, "first": []}
    progress = {"done": stage["done"], "total": stage["total"], "problem": None}
    return schemas.Reread.model_validate(versions | counts | {"progress": progress} | stage["reread"])


async def reread_import(actor: Actor, steps: Steps, import_id: UUID, *, commit: bool) -> schemas.Reread:
    """Compare what an import's file says now with what is stored, and store it with `commit`, in one transaction.

    The answers given at its commit are used again. Raises NotFound, Invalid for a file that is no longer read,
    Conflict for an import that is not committed or whose file was deleted, Forbidden.
    """
    connection, org_id = actor.connection, actor.org_id
    row = await _get_committed(connection, org_id, import_id, lock=commit)
    stage = await find_stage(connection, org_id, import_id)
    if is_royalties(row["source"]):
        lines = await compare_report(steps, actor, row, stage, commit=commit)
        result = schemas.Reread(
            from_version=row["parser_version"],
            to_version=PARSER_VERSION,
            new=lines.new,
            changed=lines.changed,
            gone=lines.gone,
            first=[show_line(*one) for one in lines.first],
            committed=commit,
        )
    else:
        result = await _compare_values(actor, steps.file_store, row, commit=commit)
    if commit:
        counts = {"new": result.new, "changed": result.changed, "gone": result.gone, "parser_version": PARSER_VERSION}
        await audit(actor, "import.reread", import_id, {"file_name": row["file_name"], **counts})
    return result


async def _get_committed(connection: Connection, org_id: UUID, import_id: UUID, *, lock: bool = False) -> Row:
    row = await history.get_import(connection, org_id, import_id, lock=lock)
    if row["status"] != "committed":
        raise Conflict(f"This import is {row['status']}; only a committed one is read again.")
    return row


async def _compare_values(actor: Actor, file_store: FileStore, row: Row, *, commit: bool) -> schemas.Reread:
    """Take an import back and store what its file says now; without `commit` undo both again."""
    connection, org_id = actor.connection, actor.org_id
    before = await _read_stored(connection, org_id, row)
    async with savepoint(connection):
        await _store_again(actor, file_store, row)
        result = _compare(row, before, await _read_stored(connection, org_id, row), committed=commit)
        if not commit or not result.first:
            raise TakenBack
    if commit and not result.first:
        # Nothing is read otherwise: no value is touched.
        await store.update_reread(connection, org_id, row["id"], options=row["options"], summary=row["summary"])
    return result


async def _store_again(actor: Actor, file_store: FileStore, row: Row) -> None:
    connection, org_id = actor.connection, actor.org_id
    file, parsed, answers = await parse_with_answers(connection, file_store, org_id, row, row["options"])
    await history.take_back(actor, file_store, row)
    summary = await record_values(actor, file_store, row, file, parsed, answers)
    await history.delete_unused(connection, org_id, row)
    # What the first commit changed stays said.
    summary["recorded"] = row["summary"].get("recorded", summary["recorded"])
    await store.update_reread(connection, org_id, row["id"], options=answers, summary=summary)


async def _read_stored(connection: Connection, org_id: UUID, row: Row) -> dict[tuple[Any, ...], dict[str, Any]]:
    terms = terms_of_answers(row["options"])
    return await read_values(connection, org_id, artist_id=row["artist_id"], provider=row["provider"], terms=terms)


def _compare(
    row: Row,
    before: Mapping[tuple[Any, ...], Mapping[str, Any]],
    after: Mapping[tuple[Any, ...], Mapping[str, Any]],
    *,
    committed: bool,
) -> schemas.Reread:
    values = []
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        shown = new or old
        assert shown is not None
        if old and new and (old["shown"], old["observed_on"]) == (new["shown"], new["observed_on"]):
            continue
        values.append(
            schemas.RereadValue(
                change="new" if old is None else "gone" if new is None else "changed",
                row=shown["row"],
                what=shown["what"],
                title=shown["title"],
                dimension=shown["dimension"],
                observed_on=shown["observed_on"],
                before=old["shown"] if old else None,
                after=new["shown"] if new else None,
            )
        )
    values.sort(key=lambda value: (value.row or 0, value.what, value.dimension, value.observed_on))
    return schemas.Reread(
        from_version=row["parser_version"],
        to_version=PARSER_VERSION,
        new=sum(value.change == "new" for value in values),
        changed=sum(value.change == "changed" for value in values),
        gone=sum(value.change == "gone" for value in values),
        first=values[:_SHOWN],
        committed=committed,
    )
