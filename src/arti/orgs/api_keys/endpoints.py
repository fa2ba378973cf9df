"""An org's API keys, for programs such as n8n: created, listed and revoked by an admin."""

from typing import Annotated
from uuid import UUID

from arti.orgs.api_keys import schemas, service
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.member_access import AccessChange
from arti.vocabulary import Permission

router = ApiRouter(prefix="/api/keys", tags=["orgs"])


@router.get("")
async def list_keys(access: Annotated[Access, needs(Permission.ORG_MANAGE)]) -> list[schemas.Key]:
    """List the active org's keys, the newest first, revoked ones too."""
    return [schemas.Key(**row) for row in await service.list_keys(access)]


@router.post("", status_code=201)
async def create_key(body: schemas.NewKey, access: Annotated[Access, needs(Permission.ORG_MANAGE)]) -> schemas.MadeKey:
    """Create a key, which is a machine member of the active org. Only this response contains the secret."""
    row, secret = await service.create_key(
        access,
        name=body.name,
        role=body.role,
        scope=body.scope,
        change=AccessChange(body.artist_access, body.artist_ids, body.group_ids, (body.money_access,)),
    )
    return schemas.MadeKey(key=schemas.Key(**row), secret=secret)


@router.delete("/{key_id}", status_code=204)
async def revoke_key(key_id: UUID, access: Annotated[Access, needs(Permission.ORG_MANAGE)]) -> None:
    """Revoke a key. It is refused within a second."""
    await service.revoke_key(access, key_id)
