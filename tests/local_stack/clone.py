"""A repository made of this checkout's files, and a clone of it that is an installation of its own."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from local_stack.data_directory import CHECKOUT, DataDirectory
from local_stack.environment import compose_environment
from local_stack.run_state import ServiceStatus, read_state
from local_stack.secrets import load_or_create_secrets
from local_stack.web.build import source_hash
from tests.conftest import make_world_executable
from tests.local_stack.installation import Installation, create_installation, wait_until

MIGRATION = "supabase/migrations/29990101000000_of_the_new_version.sql"


@dataclass(frozen=True, slots=True)
class Clone:
    """A repository, its clone, and the installation that the clone runs."""

    origin: Path
    folder: Path
    installation: Installation

    @property
    def data(self) -> DataDirectory:
        return DataDirectory(self.installation.data)

    def arti(self, *words: str, seconds: float = 170) -> subprocess.CompletedProcess[str]:
        process = self.start(*words)
        output, errors = process.communicate(timeout=seconds)
        return subprocess.CompletedProcess(words, process.returncode, output, errors)

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["sh", str(self.folder / "arti"), *words],
            env=self.installation.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def commit(self, files: dict[str, str], message: str = "a newer version") -> str:
        """Commit `files`, by path, in the repository. Returns the commit's id."""
        for path, text in files.items():
            (self.origin / path).write_text(text)
        git(self.origin, "add", "--all")
        git(self.origin, "commit", "--quiet", "--message", message)
        return git(self.origin, "rev-parse", "HEAD")

    @property
    def head(self) -> str:
        return git(self.folder, "rev-parse", "HEAD")

    @property
    def rows(self) -> dict[str, ServiceStatus]:
        """The services that run, by name; none while nothing does."""
        state = read_state(self.data)
        return {row.service: row for row in state.services} if state is not None else {}

    def fetchval(self, statement: str) -> object:
        environment = compose_environment(self.data, load_or_create_secrets(self.data.secrets), self.installation.env)

        async def fetch() -> object:
            connection = await asyncpg.connect(environment.values["OWNER_DATABASE_URL"])
            try:
                return await connection.fetchval(statement)
            finally:
                await connection.close()

        return asyncio.run(fetch())


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=A Tester", "-c", "user.email=tester@example.test", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def make_repository(folder: Path) -> None:
    """Make a repository of the files that git knows here, as they are now."""
    names = git(CHECKOUT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    for name in names:
        if (CHECKOUT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, folder / name)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "the version that runs")


def clone_of_checkout(folder: Path) -> Iterator[Clone]:
    """Yield a clone in `folder` of a repository of this checkout's files, and stop what it runs in the end."""
    make_world_executable(folder)
    origin = folder / "origin"
    origin.mkdir()
    make_repository(origin)
    git(folder, "clone", "--quiet", str(origin), "clone")
    made = Clone(origin, folder / "clone", create_installation(folder / "data"))
    (made.folder / ".arti").mkdir()
    (made.folder / ".arti" / "venv").symlink_to(sys.prefix)
    pages = made.folder / "web" / "out"
    pages.mkdir()
    (pages / "index.html").write_text("<!doctype html><title>ARTi</title>")
    (pages / ".arti-source").write_text(source_hash(made.folder / "web"))
    yield made
    made.arti("down")
    wait_until(lambda: not made.installation.processes())
