"""State of the running simulators: used codes, faults to inject, the simulated day, calls by path."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from arti_core import clock
from provider_simulators.providers import TRAITS, SimulatedProvider
from provider_simulators.settings import SimulatorSettings
from provider_simulators.tokens import TokenCodec
from provider_simulators.world import SEED, Timeline, timeline


@dataclass(slots=True)
class Fault:
    """A failure of the next `times` calls to a provider, or a fault of its data (see `faults.DATA_FAULTS`)."""

    provider: SimulatedProvider
    kind: str
    times: int
    seconds: float = 0.0
    path: str = ""  # only calls whose path contains this
    name: str = ""

    def is_of(self, provider: SimulatedProvider, kind: str) -> bool:
        return self.provider is provider and self.kind == kind


@dataclass(slots=True)
class SimulatorState:
    settings: SimulatorSettings
    seed: int = SEED
    day: date | None = None
    used_nonces: set[str] = field(default_factory=set)
    revoked: dict[tuple[str, str], float] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    data_faults: list[Fault] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    page_size: int = 0  # upper limit of a page; 0: as requested
    artists: dict[str, str] = field(default_factory=dict)  # Spotify artist id -> account

    @property
    def client_id(self) -> str:
        return self.settings.simulator_client_id

    @property
    def client_secret(self) -> str:
        return self.settings.simulator_client_secret.get_secret_value()

    def is_client(self, client_id: str | None, client_secret: str | None) -> bool:
        """Return whether these are the credentials of the OAuth app that the simulators know."""
        return (client_id, client_secret) == (self.client_id, self.client_secret)

    @property
    def token_codec(self) -> TokenCodec:
        return TokenCodec(self.seed)

    def today(self, provider: SimulatedProvider) -> date:
        """Return the current day in the provider's time zone."""
        return self.day or clock.today_in(TRAITS[provider].time_zone)

    def last_day(self, provider: SimulatedProvider) -> date:
        """Return the last day that is over there: counters show the levels at its end, as if read after midnight."""
        return self.today(provider) - timedelta(days=1)

    def timeline(self, provider: SimulatedProvider, account: str) -> Timeline:
        crowded = [date.fromisoformat(fault.name) for fault in self.data_faults if fault.is_of(provider, "crowded_day")]
        return timeline(provider, account, self.today(provider), self.seed, tuple(crowded))

    def has_data_fault(self, provider: SimulatedProvider, kind: str, name: str, path: str = "") -> bool:
        """Return whether a fault of data concerns `name`: its own, or one of all."""
        return any(
            fault.is_of(provider, kind) and fault.name in ("", name) and fault.path in ("", path)
            for fault in self.data_faults
        )

    def take_fault(self, provider: SimulatedProvider, path: str) -> Fault | None:
        """Return the fault that applies to this call, and count it down."""
        for fault in self.faults:
            if fault.provider is provider and fault.times > 0 and fault.path in path:
                fault.times -= 1
                return fault
        return None
