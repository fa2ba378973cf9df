"""`./arti keys`: from creating a key to removing one, as an operator runs it."""

import json
from pathlib import Path

import pytest

from tests.arti_command import run_command
from tests.conftest import Database
from tests.factories.keys import make_org_key


@pytest.fixture
def installation(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARTI_DATA", str(tmp_path))
    monkeypatch.setenv("OWNER_DATABASE_URL", database.dsn("postgres"))
    for name in ("SUPABASE_URL", "DATABASE_URL", "JWT_KEYS", "JWT_KEYS_FILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


async def test_api_keys_are_made_listed_and_revoked(installation: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = [
        (await run_command(capsys, "keys", "create", "web"))[1].strip(),
        (await run_command(capsys, "keys", "create", "n8n", "--secret"))[1].strip(),
    ]
    assert [key.rpartition("_")[0].split("_")[1] for key in made] == ["publishable", "secret"]
    code, listed = await run_command(capsys, "keys", "list")
    assert code == 0
    assert not any(key in listed for key in made)
    line = next(line for line in listed.splitlines() if "n8n" in line)
    assert "never used" in line
    assert (await run_command(capsys, "keys", "revoke", line.split()[0][:8]))[0] == 0
    assert "revoked" in next(
        line for line in (await run_command(capsys, "keys", "list"))[1].splitlines() if "n8n" in line
    )
    code, said = await run_command(capsys, "keys", "revoke", "nothing")
    assert (code, said.startswith("arti: ")) == (1, True)


async def test_keys_of_orgs_are_listed_with_role_and_scope(
    installation: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    (org,) = await database.as_owner("insert into orgs (name) values ('Night Owl Records') returning id")
    secret = await make_org_key(database, org["id"], "values:push", role="analyst", name="ticketing")
    code, listed = await run_command(capsys, "keys", "list")
    line = next(line for line in listed.splitlines() if "ticketing" in line)
    assert (code, "ticketing of Night Owl Records, analyst, values:push" in line, "never used" in line) == (
        0,
        True,
        True,
    )
    assert secret not in listed


async def test_a_signing_key_is_replaced_in_two_commands(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (await run_command(capsys, "keys", "list"))[1].splitlines()[1].split()[0]
    code, said = await run_command(capsys, "keys", "rotate")
    kid = said.split()[0]
    assert (code, kid != before) == (0, True)
    code, said = await run_command(capsys, "keys", "remove", kid)
    assert (code, "signs new tokens" in said) == (1, True)
    assert (await run_command(capsys, "keys", "remove", before))[0] == 0
    kept = json.loads((installation / "secrets.json").read_text())
    assert [key["kid"] for key in json.loads(kept["jwt_keys"])] == [kid]
    assert [key["kid"] for key in json.loads((installation / "public-keys.json").read_text())["keys"]] == [kid]


async def test_without_an_action_a_new_set_is_printed(installation: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ((), ("new",)):
        code, said = await run_command(capsys, "keys", *words)
        assert (code, "JWT_KEYS='" in said, "SUPABASE_SECRET_KEY='" in said) == (0, True, True)
