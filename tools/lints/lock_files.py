"""Lint of lock files: no address of a registry, so that a mirror works, and a hash for every package (ADR 0007)."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_CHECKOUT = Path(__file__).resolve().parents[2]
_ADDRESS = re.compile(r"\b(?:[a-z][a-z+.-]*://|git@)\S+", re.IGNORECASE)
_PIN = re.compile(r"^[A-Za-z0-9][\w.-]*==[^ \\]+", re.MULTILINE)
# pip's options that name an index, in a requirements file
_INDEX_OPTION = re.compile(r"^\s*(?:-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b")


def find_violations(checkout: Path = _CHECKOUT) -> list[str]:
    """Return one sentence for each address or missing hash in a lock file, and one where a lock file is missing."""
    requirements = sorted(checkout.glob("requirements*.lock"))
    violations = [] if requirements else ["No requirements*.lock: the Python dependencies are not locked."]
    for path in requirements:
        violations += [f"{path.name}:{violation}" for violation in _requirement_violations(path.read_text())]
    runtime, dev = checkout / "requirements.lock", checkout / "requirements-dev.lock"
    if runtime in requirements and dev in requirements:
        tested = _pins(dev.read_text())
        violations += [
            f"{dev.name}: no {pin}, which {runtime.name} has: what runs is not what is tested."
            for pin in sorted(_pins(runtime.read_text()) - tested)
        ]
    package_locks = [checkout / "web" / "package-lock.json", *sorted(checkout.glob("bench/*/package-lock.json"))]
    if not package_locks[0].exists():
        return [*violations, "No web/package-lock.json: the web dependencies are not locked."]
    for path in package_locks:
        name = path.relative_to(checkout).as_posix()
        violations += [f"{name}: {violation}" for violation in _npm_violations(path.read_text())]
    return violations


def _pins(text: str) -> set[str]:
    return set(_PIN.findall(text))


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
