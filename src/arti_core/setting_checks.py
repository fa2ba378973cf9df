"""Checks of settings that several packages share. Each message names the setting and the remedy, never the value."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

# From self-hosted Supabase's example file, and other placeholders.
_KNOWN_SECRETS = ("super-secret-jwt-token", "your-super-secret", "c3VwYWJhc2UtZGVtby", "changeme", "change-me")
_WEAK_PASSWORDS = frozenset(
    {"", "postgres", "password", "admin", "arti", "root", "123456", "your-super-secret-password"}
)


def is_example_secret(value: str) -> bool:
    """Return whether `value` is a secret of a published example file."""
    return any(known in value for known in _KNOWN_SECRETS)


def is_private_host(host: str) -> bool:
    """Return whether `host` is this machine, a private address, or a name inside a container network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host


def check_database_url(name: str, dsn: str, *, role: str, production: bool) -> Iterator[str]:
    """Yield what is unsafe in the database URL of setting `name`, which should log in as `role`."""
    if not dsn:
        return
    parts = urlsplit(dsn)
    if parts.scheme not in ("postgres", "postgresql") or not parts.hostname:
        yield f"{name.upper()} must look like postgresql://{role}:password@host:5432/database."
        return
    if (parts.username or "").split(".")[0] in ("postgres", "supabase_admin", "root", ""):
        yield f"{name.upper()} logs in as an owner or superuser, who may read every org. Log in as {role}."
    if not production:
        return
    mode = parse_qs(parts.query).get("sslmode", [""])[0]
    if not is_private_host(parts.hostname) and mode not in ("require", "verify-ca", "verify-full"):
        yield f"{name.upper()} goes over the network without TLS. Add ?sslmode=verify-full."
    if (parts.password or "") in _WEAK_PASSWORDS:
        yield f"{name.upper()} has a well-known password. Set a random one."


def check_https(name: str, url: str) -> Iterator[str]:
    """Yield a message when `url` of setting `name` leaves the private network in clear text."""
    parts = urlsplit(url)
    if parts.scheme == "http" and not is_private_host(parts.hostname or ""):
        yield f"{name.upper()} must be https in production: tokens travel there."
