"""Build a new version beside the one that runs: its files, its packages, its web app."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from arti_core.errors import Unavailable
from local_stack.supervision.child_processes import signal_on_parent_death
from local_stack.terminal import print_status, progress
from local_stack.updates.checkout import Checkout, CodeVersion
from local_stack.updates.switch import UpdateFolder

_LOCKS = {"requirements-dev.lock": "dev.lock", "requirements.lock": "runtime.lock"}
_PACKAGES_MB, _WEB_MB, _SOURCES_MB = 2500, 1500, 500


def run_step(words: Sequence[str], env: Mapping[str, str], *, cwd: Path, log: Path, what: str) -> list[str]:
    """Run a program that ends with this process. Returns the lines that it prints, which `log` gets too.

    Raises Unavailable with the last line of its errors.
    """
    with log.open("ab") as errors:
        start = errors.tell()
        done = subprocess.run(
            list(words),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            preexec_fn=signal_on_parent_death(signal.SIGKILL),
            check=False,
        )
    output = done.stdout.decode(errors="replace")
    with log.open("r+b") as both:
        both.seek(start)
        written = both.read().decode(errors="replace").strip().splitlines()
        both.write(output.encode())
    if done.returncode:
        reason = (written or output.strip().splitlines() or ["no message"])[-1].removeprefix("arti: ")
        raise Unavailable(f"{what} failed: {reason} The whole message is in {log}.")
    return output.splitlines()


def with_sources(env: Mapping[str, str], checkout: Path) -> dict[str, str]:
    """Return `env` for a Python that shall import the packages of a checkout."""
    return {**env, "PYTHONPATH": f"{checkout / 'src'}{os.pathsep}{checkout}"}


class Preparation:
    """What an update needs of a version before it is switched to. `env` is that of the running installation."""

    def __init__(self, checkout: Checkout, updates: UpdateFolder, target: CodeVersion, env: Mapping[str, str]) -> None:
        self._checkout, self._updates, self._target, self._env = checkout, updates, target, env
        self.folder = updates.of(target.commit)
        self._own_env = with_sources(env, self.folder)

    def needed_megabytes(self) -> int:
        """Return how much room the build needs at most."""
        packages = 0 if self._has_packages(self._lock_of_target) else _PACKAGES_MB
        return _SOURCES_MB + packages + (_WEB_MB if self._checkout.has_changed(self._target, "web") else 0)

    def build(self, log: Path) -> None:
        """Build, going on where an earlier run ended. Raises Unavailable, Misconfigured."""
        complete = self.folder / ".complete"
        if not complete.exists():
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            self._checkout.write_tree(self._target.commit, self.folder)
            complete.touch()
        self._install(log)
        words = [str(self._python), "-m", "local_stack.updates.beside", str(self._checkout.folder)]
        with progress(f"building {self._target} beside"):
            lines = run_step(words, self._own_env, cwd=self.folder, log=log, what="Building the new version")
        for line in lines:
            print_status(line)

    def migrate(self, log: Path) -> str:
        """Apply the migrations of the new version with its own code. Returns a sentence."""
        with progress("migrating the database"):
            words = [str(self._python), "-m", "arti", "migrate"]
            lines = run_step(words, self._own_env, cwd=self.folder, log=log, what="The migration")
        return lines[-1] if lines else ""

    @property
    def _python(self) -> Path:
        return self.folder / ".arti" / "venv" / "bin" / "python"

    def _install(self, log: Path) -> None:
        """Give the new version its packages: those that are installed, when its lock file is the same."""
        link = self.folder / ".arti" / "venv"
        link.parent.mkdir(exist_ok=True)
        if self._has_packages(lambda name: (self.folder / name).read_bytes()):
            packages = self._updates.venv
        else:
            lock = (self.folder / "requirements.lock").read_bytes()
            packages = self._updates.venvs / sha256(lock).hexdigest()[:12]
            packages.parent.mkdir(exist_ok=True)
            with progress("installing the packages of the new version"):
                words, env = ["sh", str(self.folder / "arti"), "--version"], {**self._env, "ARTI_VENV": str(packages)}
                run_step(words, env, cwd=self.folder, log=log, what="Installing the packages")
        link.unlink(missing_ok=True)
        link.symlink_to(packages)

    def _lock_of_target(self, name: str) -> bytes:
        return f"{self._checkout.read(self._target.commit, name)}\n".encode()

    def _has_packages(self, read_lock: Callable[[str], bytes]) -> bool:
        """Return whether the packages in place are exactly those of the new version."""
        stamps = {name: self._updates.venv / stamp for name, stamp in _LOCKS.items()}
        return any(stamp.exists() and stamp.read_bytes() == read_lock(name) for name, stamp in stamps.items())
