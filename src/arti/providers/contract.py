"""The contract of a connector: the protocol that each provider's file implements, and the records it returns.

Connectors know their provider and nothing of the database; `arti.metrics` stores these records as they are.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias

from arti.providers.client import ProviderClient
from arti.providers.oauth import OAuthSpec, ProviderTokens
from arti.vocabulary import Provider

# Where to resume: any JSON object. Only the connector that wrote it reads it.
Cursor: TypeAlias = Mapping[str, Any]


class Observation(NamedTuple):
    """One value of one metric on one day of the provider's own time zone. Exactly one of value and reason is None.

    `null_reason` (why there is no value) and `state` (a remark on the value that is there) are codes of
    `arti.providers.states`. A named tuple is made in a fifth of the time of a frozen dataclass: there are millions.
    """

    metric: str
    observed_on: date
    value: float | None
    null_reason: str | None = None
    asset_external_id: str | None = None
    dimension: str = ""
    definition: int = 1
    source_row: int | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class ArtistCredit:
    """An artist named on an asset. `external_id` is the provider's, where it gives one."""

    name: str
    role: str = "main"  # main, featured, remixer, producer
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class AssetRecord:
    """A track, album, video, post or playlist as the provider describes it now.

    `version` is the part of a title that tells this recording from another of the same song: Live, Sped Up.
    """

    external_id: str
    kind: str
    title: str
    url: str | None = None
    released_on: date | None = None
    isrc: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    upc: str | None = None
    duration_ms: int | None = None
    version: str | None = None
    artists: Sequence[ArtistCredit] = ()


@dataclass(frozen=True, slots=True)
class PlaylistEntry:
    """A playlist on which a song was played, as a source names it; `streams` and `listeners` of the source's period.

    `external_id` is the provider's id, or title and curator where the source names none. `song` is the external id of
    the song's asset; None where the source does not say which of the artist's songs.
    """

    external_id: str
    title: str
    curator: str | None = None
    song: str | None = None
    added_on: date | None = None
    streams: int | None = None
    listeners: int | None = None
    url: str | None = None
    source_row: int | None = None


@dataclass(frozen=True, slots=True)
class PlaylistSnapshot:
    """All playlists that a source names for an artist, or for one song, from `from_on` (None: ever) to `to_on`.

    Only snapshots of the same source, period and song are compared: what one names and the next does not has ended.
    """

    source: str
    period: str
    from_on: date | None
    to_on: date
    entries: Sequence[PlaylistEntry]
    song: str | None = None


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of a pull, stored in one transaction together with the cursor that follows it."""

    observations: Sequence[Observation]
    assets: Sequence[AssetRecord]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """The account that a token belongs to."""

    external_id: str
    display_name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Budget:
    """Calls a day that the provider allows one app on one host. Reset at midnight of the connector's time zone."""

    host: str
    calls_a_day: int


class Connector(Protocol):
    """Our code for one provider."""

    provider: ClassVar[Provider]
    oauth: ClassVar[OAuthSpec]
    hosts: ClassVar[frozenset[str]]  # a token is sent to no other
    time_zone: ClassVar[str]  # of the provider's days
    terms: ClassVar[str]  # tag of its data, see arti.providers.terms
    metrics: ClassVar[frozenset[str]]  # all that it can return; the others are absent, not zero
    budget: ClassVar[Budget | None]
    probe_url: ClassVar[str]

    async def exchange(self, client: ProviderClient, *, code: str, verifier: str, redirect_uri: str) -> ProviderTokens:
        """Turn the code of a consent into tokens."""
        ...

    async def refresh(self, client: ProviderClient, tokens: ProviderTokens) -> ProviderTokens:
        """Return fresh tokens. The old refresh token may no longer work afterwards."""
        ...

    async def revoke(self, client: ProviderClient, tokens: ProviderTokens) -> bool:
        """End the consent at the provider. Returns False where the provider has no request for it."""
        ...

    def refresh_due_at(self, tokens: ProviderTokens) -> datetime | None:
        """Return the time from which the tokens should be refreshed, or None when never."""
        ...

    async def identify(self, client: ProviderClient, *, artist_name: str, profile_url: str | None) -> ProviderAccount:
        """Return the account that the client's token belongs to."""
        ...

    def pull(
        self, client: ProviderClient, account_id: str, since: Cursor | None, *, today: date
    ) -> AsyncIterator[ResultPage]:
        """Yield what is new, page by page, from `since`. `today` is the present day in the connector's time zone.

        Counters are given as of `today`; the sync stores them on the last day that is over. What happened on a day is
        given for days that are over only.

        A cursor with "step" was written in the middle of a pull, which resumes there. Days that are read again give the
        same observations or restated ones, so storing them twice is safe.
        """
        ...
