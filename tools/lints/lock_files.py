"""Lint of lock files: no address of a registry, so that a mirror works, and a hash for every package (ADR 0007)."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_CHECKOUT = Path(__file__).resolve().parents[2]
_ADDRESS = re.compile(r"\b(?:[a-z][a-z+.-]*://|git@)\S+", re.IGNORECASE)
# pip's options that name an index, in a requirements file
_INDEX_OPTION = re.compile(r"^\s*(?:-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b")


def find_violations(checkout: Path = _CHECKOUT) -> list[str]:
    """Return one sentence for each address or missing hash in a lock file, and one where a lock file is missing."""
    requirements = sorted(checkout.glob("requirements*.lock"))
    violations = [] if requirements else ["No requirements*.lock: the Python dependencies are not locked."]
    for path in requirements:
        violations += [f"{path.name}:{violation}" for violation in _requirement_violations(path.read_text())]
    package_lock = checkout / "web" / "package-lock.json"
    if not package_lock.exists():
        return [*violations, "No web/package-lock.json: the web dependencies are not locked."]
    return violations + [f"web/package-lock.json: {each}" for each in _npm_violations(package_lock.read_text())]


def _requirement_violations(text: str) -> Iterator[str]:
    logical = text.replace("\\\n", "\0").splitlines()  # a package and its hashes are one line
    number = 1
    for line in logical:
        for offset, part in enumerate(line.split("\0")):
            if _INDEX_OPTION.match(part) or _ADDRESS.search(part):
                yield f"{number + offset}: an index or address: compile the lock with --no-emit-index-url."
        package = line.split("\0")[0].split("#")[0].strip()
        if package and not package.startswith("-") and "--hash=" not in line:
            yield f"{number}: {package} has no hash: compile the lock with --generate-hashes."
        number += line.count("\0") + 1


def _npm_violations(text: str) -> Iterator[str]:
    packages: dict[str, dict[str, Any]] = json.loads(text).get("packages", {})
    for place, entry in packages.items():
        if not place or entry.get("link"):
            continue
        if _ADDRESS.search(entry.get("resolved", "")):
            yield f"{place} has an address in 'resolved': delete that line, 'integrity' is enough."
        if not entry.get("integrity") and not entry.get("inBundle"):  # a bundled package is part of its parent's file
            yield f"{place} has no 'integrity'."
        for kind in ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies"):
            for name, version in entry.get(kind, {}).items():
                if _ADDRESS.search(version):
                    yield f"{place} takes {name} from an address."


if __name__ == "__main__":
    found = find_violations()
    print("\n".join(found))
    sys.exit(bool(found))
