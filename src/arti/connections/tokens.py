"""Seals an account's tokens for the vault and opens them."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from arti.providers.oauth import ProviderTokens
from arti_core.crypto import Vault
from arti_core.errors import Misconfigured

VAULT_KIND: Final = "account"
# Rows written before the table was renamed are bound to this kind; a refresh seals them again.
_OLD_VAULT_KIND: Final = "connection"


def seal_tokens(vault: Vault, org_id: UUID, account_id: UUID, tokens: ProviderTokens) -> bytes:
    """Return the tokens as bytes that only open again for this account."""
    secret = {
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "expires_at": tokens.expires_at.isoformat() if tokens.expires_at else None,
        "consent_expires_at": tokens.consent_expires_at.isoformat() if tokens.consent_expires_at else None,
        "scopes": list(tokens.scopes),
    }
    return vault.seal(secret, owner_id=org_id, kind=VAULT_KIND, ref=str(account_id))


def open_tokens(vault: Vault, org_id: UUID, account_id: UUID, sealed: bytes) -> ProviderTokens:
    """Return the tokens that `seal_tokens` sealed. Raises Misconfigured when they do not open."""
    secret: Any
    try:
        secret = vault.open(sealed, owner_id=org_id, kind=VAULT_KIND, ref=str(account_id))
    except Misconfigured:
        secret = vault.open(sealed, owner_id=org_id, kind=_OLD_VAULT_KIND, ref=str(account_id))
    return ProviderTokens(
        access_token=secret["access_token"],
        refresh_token=secret["refresh_token"],
        expires_at=_parse_time(secret["expires_at"]),
        consent_expires_at=_parse_time(secret["consent_expires_at"]),
        scopes=tuple(secret["scopes"]),
    )


def _parse_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
