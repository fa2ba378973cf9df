"""Change the master key while everything runs.

A new key is published first, seals when every process has it, and then everything that older keys seal is wrapped
anew. A run that was ended in between is finished by the next one.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from arti.ops.console.audit import COMMAND_LINE, record_change
from arti_core.crypto import DataKey, Vault
from arti_core.database import Connection
from arti_core.errors import Conflict, Invalid, Misconfigured
from arti_core.master_keys import MAX_VERSION, MasterKeys, format_master_keys
from local_stack.master_key.key_store import MasterKeyStore
from local_stack.master_key.rewrap import (
    Pass,
    Place,
    count_sessions,
    count_versions,
    end_sessions,
    rewrap_column,
    try_column,
)

_PASSES: Final = 5
_PROBED: Final = 20
_LOCK: Final = 4_127_030  # an arbitrary number, the same for every run


async def rotate(store: MasterKeyStore, connection: Connection, places: Sequence[Place]) -> list[str]:
    """Finish a rotation that was interrupted, else make a new key and wrap everything under it. Returns what was done.

    Raises Conflict while another run is at work, and Misconfigured for a key that is not the one that sealed: then
    nothing has changed.
    """
    async with _only_run(connection):
        keys = store.read()
        counted = await count_versions(places)
        await _check_keys(keys, counted, places)
        newest = max(keys)
        if store.is_writable:
            store.write(keys)  # a run that was ended may have kept them without publishing them
        if newest != next(iter(keys)) and store.is_writable:
            await asyncio.sleep(store.propagation_seconds)
            keys = await _seal_with(store, keys, newest)
        else:
            done = await _rewrap_all(keys, places)
            if done.opened:
                described = _describe(keys, done, await count_versions(places), is_new=False)
                await _record(connection, " ".join(described))
                return described
            store.check_writable()
            keys = await _publish(store, keys)
            await _record(connection, f"Version {newest + 1} is made and seals.")
        done = await _rewrap_all(keys, places)
        described = _describe(keys, done, await count_versions(places), is_new=True)
        await _record(connection, " ".join(described))
        return described


async def remove(
    store: MasterKeyStore,
    connection: Connection,
    places: Sequence[Place],
    version: int,
    *,
    sessions_at: "Connection | None",
    sign_out: bool = False,
) -> str:
    """Take a version away. Raises Invalid, and Conflict as long as a value or a session needs it."""
    async with _only_run(connection):
        keys = store.read()
        if version not in keys:
            raise Invalid(f"There is no version {version} of the master key. ./arti keys status lists them.")
        if version == next(iter(keys)):
            raise Conflict("This version seals. Make another one with ./arti keys rotate-master first.")
        store.check_writable()
        lost = await _refuse_when_needed(keys, places, version)
        sessions = (await count_sessions(sessions_at))[version] if sessions_at else 0
        if sessions and not sign_out:
            raise Conflict(
                f"{sessions:,} sessions have a refresh token of version {version}; each gets another when it is used "
                "next. Wait, or end them with --sign-out."
            )
        if sessions and sessions_at:
            await end_sessions(sessions_at, version)
        store.write({number: key for number, key in keys.items() if number != version})
        await _record(connection, f"Version {version} is removed; {sessions:,} sessions were ended.")
    sentences = [
        f"Version {version} is removed.",
        f"{sessions:,} sessions were ended." if sessions else "",
        f"{lost:,} values of this version did not open with it and stay unreadable." if lost else "",
        "Backups of before the rotation need it: keep the secrets.json or the key of their time as long as them.",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


async def _record(connection: Connection, detail: str) -> None:
    await record_change(connection, session=COMMAND_LINE, action="key", target="master key", detail=detail)


@asynccontextmanager
async def _only_run(connection: Connection) -> AsyncIterator[None]:
    if not await connection.fetchval("select pg_try_advisory_lock($1)", _LOCK):
        raise Conflict("The master key is being rotated by another run. Wait for its end: ./arti keys status.")
    try:
        yield
    finally:
        await connection.execute("select pg_advisory_unlock($1)", _LOCK)


async def _publish(store: MasterKeyStore, keys: Mapping[int, bytes]) -> dict[int, bytes]:
    newest = max(keys) + 1
    if newest > MAX_VERSION:
        raise Misconfigured(f"Version {MAX_VERSION} is the last one. Export the data and set up a new installation.")
    published = {**keys, newest: DataKey.generate()}
    store.write(published)  # every process can open what the first one seals
    await asyncio.sleep(store.propagation_seconds)
    return await _seal_with(store, published, newest)


async def _seal_with(store: MasterKeyStore, keys: Mapping[int, bytes], version: int) -> dict[int, bytes]:
    ordered = {version: keys[version], **{number: key for number, key in keys.items() if number != version}}
    store.write(ordered)
    await asyncio.sleep(store.propagation_seconds)  # nothing is sealed with an older key any more
    return ordered


async def _rewrap_all(keys: Mapping[int, bytes], places: Sequence[Place]) -> Pass:
    """Wrap what older versions seal. Rows in use are skipped and tried again."""
    vault, total = Vault(MasterKeys(format_master_keys(keys))), Pass()
    for _ in range(_PASSES):
        failed = 0
        for column, connection in places:
            done = await rewrap_column(connection, vault, column)
            total.opened += done.opened
            failed += done.failed
        total.failed = failed
        counted = await count_versions(places)
        if sum(number for version, number in counted.items() if version != next(iter(keys))) <= failed:
            break
        await asyncio.sleep(1)
    return total


async def _check_keys(keys: Mapping[int, bytes], counted: Mapping[int, int], places: Sequence[Place]) -> None:
    """Raise Misconfigured when nothing that a version has sealed opens with its key."""
    vault = Vault(MasterKeys(format_master_keys(keys)))
    for version in keys:
        probed = Pass()
        for column, connection in places:
            probed += await try_column(connection, vault, column, version=version, limit=_PROBED)
        if probed.failed and not probed.opened:
            raise Misconfigured(
                f"Version {version} of the master key is not the key that sealed the {counted[version]:,} values of "
                "that version. Nothing was changed. Put the right key back, then run this again."
            )


async def _refuse_when_needed(keys: Mapping[int, bytes], places: Sequence[Place], version: int) -> int:
    """Return how many values of a version do not open with it. Raises Conflict when any does."""
    vault, total = Vault(MasterKeys(format_master_keys(keys))), Pass()
    for column, connection in places:
        total += await try_column(connection, vault, column, version=version, limit=2**31)
    if total.opened:
        raise Conflict(
            f"{total.opened:,} values are sealed with version {version}. Run ./arti keys rotate-master first: it wraps "
            "them anew."
        )
    return total.failed


def _describe(keys: Mapping[int, bytes], done: Pass, counted: Mapping[int, int], *, is_new: bool) -> list[str]:
    seals = next(iter(keys))
    left = sum(number for version, number in counted.items() if version != seals) - done.failed
    lines = [
        f"Version {seals} of the master key seals from now on; {done.opened:,} values were wrapped anew."
        if is_new
        else f"The rotation to version {seals} is finished: {done.opened:,} values were wrapped anew. No key was made."
    ]
    if left > 0:
        lines.append(f"{left:,} values were in use or were sealed meanwhile. Run this again.")
    if done.failed:
        lines.append(f"{done.failed:,} rows open with no key that is there, and were left as they are.")
    older = ", ".join(str(version) for version in keys if version != seals)
    if older:
        lines.append(f"Older versions still open: {older}. ./arti keys status shows what needs them.")
    return lines
