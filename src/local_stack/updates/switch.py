"""The step that changes the code: a small shell program, so that it can be ended by `./arti` when it was killed.

Each of its lines may run again. It stands in .arti/update/switch.sh for as long as it has not run to its end, and
`./arti` runs it before anything else.
"""

import json
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from arti_core.errors import Unavailable

_PROGRAM = """\
set -e
swap() {{ # in place, new, where that in place goes
    [ -e "$2" ] || return 0
    [ ! -e "$1" ] || {{ rm -rf "$3"; mkdir -p "$(dirname "$3")"; mv "$1" "$3"; }}
    mv "$2" "$1"
}}
cd {checkout}
exec 9>.arti/update/switch.lock
flock 9 2>/dev/null || true
rm -f "$(git rev-parse --git-path index.lock)"
git reset --quiet --hard {commit}
{venv}
swap web/out {new}/web/out {old}/web/out
swap web/node_modules {modules} {old}/web/node_modules
rm -f .arti/update/switch.sh
"""


@dataclass(frozen=True, slots=True)
class Journal:
    """An update whose code is switched and whose new version has not been seen ready. Commits by their full id."""

    before: str
    after: str
    backup: str = ""


class UpdateFolder:
    """`.arti/update` of a checkout: a folder for each version, the journal, the switch."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        self.root = checkout / ".arti" / "update"
        self.venv = checkout / ".arti" / "venv"
        self.venvs = checkout / ".arti" / "venvs"

    def of(self, commit: str) -> Path:
        return self.root / commit[:12]

    def read_journal(self) -> Journal | None:
        try:
            return Journal(**json.loads((self.root / "journal.json").read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write_journal(self, journal: Journal) -> None:
        draft = self.root / "journal.draft"
        draft.write_text(json.dumps(asdict(journal)))
        draft.replace(self.root / "journal.json")

    def forget_journal(self) -> None:
        (self.root / "journal.json").unlink(missing_ok=True)

    def clean(self, programs: Iterable[str]) -> None:
        """Delete what was built and kept, but the packages in place and those of running `programs` (paths)."""
        for path in self.root.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
        needed = [str(self.venv.resolve()), *programs]
        for path in self.venvs.iterdir() if self.venvs.is_dir() else ():
            if not any(f"{program}/".startswith(f"{path}/") for program in needed):
                shutil.rmtree(path, ignore_errors=True)

    def copy_compiled(self, commit: str) -> None:
        """Put the compiled sources of a version beside the present ones: they count only with the same content."""
        source = self.of(commit) / "src"
        for file in source.rglob("__pycache__/*.pyc"):
            target = self.checkout / "src" / file.relative_to(source)
            if target.parent.parent.is_dir():
                target.parent.mkdir(exist_ok=True)
                draft = target.with_suffix(".draft")
                shutil.copyfile(file, draft)
                draft.replace(target)

    def switch(self, *, to: str, leaving: str) -> None:
        """Make `to` the code of the checkout, with its packages and its web app; keep those of `leaving`.

        Runs on when this process is killed. Raises Unavailable.
        """
        done = subprocess.run(
            ["sh", str(self.write_switch(to=to, leaving=leaving))],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            check=False,
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise Unavailable(f"The code of {self.checkout} could not be changed: {reason}")

    def write_switch(self, *, to: str, leaving: str) -> Path:
        """Write the program that switches. From then on `./arti` runs it if nothing else does."""
        new, old = self.of(to), self.of(leaving)
        (old / ".arti").mkdir(parents=True, exist_ok=True)
        program = self.root / "switch.sh"
        draft = self.root / "switch.draft"
        draft.write_text(
            _PROGRAM.format(
                checkout=shlex.quote(str(self.checkout)),
                commit=to,
                venv=self._link_packages(to, leaving),
                new=shlex.quote(str(new)),
                old=shlex.quote(str(old)),
                modules=shlex.quote(str(new / "web" / "node_modules")),
            )
        )
        draft.replace(program)
        return program

    def _link_packages(self, to: str, leaving: str) -> str:
        """Return the lines that put the packages of `to` in place, none when both versions have the same."""
        link = self.of(to) / ".arti" / "venv"
        if not link.is_symlink() or link.readlink() == self.venv:
            return ""
        present = self.venv.readlink() if self.venv.is_symlink() else self.venvs / f"before-{leaving[:12]}"
        kept = self.of(leaving) / ".arti" / "venv"
        if not kept.is_symlink():
            kept.symlink_to(present)
        moved = f"[ -L .arti/venv ] || [ ! -d .arti/venv ] || mv .arti/venv {shlex.quote(str(present))}"
        return f"{moved}\nln -sfn {shlex.quote(str(link.readlink()))} .arti/venv"
