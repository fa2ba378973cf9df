"""`./arti import`: import files into an org as one of its admins, under their permissions."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from arti.imports.cli import import_files
from arti.imports.types import FileQuestion
from arti.orgs.authorization import Actor
from arti.settings import open_files
from arti_core.crypto import Vault
from arti_core.database import member_transaction, open_pool
from arti_core.errors import Invalid, Unavailable
from local_stack.commands.orgs import find_admin, find_org
from local_stack.data_directory import find_data_directory
from local_stack.environment import load_environment
from local_stack.run_state import running_pid


async def import_into_org(
    files: Sequence[str], *, artist: str, org: str | None, without_asking: bool, answers: Sequence[str]
) -> int:
    """Import `files` for `artist`. Returns the exit code: 0 only when every file is imported.

    `answers` are KEY=VALUE. Open questions are asked on the terminal, if there is one, unless `without_asking`.
    """
    folder = find_data_directory()
    if running_pid(folder) is None and not os.environ.get("DATABASE_URL"):
        raise Unavailable("ARTi is not running here, so there is nowhere to import to. Start ./arti up first.")
    folder.prepare()
    parsed = dict(_split(answer) for answer in answers)
    settings = load_environment(folder).settings()
    workers = await open_pool(settings.worker_database_url.get_secret_value(), size=1)
    members = await open_pool(settings.database_url.get_secret_value(), size=1)
    try:
        org_id = await find_org(workers, org)
        caller = await find_admin(workers, org_id, command="import")
        async with member_transaction(members, caller) as connection:
            # Answers on a terminal may take minutes, longer than a request may hold its transaction.
            await connection.execute(
                "select set_config('idle_in_transaction_session_timeout', '0', true), "
                "set_config('statement_timeout', '0', true)"
            )
            outcome = await import_files(
                Actor(connection, org_id, caller, Vault(settings.master_keys())),
                open_files(settings),
                paths=[Path(file) for file in files],
                artist=artist,
                answers=parsed,
                ask=None if without_asking or not sys.stdin.isatty() else _ask,
            )
    finally:
        await members.close()
        await workers.close()
    print(f"{outcome.committed} imported, {outcome.refused} refused, {outcome.open} waiting for an answer.")
    return 1 if outcome.refused or outcome.open else 0


async def _ask(question: FileQuestion, guess: str | None) -> str:
    choices = f" ({', '.join(question.choices)})" if question.choices else ""
    hint = f" [{guess}]" if guess else ""
    return input(f"  {question.text}{choices}{hint} ").strip() or guess or ""  # noqa: ASYNC250 - nothing else runs


def _split(answer: str) -> tuple[str, str]:
    key, found, value = answer.partition("=")
    if not found:
        raise Invalid(f"--option {answer} must be KEY=VALUE.", field="option")
    return key.strip(), value.strip()
