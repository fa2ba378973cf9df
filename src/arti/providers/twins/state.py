"""What a running twin remembers: spent codes, trouble to make, which day it is, and who called how often."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from arti.base.clock import now
from arti.providers.connectors import CONNECTORS
from arti.providers.twins.history import SEED, Timeline, timeline
from arti.providers.twins.tokens import Mint
from arti.vocabulary import Provider


@dataclass(slots=True)
class Trouble:
    """Something that the next `times` calls to a provider meet."""

    provider: Provider
    kind: str
    times: int
    seconds: float = 0.0
    path: str = ""  # only calls whose path holds this


@dataclass(slots=True)
class TwinState:
    seed: int = SEED
    day: date | None = None
    spent: set[str] = field(default_factory=set)
    revoked: dict[tuple[str, str], float] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    page_size: int = 0  # smaller pages than asked for; 0: as asked
    artists: dict[str, str] = field(default_factory=dict)  # Spotify artist id -> account

    @property
    def mint(self) -> Mint:
        return Mint(self.seed)

    def today(self, provider: Provider) -> date:
        """Return the present day as the provider counts it."""
        return self.day or now().astimezone(ZoneInfo(CONNECTORS[provider].time_zone)).date()

    def timeline(self, provider: Provider, account: str) -> Timeline:
        return timeline(provider, account, self.today(provider), self.seed)

    def meet(self, provider: Provider, path: str) -> Trouble | None:
        """Return the trouble that this call meets, and count it down."""
        for trouble in self.troubles:
            if trouble.provider is provider and trouble.times > 0 and trouble.path in path:
                trouble.times -= 1
                return trouble
        return None
