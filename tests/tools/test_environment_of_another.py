"""`./arti` run by somebody who may not use the checkout's Python environment."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local_stack.data_directory import CHECKOUT
from local_stack.postgres import unprivileged_user
from tests.conftest import make_world_executable


@pytest.mark.parametrize("closed", [".arti/venv", ".arti"])
def test_it_says_whose_environment_it_is_and_removes_nothing(closed: str, tmp_path: Path) -> None:
    make_world_executable(tmp_path)
    shutil.copy(CHECKOUT / "arti", tmp_path)
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    kept = tmp_path / ".arti" / "venv" / "bin" / "python"
    kept.parent.mkdir(parents=True)
    kept.touch(mode=0o600)
    folder = tmp_path / closed
    folder.chmod(0o500 if os.geteuid() == 0 else 0o400)
    try:
        done = subprocess.run(
            [tmp_path / "arti", "status"],
            env={"PATH": f"{python.parent}:/usr/bin:/bin"},
            user=unprivileged_user(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        folder.chmod(0o700)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{folder} belongs to {folder.owner()}, so" in done.stderr
    assert "checkout of your own" in done.stderr
    assert kept.exists()
