"""Sealed secrets open for the same org, kind and reference only."""

import base64
from uuid import UUID, uuid4

import pytest

from arti_core.crypto import Vault
from arti_core.errors import Misconfigured

KEY = base64.b64encode(bytes(32)).decode()
ORG = uuid4()


def test_what_was_sealed_opens_again() -> None:
    vault = Vault(KEY)
    sealed = vault.seal({"access_token": "a"}, owner_id=ORG, kind="connection", ref="1")
    assert vault.open(sealed, owner_id=ORG, kind="connection", ref="1") == {"access_token": "a"}
    assert b"access_token" not in sealed


def test_a_sealed_row_does_not_open_elsewhere() -> None:
    vault = Vault(KEY)
    sealed = vault.seal("secret", owner_id=ORG, kind="connection", ref="1")
    for org, kind, ref in ((uuid4(), "connection", "1"), (ORG, "channel", "1"), (ORG, "connection", "2")):
        with pytest.raises(Misconfigured):
            vault.open(sealed, owner_id=org, kind=kind, ref=ref)


def test_no_single_bit_may_change() -> None:
    vault = Vault(KEY)
    sealed = vault.seal("secret", owner_id=ORG, kind="connection", ref="1")
    for position in range(len(sealed)):
        broken = bytearray(sealed)
        broken[position] ^= 1
        with pytest.raises(Misconfigured):
            vault.open(bytes(broken), owner_id=ORG, kind="connection", ref="1")


@pytest.mark.parametrize("key", ["", "short", base64.b64encode(b"x" * 31).decode(), "not base64!"])
def test_a_weak_master_key_is_refused(key: str) -> None:
    with pytest.raises(Misconfigured, match="32 bytes"):
        Vault(key)


def test_opens_a_record_of_an_earlier_version() -> None:
    """Sealed when the parameter was called org_id: the additional data must stay `owner|kind|ref|version`."""
    sealed = base64.b64decode(
        "AXWuCmHbtd8Ycc8isqBm8ZHi79ZMWSnL4Nf20Mfth/4CsQ4RsWcOn3a38mgTOggPL7wy0/cSG43M7lYnJk26g0VF"
        "dzcUW3Kgnda05msLhR/iRgty2Z57l6nDAVDdn4V4Ig=="
    )
    assert Vault(KEY).open(sealed, owner_id=UUID(int=1), kind="totp", ref="1") == "secret"
