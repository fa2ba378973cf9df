"""Enumerations that all packages share."""

from enum import StrEnum
from typing import Final


class Provider(StrEnum):
    """A platform whose data is collected. The same values as the SQL type `public.provider`."""

    SPOTIFY = "spotify"
    INSTAGRAM = "instagram"
    YOUTUBE = "youtube"
    SOUNDCLOUD = "soundcloud"


PROVIDER_NAMES: Final[dict[Provider, str]] = {
    Provider.SPOTIFY: "Spotify",
    Provider.INSTAGRAM: "Instagram",
    Provider.YOUTUBE: "YouTube",
    Provider.SOUNDCLOUD: "SoundCloud",
}


class Role(StrEnum):
    """The role of a member in one org."""

    ADMIN = "admin"
    MANAGER = "manager"
    ANALYST = "analyst"
    CREATOR = "creator"


class MemberStatus(StrEnum):
    ACTIVE = "active"
    INVITED = "invited"
    DISABLED = "disabled"


class Permission(StrEnum):
    """`resource:action`. An endpoint declares the one it needs; the database has the same matrix."""

    ORG_MANAGE = "org:manage"
    MEMBERS_READ = "members:read"
    MEMBERS_MANAGE = "members:manage"
    AUDIT_READ = "audit:read"
    ROSTER_READ = "roster:read"
    ROSTER_WRITE = "roster:write"
    CONNECTIONS_READ = "connections:read"
    CONNECTIONS_MANAGE = "connections:manage"
    METRICS_READ = "metrics:read"
    IMPORTS_READ = "imports:read"
    IMPORTS_WRITE = "imports:write"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    INSIGHTS_READ = "insights:read"
    INSIGHTS_FEEDBACK = "insights:feedback"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    AUTOMATION_READ = "automation:read"
    AUTOMATION_MANAGE = "automation:manage"
    JOBS_READ = "jobs:read"


_CREATOR: Final = {
    Permission.MEMBERS_READ,
    Permission.ROSTER_READ,
    Permission.CONNECTIONS_READ,
    Permission.METRICS_READ,
    Permission.CAMPAIGNS_READ,
    Permission.INSIGHTS_READ,
    Permission.INSIGHTS_FEEDBACK,
    Permission.DOCUMENTS_READ,
}
_ANALYST: Final = _CREATOR | {
    Permission.IMPORTS_READ,
    Permission.IMPORTS_WRITE,
    Permission.DOCUMENTS_WRITE,
    Permission.AUTOMATION_READ,
    Permission.JOBS_READ,
}
_MANAGER: Final = _ANALYST | {
    Permission.ROSTER_WRITE,
    Permission.CONNECTIONS_MANAGE,
    Permission.CAMPAIGNS_WRITE,
    Permission.AUTOMATION_MANAGE,
}

ROLE_PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.CREATOR: frozenset(_CREATOR),
    Role.ANALYST: frozenset(_ANALYST),
    Role.MANAGER: frozenset(_MANAGER),
    Role.ADMIN: frozenset(Permission),
}


class EventType(StrEnum):
    """Types of events, in the past tense. Written to the outbox in the transaction that they report."""

    SYNC_FINISHED = "sync.finished"
    SYNC_FAILED = "sync.failed"
    IMPORT_COMMITTED = "import.committed"
    IMPORT_UNDONE = "import.undone"
    INSIGHT_CREATED = "insight.created"
    ACCOUNT_NEEDS_REAUTH = "account.needs_reauth"


class Severity(StrEnum):
    INFO = "info"
    NOTICE = "notice"
    IMPORTANT = "important"
