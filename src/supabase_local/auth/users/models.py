"""Users and identities of schema auth, and their JSON in GoTrue's form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from arti_core import clock


@dataclass(slots=True)
class Identity:
    """A row of auth.identities: one sign-in method of a user."""

    id: UUID
    provider_id: str
    user_id: UUID
    provider: str
    identity_data: dict[str, Any]
    last_sign_in_at: datetime | None
    created_at: datetime | None
    updated_at: datetime | None
    email: str | None


@dataclass(slots=True)
class UserRow:
    """A row of auth.users. Changed in memory, then saved as a whole in the transaction that locked it."""

    id: UUID
    email: str | None
    encrypted_password: str | None
    aud: str = "authenticated"
    role: str = "authenticated"
    email_confirmed_at: datetime | None = None
    invited_at: datetime | None = None
    confirmation_sent_at: datetime | None = None
    recovery_sent_at: datetime | None = None
    email_change: str | None = None
    email_change_sent_at: datetime | None = None
    email_change_confirm_status: int = 0  # 1: one of the two addresses has confirmed
    reauthentication_sent_at: datetime | None = None
    last_sign_in_at: datetime | None = None
    app_metadata: dict[str, Any] = field(default_factory=dict)
    user_metadata: dict[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    phone: str | None = None
    phone_confirmed_at: datetime | None = None
    banned_until: datetime | None = None
    deleted_at: datetime | None = None
    is_anonymous: bool = False
    identities: list[Identity] = field(default_factory=list)
    factors: list[dict[str, Any]] = field(default_factory=list)  # rows of auth.mfa_factors, without their secrets

    @property
    def is_banned(self) -> bool:
        return self.banned_until is not None and self.banned_until > clock.now()

    @property
    def confirmed_at(self) -> datetime | None:
        times = [at for at in (self.email_confirmed_at, self.phone_confirmed_at) if at]
        return min(times) if times else None


def merge_metadata(old: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return `old` updated with `changes`; a null removes a key, as upstream does."""
    merged = {**old, **changes}
    return {key: value for key, value in merged.items() if value is not None}


def with_provider(app_metadata: Mapping[str, Any], provider: str) -> dict[str, Any]:
    """Return `app_metadata` with `provider` among its providers; the first one stays `provider`."""
    listed = app_metadata.get("providers")
    providers = [*listed] if isinstance(listed, list) else []
    if provider not in providers:
        providers.append(provider)
    return {**app_metadata, "provider": app_metadata.get("provider") or providers[0], "providers": providers}


def user_json(user: UserRow) -> dict[str, Any]:
    """Return GoTrue's User, in its order. `email` and `phone` are "" when absent; other unset fields are omitted."""
    optional = {
        "email_confirmed_at": user.email_confirmed_at,
        "invited_at": user.invited_at,
        "phone": user.phone or "",
        "phone_confirmed_at": user.phone_confirmed_at,
        "confirmation_sent_at": user.confirmation_sent_at,
        "confirmed_at": user.confirmed_at,
        "recovery_sent_at": user.recovery_sent_at,
        "new_email": user.email_change or None,
        "email_change_sent_at": user.email_change_sent_at,
        "reauthentication_sent_at": user.reauthentication_sent_at,
        "last_sign_in_at": user.last_sign_in_at,
        "app_metadata": user.app_metadata,
        "user_metadata": user.user_metadata,
        "factors": [factor_json(factor) for factor in user.factors] or None,
        "identities": [_identity_json(identity) for identity in user.identities],
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "banned_until": user.banned_until,
        "deleted_at": user.deleted_at,
    }
    user_fields: dict[str, Any] = {
        "id": str(user.id),
        "aud": user.aud,
        "role": user.role,
        "email": user.email or "",
        **{name: _json_value(value) for name, value in optional.items() if value is not None},
        "is_anonymous": user.is_anonymous,
    }
    return user_fields


def _json_value(value: Any) -> Any:
    return format_time(value) if isinstance(value, datetime) else value


def format_time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def factor_json(factor: Mapping[str, Any]) -> dict[str, Any]:
    """Return GoTrue's Factor from a row of auth.mfa_factors, its times as text."""
    fields = {
        "id": factor["id"],
        "created_at": _in_utc(factor["created_at"]),
        "updated_at": _in_utc(factor["updated_at"]),
        "status": factor["status"],
        "friendly_name": factor["friendly_name"],
        "factor_type": factor["factor_type"],
        "phone": factor["phone"] or "",
        "last_challenged_at": _in_utc(factor["last_challenged_at"]),
    }
    return fields if fields["friendly_name"] else {name: fields[name] for name in fields if name != "friendly_name"}


def _in_utc(text: str | None) -> str | None:
    return format_time(datetime.fromisoformat(text)) if text else None


def _identity_json(identity: Identity) -> dict[str, Any]:
    optional = {"identity_data": identity.identity_data or None, "provider": identity.provider}
    optional |= {
        "last_sign_in_at": format_time(identity.last_sign_in_at),
        "created_at": format_time(identity.created_at),
    }
    optional |= {"updated_at": format_time(identity.updated_at), "email": identity.email or None}
    return {
        "identity_id": str(identity.id),
        "id": identity.provider_id,
        "user_id": str(identity.user_id),
        **{name: value for name, value in optional.items() if value is not None},
    }
