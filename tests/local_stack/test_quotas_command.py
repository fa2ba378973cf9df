"""`./arti quotas`: the operator changes how much an org may take."""

from pathlib import Path

import pytest

from tests.arti_command import run_command
from tests.conftest import Database, World


@pytest.fixture(autouse=True)
def installation(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OWNER_DATABASE_URL", database.dsn("postgres"))
    for name in ("SUPABASE_URL", "DATABASE_URL", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)


async def add_artist(world: World, org: str) -> int:
    member = await world.member(await world.org(org))
    return (await member.http.post("/api/artists", json={"name": "One"})).status_code


async def test_a_quota_of_one_org_and_of_all(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    member = await world.member(await world.org("Night Owl"))
    assert await run_command(capsys, "quotas", "set", "artists", "1", "--org", "Night Owl") == (0, "")
    created = [(await member.http.post("/api/artists", json={"name": name})).status_code for name in "AB"]
    assert created == [201, 403]
    assert await add_artist(world, "Day Owl") == 201
    assert "1  artists  (of this org)" in (await run_command(capsys, "quotas", "list", "--org", "Night Owl"))[1]
    assert await run_command(capsys, "quotas", "reset", "artists", "--org", "Night Owl") == (0, "")
    assert (await member.http.post("/api/artists", json={"name": "B"})).status_code == 201
    assert await run_command(capsys, "quotas", "set", "artists", "0") == (0, "")
    assert await add_artist(world, "Third Owl") == 403
    assert " 0  artists\n" in (await run_command(capsys, "quotas", "list"))[1]


async def test_what_is_not_known_is_refused(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = await run_command(capsys, "quotas", "set", "dogs", "1")
    assert (code, "There is no quota of dogs" in printed) == (1, True)
    code, printed = await run_command(capsys, "quotas", "set", "artists", "1", "--org", "Nobody")
    assert (code, "none of this name" in printed) == (1, True)
