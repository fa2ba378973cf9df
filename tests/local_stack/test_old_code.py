"""The code from before the newest migrations on their schema, as it serves during an update and after one is left.

Part of `./arti test --long update`: a whole stack is started twice.
"""

import os
import subprocess
import sys
from pathlib import Path

import httpx2 as httpx
import pytest

from arti_core.errors import Unavailable
from local_stack.data_directory import DataDirectory
from local_stack.run_state import read_state
from local_stack.secrets import load_or_create_secrets
from local_stack.updates.checkout import Checkout
from tests.local_stack.installation import Installation

pytestmark = [
    pytest.mark.skipif(not os.environ.get("ARTI_TEST_LONG"), reason="minutes: ./arti test --long update runs it"),
    pytest.mark.timeout(900),
]
MANAGER = "manager@nightowl.test"


@pytest.fixture
def old_code(tmp_path: Path) -> Path:
    """A folder with the last commit before the newest migrations."""
    checkout = Checkout()
    try:
        newest = checkout.git("log", "-1", "--diff-filter=A", "--format=%H", "--", "supabase/migrations")
        before = checkout.version(f"{newest}^").commit
    except Unavailable:
        pytest.skip("this clone has no history from before its newest migrations")
    assert set(checkout.list_migrations(before)) < set(checkout.list_migrations("HEAD"))
    folder = tmp_path / "old"
    folder.mkdir()
    checkout.write_tree(before, folder)
    return folder


def test_the_version_before_works_on_the_newest_schema(installation: Installation, old_code: Path) -> None:
    up = installation.arti("up", "--detach", "--no-build", seconds=300)
    assert up.returncode == 0, up.stdout + up.stderr
    installation.arti("down")

    # Its start, its API and its jobs: the demo signs people up, imports files, syncs accounts and finds insights.
    env = installation.env | {"PYTHONPATH": f"{old_code / 'src'}{os.pathsep}{old_code}"}
    words = [sys.executable, "-m", "arti", "up", "--detach", "--no-build", "--demo"]
    old = subprocess.run(words, env=env, cwd=old_code, capture_output=True, text=True, timeout=600, check=False)
    assert old.returncode == 0, old.stdout + old.stderr
    folder = DataDirectory(installation.data)
    state = read_state(folder)
    assert state is not None
    assert {row.state for row in state.services} == {"up"}
    urls = {row.service: row.url for row in state.services}
    secrets = load_or_create_secrets(folder.secrets)

    with httpx.Client(timeout=30, trust_env=False) as http:
        ready = http.get(f"{urls['api']}/readyz")
        assert ready.status_code == 200, ready.text
        assert "migrations" in {part["name"] for part in ready.json()["parts"]}
        session = http.post(
            f"{urls['gateway']}/auth/v1/token?grant_type=password",
            headers={"apikey": secrets.supabase_publishable_key},
            json={"email": MANAGER, "password": secrets.demo_password},
        ).json()
        assert "access_token" in session, session
        headers = {"Authorization": f"Bearer {session['access_token']}"}
        orgs = http.get(f"{urls['api']}/auth/me", headers=headers).json()["orgs"]
        headers["X-ARTi-Org"] = orgs[0]["id"]
        for path in ("/auth/me", "/api/artists", "/api/insights", "/api/accounts", "/api/jobs", "/api/home"):
            answer = http.get(f"{urls['api']}{path}", headers=headers)
            assert answer.status_code == 200, f"{path}: {answer.text}"
        assert http.get(f"{urls['api']}/api/artists", headers=headers).json()["items"]
        assert http.get(f"{urls['api']}/api/insights", headers=headers).json()["items"]
        refreshed = http.post(
            f"{urls['gateway']}/auth/v1/token?grant_type=refresh_token",
            headers={"apikey": secrets.supabase_publishable_key},
            json={"refresh_token": session["refresh_token"]},
        )
        assert refreshed.status_code == 200
