"""What is in an export, entry by entry. Exports of orgs run in a job of theirs, those of persons in a request."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import PurePath
from typing import Final
from uuid import UUID

import orjson

from arti.orgs.audit.log import open_entry_details
from arti.privacy import store
from arti.privacy.archive import ArchiveEntry, as_content
from arti_core import clock
from arti_core.crypto import Vault
from arti_core.database import Connection, Row
from arti_core.files.file_store import FileStore, read_row
from arti_core.files.store import list_files

Progress = Callable[[int, int], Awaitable[None]]  # tables done, of how many

_README: Final = """\
Export of {title}
Made on {at:%Y-%m-%d %H:%M} UTC by ARTi.

Each file in the folder data has the rows of one table, one JSON object a line (https://jsonlines.org). Ids are the same
in all files, so that an artist_id leads to the line of data/artists.jsonl with this id. Times are UTC.

{contents}
Left out are secrets (passwords, tokens, keys), what is computed from the rest, and ARTi's own bookkeeping.
"""
_OF_ORG: Final = """\
The folder files has the uploaded files as they were. data/audit_details.jsonl has the details of the audit log, by the
id of the entry; those about people who have deleted their account are lost.
"""
_OF_PERSON: Final = """\
It has what is stored about you: your account, sign-ins, memberships, mails to you, and what you did by the audit logs.
What you wrote in an organisation (documents, campaigns, notes) belongs to it; its admins can export that.
"""


async def org_entries(
    connection: Connection,
    vault: Vault,
    file_store: FileStore,
    org_id: UUID,
    name: str,
    *,
    progress: Progress,
    as_owner: bool = False,
) -> AsyncIterator[ArchiveEntry]:
    """Yield everything of an org, in the transaction of a job of this org, or of the database's owner."""
    await store.allow_long_statements(connection)
    yield ArchiveEntry("README.txt", as_content(_describe(f"the organisation {name}", _OF_ORG)))
    tables = await store.list_exported_tables(connection, "org")
    for number, table in enumerate(tables):
        await progress(number, len(tables) + 1)
        yield ArchiveEntry(_path(table), store.stream_org_rows(connection, table, org_id))
    yield ArchiveEntry("data/audit_details.jsonl", _audit_details(connection, vault, org_id, as_owner=as_owner))
    await progress(len(tables), len(tables) + 1)
    for row in await list_files(connection, org_id):
        path = f"files/{row['id']}-{PurePath(row['name']).name or 'file'}"
        yield ArchiveEntry(path, file_store.stream(connection, read_row(org_id, row)))


async def own_entries(connection: Connection, title: str) -> AsyncIterator[ArchiveEntry]:
    """Yield everything about the caller, in a transaction of theirs."""
    await store.allow_long_statements(connection)
    yield ArchiveEntry("README.txt", as_content(_describe(title, _OF_PERSON)))
    for table in await store.list_exported_tables(connection, "person"):
        yield ArchiveEntry(_path(table), store.stream_own_rows(connection, table))


async def person_entries(connection: Connection, person: Row, title: str) -> AsyncIterator[ArchiveEntry]:
    """Yield everything about a person of (id, addresses), as the database's owner."""
    yield ArchiveEntry("README.txt", as_content(_describe(title, _OF_PERSON)))
    for table in await store.list_exported_tables(connection, "person"):
        yield ArchiveEntry(_path(table), store.stream_person_rows(connection, table, person))


def _describe(title: str, contents: str) -> str:
    return _README.format(title=title, at=clock.now(), contents=contents)


def _path(table: Row) -> str:
    """Return data/artists.jsonl of public.artists, data/auth.users.jsonl of auth.users."""
    schema, _, name = str(table["relation"]).partition(".")
    return f"data/{name if schema in ('public', 'private') else f'{schema}.{name}'}.jsonl"


async def _audit_details(connection: Connection, vault: Vault, org_id: UUID, *, as_owner: bool) -> AsyncIterator[bytes]:
    after = UUID(int=0)
    while rows := await store.list_details(connection, org_id if as_owner else None, after=after):
        lines = [
            {"entry_id": str(row["id"]), "details": details}
            for row in rows
            if (details := open_entry_details(vault, org_id, row)) is not None
        ]
        yield b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)
        after = rows[-1]["id"]
