"""An installation as `./arti up` starts it, and users who work in it through its APIs."""

import asyncio
import base64
import json
import math
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import asyncpg
import httpx2 as httpx
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from arti.vocabulary import Provider
from arti_core import clock
from arti_core.clock import today
from local_stack.data_directory import DataDirectory
from local_stack.postgres import SUPERUSER, Cluster
from provider_simulators.world import account_name
from tests.local_stack.installation import Installation
from tests.supabase_local.auth.oidc_issuer import Issuer

PASSWORD = "a long enough sentence"
STORAGE_KEY = "arti-auth"
_UNFINISHED = """
  select exists (select from events where org_id = $1 and dispatched_at is null)
    or exists (select from jobs where org_id = $1 and status in ('queued', 'running') and run_at <= clock.now())"""
SPIKE_ON_DAY = 4  # days before today; the curve counts from today too, so that it has the same shape on every day


def new_client() -> httpx.Client:
    """Return a client that opens a connection for each request: a server may close an idle one at any moment."""
    return httpx.Client(trust_env=False, timeout=60, limits=httpx.Limits(max_keepalive_connections=0))


@dataclass(frozen=True, slots=True)
class Site:
    """The URLs of the services of one installation."""

    web: str
    api: str
    gateway: str
    key: str
    installation: Installation
    issuer: Issuer
    read: set[str] = field(default_factory=set)  # the ids of the mails that a test has read
    http: httpx.Client = field(default_factory=new_client, repr=False)

    def secret_key(self) -> str:
        """Return the secret key, with which a server calls the auth service."""
        return str(json.loads((self.installation.data / "secrets.json").read_text())["supabase_secret_key"])

    def cluster(self) -> Cluster:
        folder = DataDirectory(self.installation.data)
        secret = json.loads(folder.secrets.read_text())["database_password"]
        return Cluster(folder.postgres, int(self.installation.env["ARTI_POSTGRES_PORT"]), secret)

    def next_mail(self, address: str) -> "Mail":
        """Wait for the next mail to `address` in the local mailbox."""
        found: list[str] = []

        def arrived() -> bool:
            listed = self.installation.arti("mail").stdout.splitlines()
            notices = ("has been changed", "was ended")  # they have no link and no code
            lines = [line.split() for line in listed if address in line and not any(text in line for text in notices)]
            found[:] = [line[0] for line in lines if line[0] not in self.read]
            return bool(found)

        wait_until(arrived, seconds=30)
        self.read.add(found[0])
        return Mail(self.installation.arti("mail", "show", found[0]).stdout)

    def sign_up(self, name: str) -> "Person":
        """Create an account through the auth service."""
        email = f"{name.lower().replace(' ', '-')}-{uuid4().hex[:8]}@example.test"
        body = {"email": email, "password": PASSWORD, "data": {"display_name": name}}
        response = self.http.post(f"{self.gateway}/auth/v1/signup", json=body, headers={"apikey": self.key})
        assert response.status_code == 200, response.text
        return Person(self, email, response.json())

    def sign_in(self, email: str) -> dict[str, Any]:
        """Return another session of an existing user."""
        response = self.http.post(
            f"{self.gateway}/auth/v1/token?grant_type=password",
            json={"email": email, "password": PASSWORD},
            headers={"apikey": self.key},
        )
        assert response.status_code == 200, response.text
        session: dict[str, Any] = response.json()
        return session


@dataclass(frozen=True, slots=True)
class Mail:
    """What `./arti mail show` prints."""

    text: str

    @property
    def link(self) -> str:
        return str(re.findall(r"^http\S+$", self.text, re.MULTILINE)[0])

    @property
    def code(self) -> str:
        return str(re.findall(r"^(?:Alternatively, enter the code: )?(\d{6})$", self.text, re.MULTILINE)[0])


@dataclass(slots=True)
class Person:
    """A signed-in user, with the org of their requests."""

    site: Site
    email: str
    session: dict[str, Any]
    org_id: str = ""

    def call(self, method: str, path: str, *, expect: int = 200, **more: Any) -> Any:
        """Call the API as this person; return the body."""
        headers = {"Authorization": f"Bearer {self.session['access_token']}"}
        if self.org_id:
            headers["X-ARTi-Org"] = self.org_id
        response = self.site.http.request(method, f"{self.site.api}{path}", headers=headers, **more)
        assert response.status_code == expect, f"{method} {path}: {response.status_code} {response.text[:500]}"
        return response.json() if response.content else None

    def create_org(self, name: str) -> None:
        self.org_id = self.call("POST", "/api/orgs", json={"name": name}, expect=201)["id"]

    def add_member(self, name: str, role: str, *, artist_ids: Sequence[str] = ()) -> "Person":
        """Add a member with `role` to this person's org, and sign them in. `artist_ids` are a creator's artists."""
        person = self.site.sign_up(name)
        body = {"email": person.email, "role": role, "display_name": name, "artist_ids": [*artist_ids]}
        invitation = self.call("POST", "/api/admin/users", json=body, expect=201)
        person.org_id = person.call("POST", f"/api/invitations/{invitation['id']}/accept", json={})["org_id"]
        person.call("PATCH", "/auth/me", json={"display_name": name})
        return person

    def add_artist(self, name: str) -> str:
        body = {"name": name, "genres": ["dream pop"], "country": "GB"}
        return str(self.call("POST", "/api/artists", json=body, expect=201)["id"])

    def import_timeline(self, artist_id: str, name: str, *, days: int = 120) -> None:
        """Import an audience timeline with one spike, in a file that names the artist."""
        file = {"file": (f"{name}-audience-timeline.csv", audience_timeline(days), "text/csv")}
        preview = self.call("POST", "/api/imports", data={"artist_id": artist_id}, files=file, expect=201)
        id = preview["imports"][0]["id"]
        assert self.call("POST", f"/api/imports/{id}/commit", json={"options": {}})["status"] == "committed"

    def wait_until_idle(self, *, seconds: float = 120) -> None:
        """Wait until no event of the org waits and no due job waits or runs: its lists stay as they are."""
        dsn = self.site.cluster().dsn(SUPERUSER)

        async def is_idle() -> bool:
            connection = await asyncpg.connect(dsn)
            try:
                return not await connection.fetchval(_UNFINISHED, self.org_id)
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as thread:  # Playwright has a loop in this one
            wait_until(lambda: thread.submit(asyncio.run, is_idle()).result(), seconds=seconds)

    def connect(self, provider: Provider, artist_id: str, name: str) -> None:
        """Connect an account at a simulator, with the consent of its owner."""
        body = {"provider": provider, "artist_id": artist_id}
        url = self.call("POST", "/api/accounts/connect", json=body)["authorize_url"]
        with new_client() as browser:
            page = browser.get(url)
            scopes = [part.split('"')[0] for part in page.text.split('name="scope" value="')[1:]]
            form = {"account": account_name(name), "other": "", "scope": scopes, "decision": "allow"}
            back = browser.get(browser.post(url, data=form).headers["location"])
        query = parse_qs(urlsplit(back.headers["location"]).query)
        consent = {"state": query["consent_state"][0], "code": query["consent_code"][0]}
        assert self.call("POST", "/api/accounts/connect/finish", json=consent)["provider"] == provider

    def storage(self) -> dict[str, Any]:
        """Return the browser storage of the signed-in user."""
        local_storage = [{"name": STORAGE_KEY, "value": json.dumps(self.session)}]
        if self.org_id:
            local_storage.append({"name": "arti-org", "value": self.org_id})
        return {"cookies": [], "origins": [{"origin": self.site.web, "localStorage": local_storage}]}


def audience_timeline(days: int) -> bytes:
    """Return a file in the format of Spotify for Artists: `days` days up to yesterday, with one clear spike."""
    lines = ["date,listeners,monthly listeners,streams,playlist adds,saves,followers"]
    for back in range(days, 0, -1):
        day = today() - timedelta(days=back)
        usual = 900 + 60 * math.sin(back) + (90 if back % 7 < 2 else 0)
        streams = round(usual * (4 if back == SPIKE_ON_DAY else 1))
        age = days - back
        row = [day, streams // 2, 14_000 + 20 * age, streams, streams // 50, streams // 40, 5000 + 3 * age]
        lines.append(",".join(map(str, row)))
    return ("\n".join(lines) + "\n").encode()


def totp_code(secret: str, *, steps: int = 0) -> str:
    """Return the TOTP code of now, or of `steps` time steps of 30 seconds later."""
    app = TOTP(base64.b32decode(secret), 6, SHA1(), 30)
    return app.generate(int(clock.timestamp()) + 30 * steps).decode()


def wait_until(condition: Callable[[], object], *, seconds: float = 60) -> None:
    """Wait until `condition()` is true; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition was never true"
        time.sleep(0.2)
