"""API keys of an org: each is a machine member."""

from uuid import UUID

from arti.orgs import store as orgs
from arti.orgs.api_keys import store
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti.orgs.member_access import AccessChange, decide_artist_access, describe_artists, set_first_access
from arti.vocabulary import ROLE_PERMISSIONS, ArtistAccess, KeyScope, Permission, Role
from arti_core.database import Row
from arti_core.errors import Conflict, Invalid, NotFound
from supabase_local.auth import admin_client as auth_service
from supabase_local.keys.signing_keys import hash_key, make_api_key, start_of

_MAX_KEYS = 100


async def list_keys(access: Access) -> list[Row]:
    return await store.list_keys(access.connection, access.org_id)


async def create_key(
    access: Access, *, name: str, role: Role, scope: KeyScope, change: AccessChange
) -> tuple[Row, str]:
    """Create a machine member and its key. Returns the key's row and the secret, which is not stored.

    Raises Conflict where another Supabase keeps the keys, and for the 101st key, Invalid.
    """
    artist_access = decide_artist_access(role, change, before=ArtistAccess.ALL)
    if scope is KeyScope.VALUES_PUSH and Permission.IMPORTS_WRITE not in ROLE_PERMISSIONS[role]:
        raise Invalid(f"A key that pushes values writes numbers, which a {role} may not. Choose analyst.", field="role")
    context = access.context
    if not context.settings.arti_own_gateway:
        raise Conflict("This installation uses a Supabase project, which knows its own keys only. Make one there.")
    if await store.count_live_keys(access.connection, access.org_id) >= _MAX_KEYS:
        raise Conflict(f"An org has {_MAX_KEYS} keys at most. Revoke one that is no longer used.")
    user_id = await auth_service.create_machine(context.http_client, context.settings)
    await orgs.add_machine_member(access.connection, access.org_id, user_id, name=name, role=role)
    secret = make_api_key("secret")
    key_id = await store.insert_key(
        access.connection,
        access.org_id,
        user_id=user_id,
        name=name,
        hashed=hash_key(secret),
        start=start_of(secret),
        scope=scope,
        created_by=access.principal.user_id,
    )
    await set_first_access(access, user_id, artist_access, change)
    key = await get_key(access, key_id)
    about = {"name": name, "role": role, "scope": scope, "money_access": key["money_access"]}
    await audit(access, "key.created", key_id, about | describe_artists(key))
    return key, secret


async def get_key(access: Access, key_id: UUID) -> Row:
    """Return one key. Raises NotFound."""
    row = await store.find_key(access.connection, access.org_id, key_id)
    if row is None:
        raise NotFound("key")
    return row


async def revoke_key(access: Access, key_id: UUID) -> None:
    """Revoke a key and remove its machine member. Its row stays as a record. Raises NotFound."""
    key = await get_key(access, key_id)
    if key["revoked_at"] is not None:
        return
    await audit(access, "key.revoked", key_id, {"name": key["name"]})
    await store.revoke_key(access.connection, access.org_id, key_id)
    await orgs.delete_member(access.connection, access.org_id, key["member_id"])
