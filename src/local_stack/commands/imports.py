"""`./arti import`: import files into an org as one of its admins, under their permissions."""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from arti.imports.batches.terminal import SortedImport, import_sorted
from arti.imports.batches.watch import RECORD, WatchedFolder
from arti.imports.cli import ImportResult, import_files, import_large, is_large
from arti.imports.readers.csv_reader import MAX_BYTES
from arti.imports.rereading.terminal import reread_files
from arti.imports.types import FileQuestion
from arti.orgs.authorization import Actor
from arti.settings import Settings, open_files
from arti_core.crypto import Vault
from arti_core.database import Pool, Principal, member_transaction, open_pool
from arti_core.errors import Invalid, Unavailable
from arti_core.files.file_store import FileStore
from local_stack.commands.orgs import find_admin, find_org
from local_stack.data_directory import find_data_directory
from local_stack.environment import load_environment
from local_stack.run_state import running_pid

_ROUND_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Desk:
    """The org that files are imported into, as one of its admins."""

    settings: Settings
    members: Pool
    org_id: UUID
    caller: Principal

    @asynccontextmanager
    async def open(self) -> AsyncIterator[tuple[Actor, FileStore]]:
        """Open a transaction in which answers on a terminal may take minutes, longer than a request may."""
        async with member_transaction(self.members, self.caller) as connection:
            await connection.execute(
                "select set_config('idle_in_transaction_session_timeout', '0', true), "
                "set_config('statement_timeout', '0', true)"
            )
            vault = Vault(self.settings.master_keys())
            yield Actor(connection, self.org_id, self.caller, vault), open_files(self.settings, vault)


@asynccontextmanager
async def _open_desk(org: str | None) -> AsyncIterator[_Desk]:
    folder = find_data_directory()
    if running_pid(folder) is None and not os.environ.get("DATABASE_URL"):
        raise Unavailable("ARTi is not running here, so there is nowhere to import to. Start ./arti up first.")
    folder.prepare()
    settings = load_environment(folder).settings()
    workers = await open_pool(
        settings.worker_database_url.get_secret_value(), size=1, claims_key=settings.claims_signing_key
    )
    members = await open_pool(settings.database_url.get_secret_value(), size=1, claims_key=settings.claims_signing_key)
    try:
        org_id = await find_org(workers, org)
        yield _Desk(settings, members, org_id, await find_admin(workers, org_id, command="import"))
    finally:
        await members.close()
        await workers.close()


async def run(options: argparse.Namespace) -> int:
    """Import files or watch a folder, as the options of the command say. Returns the exit code. Raises Invalid."""
    if options.reread and not options.watch and not options.artist:
        return await _reread(options.files, org=options.org, without_asking=options.yes)
    if options.reread or bool(options.watch) == bool(options.files) or (options.watch and options.artist):
        raise Invalid(
            "Name files, or a folder with --watch DIR, where each file finds its own artist, or read committed files "
            "again with --reread, without --watch and --artist."
        )
    if options.watch:
        return await watch_folder(options.watch, org=options.org, answers=options.option, once=options.once)
    return await import_into_org(
        options.files, artist=options.artist, org=options.org, without_asking=options.yes, answers=options.option
    )


async def import_into_org(
    files: Sequence[str], *, artist: str | None, org: str | None, without_asking: bool, answers: Sequence[str]
) -> int:
    """Import `files` for `artist`, or each for the artist that it finds. Returns the exit code, 0 when all are.

    `answers` are KEY=VALUE. Open questions are asked on the terminal, if there is one, unless `without_asking`.
    """
    parsed = dict(_split(answer) for answer in answers)
    ask = None if without_asking or not sys.stdin.isatty() else _ask
    paths = [Path(file) for file in files]
    async with _open_desk(org) as desk, desk.open() as (actor, file_store):
        if artist is None:
            names = {path: f"{path.resolve().parent.name}/{path.name}" for path in paths}
            small = [path for path in paths if not is_large(path)]
            contents = [(names[path], _read(path)) for path in small]
            done = SortedImport()
            if contents:
                done = await import_sorted(actor, file_store, contents, answers=parsed, ask=ask)
            counts = [done.committed, done.refused, done.open + len(done.unplaced)]
            for path in paths:
                if path not in small:
                    one = await import_large(actor, file_store, path, names[path], answers=parsed, ask=ask)
                    counts = [a + b for a, b in zip(counts, (one.committed, one.refused, one.open), strict=True)]
            outcome = ImportResult(*counts)
        else:
            outcome = await import_files(actor, file_store, paths=paths, artist=artist, answers=parsed, ask=ask)
    print(f"{outcome.committed} imported, {outcome.refused} refused, {outcome.open} waiting for an answer.")
    return 1 if outcome.refused or outcome.open else 0


async def _reread(files: Sequence[str], *, org: str | None, without_asking: bool) -> int:
    """Read committed files again. Returns the exit code, 0 unless one could not be read."""
    ask = None if without_asking or not sys.stdin.isatty() else _ask
    async with _open_desk(org) as desk, desk.open() as (actor, file_store):
        done = await reread_files(actor, file_store, files, store_all=without_asking, ask=ask)
    print(
        f"{done.stored} stored as they are read now, {done.equal} equal, "
        f"{done.differing} read otherwise and not stored, {done.failed} not read."
    )
    return 1 if done.failed else 0


async def watch_folder(folder: str, *, org: str | None, answers: Sequence[str], once: bool) -> int:
    """Import what is new in a folder, until interrupted; with `once` what is there now. Returns the exit code."""
    parsed = dict(_split(answer) for answer in answers)
    watched = WatchedFolder.open(Path(folder))
    failures = 0
    async with _open_desk(org) as desk:

        async def import_round(files: list[tuple[str, bytes]]) -> list[str]:
            nonlocal failures
            async with desk.open() as (actor, file_store):
                done = await import_sorted(actor, file_store, files, answers=parsed)
            waiting = done.open + len(done.unplaced)
            failures += done.refused + waiting
            print(f"{done.committed} imported, {done.refused} refused, {waiting} waiting for an answer.", flush=True)
            return done.unplaced

        async def import_one(path: Path, name: str) -> bool:
            nonlocal failures
            async with desk.open() as (actor, file_store):
                done = await import_large(actor, file_store, path, name, answers=parsed, ask=None)
            failures += done.refused + done.open
            print(f"{done.committed} imported, {done.refused} refused, {done.open} waiting.", flush=True)
            return not done.unplaced

        watched.list_finished()
        print(f"Watching {folder}. What is imported is recorded in {RECORD}.", flush=True)
        while True:
            await asyncio.sleep(_ROUND_SECONDS)
            found = await watched.run_round(import_round, import_one)
            if once and not found:
                return 1 if failures else 0


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise Invalid(f"There is no file {path}.", field="file")
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


async def _ask(question: FileQuestion, guess: str | None) -> str:
    choices = f" ({', '.join(question.choices)})" if question.choices else ""
    hint = f" [{guess}]" if guess else ""
    return input(f"  {question.text}{choices}{hint} ").strip() or guess or ""  # noqa: ASYNC250 - nothing else runs


def _split(answer: str) -> tuple[str, str]:
    key, found, value = answer.partition("=")
    if not found:
        raise Invalid(f"--option {answer} must be KEY=VALUE.", field="option")
    return key.strip(), value.strip()
