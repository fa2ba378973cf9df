"""Profiles of Google, GitHub and Spotify in one form. Source: their documentation."""

from dataclasses import dataclass
from typing import Any


class ProfileUnreadable(Exception):
    """The provider's response identifies no user."""


@dataclass(frozen=True, slots=True)
class Email:
    address: str
    verified: bool
    primary: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """A user of a provider. `claims` becomes the data of their identity."""

    subject: str
    emails: tuple[Email, ...]
    claims: dict[str, Any]

    @property
    def primary(self) -> Email | None:
        return next((email for email in self.emails if email.primary), self.emails[-1] if self.emails else None)


def google_profile(claims: dict[str, Any]) -> Profile:
    """Return the profile in the claims of a verified ID token."""
    address, verified = read_text(claims.get("email")), _is_true(claims.get("email_verified"))
    emails = (Email(address, verified, primary=True),) if address else ()
    return _profile(
        claims["sub"],
        emails,
        issuer=claims["iss"],
        name=read_text(claims.get("name")),
        picture=read_text(claims.get("picture")),
        more={"custom_claims": {"hd": claims["hd"]}} if isinstance(claims.get("hd"), str) else {},
    )


def github_profile(api: str, user: Any, emails: Any) -> Profile:
    """Return the profile in the responses of /user and /user/emails. Raises ProfileUnreadable."""
    subject = user.get("id") if isinstance(user, dict) else None
    if type(subject) is not int or not isinstance(emails, list):
        raise ProfileUnreadable
    addresses = tuple(
        Email(read_text(email.get("email")), email.get("verified") is True, email.get("primary") is True)
        for email in emails
        if isinstance(email, dict) and read_text(email.get("email"))
    )
    login = read_text(user.get("login"))
    return _profile(
        str(subject),
        addresses,
        issuer=api,
        name=read_text(user.get("name")),
        picture=read_text(user.get("avatar_url")),
        more={"preferred_username": login, "user_name": login},
    )


def spotify_profile(api: str, user: Any) -> Profile:
    """Return the profile in the response of /me. Raises ProfileUnreadable."""
    subject = user.get("id") if isinstance(user, dict) else None
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise ProfileUnreadable
    address, images = read_text(user.get("email")), user.get("images")
    first = images[0] if isinstance(images, list) and images else None
    return _profile(
        subject,
        (Email(address, verified=False, primary=True),) if address else (),  # Spotify documents that it is unverified
        issuer=api,
        name=read_text(user.get("display_name")),
        picture=read_text(first.get("url")) if isinstance(first, dict) else "",
        more={},
    )


def _profile(
    subject: str, emails: tuple[Email, ...], *, issuer: str, name: str, picture: str, more: dict[str, Any]
) -> Profile:
    # Lower case makes a plain k of a Kelvin sign: beyond ASCII two mailboxes could become one.
    emails = tuple(
        Email(email.address.strip().lower(), email.verified and email.address.isascii(), email.primary)
        for email in emails
    )
    profile = Profile(subject, emails, {})
    claims = {
        "iss": issuer,
        "sub": subject,
        "name": name,
        "email": profile.primary.address if profile.primary else "",
        "picture": picture,
        "full_name": name,
        "avatar_url": picture,
        "provider_id": subject,
        **more,
    }
    profile.claims.update({key: value for key, value in claims.items() if value})
    profile.claims["email_verified"] = profile.primary is not None and profile.primary.verified
    profile.claims["phone_verified"] = False
    return profile


def _is_true(value: object) -> bool:
    return value is True or value == "true"  # some providers send it as text


def read_text(value: object, *, max_length: int = 1000) -> str:
    """Return `value` when it is text of an acceptable length, else ""."""
    return value if isinstance(value, str) and len(value) <= max_length and "\x00" not in value else ""
