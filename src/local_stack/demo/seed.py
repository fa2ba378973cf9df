"""`./arti up --demo`: fill a running platform with an org, through its public API.

It uses the API and the simulators over HTTP, so the demo shows what the product does: the workers sync, detect,
narrate and deliver. Seeding twice changes nothing.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

import orjson

from arti.settings import Settings
from arti.vocabulary import Provider
from arti_core.clock import now, today
from arti_core.errors import Conflict, Unavailable
from arti_core.http_client import HttpResponse, OutboundClient
from local_stack.demo.campaigns import added_streams, seed_campaigns
from local_stack.demo.counter_history import record_counters
from local_stack.demo.own_source import add_link_clicks
from local_stack.demo.plans_and_money import seed_calendar, seed_playlists, seed_royalties
from local_stack.demo.roster import (
    CREATOR_ARTIST,
    DEMO_USERS,
    GUEST_GROUP,
    MANAGER_GROUP,
    ORG_NAME,
    ROSTER,
    DemoArtist,
    list_documents,
    release_day,
    spotify_timeline,
)
from local_stack.demo.songs import import_song_timelines, name_labels
from supabase_local.auth.admin_client import create_user

WORK_SECONDS = 240


@dataclass(frozen=True, slots=True)
class _Api:
    """The API as one signed-in person in one org."""

    http_client: OutboundClient
    settings: Settings
    token: str
    org_id: str = ""

    async def call(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} | ({"X-ARTi-Org": self.org_id} if self.org_id else {})
        answer = await self.http_client.call(
            method, f"{self.settings.api_url}{path}", headers=headers, json=body, timeout_seconds=60, **more
        )
        return _read(answer, f"{method} {path}")


def _read(answer: HttpResponse, what: str) -> Any:
    if answer.status >= 400:
        raise Unavailable(f"The demo stopped at {what}: {answer.status} {answer.body[:300].decode(errors='replace')}")
    return orjson.loads(answer.body) if answer.body else None


async def seed_demo(settings: Settings, *, password: str, print_status: Callable[[str], None]) -> None:
    """Make the demo org on a running platform. `print_status` is called with a line for each long step."""
    http_client = OutboundClient(allowed_hosts=settings.private_hosts() | {urlsplit(settings.api_url).netloc})
    try:
        for email, name in DEMO_USERS.values():
            try:
                await create_user(http_client, settings, email=email, password=password, user_metadata={"name": name})
            except Conflict:
                continue
        api = await _sign_in(http_client, settings, DEMO_USERS["admin"][0], password)
        known = await api.call("GET", "/auth/me")
        for org in known["orgs"]:
            if org["name"] == ORG_NAME:
                await _refuse_incomplete(_Api(http_client, settings, api.token, org["id"]))
                print_status("the demo org exists already")
                return
        org = await api.call("POST", "/api/orgs", {"name": ORG_NAME})
        api = _Api(http_client, settings, api.token, org["id"])
        print_status("people and roster")
        artists = {demo_artist.name: await _artist(api, demo_artist) for demo_artist in ROSTER}
        await _people(api, password, artists)
        await _automation(api)
        await _documents(api)
        await add_link_clicks(api.call, artists[ROSTER[0].name], today=today())
        print_status("Spotify for Artists files")
        for index, demo_artist in enumerate(ROSTER):
            await _import_spotify(api, artists[demo_artist.name], demo_artist, index)
        await seed_royalties(api, artists, today())
        await seed_calendar(api, artists, today())
        print_status("accounts at the four simulators")
        # The first sync runs three days in the past, so that the second one gets a restated week.
        day = today()
        synced_on = day - timedelta(days=3)
        await _set_simulator_day(http_client, settings, synced_on)
        for demo_artist in ROSTER:
            for provider in Provider:
                await _connect(api, artists[demo_artist.name], demo_artist, provider)
        await _wait_for_work(api, print_status, "a year of history")
        await record_counters(settings, UUID(api.org_id), synced_on=synced_on, today=day)
        await _set_simulator_day(http_client, settings, None)
        accounts = await api.call("GET", "/api/accounts?limit=100")
        for account in accounts["items"]:
            await api.call("POST", f"/api/accounts/{account['id']}/sync")
        await import_song_timelines(api.call, artists, today=day)
        await seed_playlists(api, artists, day)
        await seed_campaigns(api.call, artists, day)
        await _wait_for_work(api, print_status, "the last days and their insights")
        await name_labels(api.call)
    finally:
        await http_client.close()


async def _sign_in(http_client: OutboundClient, settings: Settings, email: str, password: str) -> _Api:
    answer = await http_client.call(
        "POST",
        f"{settings.supabase_url}/auth/v1/token?grant_type=password",
        headers={"apikey": settings.supabase_publishable_key},
        json={"email": email, "password": password},
    )
    return _Api(http_client, settings, _read(answer, "signing in")["access_token"])


async def _refuse_incomplete(api: _Api) -> None:
    """Raise Unavailable unless an earlier seeding reached its last step."""
    if not (await api.call("GET", "/api/campaigns"))["items"]:
        raise Unavailable(
            f"An earlier start was stopped while it seeded {ORG_NAME}. Start over with an empty data folder: "
            "./arti down, remove .arti/data, ./arti up --demo."
        )


async def _people(api: _Api, password: str, artists: Mapping[str, str]) -> None:
    """Add the members: a creator of one artist, a guest and a manager of a group, the others of the whole roster."""
    lists: dict[str, dict[str, list[str]]] = {"creator": {"artist_ids": [artists[CREATOR_ARTIST]]}}
    for person, (name, members) in (("guest", GUEST_GROUP), ("group manager", MANAGER_GROUP)):
        group = await api.call("POST", "/api/artist-groups", {"name": name})
        listed = {"artist_ids": [artists[artist] for artist in members]}
        await api.call("PUT", f"/api/artist-groups/{group['id']}/artists", listed)
        lists[person] = {"group_ids": [group["id"]]}
    for person, (email, name) in DEMO_USERS.items():
        if person != "admin":
            role = person.removeprefix("group ")
            body = {"email": email, "role": role, "display_name": name}
            invitation = await api.call("POST", "/api/admin/users", body | lists.get(person, {}))
            invitee = await _sign_in(api.http_client, api.settings, email, password)
            await invitee.call("POST", f"/api/invitations/{invitation['id']}/accept", {})
            await invitee.call("PATCH", "/auth/me", {"display_name": name})


async def _artist(api: _Api, demo_artist: DemoArtist) -> str:
    made = await api.call(
        "POST", "/api/artists", {"name": demo_artist.name, "genres": demo_artist.genres, "country": demo_artist.country}
    )
    released = release_day(demo_artist, today())
    for day, kind, title in (
        (released, "release", f"{demo_artist.release} (single)"),
        (released - timedelta(days=120), "show", "Club show, sold out"),
        (released + timedelta(days=3), "playlist", "Added to an editorial playlist"),
    ):
        if day <= today():
            body = {"artist_id": made["id"], "starts_on": str(day), "kind": kind, "title": title}
            await api.call("POST", "/api/calendar", body)
    return str(made["id"])


async def _automation(api: _Api) -> None:
    mail = await api.call(
        "POST",
        "/api/channels",
        {
            "kind": "email",
            "name": "Marketing inbox",
            "target": {"address": DEMO_USERS["manager"][0]},
        },
    )
    slack = await api.call(
        "POST",
        "/api/channels",
        {"kind": "slack", "name": "Slack of the label", "target": {"label": "#nightowl-numbers"}},
    )
    for name, channel, severity in (
        ("Important changes by e-mail", mail, "important"),
        ("Everything worth a look to Slack", slack, "notice"),
    ):
        await api.call(
            "POST",
            "/api/rules",
            {
                "name": name,
                "event_type": "insight.created",
                "channel_id": channel["id"],
                "enabled": True,
                "conditions": {"min_severity": severity},
            },
        )
    await api.call(
        "POST",
        "/api/rules",
        {
            "name": "Somebody must reconnect an account",
            "event_type": "account.needs_reauth",
            "channel_id": mail["id"],
            "enabled": True,
            "conditions": {},
        },
    )


async def _documents(api: _Api) -> None:
    for kind, title, body in list_documents():
        await api.call("POST", "/api/documents", {"title": title, "kind": kind, "body": body})


async def _import_spotify(api: _Api, artist_id: str, demo_artist: DemoArtist, index: int) -> None:
    added = added_streams(demo_artist, today())
    content = spotify_timeline(demo_artist, index, today=today(), added=added).encode()
    name = f"{demo_artist.name}-audience-timeline.csv"
    previews = await api.call(
        "POST", "/api/imports", None, form={"artist_id": artist_id}, files={"file": (name, content, "text/csv")}
    )
    for preview in previews["imports"]:
        await api.call("POST", f"/api/imports/{preview['id']}/commit", {"options": {}})


async def _connect(api: _Api, artist_id: str, demo_artist: DemoArtist, provider: Provider) -> None:
    """Give consent on the simulator's page as a person would, and follow the redirect back."""
    start = await api.call("POST", "/api/accounts/connect", {"provider": provider, "artist_id": artist_id})
    parts = urlsplit(start["authorize_url"])
    query = dict(parse_qsl(parts.query))
    account = demo_artist.name.lower().replace(" ", "-")
    allowed = await api.http_client.call(
        "POST", parts._replace(query="").geturl(), form={**query, "account": f"demo:{account}", "decision": "allow"}
    )
    if allowed.status not in (302, 303):
        raise Unavailable(f"The {provider} simulator did not give consent: {allowed.status}")
    answer = await api.http_client.call("GET", allowed.headers["location"])
    consent = dict(parse_qsl(urlsplit(answer.headers.get("location", "")).query))
    if "consent_code" not in consent:
        raise Unavailable(f"Connecting {provider} failed: {answer.status} {consent}")
    await api.call("POST", "/api/accounts/connect/finish", {n: consent[f"consent_{n}"] for n in ("state", "code")})


async def _set_simulator_day(http_client: OutboundClient, settings: Settings, day: date | None) -> None:
    query = urlencode({"day": str(day)} if day else {})
    _read(
        await http_client.call("POST", f"{settings.simulators_url}/_simulator/today?{query}"),
        "setting the simulators' day",
    )


def _is_due(run_at: str) -> bool:
    """Return whether a message is due: one that is gathered goes out minutes later."""
    return datetime.fromisoformat(run_at) <= now()


async def _wait_for_work(api: _Api, print_status: Callable[[str], None], what: str) -> None:
    """Wait until no job or event is pending."""
    reported_count = -1
    for _ in range(WORK_SECONDS):
        open_jobs = [
            job
            for status in ("queued", "running")
            for job in (await api.call("GET", f"/api/jobs?status={status}&limit=100"))["items"]
            if job["name"] != "automation.deliver" or (job["attempts"] == 0 and _is_due(job["run_at"]))
        ]
        if not open_jobs:
            return
        if len(open_jobs) != reported_count:
            reported_count = len(open_jobs)
            print_status(f"{what}: {reported_count} jobs to go")
        await asyncio.sleep(1)
    raise Unavailable(f"The demo's work ({what}) did not end within {WORK_SECONDS} s. See ./arti logs worker.")
