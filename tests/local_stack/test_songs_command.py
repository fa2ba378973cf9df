"""`./arti songs` in a process of its own."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from arti.jobs import WorkerContext
from arti.providers.contract import Observation
from arti.settings import Settings
from arti.vocabulary import Provider
from arti_core import clock
from local_stack.data_directory import CHECKOUT
from tests.conftest import World
from tests.factories.observations import make_artist
from tests.local_stack.installation import create_installation
from tests.music.songs import ISRC, sync, track


def run_songs(settings: Settings, data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = create_installation(data).env | {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "CLAIMS_SIGNING_KEY": settings.claims_signing_key.get_secret_value(),
        "WORKER_DATABASE_URL": settings.worker_database_url.get_secret_value(),
        "SUPABASE_URL": settings.supabase_url,
        "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x",
        "SUPABASE_SECRET_KEY": "sb_secret_x",
    }
    return subprocess.run(
        [sys.executable, "-m", "arti", "songs", *words],
        env=os.environ | env,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_songs_are_shown_not_rows_of_platforms(
    world: World, worker_context: WorkerContext, tmp_path: Path
) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    last = clock.today() - timedelta(days=2)
    streams = [
        Observation("consumption.streams", last - timedelta(days=n), 100, asset_external_id="t1") for n in range(28)
    ]
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [track("t1", "Halo", isrc=ISRC)], streams)
    await sync(worker_context, member.org_id, moth, Provider.SOUNDCLOUD, [track("c1", "Halo", isrc=ISRC)])
    shown = run_songs(world.settings, tmp_path, "--artist", "moth")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    song, figure = shown.stdout.splitlines()
    assert song == f"Halo - Moth [{ISRC}, 2026-05-01] soundcloud, spotify"
    assert figure == f"  spotify: 2,800 streams, {last - timedelta(days=27)} to {last}"
    unknown = run_songs(world.settings, tmp_path, "--artist", "Nobody")
    assert (unknown.returncode, unknown.stderr) == (1, "arti: There is no artist called Nobody on the roster.\n")
