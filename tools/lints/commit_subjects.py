"""Lint of commit subjects since v0.1.0: `scope: what changes`, at most 72 characters (CONTRIBUTING.md)."""

import re
import subprocess
import sys
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]
_SINCE = "v0.1.0"
_MAX_CHARACTERS = 72
_SUBJECT = re.compile(r"[a-z][a-z0-9_./-]*(, [a-z][a-z0-9_./-]*)*: \S.*[^.\s]")
_MADE_BY_GIT = re.compile(r'Merge |Revert "')


def find_violations(checkout: Path = _CHECKOUT) -> list[str]:
    """Return one sentence for each subject of another form. None where the history or the tag is missing."""
    try:
        done = subprocess.run(
            ["git", "log", "--format=%h %s", f"{_SINCE}..HEAD"],
            cwd=checkout,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return []
    violations = []
    for line in done.stdout.splitlines() if done.returncode == 0 else []:
        commit, _, subject = line.partition(" ")
        if _MADE_BY_GIT.match(subject):
            continue
        if not _SUBJECT.fullmatch(subject):
            violations.append(f"{commit} {subject!r} is not of the form 'scope: what changes' without a full stop.")
        if len(subject) > _MAX_CHARACTERS:
            violations.append(f"{commit} {subject!r} has {len(subject)} characters, {_MAX_CHARACTERS} are allowed.")
    return violations


if __name__ == "__main__":
    found = find_violations()
    print("\n".join(found))
    sys.exit(bool(found))
