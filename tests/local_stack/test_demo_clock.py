"""`./arti up --at INSTANT`: a demo on another date, in every service and in the database, also after a restart."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx2 as httpx
import jwt
import pytest

from arti_core import clock
from arti_core.errors import Conflict, Invalid, Misconfigured
from local_stack.data_directory import DataDirectory
from local_stack.demo.clock import describe_date, mark_folder, parse_instant, read_ahead, store_ahead
from local_stack.environment import compose_environment
from local_stack.postgres import Cluster
from local_stack.run_state import read_state
from local_stack.secrets import generate_secrets, load_or_create_secrets
from local_stack.services import list_services
from tests.conftest import make_world_executable
from tests.local_stack.installation import create_installation, wait_until

SECRETS = generate_secrets()


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2028-02-29", datetime(2028, 2, 29, 12, tzinfo=UTC)),
        ("2027-02-28T23:30", datetime(2027, 2, 28, 23, 30, tzinfo=UTC)),
        ("2027-02-28T23:30Z", datetime(2027, 2, 28, 23, 30, tzinfo=UTC)),
        ("2027-03-14T01:00-08:00", datetime(2027, 3, 14, 9, tzinfo=UTC)),
    ],
)
def test_an_instant_is_a_day_or_a_time(text: str, instant: datetime) -> None:
    assert parse_instant(text) == instant


@pytest.mark.parametrize("text", ["", "tomorrow", "2027-02-29", "20270228T", "0001-01-01", "9999-12-31T23:59-01:00"])
def test_an_invalid_instant_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="--at takes a da"):
        parse_instant(text)


def test_only_a_fresh_or_marked_folder_is_accepted(tmp_path: Path) -> None:
    folder = DataDirectory(tmp_path)
    instant = clock.now() - clock.ahead() + timedelta(days=36)
    mark_folder(folder, instant)
    folder.postgres.mkdir()
    (folder.postgres / "PG_VERSION").touch()
    mark_folder(folder, instant + timedelta(days=1))
    ahead = read_ahead(folder)
    assert ahead is not None
    assert abs(ahead - timedelta(days=37)) < timedelta(seconds=10)
    assert f"{instant + timedelta(days=1):%Y-%m-%d}" in describe_date(folder)

    folder.clock.unlink()
    assert read_ahead(folder) is None
    assert describe_date(folder) == ""
    with pytest.raises(Conflict, match="Set ARTI_DATA to an empty folder"):
        mark_folder(folder, instant)
    folder.clock.write_text("a year")
    with pytest.raises(Misconfigured, match="number of seconds"):
        read_ahead(folder)


def test_every_service_gets_the_offset_of_a_marked_folder(tmp_path: Path) -> None:
    folder = DataDirectory(tmp_path)
    folder.valkey.mkdir()

    def given() -> dict[str, str | None]:
        services = list_services(folder, compose_environment(folder, SECRETS, {}))
        return {service.name: service.env.get(clock.ENVIRONMENT_VARIABLE) for service in services}

    store_ahead(folder, timedelta(days=2))
    stores = {"postgres", "valkey"}
    ours = given().keys() - stores
    assert {name: value for name, value in given().items() if name in ours} == dict.fromkeys(ours, "172800.0")
    assert {"gateway", "simulators", "console", "web", "api", "worker"} == ours


@pytest.mark.parametrize("replaced", [{"DATABASE_URL": "postgresql://postgres:x@db.example/a"}, {"SIMULATORS_URL": ""}])
def test_a_moved_clock_needs_a_database_and_simulators_of_its_own(tmp_path: Path, replaced: dict[str, str]) -> None:
    folder = DataDirectory(tmp_path)
    store_ahead(folder, timedelta(days=2))
    with pytest.raises(Misconfigured, match="set ARTI_DATA to another folder"):
        compose_environment(folder, SECRETS, replaced)


def test_the_clock_is_moved_by_at_only(tmp_path: Path) -> None:
    installation = create_installation(tmp_path / "data")
    for words in (("up",), ("up", "--detach")):
        up = installation.arti(*words, "--no-build", ARTI_CLOCK_AHEAD_SECONDS="172800")
        assert up.returncode == 1
        assert up.stderr == (
            f"arti: Unset {clock.ENVIRONMENT_VARIABLE}: ./arti up --at INSTANT moves the clock of a demo.\n"
        )


def test_up_starts_on_another_day_and_stays_there(tmp_path: Path) -> None:
    make_world_executable(tmp_path)
    installation = create_installation(tmp_path / "data")
    folder, day = DataDirectory(installation.data), date(2027, 2, 28)

    def dates() -> set[date]:
        """Return the date of auth's tokens, of the API's rows, and of the database."""
        state = read_state(folder)
        assert state is not None
        assert {row.state for row in state.services} == {"up"}
        url, secrets = {row.service: row.url for row in state.services}, load_or_create_secrets(folder.secrets)
        session = httpx.post(
            f"{url['gateway']}/auth/v1/signup",
            json={"email": f"ada-{state.pid}@example.test", "password": "a long enough sentence"},
            headers={"apikey": secrets.supabase_publishable_key},
        ).json()
        token = session["access_token"]
        issued = jwt.decode(token, options={"verify_signature": False})["iat"]
        bearer = {"Authorization": f"Bearer {token}"}
        org = httpx.post(f"{url['api']}/api/orgs", json={"name": "Night Owl Records"}, headers=bearer).json()
        artist = httpx.post(
            f"{url['api']}/api/artists", json={"name": "Mira Sol"}, headers=bearer | {"X-ARTi-Org": org["id"]}
        ).json()
        cluster = Cluster(folder.postgres, int(installation.env["ARTI_POSTGRES_PORT"]), secrets.database_password)

        async def of_database() -> date:
            connection = await asyncpg.connect(cluster.dsn("arti_api"))
            try:
                assert await connection.fetchval("select clock.installation()") == "demo"
                found = await connection.fetchval("select clock.today()")
                assert isinstance(found, date)
                return found
            finally:
                await connection.close()

        return {
            datetime.fromtimestamp(issued, UTC).date(),
            datetime.fromisoformat(artist["created_at"]).date(),
            asyncio.run(of_database()),
        }

    try:
        up = installation.arti("up", "--detach", "--no-build", "--at", str(day))
        assert up.returncode == 0, up.stdout + up.stderr
        assert "Date: Sunday 2027-02-28 12:0" in up.stdout
        assert dates() == {day}
        assert "Date: Sunday 2027-02-28 12:0" in installation.arti("status").stdout
        running = installation.arti("up", "--at", str(day))
        assert (running.returncode, "Stop it with ./arti down" in running.stderr) == (1, True)
        installation.arti("down")

        assert installation.arti("up", "--detach", "--no-build").returncode == 0
        assert dates() == {day}
    finally:
        installation.arti("down")
        wait_until(lambda: not installation.processes())
