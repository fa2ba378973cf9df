import json
from pathlib import Path
from typing import Any

import pytest

from tools.lints.lock_files import find_violations

HASH = "--hash=sha256:" + "0" * 64
GOOD = f"asyncpg==0.32.0 \\\n    {HASH}\nnumpy==2.5.5 ; python_full_version >= '3.12' \\\n    {HASH} \\\n    {HASH}\n"


def lock(folder: Path, *, python: str = GOOD, entry: dict[str, Any] | None = None) -> Path:
    """Write a checkout with one Python lock and a web lock of one package."""
    (folder / "web").mkdir()
    (folder / "requirements.lock").write_text(python)
    packages = {"": {"name": "web"}, "node_modules/clsx": {"integrity": "sha512-x"} | (entry or {})}
    (folder / "web" / "package-lock.json").write_text(json.dumps({"packages": packages}))
    return folder


def test_a_clean_lock_passes(tmp_path: Path) -> None:
    assert find_violations(lock(tmp_path)) == []


@pytest.mark.parametrize(
    ("python", "line"),
    [
        (f"--index-url https://pypi.example/simple\n{GOOD}", 1),
        (f"{GOOD}--extra-index-url=https://pypi.example/simple\n", 6),
        (f"{GOOD}-i mirror\n", 6),
        (f"{GOOD}--find-links /wheels\n", 6),
        (f"{GOOD}--trusted-host pypi.example\n", 6),
        (f"asyncpg @ https://files.example/asyncpg.whl \\\n    {HASH}\n", 1),
        (f"asyncpg @ git+ssh://git@host.example/asyncpg \\\n    {HASH}\n", 1),
        (f"asyncpg==0.32.0 \\\n    {HASH} \\\n    # from https://files.example\n", 3),
    ],
)
def test_an_address_in_a_python_lock_is_refused(tmp_path: Path, python: str, line: int) -> None:
    violations = find_violations(lock(tmp_path, python=python))
    assert [violation.split(": ")[0] for violation in violations] == [f"requirements.lock:{line}"]


def test_a_python_package_without_a_hash_is_refused(tmp_path: Path) -> None:
    violations = find_violations(lock(tmp_path, python=GOOD + "orjson==3.13.0\n"))
    assert violations == ["requirements.lock:6: orjson==3.13.0 has no hash: compile the lock with --generate-hashes."]


def test_a_package_that_runs_in_another_version_than_tested_is_refused(tmp_path: Path) -> None:
    folder = lock(tmp_path)
    (folder / "requirements-dev.lock").write_text(GOOD.replace("asyncpg==0.32.0", "asyncpg==0.31.0"))
    assert find_violations(folder) == [
        "requirements-dev.lock: no asyncpg==0.32.0, which requirements.lock has: what runs is not what is tested."
    ]


@pytest.mark.parametrize(
    "entry",
    [
        {"resolved": "https://registry.example/clsx/-/clsx-2.1.1.tgz"},
        {"resolved": "git+ssh://git@host.example/clsx.git#0"},
        {"integrity": ""},
        {"dependencies": {"left-pad": "git+https://host.example/left-pad.git"}},
    ],
)
def test_an_address_or_a_missing_hash_in_the_web_lock_is_refused(tmp_path: Path, entry: dict[str, Any]) -> None:
    (violation,) = find_violations(lock(tmp_path, entry=entry))
    assert violation.startswith("web/package-lock.json: node_modules/clsx ")


def test_the_lock_of_a_benchmark_is_read_too(tmp_path: Path) -> None:
    other = lock(tmp_path) / "bench" / "fastify" / "package-lock.json"
    other.parent.mkdir(parents=True)
    other.write_text(json.dumps({"packages": {"": {"name": "bench"}, "node_modules/pg": {"version": "8.23.1"}}}))
    assert find_violations(tmp_path) == ["bench/fastify/package-lock.json: node_modules/pg has no 'integrity'."]


def test_a_missing_lock_is_a_violation(tmp_path: Path) -> None:
    assert len(find_violations(tmp_path)) == 2
