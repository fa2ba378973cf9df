"""Local secrets are generated once and readable by their owner only."""

import json
import re
from pathlib import Path

import pytest

from arti.cli import main
from arti.settings import Settings, list_refusals
from arti_core.errors import Misconfigured
from local_stack.secrets import load_or_create_secrets


def test_secrets_are_made_once_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    made = load_or_create_secrets(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_or_create_secrets(path) == made
    assert made.database_password not in repr(made)


def test_two_installations_share_no_secret(tmp_path: Path) -> None:
    for name in ("one.json", "two.json"):
        load_or_create_secrets(tmp_path / name)
    one, two = (json.loads((tmp_path / name).read_text()) for name in ("one.json", "two.json"))
    assert not set(one.values()) & set(two.values())


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    load_or_create_secrets(path)
    path.chmod(0o644)
    with pytest.raises(Misconfigured, match="chmod 600"):
        load_or_create_secrets(path)


@pytest.mark.parametrize("text", ["", "{", "{}", '{"database_password": "x"}'])
def test_a_damaged_file_is_not_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secrets.json"
    path.touch(mode=0o600)
    path.write_text(text)
    with pytest.raises(Misconfigured, match="damaged"):
        load_or_create_secrets(path)
    assert path.read_text() == text


def test_printed_keys_are_safe_settings(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["keys"])
    printed = dict(re.findall(r"^([A-Z_]+)='(.*)'$", capsys.readouterr().out, re.MULTILINE))
    assert {"ARTI_MASTER_KEY", "ARTI_WEBHOOK_SECRET", "JWT_KEYS", "SUPABASE_SECRET_KEY"} <= set(printed)
    settings = Settings.model_validate({name.lower(): value for name, value in printed.items()})
    assert list_refusals(settings) == []
