"""The address of a chart that a message shows where pictures cannot be attached, as in Slack. Pure.

The sealed token is the chart itself, in steps of the picture's height: it needs no look into the database, shows no
number, and ends by itself. Whoever has the message has the address.
"""

import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Final, cast
from urllib.parse import urlsplit
from uuid import UUID

from arti.automation.messages.slack_blocks import SECTION_CHARACTERS, Block, cut_escaped
from arti.language.pieces import Pieces, as_plain
from arti_core import clock
from arti_core.crypto import Vault
from arti_core.errors import Misconfigured, NotFound

PATH: Final = "/api/message-charts"
VALID: Final = timedelta(days=30)  # Slack keeps a copy of its own
_KIND: Final = "message-chart"
_REF: Final = "link"
_STEPS: Final = 200
_OWN_NETWORKS: Final = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
_ALT_CHARACTERS: Final = min(2000, SECTION_CHARACTERS)


@dataclass(frozen=True, slots=True)
class LinkedChart:
    """What a picture shows; `mark`: the place of its day."""

    values: Sequence[float | None]
    mark: int
    is_fall: bool

    def link(self, vault: Vault, org_id: UUID, api_url: str) -> str | None:
        """Return the address; None when there is nothing to draw, or when nobody outside can reach it."""
        known = [abs(value) for value in self.values if value is not None]
        if len(known) < 2 or not is_public_address(api_url):
            return None
        highest = max(known) or 1.0
        steps = [None if value is None else round(value / highest * _STEPS) for value in self.values]
        # Whole days, so that the same chart has the same end for a day.
        expires = math.ceil((clock.now() + VALID).timestamp() / 86_400) * 86_400
        sealed = vault.seal([steps, self.mark, self.is_fall, expires], owner_id=org_id, kind=_KIND, ref=_REF)
        return f"{api_url}{PATH}/{urlsafe_b64encode(org_id.bytes + sealed).decode().rstrip('=')}"


def open_chart_link(vault: Vault, token: str) -> LinkedChart:
    """Return the chart of a token. Raises NotFound, the same for one that is forged, cut or expired."""
    try:
        content = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        opened = vault.open(content[16:], owner_id=UUID(bytes=content[:16]), kind=_KIND, ref=_REF)
    except (ValueError, IndexError, Misconfigured):
        raise _unknown() from None
    steps, mark, is_fall, expires = cast(list[Any], opened)
    if expires < clock.timestamp():
        raise _unknown()
    return LinkedChart(steps, mark, is_fall)


def image_block(url: str, text: Pieces) -> Block:
    """Return Slack's block of a picture; `text` says what it shows."""
    line = cut_escaped(" ".join(as_plain(text).split()), _ALT_CHARACTERS)
    return {"type": "image", "image_url": url, "alt_text": line or "…"}


def is_public_address(url: str) -> bool:
    """Return whether an address can be one that a service elsewhere loads: https, and no name of one's own network."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_OWN_NETWORKS)


def _unknown() -> NotFound:
    return NotFound("chart", "Its address has expired, or is not one of ARTi.")
