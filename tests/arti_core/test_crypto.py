"""Sealed secrets open for the same org, kind and reference only."""

import base64
from uuid import uuid4

import pytest

from arti_core.crypto import Vault
from arti_core.errors import Misconfigured

KEY = base64.b64encode(bytes(32)).decode()
ORG = uuid4()


def test_what_was_sealed_opens_again() -> None:
    vault = Vault(KEY)
    sealed = vault.seal({"access_token": "a"}, org_id=ORG, kind="connection", ref="1")
    assert vault.open(sealed, org_id=ORG, kind="connection", ref="1") == {"access_token": "a"}
    assert b"access_token" not in sealed


def test_a_sealed_row_does_not_open_elsewhere() -> None:
    vault = Vault(KEY)
    sealed = vault.seal("secret", org_id=ORG, kind="connection", ref="1")
    for org, kind, ref in ((uuid4(), "connection", "1"), (ORG, "channel", "1"), (ORG, "connection", "2")):
        with pytest.raises(Misconfigured):
            vault.open(sealed, org_id=org, kind=kind, ref=ref)


def test_no_single_bit_may_change() -> None:
    vault = Vault(KEY)
    sealed = vault.seal("secret", org_id=ORG, kind="connection", ref="1")
    for position in range(len(sealed)):
        broken = bytearray(sealed)
        broken[position] ^= 1
        with pytest.raises(Misconfigured):
            vault.open(bytes(broken), org_id=ORG, kind="connection", ref="1")


@pytest.mark.parametrize("key", ["", "short", base64.b64encode(b"x" * 31).decode(), "not base64!"])
def test_a_weak_master_key_is_refused(key: str) -> None:
    with pytest.raises(Misconfigured, match="32 bytes"):
        Vault(key)
