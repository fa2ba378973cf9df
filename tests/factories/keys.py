"""API keys of an org, without the auth service that makes their users."""

from uuid import UUID, uuid4

from supabase_local.keys.signing_keys import hash_key, make_api_key, start_of
from tests.conftest import Database


async def make_org_key(
    database: Database, org_id: UUID, scope: str, *, role: str = "manager", name: str = "n8n"
) -> str:
    """Return the secret of a new key, which is a member of the org with access to all artists."""
    user_id = uuid4()
    await database.as_owner("insert into auth.users (id, email) values ($1, $2)", user_id, f"{user_id}@keys.invalid")
    await database.as_owner("insert into users (id, email) values ($1, $2)", user_id, f"{user_id}@keys.invalid")
    return await make_key_of(database, org_id, user_id, scope, role=role, name=name)


async def make_key_of(
    database: Database, org_id: UUID, user_id: UUID, scope: str, *, role: str = "manager", name: str = "n8n"
) -> str:
    """Return the secret of a new key of a user, who becomes a member if they are none."""
    secret = make_api_key("secret")
    await database.as_owner(
        """insert into memberships (org_id, user_id, role) values ($1, $2, $3::text::member_role)
           on conflict do nothing""",
        *(org_id, user_id, role),
    )
    await database.as_owner(
        "insert into private.org_keys (org_id, user_id, name, hash, start, scope) values ($1, $2, $3, $4, $5, $6)",
        *(org_id, user_id, name, hash_key(secret), start_of(secret), scope),
    )
    return secret
