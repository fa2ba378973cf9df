"""What a running twin remembers: spent codes, trouble to make, which day it is, and who called how often."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from arti.providers.connectors import CONNECTORS
from arti.vocabulary import Provider
from arti_core import clock
from provider_simulators.tokens import TokenCodec
from provider_simulators.world import SEED, Timeline, timeline


@dataclass(slots=True)
class Fault:
    """Something that the next `times` calls to a provider meet."""

    provider: Provider
    kind: str
    times: int
    seconds: float = 0.0
    path: str = ""  # only calls whose path holds this


@dataclass(slots=True)
class SimulatorState:
    seed: int = SEED
    day: date | None = None
    spent: set[str] = field(default_factory=set)
    revoked: dict[tuple[str, str], float] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    page_size: int = 0  # smaller pages than asked for; 0: as asked
    artists: dict[str, str] = field(default_factory=dict)  # Spotify artist id -> account

    @property
    def token_codec(self) -> TokenCodec:
        return TokenCodec(self.seed)

    def today(self, provider: Provider) -> date:
        """Return the present day as the provider counts it."""
        return self.day or clock.today_in(CONNECTORS[provider].time_zone)

    def timeline(self, provider: Provider, account: str) -> Timeline:
        return timeline(provider, account, self.today(provider), self.seed)

    def take_fault(self, provider: Provider, path: str) -> Fault | None:
        """Return the trouble that this call meets, and count it down."""
        for fault in self.faults:
            if fault.provider is provider and fault.times > 0 and fault.path in path:
                fault.times -= 1
                return fault
        return None
