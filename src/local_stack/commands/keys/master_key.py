"""`./arti keys rotate-master|wrap-master|status|remove-master`, on the installation of this folder and environment."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from arti_core.database import Connection
from local_stack.commands.owner import connect, connect_as_owner
from local_stack.data_directory import find_data_directory
from local_stack.master_key.key_store import MasterKeyStore, wrap_keys
from local_stack.master_key.rewrap import Place, count_sessions, count_versions
from local_stack.master_key.rotation import remove, rotate
from local_stack.master_key.sealed_columns import SEALED_COLUMNS


async def run_rotation() -> None:
    """Rotate the key of this installation and print what was done. Raises ArtiError."""
    async with _installation() as (store, owner, places, _):
        print("\n".join(await rotate(store, owner, places)))


def wrap() -> str:
    """Wrap the keys in the file of this installation anew. Returns what was done. Raises ArtiError."""
    return wrap_keys(find_data_directory())


async def run_removal(version: int, *, sign_out: bool) -> str:
    """Remove a version of this installation's key. Returns what was done. Raises ArtiError."""
    async with _installation() as (store, owner, places, auth):
        return await remove(store, owner, places, version, sessions_at=auth, sign_out=sign_out)


async def list_lines() -> list[str]:
    """Return one line for each version of this installation: whether it seals, and what needs it."""
    async with _installation() as (store, _, places, auth):
        keys = store.read()
        values = await count_versions(places)
        sessions = await count_sessions(auth) if auth else Counter[int]()
    lines = []
    for version in sorted({*keys, *values}, reverse=True):
        state = "missing" if version not in keys else "seals" if version == next(iter(keys)) else "opens"
        lines.append(
            f"version {version:<3}  {state:<7}  {values[version]:>9,} values  {sessions[version]:>7,} sessions"
        )
    return lines


@asynccontextmanager
async def _installation() -> AsyncIterator["tuple[MasterKeyStore, Connection, list[Place], Connection | None]"]:
    """Open the keys, the database as its owner, each sealed column as its owner, and auth where it is our own."""
    owner, environment = await connect_as_owner()
    auth = None
    try:
        if environment.own_gateway:
            auth = await connect(environment, "AUTH_DATABASE_URL")
        places = [
            (column, owner if auth is None or column.table.startswith("private.") else auth)
            for column in SEALED_COLUMNS
            if auth or not column.of_gateway
        ]
        yield MasterKeyStore(find_data_directory(), environment), owner, places, auth
    finally:
        await owner.close()
        if auth:
            await auth.close()
