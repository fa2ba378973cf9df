"""The checkout that is updated, through git: what would change, and what speaks against it."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from arti_core.errors import Conflict, Misconfigured, NotFound, Unavailable
from local_stack.data_directory import CHECKOUT

_MIGRATIONS = "supabase/migrations"
_FETCH_SECONDS = 120


@dataclass(frozen=True, slots=True)
class CodeVersion:
    """One commit: its full id, and the number of the version that it says it is."""

    commit: str
    number: str

    def __str__(self) -> str:
        return f"{self.number} ({self.commit[:10]})"


class Checkout:
    """A git checkout in `folder`."""

    def __init__(self, folder: Path = CHECKOUT) -> None:
        self.folder = folder

    def git(self, *words: str, seconds: float = 60, env: dict[str, str] | None = None) -> str:
        """Return what git prints. Raises Unavailable with its last line."""
        try:
            done = subprocess.run(
                ["git", *words],
                cwd=self.folder,
                env=env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except FileNotFoundError:
            raise Misconfigured("git is missing: install it, then update again.") from None
        except subprocess.TimeoutExpired:
            raise Unavailable(f"git {words[0]} did not end within {seconds:.0f} s.") from None
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise Unavailable(f"git {words[0]} failed: {reason.rstrip('.')}.")
        return done.stdout.rstrip("\n")

    def require_git(self) -> None:
        """Raise Misconfigured where there is no checkout of git."""
        if not (self.folder / ".git").exists():
            raise Misconfigured(
                f"{self.folder} is no git checkout, so nothing can be fetched. In containers, build or pull the new "
                "image and start it: its service migrate goes first."
            )

    def current(self) -> CodeVersion:
        return self.version("HEAD")

    def find_target(self, name: str | None) -> CodeVersion:
        """Fetch, and return the version of a tag or commit, or the newest of the upstream branch."""
        if name is None:
            upstream = self._find("rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}")
            if not upstream:
                raise Misconfigured(
                    "This checkout follows no branch of a remote, so it is unknown what is newer. Name a version with "
                    "--to TAG, or run git branch --set-upstream-to=origin/main."
                )
            self._fetch(upstream.partition("/")[0])
            return self.version("@{upstream}")
        for remote in self.git("remote").splitlines():
            self._fetch(remote)
        found = self._find("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if not found:
            raise NotFound(f"version as {name}", "git tag lists the tags; a commit is named by its id.")
        return self.version(found)

    def refuse_changes(self, target: CodeVersion) -> None:
        """Raise Conflict for what switching to `target` would lose: changed files, commits that are nowhere else."""
        if changed := self.git("status", "--porcelain", "--untracked-files=no").splitlines():
            names = ", ".join(line[3:] for line in changed[:5])
            raise Conflict(
                f"{len(changed)} {'file differs' if len(changed) == 1 else 'files differ'} from the commit: {names}"
                f"{', ...' if len(changed) > 5 else ''}. Commit or revert them (git stash), then update again."
            )
        untracked = set(self.git("ls-files", "--others", "--exclude-standard").splitlines())
        if untracked and (
            lost := untracked & set(self.git("ls-tree", "-r", "--name-only", target.commit).splitlines())
        ):
            raise Conflict(f"The new version has files of these names: {', '.join(sorted(lost))}. Move yours away.")
        if not self.includes(target) and not self._find("for-each-ref", "--contains=HEAD", "refs/remotes", "refs/tags"):
            raise Conflict(
                "This checkout has commits that are in no branch of a remote and not in the new version. Push them, "
                "or rebase them onto it, then update again."
            )

    def includes(self, target: CodeVersion) -> bool:
        """Return whether everything of the present commit is in `target`."""
        return self._find("merge-base", "HEAD", target.commit) == self.git("rev-parse", "HEAD")

    def list_changes(self, target: CodeVersion) -> list[str]:
        """Return the lines that CHANGELOG.md gained."""
        lines = self.git("diff", "--unified=0", "HEAD", target.commit, "--", "CHANGELOG.md").splitlines()
        return [line[1:] for line in lines if line.startswith(("+- ", "+#")) and not line.startswith("+++")]

    def list_migrations(self, commit: str) -> dict[str, str]:
        """Return the migrations of a commit, their names by version."""
        files = self.git("ls-tree", "--name-only", commit, f"{_MIGRATIONS}/").splitlines()
        stems = [Path(file).stem.partition("_") for file in files if file.endswith(".sql")]
        return {version: name for version, _, name in stems}

    def has_changed(self, target: CodeVersion, *paths: str) -> bool:
        return bool(self.git("diff", "--name-only", "HEAD", target.commit, "--", *paths))

    def read(self, commit: str, path: str) -> str:
        return self.git("show", f"{commit}:{path}")

    def write_tree(self, commit: str, into: Path) -> None:
        """Write the files of a commit into a folder, leaving the checkout and its index alone."""
        index = {"GIT_INDEX_FILE": str(into.with_suffix(".index"))}
        env = os.environ | index
        self.git("read-tree", commit, env=env)
        self.git("checkout-index", "--all", "--force", f"--prefix={into}/", env=env)
        into.with_suffix(".index").unlink()

    def _fetch(self, remote: str) -> None:
        try:
            self.git("fetch", "--quiet", "--tags", remote, seconds=_FETCH_SECONDS)
        except Unavailable as error:
            raise Unavailable(f"{error.message} Check the network and the remote {remote} (git remote -v).") from None

    def version(self, name: str) -> CodeVersion:
        """Return the version that a name of git stands for. Raises Unavailable."""
        commit = self.git("rev-parse", "--verify", f"{name}^{{commit}}")
        text = self._find("show", f"{commit}:src/arti/__init__.py")
        number = next((line.split('"')[1] for line in text.splitlines() if line.startswith("__version__")), "?")
        return CodeVersion(commit, number)

    def _find(self, *words: str) -> str:
        """Return what git prints, nothing when it refuses."""
        try:
            return self.git(*words)
        except Unavailable:
            return ""
