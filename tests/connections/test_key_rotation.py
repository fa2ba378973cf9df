"""Accounts sync while the master key is rotated: the worker opens and renews tokens throughout."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg

from arti.jobs import WorkerContext
from arti.vocabulary import Provider
from arti_core.clock import now
from arti_core.crypto import Vault, key_version
from arti_core.master_keys import MasterKeys, format_master_keys, parse_master_keys
from local_stack.master_key.rewrap import rewrap_column
from local_stack.master_key.sealed_columns import SEALED_COLUMNS
from local_stack.secrets import write_private_file
from tests.conftest import MASTER_KEY, World
from tests.connections.conftest import SimulatorControl, connected, run_syncs, sync_now


async def test_accounts_sync_while_the_key_is_rotated(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl, tmp_path: Path
) -> None:
    file = tmp_path / "master-keys"
    worker = replace(worker_context, vault=Vault(MasterKeys(MASTER_KEY, file=str(file))))
    member = await world.member()
    account = await connected(world, member, Provider.INSTAGRAM)
    await run_syncs(world, worker, member.org_id)
    keys = {2: bytes(range(64, 96)), 1: parse_master_keys(MASTER_KEY)[1]}
    vault_column = next(column for column in SEALED_COLUMNS if column.table == "private.vault")
    owner = await asyncpg.connect(world.database.dsn("postgres"))

    async def rotate() -> None:
        """Wrap again and again, from the moment at which the new key is published."""
        write_private_file(file, format_master_keys(keys))
        while True:
            await rewrap_column(owner, Vault(MasterKeys(format_master_keys(keys))), vault_column)
            await asyncio.sleep(0.01)

    await _let_the_token_expire(world, worker, member.org_id, account["id"])
    rotating = asyncio.create_task(rotate())
    run = await sync_now(world, worker, member, account)
    assert (run["status"], run["error_class"]) == ("succeeded", None)
    rotating.cancel()
    await asyncio.wait([rotating])
    await rewrap_column(owner, Vault(MasterKeys(format_master_keys(keys))), vault_column)
    await owner.close()
    rows = await world.database.as_owner(
        "select sealed, key_version from private.vault where org_id = $1", member.org_id
    )
    assert {(key_version(row["sealed"]), row["key_version"]) for row in rows} == {(2, 2)}
    new_alone = Vault(format_master_keys({2: keys[2]}))
    for row in rows:
        assert new_alone.open(row["sealed"], owner_id=member.org_id, kind="account", ref=account["id"])
    assert (await sync_now(world, worker, member, account))["status"] == "succeeded"


async def _let_the_token_expire(world: World, worker: WorkerContext, org_id: UUID, account_id: str) -> None:
    """Make the next sync renew the token, that is open, seal and replace it."""
    rows = await world.database.as_owner("select sealed from private.vault where org_id = $1", org_id)
    secret = worker.vault.open(rows[0]["sealed"], owner_id=org_id, kind="account", ref=account_id)
    assert isinstance(secret, dict)
    soon = secret | {"expires_at": (now() + timedelta(days=10)).isoformat()}
    sealed = worker.vault.seal(soon, owner_id=org_id, kind="account", ref=account_id)
    await world.database.as_owner("update private.vault set sealed = $1 where org_id = $2", sealed, org_id)
