"""Several versions of the master key: one seals, each opens, and a process learns of a new one without a restart."""

import base64
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from arti_core import key_file, master_keys
from arti_core.crypto import HEAD, Vault, key_version
from arti_core.errors import Misconfigured
from arti_core.master_keys import MasterKeys, format_master_keys, parse_master_keys

ONE, TWO, THREE = (base64.b64encode(bytes(range(start, start + 32))).decode() for start in (0, 50, 100))
FOR: dict[str, Any] = {"owner_id": UUID(int=1), "kind": "channel", "ref": "1"}


@pytest.fixture(autouse=True)
def _look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_AGAIN_SECONDS", "COMMAND_SECONDS"):
        monkeypatch.setattr(master_keys, name, -1.0)
    monkeypatch.setattr(key_file, "_POLL_SECONDS", 0.0)


def replace(file: Path, text: str) -> None:
    draft = file.with_name("draft")
    draft.write_text(text)
    draft.replace(file)


def test_the_first_version_seals_and_each_opens() -> None:
    old = Vault(ONE).seal("old", **FOR)
    vault = Vault(f"2:{TWO},1:{ONE}")
    new = vault.seal("new", **FOR)
    assert (key_version(old), key_version(new)) == (1, 2)
    assert [vault.open(sealed, **FOR) for sealed in (old, new)] == ["old", "new"]
    with pytest.raises(Misconfigured, match="version 2 of the master key, which is not there"):
        Vault(ONE).open(new, **FOR)


def test_a_value_is_wrapped_anew_without_being_decrypted() -> None:
    sealed = Vault(ONE).seal("secret", **FOR)
    head = Vault(f"2:{TWO},1:{ONE}").rewrap(sealed[:HEAD], **FOR)
    assert len(head) == HEAD
    assert Vault(f"2:{TWO}").open(head + sealed[HEAD:], **FOR) == "secret"
    with pytest.raises(Misconfigured):
        Vault(f"2:{TWO},1:{ONE}").rewrap(sealed, **{**FOR, "ref": "2"})


def test_a_version_cannot_be_passed_off_as_another() -> None:
    """The version is authenticated: the same key under two numbers is two keys."""
    sealed = Vault(ONE).seal("secret", **FOR)
    with pytest.raises(Misconfigured):
        Vault(f"2:{ONE}").open(b"\x02" + sealed[1:], **FOR)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "There is none"),
        (f"{ONE},{TWO}", "two master keys of version 1"),
        (f"2:{ONE},1:{ONE}", "are the same key"),
        (f"0:{ONE}", "from 1 to 255"),
        (f"256:{ONE}", "from 1 to 255"),
        (f"x:{ONE}", "from 1 to 255"),
        (f"2:{ONE[:-4]}", "32 bytes"),
    ],
)
def test_unusable_keys_are_refused_without_being_shown(text: str, problem: str) -> None:
    with pytest.raises(Misconfigured, match=problem) as raised:
        parse_master_keys(text)
    assert ONE[:10] not in raised.value.message


def test_what_is_written_is_read_again() -> None:
    for text in (ONE, f"2:{TWO}", f"2:{TWO},1:{ONE}"):
        assert format_master_keys(parse_master_keys(text)) == text
    assert parse_master_keys(f"2:{TWO}\n1:{ONE}\n") == parse_master_keys(f"2:{TWO},1:{ONE}")


def test_a_process_follows_the_file(tmp_path: Path) -> None:
    file = tmp_path / "master-keys"
    vault = Vault(MasterKeys(ONE, file=str(file)))  # not there before the first rotation
    old = vault.seal("old", **FOR)
    replace(file, f"1:{ONE},2:{TWO}")
    assert key_version(vault.seal("still", **FOR)) == 1
    assert vault.open(Vault(f"2:{TWO}").seal("new", **FOR), **FOR) == "new"
    replace(file, f"2:{TWO},1:{ONE}")
    assert key_version(vault.seal("new", **FOR)) == 2
    assert vault.open(old, **FOR) == "old"
    replace(file, f"2:{TWO}")
    with pytest.raises(Misconfigured, match="version 1"):
        vault.open(old, **FOR)


def test_a_wrong_key_under_a_known_version_is_refused(tmp_path: Path) -> None:
    """Planted, or a mistake: what is sealed under the version would not open any more."""
    file = tmp_path / "master-keys"
    replace(file, f"2:{TWO},1:{ONE}")
    vault = Vault(MasterKeys(file=str(file)))
    for text in (f"2:{THREE},1:{ONE}", f"3:{THREE},2:{ONE}", "", "damaged"):
        replace(file, text)
        sealed = vault.seal("secret", **FOR)
        assert Vault(f"2:{TWO}").open(sealed, **FOR) == "secret"


def test_an_unknown_version_runs_the_command_again(tmp_path: Path) -> None:
    printed = tmp_path / "printed keys"
    printed.write_text(ONE)
    vault = Vault(MasterKeys(command=f"cat '{printed}'"))
    assert vault.keys.versions == [1]
    printed.write_text(f"2:{TWO}\n1:{ONE}\n")
    assert vault.open(Vault(f"2:{TWO}").seal("new", **FOR), **FOR) == "new"
    assert vault.keys.versions == [2, 1]
    printed.unlink()  # the service is down: the keys stay
    assert Vault(f"2:{TWO}").open(vault.seal("kept", **FOR), **FOR) == "kept"


@pytest.mark.parametrize("command", ["false", "/not/there", f"printf {'x' * 9}"])
def test_a_command_that_fails_is_an_error_at_the_start(command: str) -> None:
    with pytest.raises(Misconfigured):
        MasterKeys(command=command)


def test_keys_are_never_printed() -> None:
    keys = MasterKeys(ONE)
    assert ONE not in f"{keys!r}{Vault(keys)!r}"


def test_each_version_derives_keys_of_its_own() -> None:
    derived = MasterKeys(f"2:{TWO},1:{ONE}").derive("refresh tokens")
    assert list(derived) == [2, 1]
    assert derived[1] == MasterKeys(ONE).derive("refresh tokens")[1]
    assert len(set(derived.values())) == 2
