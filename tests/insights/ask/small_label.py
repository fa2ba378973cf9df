"""A small label with known numbers, so that the right answer of a question can be computed from a list."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from arti.jobs import WorkerContext
from arti.music.playlists.service import record_snapshot
from arti.providers.contract import AssetRecord, Observation, PlaylistEntry, PlaylistSnapshot
from arti.vocabulary import Provider, Role
from arti_core import clock
from arti_core.database import job_transaction
from tests.conftest import Member, World
from tests.factories.insights import FOLLOWERS, STREAMS
from tests.factories.observations import daily_observations, make_artist, store_observations
from tests.job_runner import run_due_jobs

LISTENERS: Final = "audience.monthly_listeners"
SAVES: Final = "engagement.saves"
VIEWS: Final = "consumption.views"
GAINED: Final = "audience.followers_gained"
PLAYS: Final = "consumption.plays"
DAYS: Final = 430
HARBOR, BLOOM, FAROLES = "Velvet Harbor", "Static Bloom", "Los Faroles"
_SIZE: Final = {HARBOR: 9_000, BLOOM: 2_500, FAROLES: 700}
_RISING: Final = {HARBOR: 1.0, BLOOM: 1.6, FAROLES: 0.7}  # what the last 28 days are worth beside those before
WORKS: Final = {"Tidelight": (HARBOR, 0.4), "Night Ferry": (HARBOR, 0.25), "Glass Petals": (BLOOM, 0.6)}
COUNTRIES_BEFORE: Final = {"DE": 38_000.0, "ES": 25_000.0, "US": 9_000.0}  # 28 days before the newest ones
PLAN: Final = """# Dates
The radio campaign starts on 4 December 2026 and ends on 20 January 2027.
The vinyl edition ships on 12 February 2027.
The press photos are by Ilse Brandt.

# Budget
The music video may cost at most 8,500 EUR.
"""
GERMAN_PLAN: Final = """# Tour
Die Tournee beginnt am 3. März 2027 in Hamburg.
Das Vorprogramm spielt die Band Kaltwasser.
"""


def royalty_of(artist: str, store: str, month: date) -> int:
    """Return what a store paid for a month, in cents."""
    return _SIZE[artist] * (3 if store == "Spotify" else 1) + month.month * 137


def value_of(artist: str, metric: str, day: date) -> float:
    """Return the value of a day: uneven, so that no two periods have the same total."""
    size, number = _SIZE[artist], day.toordinal()
    wave = 1 + ((number * 37) % 23) / 100
    if metric in (STREAMS, VIEWS):
        recent = _RISING[artist] if day > clock.today() - timedelta(days=29) else 1.0
        return float(round((size if metric == STREAMS else size // 7) * wave * recent))
    if metric == SAVES:
        return float(round(size * wave * 0.03))
    if metric == GAINED:
        return float(3 + number % 7)
    if metric == LISTENERS:
        return float(size * 12 + (number * 53) % 997)
    ahead = (day - (clock.today() - timedelta(days=DAYS))).days  # followers and plays only grow
    return float(size * 4 + ahead * (size // 100 + 1) + (number % 5))


def track_value(title: str, day: date) -> float:
    artist, share = WORKS[title]
    return float(round(value_of(artist, STREAMS, day) * share))


@dataclass(frozen=True, slots=True)
class Span:
    """Days from first to last."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def total(self, artist: str, metric: str) -> float:
        return sum(value_of(artist, metric, day) for day in self.days)

    def track(self, title: str) -> float:
        return sum(track_value(title, day) for day in self.days)

    def gain(self, artist: str, metric: str) -> float:
        return value_of(artist, metric, self.last) - value_of(artist, metric, self.first - timedelta(days=1))

    def before(self) -> "Span":
        return Span(self.first - timedelta(days=len(self.days)), self.first - timedelta(days=1))


def last_days(count: int) -> Span:
    yesterday = clock.today() - timedelta(days=1)
    return Span(yesterday - timedelta(days=count - 1), yesterday)


def yesterday() -> Span:
    return last_days(1)


def last_week() -> Span:
    monday = clock.today() - timedelta(days=clock.today().weekday() + 7)
    return Span(monday, monday + timedelta(days=6))


def last_weekend() -> Span:
    """Return the latest weekend that is over."""
    sunday = clock.today() - timedelta(days=clock.today().weekday() + 1)
    return Span(sunday - timedelta(days=1), sunday)


def month_ago(count: int) -> Span:
    first = clock.today().replace(day=1)
    for _ in range(count - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    last = first - timedelta(days=1)
    return Span(last.replace(day=1), last)


def english(number: float, decimals: int = 0) -> str:
    return f"{number:,.{decimals}f}"


def dotted(number: float, decimals: int = 0) -> str:
    """Return a number as German, Spanish and Portuguese write it."""
    return english(number, decimals).translate(str.maketrans(",.", ".,"))


def spaced(number: float, decimals: int = 0) -> str:
    """Return a number as French writes it."""
    return english(number, decimals).translate(str.maketrans(",.", "\u202f,"))


def percent_change(now: float, before: float) -> float:
    return abs(100 * (now - before) / before)


async def make_label(world: World, worker_context: WorkerContext) -> Member:
    """Return a manager of the label."""
    manager = await world.member(role=Role.MANAGER)
    ids = {name: await make_artist(world.database, manager.org_id, name) for name in _SIZE}
    newest = clock.today() - timedelta(days=1)

    days = [newest - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]

    def series(artist: str, *metrics: str) -> list[Observation]:
        return [
            observation
            for metric in metrics
            for observation in daily_observations(metric, newest, [value_of(artist, metric, day) for day in days])
        ]

    for name, id in ids.items():
        spotify, tracks = series(name, STREAMS, LISTENERS, SAVES, FOLLOWERS), []
        for title, (artist, _) in WORKS.items():
            if artist == name:
                tracks.append(AssetRecord(title, "track", title))
                spotify += [Observation(STREAMS, day, track_value(title, day), asset_external_id=title) for day in days]
        if name == HARBOR:
            spotify += [
                Observation(LISTENERS, newest, amount, dimension=f"country={code}")
                for code, amount in (("DE", 41_000.0), ("ES", 22_500.0), ("US", 9_750.0))
            ]
            spotify += [
                Observation(LISTENERS, newest - timedelta(days=28), amount, dimension=f"country={code}")
                for code, amount in COUNTRIES_BEFORE.items()
            ]
            spotify.append(Observation(LISTENERS, newest, 6_300.0, dimension="city=2950159"))  # Berlin
        await store_observations(worker_context, manager.org_id, id, spotify, tracks)
        for provider, seen in (
            (Provider.YOUTUBE, series(name, VIEWS, GAINED)),
            (Provider.SOUNDCLOUD, series(name, PLAYS)),
        ):
            terms = f"{provider}_api"
            await store_observations(worker_context, manager.org_id, id, seen, provider=provider, terms=terms)
    await _add_royalties(manager, ids)
    await _add_facts(world, worker_context, manager, ids, newest)
    return manager


async def _add_royalties(manager: Member, ids: dict[str, UUID]) -> None:
    lines = [
        {
            "month": f"{month_ago(ago).first:%Y-%m}",
            "store": store,
            "amount": f"{royalty_of(artist, store, month_ago(ago).first) / 100:.2f}",
            "currency": "EUR",
            "artist_id": str(ids[artist]),
        }
        for ago in range(1, 10)
        for artist, store in ((HARBOR, "Spotify"), (HARBOR, "Apple Music"), (BLOOM, "Spotify"))
    ]
    stated = await manager.http.post("/api/royalties", json={"source": "distributor", "lines": lines})
    assert stated.status_code == 201, stated.text


async def _add_facts(
    world: World, worker_context: WorkerContext, manager: Member, ids: dict[str, UUID], newest: date
) -> None:
    for name, artist, cents in (("Tidelight launch", HARBOR, (125_000, 48_050)), ("Petals push", BLOOM, (30_000,))):
        made = await manager.http.post(
            "/api/campaigns",
            json={
                "artist_id": str(ids[artist]), "name": name, "goal_metric": STREAMS, "goal_provider": "spotify",
                "currency": "EUR", "budget_minor": 250_000,
                "starts_on": str(newest - timedelta(days=20)), "ends_on": str(newest + timedelta(days=10)),
            },
        )  # fmt: skip
        assert made.status_code == 201, made.text
        for amount in cents:
            cost = {"spent_on": str(newest - timedelta(days=5)), "amount_minor": amount, "note": ""}
            assert (await manager.http.post(f"/api/campaigns/{made.json()['id']}/costs", json=cost)).status_code == 201
    [file] = await world.database.as_owner(
        """insert into imports (org_id, artist_id, file_name, content_sha256, byte_size, status)
           values ($1, $2, 'playlists.csv', $3, 1, 'refused') returning id""",
        *(manager.org_id, ids[HARBOR], b"\0" * 32),
    )
    async with job_transaction(worker_context.pool, manager.org_id) as connection:
        entries = [
            PlaylistEntry("p1", "Harbour Lights", "Spotify", "Tidelight", streams=5_400),
            PlaylistEntry("p2", "Morning Drift", "Someone", "Night Ferry", streams=310),
        ]
        await record_snapshot(
            connection, manager.org_id, artist_id=ids[HARBOR], provider="spotify",
            snapshot=PlaylistSnapshot("export", "28day", newest - timedelta(days=27), newest, entries),
            import_id=file["id"],
        )  # fmt: skip
    await world.database.as_owner(
        """insert into insights (org_id, artist_id, detector, fingerprint, severity, provider, metric, series_id,
             happened_on, period_from, period_to, title, body, template, narrator, prompt_version, confidence)
           select org_id, artist_id, 'spike', 'f', 'notice', provider, metric, id, $3, $3, $3,
             'Streams at a record on one day', '', '{}', 'templates', 'x', 1
           from series where org_id = $1 and artist_id = $2 and metric = $4 and asset_id is null and dimension = ''""",
        manager.org_id,
        ids[HARBOR],
        newest - timedelta(days=3),
        STREAMS,
    )
    for title, body in (("Release plan", PLAN), ("Tourplan", GERMAN_PLAN)):
        document = {"title": title, "body": body, "artist_id": str(ids[HARBOR]), "kind": "brief"}
        assert (await manager.http.post("/api/documents", json=document)).status_code == 201
    await run_due_jobs(worker_context)
