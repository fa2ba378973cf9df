"""`./arti export org|person`: a zip of what is stored, for whoever asks the operator for it."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

from arti.privacy.archive import ArchiveEntry, pack
from arti.privacy.exports import org_entries, person_entries
from arti.settings import open_files
from arti_core import clock
from arti_core.crypto import Vault
from arti_core.errors import Conflict
from local_stack.commands.owner import connect_as_owner
from local_stack.commands.privacy.subjects import get_org, get_person


async def export(subject: str, name: str, to: str | None) -> str:
    """Export an org by its name or id, or a person by their address. Returns what was written, in a sentence."""
    return await (_export_org if subject == "org" else _export_person)(name, to)


async def _export_org(name: str, to: str | None) -> str:
    async def progress(done: int, total: int) -> None:
        return

    connection, environment = await connect_as_owner()
    try:
        org = await get_org(connection, name)
        settings = environment.settings()
        vault = Vault(settings.master_keys())
        async with connection.transaction():
            entries = org_entries(
                connection, vault, open_files(settings, vault), org["id"], org["name"], progress=progress, as_owner=True
            )
            return await _write(entries, to, org["name"])
    finally:
        await connection.close()


async def _export_person(address: str, to: str | None) -> str:
    connection, _ = await connect_as_owner()
    try:
        person = await get_person(connection, address)
        async with connection.transaction():
            return await _write(person_entries(connection, person, address), to, address)
    finally:
        await connection.close()


async def _write(entries: AsyncIterator[ArchiveEntry], to: str | None, name: str) -> str:
    word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    path = Path(to or f"arti-export-{word}-{clock.now():%Y-%m-%d}.zip")
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(f"{path} is there already. Name another file with --to.") from None
    size = 0
    with os.fdopen(file, "wb") as archive:
        async for piece in pack(entries):
            size += archive.write(piece)
    return f"Wrote {path}, {size / 1_000_000:.1f} MB. It holds personal data: keep it safe, and delete it after use."
