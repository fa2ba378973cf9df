"""An installation of its own for a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import make_world_executable
from tests.local_stack.installation import Installation, create_installation, wait_until


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    make_world_executable(tmp_path)
    made = create_installation(tmp_path / "data")
    yield made
    made.arti("down")
    wait_until(lambda: not made.processes())
