"""Every package that the lock files name: Python for running and developing, npm for the web app."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from local_stack.data_directory import CHECKOUT

_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


class LockedPackage(NamedTuple):
    """`ecosystem` as OSV spells it. `runs`: whether it is installed to run ARTi, not only to develop it."""

    ecosystem: Literal["PyPI", "npm"]
    name: str
    version: str
    runs: bool
    licence: str = ""  # of npm packages, whose lock file says it


def list_locked_packages(checkout: Path = CHECKOUT) -> list[LockedPackage]:
    """Return all of them once, by ecosystem and name."""
    return sorted({*_python(checkout), *_npm(checkout)})


def _python(checkout: Path) -> Iterator[LockedPackage]:
    runs, extra, develops = (
        dict(_PIN.findall((checkout / f"requirements{kind}.lock").read_text())) for kind in ("", "-otel", "-dev")
    )
    runs |= extra
    for name, version in {**develops, **runs}.items():
        yield LockedPackage("PyPI", name.lower(), version, name in runs)


def _npm(checkout: Path) -> Iterator[LockedPackage]:
    packages = json.loads((checkout / "web" / "package-lock.json").read_text())["packages"]
    for path, entry in packages.items():
        if path and not entry.get("link"):
            name = entry.get("name") or path.rpartition("node_modules/")[2]
            yield LockedPackage("npm", name, entry["version"], not entry.get("dev", False), entry.get("license", ""))
