"""Find the Chromium of the browser tests, and install Debian's where that is allowed."""

import os
import shutil
import subprocess
from pathlib import Path

from local_stack.terminal import print_status, progress

_PACKAGES = ["chromium", "fonts-dejavu-core"]


def find_chromium() -> str | None:
    """Return the program: what ARTI_CHROMIUM names, or the system's."""
    named = os.environ.get("ARTI_CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )


def install_chromium() -> str | None:
    """Install Chromium with apt-get as root or by passwordless sudo. Returns the program, or None."""
    apt = shutil.which("apt-get")
    sudo = shutil.which("sudo")
    if apt is None:
        return None
    if os.geteuid() == 0:
        leader: list[str] = []
    elif sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        leader = [sudo, "-n"]
    else:
        return None
    with progress("installing Chromium for the browser tests"):
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *_PACKAGES]):
            done = subprocess.run(
                [*leader, "env", "DEBIAN_FRONTEND=noninteractive", apt, *words],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
    if done.returncode:
        print_status(f"apt-get could not install Chromium: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    return find_chromium()
