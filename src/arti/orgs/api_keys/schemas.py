"""Public shapes of an org's API keys."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from arti.orgs.schemas import Body
from arti.vocabulary import Role


class NewKey(Body):
    """A key is never an admin, since it could create keys itself."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    role: Literal[Role.MANAGER, Role.ANALYST, Role.CREATOR]


class Key(BaseModel):
    """A key of the active org: a machine member with a role."""

    id: UUID
    member_id: UUID = Field(description="The machine member; /api/admin/users/{member_id} changes its role.")
    name: str
    role: Role | None = Field(description="Null when the key is no longer a member, so that it is refused.")
    start: str = Field(description="The first characters of the key, to recognize it by.")
    created_by: str | None = Field(description="Address of its creator; null when they are no longer a member.")
    created_at: datetime
    last_used_at: datetime | None = Field(description="To the minute.")
    revoked_at: datetime | None


class MadeKey(BaseModel):
    """A new key with its secret."""

    key: Key
    secret: str = Field(description="Send it as `apikey` to the gateway. It is not stored and cannot be read again.")
