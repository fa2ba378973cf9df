"""The simulated providers and what their OAuth servers expect."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

PACIFIC: Final = ZoneInfo("America/Los_Angeles")


class SimulatedProvider(StrEnum):
    SPOTIFY = "spotify"
    INSTAGRAM = "instagram"
    YOUTUBE = "youtube"
    SOUNDCLOUD = "soundcloud"


@dataclass(frozen=True, slots=True)
class ProviderTraits:
    """Where one provider differs from the others; `time_zone` is that of its days."""

    title: str
    time_zone: str
    requires_pkce: bool
    scope_separator: str = " "


TRAITS: Final[dict[SimulatedProvider, ProviderTraits]] = {
    SimulatedProvider.SPOTIFY: ProviderTraits("Spotify", "UTC", requires_pkce=True),
    SimulatedProvider.INSTAGRAM: ProviderTraits("Instagram", PACIFIC.key, requires_pkce=False, scope_separator=","),
    SimulatedProvider.YOUTUBE: ProviderTraits("YouTube", PACIFIC.key, requires_pkce=True),
    SimulatedProvider.SOUNDCLOUD: ProviderTraits("SoundCloud", "UTC", requires_pkce=True),
}
