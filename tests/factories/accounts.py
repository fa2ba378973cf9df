"""Connected accounts, as rows."""

from datetime import datetime
from uuid import UUID, uuid4

from tests.conftest import Database


async def add_account(
    database: Database,
    org_id: UUID,
    *,
    provider: str = "spotify",
    last_error_class: str | None = None,
    last_success_at: datetime | None = None,
    consent_expires_at: datetime | None = None,
) -> UUID:
    """Return the id of a new active account, of an artist of its own."""
    rows = await database.as_owner("insert into artists (org_id, name) values ($1, 'Juno Vale') returning id", org_id)
    accounts = await database.as_owner(
        """insert into accounts (org_id, artist_id, provider, external_id, display_name, last_error_class,
             last_success_at, consent_expires_at)
           values ($1, $2, $3, $4, 'Juno Vale', $5, $6, $7) returning id""",
        org_id,
        rows[0]["id"],
        provider,
        uuid4().hex,
        last_error_class,
        last_success_at,
        consent_expires_at,
    )
    return UUID(str(accounts[0]["id"]))
