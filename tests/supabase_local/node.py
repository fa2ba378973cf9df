"""Node.js for tests of the official JavaScript clients, with the clock of the test run."""

import os
import sys
from pathlib import Path

from tests.clock import clock_environment

WEB = Path(__file__).parents[2] / "web"
NODE = Path(sys.executable).parent / "node"


def node_environment(**variables: str) -> dict[str, str]:
    """Return the environment of a script. Its Date is that of ARTI_TEST_NOW, as sessions and codes expire by it."""
    preload = f"--import={Path(__file__).with_name('clock.mjs').as_uri()}"
    return {"PATH": os.environ["PATH"], "NODE_OPTIONS": preload, **clock_environment(), **variables}
