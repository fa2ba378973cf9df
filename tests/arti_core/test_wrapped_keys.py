"""The master key lies wrapped in its file; processes unwrap it by a command, as of a key management service."""

import base64
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from arti_core import key_file, wrapped_keys
from arti_core.crypto import Vault
from arti_core.errors import Misconfigured
from arti_core.master_keys import MasterKeys
from arti_core.wrapped_keys import KeyWrapping
from tests.arti_core.test_master_keys import FOR, replace
from tests.eventually import eventually

ONE, TWO = bytes(range(32)), bytes(range(50, 82))
# Stands in for a service: AES-256-GCM under a key of its own; it writes down each call, and fails when it is closed.
SERVICE = """
import base64, os, sys
from pathlib import Path
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
folder, action, form = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
with open(folder / "calls", "a") as calls:
    calls.write(action + chr(10))
if (folder / "closed").exists():
    sys.exit(7)
cipher, given = AESGCM((folder / "key").read_bytes()), sys.stdin.buffer.read()
if action == "wrap":
    nonce = os.urandom(12)
    out = nonce + cipher.encrypt(nonce, given, None)
else:
    out = cipher.decrypt(given[:12], given[12:], None)
sys.stdout.buffer.write(out if form == "bytes" else base64.encodebytes(out))
"""


class Service:
    """The commands of a stand-in for a key management service."""

    def __init__(self, folder: Path, form: str = "base64") -> None:
        self.folder, self._form = folder, form
        folder.mkdir()
        (folder / "key").write_bytes(bytes(range(100, 132)))
        (folder / "service.py").write_text(SERVICE)

    def command(self, action: str) -> str:
        return f"{sys.executable} {self.folder / 'service.py'} {self.folder} {action} {self._form}"

    def wrapping(self) -> KeyWrapping:
        return KeyWrapping(unwrap=self.command("unwrap"), wrap=self.command("wrap"))

    def keys(self, file: Path) -> MasterKeys:
        return MasterKeys(file=str(file), unwrap=self.command("unwrap"))

    def close(self, *, closed: bool = True) -> None:
        (self.folder / "closed").touch() if closed else (self.folder / "closed").unlink()

    @property
    def calls(self) -> list[str]:
        path = self.folder / "calls"
        return path.read_text().split() if path.exists() else []


@pytest.fixture(autouse=True)
def _look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrapped_keys, "_AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(key_file, "_POLL_SECONDS", 0.0)


@pytest.fixture
def make_service(tmp_path: Path) -> Callable[..., Service]:
    return lambda form="base64": Service(tmp_path / "service", form)


@pytest.mark.parametrize("form", ["base64", "bytes"])
async def test_keys_lie_wrapped_and_are_unwrapped_once(
    make_service: Callable[..., Service], tmp_path: Path, form: str
) -> None:
    service, file = make_service(form), tmp_path / "keys"
    file.write_text(service.wrapping().close({2: TWO, 1: ONE}))
    assert not any(base64.b64encode(key).decode() in file.read_text() for key in (ONE, TWO))
    before = len(service.calls)
    vault, plain = Vault(service.keys(file)), Vault(MasterKeys(f"2:{_text(TWO)},1:{_text(ONE)}"))
    assert plain.open(vault.seal("new", **FOR), **FOR) == "new"
    assert vault.open(Vault(MasterKeys(_text(ONE))).seal("old", **FOR), **FOR) == "old"
    assert service.calls[before:] == ["unwrap", "unwrap"]


async def test_a_process_learns_of_a_new_key_and_keeps_its_own_while_the_service_is_away(
    make_service: Callable[..., Service], tmp_path: Path
) -> None:
    service, file = make_service(), tmp_path / "keys"
    wrapping = service.wrapping()
    file.write_text(wrapping.close({1: ONE}))
    keys = service.keys(file)
    both = wrapping.close({2: TWO, 1: ONE})
    service.close()
    replace(file, both)
    assert keys.versions == [1]
    calls = len(service.calls)

    async def tried_again() -> bool:
        return keys.versions == [1] and len(service.calls) >= calls + 2

    assert await eventually(tried_again, seconds=20)
    vault = Vault(keys)
    assert vault.open(vault.seal("kept", **FOR), **FOR) == "kept"
    with pytest.raises(Misconfigured, match="version 2 of the master key, which is not there"):
        vault.open(Vault(MasterKeys(f"2:{_text(TWO)}")).seal("new", **FOR), **FOR)
    service.close(closed=False)

    async def knows_both() -> bool:
        return keys.versions == [2, 1]

    assert await eventually(knows_both, seconds=20)


async def test_a_value_of_a_version_that_was_just_published_opens_at_once(
    make_service: Callable[..., Service], tmp_path: Path
) -> None:
    service, file = make_service(), tmp_path / "keys"
    wrapping = service.wrapping()
    file.write_text(wrapping.close({1: ONE}))
    vault = Vault(service.keys(file))
    replace(file, wrapping.close({2: TWO, 1: ONE}))
    assert vault.open(Vault(MasterKeys(f"2:{_text(TWO)}")).seal("new", **FOR), **FOR) == "new"


def test_what_is_no_wrapped_key_is_refused(make_service: Callable[..., Service], tmp_path: Path) -> None:
    service, file = make_service(), tmp_path / "keys"
    wrapped = service.wrapping().close({1: ONE})
    for text, problem in (
        (_text(ONE), "is not wrapped"),
        (f"{wrapped},2:{_text(TWO)}", "is not wrapped"),
        ("1:wrapped.x", "no base64"),
        (f"1:wrapped.{_text(b'y' * 60)}", "ended with 1"),
        ("", "cannot be read, or is empty"),
    ):
        file.write_text(text)
        with pytest.raises(Misconfigured, match=problem):
            service.keys(file)
    file.write_text(wrapped)
    with pytest.raises(Misconfigured, match="Set ARTI_MASTER_KEY_UNWRAP_COMMAND"):
        MasterKeys(file=str(file))
    for wrap, problem in (
        ("cat", "printed the key itself"),
        ("true", "printed the key itself, or nothing"),
        ("", "not set"),
    ):
        with pytest.raises(Misconfigured, match=problem):
            KeyWrapping(unwrap="cat", wrap=wrap).close({1: ONE})
    with pytest.raises(Misconfigured, match="cannot be run"):
        KeyWrapping(unwrap="no-such-program", wrap=service.command("wrap")).close({1: ONE})


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()
