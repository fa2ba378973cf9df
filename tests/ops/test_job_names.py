"""The status page names every job that a worker runs."""

import json
from pathlib import Path

from arti.worker import HANDLERS

MESSAGES = Path(__file__).parents[2] / "web/features/ops/messages/en.json"


def test_every_job_has_a_name_on_the_status_page() -> None:
    names = json.loads(MESSAGES.read_text())["names"]
    assert {f"{package}.{job}" for package, jobs in names.items() for job in jobs} >= set(HANDLERS)
