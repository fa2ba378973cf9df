"""`./arti backup` and `./arti restore` over a whole installation: what was lost with the files comes back."""

import json
import shutil
import time

import httpx2 as httpx
import pytest

from local_stack.data_directory import DataDirectory
from local_stack.run_state import read_state
from tests.local_stack.installation import Installation, wait_until


def start(installation: Installation) -> tuple[str, str, dict[str, str]]:
    """Start and return the gateway, the API and the headers of a caller who is not signed in."""
    up = installation.arti("up", "--detach", "--no-build")
    assert up.returncode == 0, up.stdout + up.stderr
    state = read_state(DataDirectory(installation.data))
    assert state is not None
    urls = {row.service: row.url for row in state.services}
    key = json.loads((installation.data / "secrets.json").read_text())["supabase_publishable_key"]
    return urls["gateway"], urls["api"], {"apikey": key}


@pytest.mark.timeout(400)
def test_an_installation_comes_back_from_its_backups_alone(installation: Installation) -> None:
    gateway, api, anonymous = start(installation)
    person = {"email": "ada@example.test", "password": "a long enough sentence"}
    session = httpx.post(f"{gateway}/auth/v1/signup", json=person, headers=anonymous).json()
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    made = httpx.post(f"{api}/api/orgs", json={"name": "Night Owl Records"}, headers=bearer)
    assert made.status_code == 201, made.text

    until = time.monotonic() + 60
    while (backup := installation.arti("backup")).returncode:  # the archive begins a moment after the start
        assert time.monotonic() < until, backup.stderr
    assert "is made and was read back" in backup.stdout
    verified = installation.arti("backup", "verify")
    assert "follow without a gap" in verified.stdout, verified.stdout + verified.stderr
    later = httpx.post(f"{api}/api/orgs", json={"name": "After the backup"}, headers=bearer)
    assert later.status_code == 201, later.text
    refused = installation.arti("restore")
    assert "Stop it with ./arti down" in refused.stderr

    # The service `backup` ends first, so the log of the last moments waits on the disk that is lost.
    wait_until(lambda: "Every moment since" in installation.arti("backup", "list").stdout)
    installation.arti("down")
    shutil.rmtree(installation.data / "postgres")
    restored = installation.arti("restore")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "1 sessions ended" in restored.stdout
    assert "Not applied" not in restored.stdout

    gateway, api, anonymous = start(installation)
    assert httpx.get(f"{api}/readyz").status_code == 200
    assert httpx.get(f"{api}/api/orgs", headers=bearer).status_code == 401
    session = httpx.post(f"{gateway}/auth/v1/token?grant_type=password", json=person, headers=anonymous).json()
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    orgs = httpx.get(f"{gateway}/rest/v1/orgs?select=name", headers=anonymous | bearer).json()
    assert {org["name"] for org in orgs} == {"Night Owl Records", "After the backup"}
