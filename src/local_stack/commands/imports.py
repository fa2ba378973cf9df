"""`./arti import`: import files into an org as one of its admins, under their permissions."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from arti.imports.cli import import_files
from arti.imports.types import FileQuestion
from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.database import Pool, Principal, job_transaction, member_transaction, open_pool
from arti_core.errors import Invalid, Unavailable
from local_stack.data_directory import find_data_directory
from local_stack.environment import load_environment
from local_stack.run_state import running_pid

_NAMES_SHOWN = 8


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
        org_id = await _find_org(workers, org)
        caller = await _find_importer(workers, org_id)
        async with member_transaction(members, caller) as connection:
            # Answers on a terminal may take minutes, longer than a request may hold its transaction.
            await connection.execute(
                "select set_config('idle_in_transaction_session_timeout', '0', true), "
                "set_config('statement_timeout', '0', true)"
            )
            outcome = await import_files(
                connection,
                org_id,
                caller,
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


async def _find_org(pool: Pool, name: str | None) -> UUID:
    async with cross_tenant_transaction(pool) as connection:
        ids = [UUID(str(row[0])) for row in await connection.fetch("select private.all_org_ids()")]
    names: dict[UUID, str] = {}
    for org_id in ids:
        async with job_transaction(pool, org_id) as connection:
            names[org_id] = str(await connection.fetchval("select name from orgs where id = $1", org_id))
    if not names:
        raise Invalid(
            "There is no org yet. Sign in to the web app and create one, or run ./arti up --demo.", field="org"
        )
    found = [org_id for org_id, known in names.items() if name is None or known.casefold() == name.casefold()]
    if len(found) == 1:
        return found[0]
    known = ", ".join(sorted(names.values())[:_NAMES_SHOWN])
    raise Invalid(f"Name the org with --org NAME. There are: {known}.", field="org")


async def _find_importer(pool: Pool, org_id: UUID) -> Principal:
    """Return the org's first active admin, whom the audit log names as the importer."""
    async with job_transaction(pool, org_id) as connection:
        row = await connection.fetchrow(
            """select m.user_id, u.email from memberships m join users u on u.id = m.user_id
               where m.org_id = $1 and m.role = 'admin' and m.status = 'active' order by m.created_at, m.user_id""",
            org_id,
        )
    if row is None:
        raise Invalid("This org has no active admin as whom files could be imported.", field="org")
    return Principal(user_id=row["user_id"], session_id=None, email=row["email"], request_id="arti import")


async def _ask(question: FileQuestion, guess: str | None) -> str:
    choices = f" ({', '.join(question.choices)})" if question.choices else ""
    hint = f" [{guess}]" if guess else ""
    return input(f"  {question.text}{choices}{hint} ").strip() or guess or ""  # noqa: ASYNC250 - nothing else runs


def _split(answer: str) -> tuple[str, str]:
    key, found, value = answer.partition("=")
    if not found:
        raise Invalid(f"--option {answer} must be KEY=VALUE.", field="option")
    return key.strip(), value.strip()
