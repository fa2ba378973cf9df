"""Read the file of a committed import again with the parsers of now: show the difference, or store it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arti.imports import history, preview, royalties, store
from arti.imports.cells.parser_version import PARSER_VERSION
from arti.imports.large.store import find_stage, lift_time_limits
from arti.imports.overlaps.recording import record_values
from arti.imports.parsers.registry import is_royalties
from arti.imports.rereading import schemas
from arti.imports.rereading.store import read_lines, read_values
from arti.imports.stored_files import parse_with_answers
from arti.imports.teams.scope import terms_of_answers
from arti.orgs.audit import audit
from arti.orgs.authorization import Actor
from arti_core.database import Connection, Row
from arti_core.errors import Conflict
from arti_core.files.file_store import FileStore
from arti_core.savepoints import TakenBack, savepoint

_SHOWN = 100


async def reread_import(
    actor: Actor, file_store: FileStore, import_id: UUID, *, commit: bool, may_take_long: bool = False
) -> schemas.Reread:
    """Take an import back and store what its file says now, in one transaction; without `commit` undo both again.

    The answers given at its commit are used again. `may_take_long`: read files too that are more than a request can
    wait for. Raises NotFound, Invalid for a file that is no longer read, Conflict for an import that is not committed
    or whose file was deleted, or is a large report of money.
    """
    connection, org_id = actor.connection, actor.org_id
    row = await history.get_import(connection, org_id, import_id, lock=True)
    if row["status"] != "committed":
        raise Conflict(f"This import is {row['status']}; only a committed one is read again.")
    if await find_stage(connection, org_id, import_id) is not None:
        if is_royalties(row["source"]):
            raise Conflict("A report of this size is not compared line by line. Undo the import, and upload it again.")
        if not may_take_long:
            raise Conflict(
                "This file is too large to be compared while you wait. The operator can read it again with "
                "./arti import --reread, or undo the import, and upload the file again."
            )
        await lift_time_limits(connection)
    before = await _read_stored(connection, org_id, row)
    async with savepoint(connection):
        await _store_again(actor, file_store, row)
        result = _compare(row, before, await _read_stored(connection, org_id, row), committed=commit)
        if not commit or not result.first:
            raise TakenBack
    if not commit:
        return result
    if not result.first:
        # Nothing is read otherwise: no value is touched.
        await store.update_reread(connection, org_id, import_id, options=row["options"], summary=row["summary"])
    counts = {"new": result.new, "changed": result.changed, "gone": result.gone, "parser_version": PARSER_VERSION}
    await audit(actor, "import.reread", import_id, {"file_name": row["file_name"], **counts})
    return result


async def _store_again(actor: Actor, file_store: FileStore, row: Row) -> None:
    connection, org_id = actor.connection, actor.org_id
    file, parsed, answers = await parse_with_answers(connection, file_store, org_id, row, row["options"])
    await history.take_back(actor, file_store, row)
    if parsed.money:
        summary = preview.build_summary(file, parsed) | await royalties.record_lines(actor, row, parsed)
    else:
        summary = await record_values(actor, file_store, row, file, parsed, answers)
    await history.delete_unused(connection, org_id, row)
    # What the first commit changed stays said.
    summary["recorded"] = row["summary"].get("recorded", summary["recorded"])
    await store.update_reread(connection, org_id, row["id"], options=answers, summary=summary)


async def _read_stored(connection: Connection, org_id: UUID, row: Row) -> dict[tuple[Any, ...], dict[str, Any]]:
    if is_royalties(row["source"]):
        return await read_lines(connection, org_id, row["id"])
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
