"""Public shapes of orgs, members and permissions."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from arti.vocabulary import MemberStatus, Permission, Provider, Role
from arti_core.contact_addresses import parse_email

Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=254),
    AfterValidator(partial(parse_email, needs_dot=True)),
]
OrgName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
DisplayName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class Body(BaseModel):
    """A request body. Unknown fields are refused, so that a typing error is noticed."""

    model_config = ConfigDict(extra="forbid")


class User(BaseModel):
    id: UUID
    email: str
    display_name: str


class UserChange(Body):
    display_name: DisplayName = Field(min_length=1)


class Org(BaseModel):
    """An org, with the caller's role."""

    id: UUID
    name: str
    role: Role


class Active(BaseModel):
    """The caller in the org that the request names."""

    org_id: UUID
    role: Role
    permissions: list[Permission]


class Me(BaseModel):
    user: User
    orgs: list[Org]
    active: Active | None = Field(description="Null unless X-ARTi-Org names an org of the caller.")
    token_expires_at: datetime


class NewOrg(Body):
    name: OrgName


class OrgChange(Body):
    name: OrgName


class PlatformPermissions(BaseModel):
    """What a member may do with the data of one platform, on top of the role."""

    model_config = ConfigDict(extra="forbid")

    can_read: bool = True
    can_write: bool = True
    can_delete: bool = True


Platforms = dict[Provider, PlatformPermissions]


class Permissions(BaseModel):
    role: Role
    permissions: list[Permission]
    platforms: Platforms


class PermissionQuestion(Body):
    permission: Permission
    provider: Provider | None = Field(default=None, description="For the data of one platform.")


class PermissionAnswer(BaseModel):
    allowed: bool
    reason: str


class Member(BaseModel):
    """A person as a member of the active org."""

    id: UUID
    email: str
    display_name: str
    role: Role
    status: MemberStatus
    machine: bool = Field(description="The member of an API key, which cannot sign in.")
    platforms: Platforms
    last_seen_at: datetime | None
    created_at: datetime


class NewMember(Body):
    """Give a password, or invite: then the auth service sends a link."""

    email: Email
    role: Role
    display_name: DisplayName = ""
    password: SecretStr | None = Field(default=None, min_length=8, max_length=72)
    invite: bool = False
    platforms: Platforms = Field(default_factory=dict)


class MemberChange(Body):
    """Fields that are left out stay unchanged."""

    role: Role | None = None
    status: MemberStatus | None = None
    platforms: Platforms | None = None


class AuditActor(BaseModel):
    id: UUID
    email: str | None = Field(description="Null when the person is no longer a member.")


class AuditEntry(BaseModel):
    id: UUID
    actor: AuditActor | None = Field(description="Null: the system itself.")
    action: str
    subject_kind: str
    subject_id: str
    details: dict[str, Any]
    created_at: datetime


class IsolationReport(BaseModel):
    """What the caller's claims can read and write of a foreign org. Only the two totals are not 0."""

    passed: bool
    tables_checked: int = Field(description="All tables that hold an org's data, from the database's own catalogue.")
    foreign_rows_visible: int = Field(description="Rows of the canary org that the caller could read.")
    foreign_writes_accepted: int = Field(description="Inserts, updates and deletes in the canary org that succeeded.")
    policies_seen: int
    open_policies: int = Field(description="Policies that are not restricted to the caller's orgs.")
    unprotected_tables: int = Field(description="Tables without forced row-level security.")
    tables_without_canary: int = Field(description="Tables where a leak could not be detected.")
