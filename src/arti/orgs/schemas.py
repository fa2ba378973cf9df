"""Public shapes of orgs, members and permissions."""

from datetime import UTC, date, datetime, time
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from arti.language.catalogue import LanguageCode
from arti.language.messages.reader import ReaderText
from arti.language.reader_locale import NumberForm, TimeZone, WeekStart
from arti.vocabulary import ArtistAccess, MemberStatus, Permission, Role
from arti_core.contact_addresses import parse_email

Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=254),
    AfterValidator(partial(parse_email, needs_dot=True)),
]
OrgName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(description="ISO 4217.")]
SearchText = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
DisplayName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
# Bounds that keep arithmetic on days in range.
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2200, 1, 1)
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
Moment = Annotated[
    AwareDatetime, Field(ge=datetime.combine(FIRST_DAY, time(), UTC), le=datetime.combine(LAST_DAY, time(), UTC))
]
KnownOn = Annotated[
    date | None,
    Query(
        ge=FIRST_DAY,
        le=LAST_DAY,
        description="What was known at the end of this day (UTC). Default: what is known now.",
    ),
]


class Body(BaseModel):
    """A request body. Unknown fields are refused, so that a typing error is noticed."""

    model_config = ConfigDict(extra="forbid")


class User(BaseModel):
    id: UUID
    email: str
    display_name: str
    language: LanguageCode | None = Field(description="Of the texts that they read; null: the org's.")
    time_zone: str | None = Field(description="Of the times that they read; null: the org's.")
    currency: str | None = Field(description="Of new amounts; nothing is converted. Null: the org's.")
    week_start: WeekStart | None = Field(description="Null: the org's.")
    number_form: NumberForm | None = Field(description="language: as the language writes numbers. Null: the org's.")


class UserChange(Body):
    """Fields that are left out stay unchanged. How they read is null where the org's way is theirs."""

    display_name: DisplayName | None = Field(default=None, min_length=1)
    language: LanguageCode | None = Field(default=None, description="Null: the org's language.")
    time_zone: TimeZone | None = None
    currency: Currency | None = None
    week_start: WeekStart | None = None
    number_form: NumberForm | None = None


class Org(BaseModel):
    """An org, with the caller's role."""

    id: UUID
    name: str
    language: LanguageCode = Field(description="Of its channels, and of members who chose none.")
    time_zone: str = "UTC"
    currency: str = Field("EUR", description="Of new amounts; nothing is converted.")
    week_start: WeekStart = "monday"
    number_form: NumberForm = Field("language", description="language: as the language writes numbers.")
    role: Role
    logo_id: UUID | None = Field(None, description="Of /api/orgs/current/logo; another id is another picture.")


class Active(BaseModel):
    """The caller in the org that the request names."""

    org_id: UUID
    role: Role
    artist_access: ArtistAccess
    permissions: list[Permission] = Field(description="The effective ones: those of the role, money given or denied.")


class Me(BaseModel):
    user: User
    orgs: list[Org]
    active: Active | None = Field(description="Null unless X-ARTi-Org names an org of the caller.")
    token_expires_at: datetime


class NewOrg(Body):
    name: OrgName


class QuotaUse(BaseModel):
    """How much of the installation the org takes, and may take."""

    resource: str
    used: int
    allowed: int
    unit: Literal["count", "bytes"]
    passes: bool = Field(description="Whether it is work that waits, so that waiting helps.")


class OrgChange(Body):
    """Fields that are left out stay unchanged."""

    name: OrgName | None = None
    language: LanguageCode | None = None
    time_zone: TimeZone | None = None
    currency: Currency | None = None
    week_start: WeekStart | None = None
    number_form: NumberForm | None = None


class Retention(BaseModel):
    """How long the org keeps what it does not need."""

    refused_file_days: int = Field(description="Days after which a file that could not be imported is deleted.")


class RetentionChange(Body):
    refused_file_days: int = Field(ge=0, le=3650)


class PlatformPermissions(BaseModel):
    """What a member may do with the data of one platform, on top of the role."""

    model_config = ConfigDict(extra="forbid")

    can_read: bool = True
    can_write: bool = True
    can_delete: bool = True


# By slug of a provider, or of a source of the org's own.
Platforms = dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,63}$")], PlatformPermissions]


class Permissions(BaseModel):
    role: Role
    artist_access: ArtistAccess
    permissions: list[Permission]
    platforms: Platforms


class PermissionQuestion(Body):
    permission: Permission
    provider: str | None = Field(default=None, max_length=64, description="For the data of one platform or source.")


class PermissionAnswer(BaseModel):
    allowed: bool
    reason: ReaderText


class ListedItem(BaseModel):
    """An artist, or a group of artists, on a member's list."""

    id: UUID
    name: str


ListedIds = Annotated[list[UUID], Field(max_length=1000)]
MoneyAccess = Annotated[
    bool | None, Field(description="Whether money is given (true) or denied (false); null: the role decides.")
]


class Member(BaseModel):
    """A person as a member of the active org."""

    id: UUID
    email: str
    display_name: str
    role: Role
    status: MemberStatus
    machine: bool = Field(description="The member of an API key, which cannot sign in.")
    artist_access: ArtistAccess = Field(
        description="all: every artist of the org. list: those of `artists` and `groups`."
    )
    artists: list[ListedItem] = Field(description="Their list, as far as you see these artists.")
    groups: list[ListedItem]
    money_access: MoneyAccess
    permissions: list[Permission] = Field(description="The effective ones: those of the role, money given or denied.")
    platforms: Platforms
    last_seen_at: datetime | None = Field(description="In this org, to a quarter of an hour.")
    created_at: datetime


class NewAccess(Body):
    """What a new member or key sees."""

    artist_access: ArtistAccess | None = Field(
        default=None,
        description="Default: list for creators, guests, and where artists or groups are named, else all.",
    )
    artist_ids: ListedIds = Field(default_factory=list)
    group_ids: ListedIds = Field(default_factory=list)
    money_access: MoneyAccess = None


class MemberChange(Body):
    """Fields that are left out stay unchanged. `artist_ids` and `group_ids` replace the whole list."""

    role: Role | None = None
    status: MemberStatus | None = None
    platforms: Platforms | None = None
    artist_access: ArtistAccess | None = None
    artist_ids: ListedIds | None = None
    group_ids: ListedIds | None = None
    money_access: MoneyAccess = None


class AuditActor(BaseModel):
    id: UUID
    email: str | None = Field(description="Null when the person is no longer a member.")
    key: str | None = Field(None, description="Name of the API key that acted, also when it is revoked.")


class AuditEntry(BaseModel):
    id: UUID
    actor: AuditActor | None = Field(description="Null: the system itself.")
    action: str
    subject_kind: str
    subject_id: str
    details: dict[str, Any]
    details_erased: bool = Field(description="The details were erased with the person whom they were about.")
    created_at: datetime


class IsolationReport(BaseModel):
    """What the caller's claims can read and write of a foreign org. Only the three totals are not 0."""

    passed: bool
    tables_checked: int = Field(description="All tables that hold an org's data, from the database's own catalogue.")
    relations_tried: int = Field(description="Views, other tables and functions of REST that the caller may read.")
    foreign_rows_visible: int = Field(description="Rows of the canary org that the caller could read.")
    foreign_writes_accepted: int = Field(description="Inserts, updates and deletes in the canary org that succeeded.")
    policies_seen: int
    open_policies: int = Field(description="Policies that are not restricted to the caller's orgs.")
    holes: int = Field(
        description="What passes the policies: views, functions, grants, roles, triggers, what is published."
    )
    unprotected_tables: int = Field(description="Tables without forced row-level security.")
    tables_without_canary: int = Field(description="Tables where a leak could not be detected.")
    tables_open_to_every_artist: int = Field(
        description="Tables about artists that are not kept to those that a member sees."
    )
