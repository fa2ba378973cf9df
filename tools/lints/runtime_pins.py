"""Lint of runtime dependencies: each pin of `pyproject.toml` is imported by something in `src` (ADR 0007)."""

import ast
import re
import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]
# Pins that stand without an import of ours, each with the reason.
NOT_IMPORTED: Mapping[str, str] = {
    "python-dateutil": "croniter, of bullmq, imports it; both lock files have one version",
    "python-multipart": "FastAPI imports it to read uploaded files",
    "tzdata": "zoneinfo reads it where the system has no time zones",
    "websockets": "uvicorn imports it to serve WebSockets",
}
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")


def find_violations(checkout: Path = _CHECKOUT) -> list[str]:
    """Return one sentence for each runtime pin that nothing in `src` imports."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]
    imported = _imported_modules(checkout / "src")
    modules = _modules_by_distribution()
    violations = []
    for pin in dict.fromkeys(_normalize(_pinned_name(line)) for line in project["dependencies"]):
        if pin not in NOT_IMPORTED and not modules.get(pin, {pin.replace("-", "_")}) & imported:
            violations.append(f"pyproject.toml pins {pin}, and nothing in src imports it: use it or drop the pin.")
    return violations


def _pinned_name(line: str) -> str:
    name = _NAME.match(line)
    if name is None:
        raise ValueError(f"pyproject.toml has a dependency without a name: {line}")
    return name[0]


def _normalize(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported_modules(folder: Path) -> set[str]:
    """Return the top-level names of all absolute imports below `folder`, and names given to `find_spec`."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)  # a wheel of programs is looked up by its name
    return found


def _modules_by_distribution() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for module, distributions in packages_distributions().items():
        for distribution in distributions:
            found.setdefault(_normalize(distribution), set()).add(module)
    return found


if __name__ == "__main__":
    found = find_violations()
    print("\n".join(found))
    sys.exit(bool(found))
