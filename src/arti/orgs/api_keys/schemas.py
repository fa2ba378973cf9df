"""Public shapes of an org's API keys."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from arti.orgs.schemas import ListedItem, MoneyAccess, NewAccess
from arti.vocabulary import ArtistAccess, KeyScope, Role


class NewKey(NewAccess):
    """A key is never an admin, since it could create keys itself."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    role: Literal[Role.MANAGER, Role.ANALYST, Role.CREATOR, Role.GUEST]
    scope: KeyScope = Field(
        KeyScope.DATA,
        description="data: at the gateway, reads and writes what the role may. values:push: at this API, pushes values "
        "of the org's own sources, as analyst or manager. Both read at this API what the role may.",
    )


class Key(BaseModel):
    """A key of the active org: a machine member with a role."""

    id: UUID
    member_id: UUID = Field(description="The machine member; /api/admin/users/{member_id} changes its role.")
    name: str
    role: Role | None = Field(description="Null when the key is no longer a member, so that it is refused.")
    scope: KeyScope
    artist_access: ArtistAccess | None
    artists: list[ListedItem]
    groups: list[ListedItem]
    money_access: MoneyAccess
    start: str = Field(description="The first characters of the key, to recognize it by.")
    created_by: str | None = Field(description="Address of its creator; null when they are no longer a member.")
    created_at: datetime
    last_used_at: datetime | None = Field(description="To the minute.")
    revoked_at: datetime | None


class MadeKey(BaseModel):
    """A new key with its secret."""

    key: Key
    secret: str = Field(
        description="Send it as `apikey` to the gateway, or as `Authorization: Bearer` to this API. It is not stored "
        "and cannot be read again."
    )
