"""`./arti export`: a zip for whoever asks the operator for their data."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from arti_core import clock
from tests.arti_command import run_command
from tests.conftest import MASTER_KEY, Database, World


@pytest.fixture(autouse=True)
def installation(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OWNER_DATABASE_URL", database.dsn("postgres"))
    monkeypatch.setenv("ARTI_MASTER_KEY", MASTER_KEY)
    for name in ("SUPABASE_URL", "DATABASE_URL", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


async def test_an_org_and_a_person(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    member = await world.member(await world.org("Night Owl"), email="mira@example.test")
    other = await world.member(await world.org("Day Owl"))
    for person, name in ((member, "Nora Ash"), (other, "Foreign")):
        assert (await person.http.post("/api/artists", json={"name": name})).status_code == 201
    code, said = await run_command(capsys, "export", "org", "night owl", "--to", "org.zip")
    assert (code, said.startswith("Wrote org.zip")) == (0, True), said
    archive = ZipFile(tmp_path / "org.zip")
    assert [json.loads(line)["name"] for line in archive.read("data/artists.jsonl").splitlines()] == ["Nora Ash"]
    assert json.loads(archive.read("data/audit_details.jsonl"))["details"] == {"name": "Nora Ash"}
    assert (tmp_path / "org.zip").stat().st_mode & 0o077 == 0
    assert "there already" in (await run_command(capsys, "export", "org", "night owl", "--to", "org.zip"))[1]

    assert (await run_command(capsys, "export", "person", "MIRA@example.test"))[0] == 0
    archive = ZipFile(f"arti-export-mira-example-test-{clock.now():%Y-%m-%d}.zip")
    assert [json.loads(line)["email"] for line in archive.read("data/users.jsonl").splitlines()] == [member.email]
    assert json.loads(archive.read("data/audit_log.jsonl"))["action"] == "artist.created"
    assert (await run_command(capsys, "export", "person", "nobody@example.test")) == (
        1,
        "arti: Nobody has the address nobody@example.test.\n",
    )
    assert "none of this name" in (await run_command(capsys, "export", "org", "Nowhere"))[1]
