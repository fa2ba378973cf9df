"""The proxy in front of a whole installation: four names with local certificates, and port 8080 of the reference."""

import json
import os
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import pytest

from local_stack.caddy import find_caddy
from local_stack.data_directory import CHECKOUT, DataDirectory
from local_stack.secrets import load_or_create_secrets
from tests.automation.fake_receivers import run_server
from tests.conftest import free_port, make_world_executable
from tests.local_stack.installation import Installation, create_installation, wait_until
from tests.supabase_local.node import NODE, WEB, node_environment

DOMAIN = "label.example"
CADDYFILE = CHECKOUT / "deploy" / "Caddyfile"
# Its own authority signs, and is put into no trust store of this machine.
LOCAL = {"CADDY_GLOBAL_OPTIONS": "local_certs\nskip_install_trust"}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running proxy. `root` is the certificate of its own authority."""

    installation: Installation
    https: int
    http: int
    local: int
    n8n: int
    root: Path

    def url(self, name: str, path: str = "/") -> str:
        return f"https://{name}.{DOMAIN}:{self.https}{path}"


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("caddy")
    make_world_executable(folder)
    made = create_installation(folder / "data")
    ports = {"CADDY_HTTPS_PORT": free_port(), "CADDY_HTTP_PORT": free_port()}
    n8n = free_port()
    settings = {
        "ARTI_DOMAIN": DOMAIN,
        "API_EXTERNAL_URL": f"https://db.{DOMAIN}:{ports['CADDY_HTTPS_PORT']}",
        "ARTI_CONSOLE_ALLOW": "127.0.0.1/32",
        "ARTI_N8N": f"127.0.0.1:{n8n}",
        **{name: str(port) for name, port in ports.items()},
        **LOCAL,
    }
    up = made.arti("up", "--detach", "--no-build", "--with-caddy", seconds=240, **settings)
    try:
        assert up.returncode == 0, up.stdout + up.stderr
        root = made.data / "caddy" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        wait_until(root.exists)
        local = int(made.env["ARTI_CADDY_PORT"])
        yield Proxy(made, ports["CADDY_HTTPS_PORT"], ports["CADDY_HTTP_PORT"], local, n8n, root)
    finally:
        made.arti("down")
        wait_until(lambda: not made.processes())


@pytest.fixture
async def caller(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """A client that trusts the proxy's authority, on a machine whose names lead here."""
    resolve = socket.getaddrinfo

    def resolve_here(host: object, *more: object, **named: object) -> object:
        return resolve("127.0.0.1" if str(host).rstrip("'").endswith(DOMAIN) else host, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolve_here)
    context = ssl.create_default_context(cafile=str(proxy.root))
    async with httpx.AsyncClient(verify=context, trust_env=False, timeout=20) as client:
        yield client


async def test_each_name_leads_to_its_service(proxy: Proxy, caller: httpx.AsyncClient) -> None:
    config = await caller.get(proxy.url("app", "/config.json"))
    assert config.json()["apiUrl"] == f"https://api.{DOMAIN}"
    assert (await caller.get(proxy.url("api", "/healthz"))).status_code == 200
    openapi = await caller.get(proxy.url("api", "/openapi.json"), headers={"Accept-Encoding": "gzip"})
    assert openapi.headers["content-encoding"] == "gzip"
    health = await caller.get(proxy.url("db", "/auth/v1/.well-known/jwks.json"))
    assert health.json()["keys"]
    rest = await caller.get(proxy.url("db", "/rest/v1/artists"))
    assert (rest.status_code, rest.json()["message"]) == (401, "No API key found in request")
    assert "Console password" in (await caller.get(proxy.url("db"))).text
    for name in ("app", "api", "db"):
        answer = await caller.get(proxy.url(name, "/no-such-page"))
        assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert "server" not in answer.headers
        assert (await caller.get(proxy.url(name, "/metrics"))).status_code == 404


async def test_n8n_is_behind_its_own_name(proxy: Proxy, caller: httpx.AsyncClient) -> None:
    assert (await caller.get(proxy.url("link"))).status_code == 502  # nothing runs there yet
    received: list[bytes] = []

    async def serve(reader, writer) -> None:  # type: ignore[no-untyped-def]
        received.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nn8n")

    async with run_server(serve, port=proxy.n8n):
        answer = await caller.get(proxy.url("link", "/webhook/arti/events"))
    assert answer.text == "n8n"
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    assert b"X-Forwarded-Proto: https" in received[0]
    assert f"X-Forwarded-Host: link.{DOMAIN}".encode() in received[0]


async def test_http_is_sent_to_https_or_refused_where_secrets_would_travel(
    proxy: Proxy, caller: httpx.AsyncClient
) -> None:
    for name, status in (("app", 308), ("link", 308), ("api", 403), ("db", 403)):
        answer = await caller.get(f"http://{name}.{DOMAIN}:{proxy.http}/auth/v1/health")
        assert (name, answer.status_code) == (name, status)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
@pytest.mark.parametrize(
    ("version", "is_spoken"),
    [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)],
)
def test_tls_is_1_2_or_newer(proxy: Proxy, version: ssl.TLSVersion, is_spoken: bool) -> None:
    context = ssl.create_default_context(cafile=str(proxy.root))
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with socket.create_connection(("127.0.0.1", proxy.https)) as connection:
        try:
            with context.wrap_socket(connection, server_hostname=f"api.{DOMAIN}") as secured:
                assert secured.version() is not None
                assert is_spoken
        except ssl.SSLError:
            assert not is_spoken


async def test_a_body_that_is_too_large_for_its_host_is_refused(proxy: Proxy, caller: httpx.AsyncClient) -> None:
    large = bytes(2 * 1024 * 1024)
    refused = await caller.post(proxy.url("app", "/config.json"), content=large)
    assert refused.status_code in (405, 413)
    answer = await caller.post(proxy.url("api", "/api/imports"), content=large)
    assert answer.status_code == 401  # it is the API that refuses, since nobody signed in


async def test_what_a_client_says_of_its_address_is_dropped(proxy: Proxy, caller: httpx.AsyncClient) -> None:
    answer = await caller.get(proxy.url("db"), headers={"X-Forwarded-For": "198.51.100.7"})
    assert answer.status_code == 200, "the console allows 127.0.0.1, from where the proxy is called"


async def test_port_8080_is_that_of_the_reference(proxy: Proxy, caller: httpx.AsyncClient) -> None:
    at = f"http://127.0.0.1:{proxy.local}"
    assert (await caller.get(f"{at}/auth/v1/.well-known/jwks.json")).json()["keys"]
    assert "Console password" in (await caller.get(at)).text
    for host, path in (("app.localhost", "/config.json"), ("api.localhost", "/healthz")):
        assert (await caller.get(f"{at}{path}", headers={"Host": host})).status_code == 200
    assert (await caller.get(at, headers={"Host": "link.localhost"})).status_code == 502


def test_supabase_js_passes_through(proxy: Proxy) -> None:
    if not (WEB / "node_modules/@supabase/supabase-js").is_dir():
        pytest.fail("web/node_modules has no @supabase/supabase-js. Run npm ci in web/, or ./arti test.")
    key = load_or_create_secrets(DataDirectory(proxy.installation.data).secrets).supabase_publishable_key
    script = Path(__file__).with_name("client.mjs")
    done = subprocess.run(
        [str(NODE), str(script), str(WEB), proxy.url("db", ""), key],
        env=node_environment(NODE_EXTRA_CA_CERTS=str(proxy.root)),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "signUp": "ada@label.example",
        "user": "ada@label.example",
        "artists": [],
        "realtime": "SUBSCRIBED",
        "signOut": None,
    }


@pytest.mark.parametrize("pages", ["console", "studio"])
def test_the_file_is_valid_for_another_domain_and_for_studio(pages: str) -> None:
    hashed = "$2a$14$Zkx19XLiW6VYouLHR5NmfOFU0z2GTNmpkT/5qqR7hx4IjWJPDhjvG"
    given = {"ARTI_DOMAIN": "example.com", "ARTI_DB_PAGES": pages, "STUDIO_PASSWORD_HASH": hashed}
    command = [str(find_caddy()), "validate", "--adapter", "caddyfile", "--config", str(CADDYFILE)]
    done = subprocess.run(command, env=os.environ | given, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
