"""A person outside of the machine: calls its four names over TLS, and reads the mails and SMS that arrive."""

import json
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest

from provider_simulators.world import account_name
from tests.operator.machine import EXTERNAL, MACHINE
from tests.operator.world import HOSTS

DOMAIN = "label.example"
PASSWORD = "a long enough sentence"
Found = TypeVar("Found")


@contextmanager
def names_of_the_world(root: Path, certificate: Path) -> Iterator[ssl.SSLContext]:
    """Let each name lead where it does outside. Gives what trusts the authority that certifies the machine's names."""
    resolve = socket.getaddrinfo

    def look_up(host: Any, *more: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        where = EXTERNAL if name in HOSTS else MACHINE if name.endswith(DOMAIN) else name
        return resolve(where, *more, **named)

    context = ssl.create_default_context(cafile=str(root))
    context.load_verify_locations(str(certificate))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", look_up)
        yield context


def wait_for(find: Callable[[], Found | None], what: str, seconds: float = 120) -> Found:
    """Return the first true value of `find()`. What does not answer yet counts as none."""
    until, problem = time.monotonic() + seconds, ""
    while time.monotonic() < until:
        try:
            if found := find():
                return found
        except (httpx.HTTPError, OSError) as error:
            problem = f" ({type(error).__name__}: {error})"
        time.sleep(1)
    raise AssertionError(f"{what}: not within {seconds:.0f} s{problem}")


@dataclass
class Caller:
    """A client of the machine. `kept` is the folder of mails and SMS."""

    http: httpx.Client
    kept: Path
    key: str = ""

    def at(self, name: str, path: str) -> str:
        return f"https://{name}.{DOMAIN}{path}"

    def read_key(self) -> None:
        """Read the publishable key, as a browser does, from the app's configuration."""
        self.key = self.http.get(self.at("app", "/config.json")).json()["supabaseKey"]

    def auth(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return self.http.post(self.at("db", f"/auth/v1/{path}"), json=body, headers={"apikey": self.key})

    def sign_in(self, email: str) -> None:
        answer = self.auth("token?grant_type=password", {"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def send(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        """Call the API and return its answer."""
        answer = self.http.request(method, self.at("api", path), json=body)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:600]}"
        return answer.json() if answer.content else None

    def count(self, table: str) -> int:
        """Return how many rows of a table the caller sees."""
        headers = {"apikey": self.key, "Prefer": "count=exact", "X-ARTi-Org": self.http.headers["X-ARTi-Org"]}
        answer = self.http.get(self.at("db", f"/rest/v1/{table}?select=org_id&limit=1"), headers=headers)
        return int(answer.headers["content-range"].rpartition("/")[2])

    def mail_to(self, email: str, about: str) -> dict[str, str]:
        """Wait for a mail and return it."""

        def find() -> dict[str, str] | None:
            mails = [json.loads(file.read_text()) for file in self.kept.glob("mail-*.json")]
            return next((mail for mail in mails if email in mail["to"] and about in mail["text"]), None)

        return wait_for(find, f"the mail to {email}")

    def connect_account(self, artist_id: str, artist: str) -> None:
        """Connect an account at a provider: consent in a browser, back to the API, finished by the app."""
        begun = self.send("POST", "/api/accounts/connect", {"provider": "youtube", "artist_id": artist_id})
        page = self.http.get(begun["authorize_url"])
        scopes = re.findall(r'name="scope" value="([^"]+)"', page.text)
        form = {"account": account_name(artist), "other": "", "scope": scopes, "decision": "allow"}
        consented = self.http.post(begun["authorize_url"], data=form)
        assert consented.status_code == 302, consented.text
        back = self.http.get(consented.headers["location"])
        assert back.status_code == 303, back.text
        query = parse_qs(urlsplit(back.headers["location"]).query)
        body = {"state": query["consent_state"][0], "code": query["consent_code"][0]}
        self.send("POST", "/api/accounts/connect/finish", body)


def find_link(text: str) -> str:
    found = re.search(r"https://\S+", text)
    assert found is not None, text
    return found[0].rstrip(".>)")


def open_ports(ports: list[int]) -> list[int]:
    """Return which ports of the machine accept a connection from outside."""
    found = []
    for port in ports:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((MACHINE, port)) == 0:
                found.append(port)
    return found
