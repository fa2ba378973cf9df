"""Enumerations that all packages share."""

from enum import StrEnum
from typing import Final


class Provider(StrEnum):
    """A platform whose data is collected. Rows of table `providers` that have a connector."""

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
# All rows of table `providers`: those without a connector are read from files only.
PLATFORM_NAMES: Final[dict[str, str]] = dict(PROVIDER_NAMES.items()) | {
    "tiktok": "TikTok",
    "facebook": "Facebook",
    "apple_music": "Apple Music",
    "amazon_music": "Amazon Music",
}


# The slugs of an org's own sources and metrics begin with it.
OWN_PREFIX: Final = "own."


def is_own(slug: str) -> bool:
    """Return whether a slug is of an org's own source or metric."""
    return slug.startswith(OWN_PREFIX)


def provider_order(slug: str) -> tuple[int, str]:
    """Return the sort key by which providers are listed: the built-in ones first, then an org's own by name."""
    order = [provider.value for provider in Provider]
    return (order.index(slug) if slug in order else len(order), slug)


class Role(StrEnum):
    """The role of a member in one org."""

    ADMIN = "admin"
    MANAGER = "manager"
    ANALYST = "analyst"
    CREATOR = "creator"  # the artist, or who makes their content: sees their own artists only
    GUEST = "guest"  # from outside: reads the numbers of some artists, and sees no other member


class ArtistAccess(StrEnum):
    """Which artists of the org a member sees."""

    ALL = "all"
    LIST = "list"  # the artists and groups that an admin has put on the member's list


class MemberStatus(StrEnum):
    ACTIVE = "active"
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
    MONEY_READ = "money:read"
    MONEY_WRITE = "money:write"


_GUEST: Final = {
    Permission.ROSTER_READ,
    Permission.METRICS_READ,
    Permission.CAMPAIGNS_READ,
    Permission.INSIGHTS_READ,
}
_CREATOR: Final = _GUEST | {
    Permission.MEMBERS_READ,
    Permission.CONNECTIONS_READ,
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
    Permission.MONEY_READ,
    Permission.MONEY_WRITE,
}

ROLE_PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.GUEST: frozenset(_GUEST),
    Role.CREATOR: frozenset(_CREATOR),
    Role.ANALYST: frozenset(_ANALYST),
    Role.MANAGER: frozenset(_MANAGER),
    Role.ADMIN: frozenset(Permission),
}


# What a member may be given or denied whatever their role.
MONEY_PERMISSIONS: Final = frozenset({Permission.MONEY_READ, Permission.MONEY_WRITE})


def effective_permissions(role: Role, money_access: bool | None) -> frozenset[Permission]:
    """Return what a member may do: what their role allows, with money given to them or denied. Null: the role decides.

    Who is given money may read it, and write it if the role writes money. As private.org_ids_with.
    """
    permissions = ROLE_PERMISSIONS[role]
    if money_access is None:
        return permissions
    if money_access:
        return permissions | {Permission.MONEY_READ}
    return permissions - MONEY_PERMISSIONS


class KeyScope(StrEnum):
    """What an API key of an org is for. It reads what its role may; the scope says where, and what it writes."""

    DATA = "data"  # through the gateway: reads and writes what its role may
    VALUES_PUSH = "values:push"  # through the API: values of the org's own sources


class EventType(StrEnum):
    """Types of events, in the past tense. Written to the outbox in the transaction that they report."""

    SYNC_FINISHED = "sync.finished"
    SYNC_FAILED = "sync.failed"
    IMPORT_COMMITTED = "import.committed"
    IMPORT_UNDONE = "import.undone"
    OBSERVATIONS_ENTERED = "observations.entered"
    INSIGHT_CREATED = "insight.created"
    ACCOUNT_NEEDS_REAUTH = "account.needs_reauth"


class Severity(StrEnum):
    INFO = "info"
    NOTICE = "notice"
    IMPORTANT = "important"
