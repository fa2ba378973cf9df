"""docs/monitoring.md names every metric, and none that is not there."""

import re
from pathlib import Path

import arti.counters  # noqa: F401 - registers
from arti.ops.monitoring.figures import HELP
from arti_core.telemetry.metrics import REGISTRY

DOCS = Path(__file__).parents[3] / "docs" / "monitoring.md"


def test_every_metric_is_documented() -> None:
    counted = {f"{metric.name}_total" if metric.type == "counter" else metric.name for metric in REGISTRY.collect()}
    rows = [line.split("|")[1:-1] for line in DOCS.read_text().splitlines() if line.startswith("| `arti_")]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(named) == sorted(counted | {f"arti_{name}" for name in HELP})
    for row in rows:
        assert all(cell.strip() for cell in row), row
