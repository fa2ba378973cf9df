"""`./arti import` in a process of its own, on the database that the settings name."""

import os
import subprocess
import sys
from pathlib import Path

from arti.settings import Settings
from local_stack.data_directory import CHECKOUT
from tests.conftest import World
from tests.local_stack.installation import create_installation

AUDIENCE = Path(__file__).parent / "files" / "Mira Sol-audience-timeline.csv"


def run_import(settings: Settings, data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = create_installation(data).env | {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "CLAIMS_SIGNING_KEY": settings.claims_signing_key.get_secret_value(),
        "WORKER_DATABASE_URL": settings.worker_database_url.get_secret_value(),
        "SUPABASE_URL": settings.supabase_url,
        "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x",
        "SUPABASE_SECRET_KEY": "sb_secret_x",
        "ARTI_MASTER_KEY": settings.arti_master_key.get_secret_value(),  # the API opens what the command seals
    }
    return subprocess.run(
        [sys.executable, "-m", "arti", "import", *words],
        env=os.environ | env,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_a_file_is_imported_once_and_returned_by_the_api(world: World, tmp_path: Path) -> None:
    member = await world.member()
    words = (str(AUDIENCE), "--artist", "Mira Sol", "--yes")
    first = run_import(world.settings, tmp_path, *words)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "30 new, 0 restated" in first.stdout
    assert "1 imported, 0 refused, 0 waiting" in first.stdout
    artists = (await member.http.get("/api/artists")).json()["items"]
    assert [artist["name"] for artist in artists] == ["Mira Sol"]
    imports = (await member.http.get("/api/imports")).json()["items"]
    assert [item["status"] for item in imports] == ["committed"]
    audit = (await member.http.get("/api/audit")).json()["items"]
    assert "import.committed" in {entry["action"] for entry in audit}
    assert member.email in str(audit[0]["actor"]) or str(member.user_id) in str(audit[0]["actor"])

    second = run_import(world.settings, tmp_path, *words)
    assert second.returncode == 0
    assert "nothing changes" in second.stdout


async def test_two_orgs_need_a_name(world: World, tmp_path: Path) -> None:
    blue, red = await world.org("Blue"), await world.org("Red")
    await world.member(blue)
    member = await world.member(red)
    unsaid = run_import(world.settings, tmp_path, str(AUDIENCE), "--artist", "Mira Sol", "--yes")
    assert unsaid.returncode == 1
    assert "--org NAME. There are: Blue, Red." in unsaid.stderr
    said = run_import(world.settings, tmp_path, str(AUDIENCE), "--artist", "Mira Sol", "--org", "red", "--yes")
    assert said.returncode == 0
    assert len((await member.http.get("/api/artists")).json()["items"]) == 1


async def test_a_file_that_is_no_export_is_an_error_with_a_reason(world: World, tmp_path: Path) -> None:
    await world.member()
    (tmp_path / "notes.csv").write_text("this,is\nno,export\n")
    done = run_import(world.settings, tmp_path, str(tmp_path / "notes.csv"), "--artist", "Mira Sol", "--yes")
    assert done.returncode == 1
    assert "refused: " in done.stdout
    absent = run_import(world.settings, tmp_path, str(tmp_path / "absent.csv"), "--artist", "Mira Sol", "--yes")
    assert absent.returncode == 1
    assert "There is no file" in absent.stderr
