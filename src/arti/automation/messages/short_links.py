"""Short links to what a message is about: the id alone, in 22 characters. Pure.

It leads somewhere only for a member who is signed in and sees it, so it may be known.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final
from uuid import UUID

PATH: Final = "/s/"


def short_link(site_url: str, subject_id: UUID) -> str:
    return f"{site_url}{PATH}?{urlsafe_b64encode(subject_id.bytes).decode().rstrip('=')}"


def read_short_code(code: str) -> UUID | None:
    """Return the id of a code, or None for what is no code."""
    try:
        return UUID(bytes=urlsafe_b64decode(f"{code}=="))
    except ValueError:
        return None
