"""An operator brings the master key under a key management service, and changes both keys while everything runs."""

import asyncio
import json
from pathlib import Path

import pytest

from arti_core import key_file, wrapped_keys
from arti_core.crypto import Vault, key_version
from arti_core.master_keys import parse_master_keys
from tests.arti_command import run_command
from tests.arti_core.test_wrapped_keys import Service
from tests.conftest import Database
from tests.local_stack.test_master_key import PENDING, check_mails, installation, put_mails, vault

__all__ = ["installation", "vault"]


async def test_the_key_is_wrapped_rotated_and_wrapped_again(
    database: Database,
    installation: Path,
    vault: Vault,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("local_stack.master_key.key_store.COMMAND_TIMEOUT", 0.6)
    monkeypatch.setattr(wrapped_keys, "_AGAIN_SECONDS", 0.1)
    monkeypatch.setattr(key_file, "_POLL_SECONDS", 0.1)
    service, file = Service(tmp_path / "service"), tmp_path / "wrapped-keys"
    ids = await put_mails(database, vault, 50)
    monkeypatch.setenv("ARTI_MASTER_KEY_FILE", str(file))
    code, said = await run_command(capsys, "keys", "wrap-master")
    assert code == 1
    assert "ARTI_MASTER_KEY_WRAP_COMMAND first" in said
    for action in ("unwrap", "wrap"):
        monkeypatch.setenv(f"ARTI_MASTER_KEY_{action.upper()}_COMMAND", service.command(action))
    code, said = await run_command(capsys, "keys", "wrap-master")
    assert (code, "1 versions of the master key are wrapped" in said) == (0, True), said
    assert f"still in {installation / 'secrets.json'}" in said
    first = json.loads((installation / "secrets.json").read_text())["arti_master_key"]
    wrapped = file.read_text()
    assert first not in wrapped
    assert file.stat().st_mode & 0o777 == 0o600
    keys = service.keys(file)  # of a service that is started now
    running = Vault(keys)
    await check_mails(database, running, ids)
    rotating = asyncio.ensure_future(run_command(capsys, "keys", "rotate-master"))
    while not rotating.done():
        ids += await put_mails(database, running, 1)
        await check_mails(database, running, ids[::9])
    code, said = await rotating
    assert (code, "Version 2 of the master key seals" in said) == (0, True), said
    assert keys.versions == [2, 1]
    await check_mails(database, running, ids)
    assert (await database.as_owner(PENDING))[0][0] == 0
    assert json.loads((installation / "secrets.json").read_text())["arti_master_key"] == first
    opened = service.wrapping().open(file.read_text())
    assert parse_master_keys(opened) == keys.keys
    assert not any(part.rpartition(":")[2] in file.read_text() for part in opened.split(","))
    # The service's own key is changed: what it wrapped is wrapped anew, the master key stays.
    before = file.read_text()
    assert (await run_command(capsys, "keys", "wrap-master"))[0] == 0
    assert file.read_text() != before
    assert parse_master_keys(service.wrapping().open(file.read_text())) == keys.keys
    assert (await run_command(capsys, "keys", "remove-master", "1"))[0] == 0
    assert list(parse_master_keys(service.wrapping().open(file.read_text()))) == [2]
    assert key_version(running.seal("x", owner_id=ids[0], kind="k", ref="r")) == 2
    service.close()
    monkeypatch.setenv("ARTI_MASTER_KEY_WRAP_COMMAND", "")
    code, said = await run_command(capsys, "keys", "rotate-master")
    assert code == 1
    assert "ARTI_MASTER_KEY_UNWRAP_COMMAND ended with 7" in said
