"""Lint of migrations that were released: a file that any tag has is never edited, renamed or removed."""

import subprocess
import sys
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]
_FOLDER = "supabase/migrations"


def find_violations(checkout: Path = _CHECKOUT) -> list[str]:
    """Return one sentence for each released file that is another one now. None where there is no history."""
    released: dict[str, tuple[str, str]] = {}
    for tag in _git(checkout, "tag", "--merged", "HEAD", "--sort=creatordate"):
        for line in _git(checkout, "ls-tree", "-r", tag, _FOLDER + "/"):
            digest, path = line.split()[2], line.split("\t")[1]
            released.setdefault(path, (digest, tag))
    present = [path for path in released if (checkout / path).exists()]
    now = dict(zip(present, _git(checkout, "hash-object", *present) if present else [], strict=True))
    return [
        f"{path} is in {tag}, so installations have applied it: put its text back and add a new migration."
        for path, (digest, tag) in released.items()
        if now.get(path) != digest
    ]


def _git(checkout: Path, *words: str) -> list[str]:
    try:
        done = subprocess.run(["git", *words], cwd=checkout, capture_output=True, text=True, check=False)
    except OSError:
        return []
    return done.stdout.splitlines() if done.returncode == 0 else []


if __name__ == "__main__":
    found = find_violations()
    print("\n".join(found))
    sys.exit(bool(found))
