"""Each rule of deploy/monitoring fires when its cause is there and stays silent otherwise, as promtool evaluates it.

promtool is of Debian's package prometheus; PROMTOOL names another place. Without it those tests say that they skip.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import arti.counters  # noqa: F401 - registers
from arti.ops.monitoring.figures import HELP
from arti_core.telemetry.metrics import REGISTRY

FOLDER = Path(__file__).parents[2] / "deploy" / "monitoring"
RULES = (FOLDER / "alerts.yaml").read_text()
PROMTOOL = os.environ.get("PROMTOOL") or shutil.which("promtool")
DAY = 86_400
_BUCKET = "arti_http_request_duration_seconds_bucket"


def _counters(name: str, labels: str, steps: dict[str, int]) -> list[str]:
    """Return series that differ in the last of `labels` and rise by their step each minute."""
    return [f'{name}{{{labels}="{value}"}} 0+{step}x120' for value, step in steps.items()]


# For each rule: series that fire it, and the same metric that does not. Values are promtool's `start+step x times`, one
# a minute; two processes give the same figures.
CAUSES: dict[str, tuple[list[str], list[str]]] = {
    "ArtiProcessDown": (['up{job="arti"} 0x60'], ['up{job="arti"} 1x60']),
    "ArtiNoFigures": (["other 1x60"], ['arti_part_ok{part="database"} 1x60']),
    "ArtiPartUnwell": (
        ['arti_part_ok{part="backups",instance="a"} 1x60', 'arti_part_ok{part="backups",instance="b"} 0x60'],
        ['arti_part_ok{part="backups"} 1x60'],
    ),
    "ArtiIsolationBroken": (['arti_part_ok{part="isolation"} 0x60'], ['arti_part_ok{part="isolation"} 1x60']),
    "ArtiAuditChainBroken": (["arti_audit_chains_broken 1x60"], ["arti_audit_chains_broken 0x60"]),
    "ArtiAuditUnchecked": ([f"arti_audit_check_age_seconds {4 * DAY}x60"], [f"arti_audit_check_age_seconds {DAY}x60"]),
    "ArtiErrors": (
        _counters("arti_http_requests_total", 'service="api",status', {"500": 10, "200": 90}),
        _counters("arti_http_requests_total", 'service="api",status', {"500": 1, "200": 99}),
    ),
    "ArtiSlow": (
        _counters(_BUCKET, 'service="api",route="/x",le', {"2.5": 80, "5": 100, "+Inf": 100}),
        _counters(_BUCKET, 'service="api",route="/x",le', {"0.5": 99, "+Inf": 100}),
    ),
    "ArtiQueueOld": (["arti_queue_age_seconds 400x60"], ["arti_queue_age_seconds 200x60"]),
    "ArtiWorkerSilent": (["arti_worker_silence_seconds 0+5x60"], ["arti_worker_silence_seconds 4x60"]),
    "ArtiDeadJobs": (
        [f'arti_jobs{{org="{org}",name="x.y",status="dead"}} 6x60' for org in ("a", "b")],
        [f'arti_jobs{{org="a",name="x.y",status="dead",instance="{process}"}} 6x60' for process in ("1", "2")],
    ),
    "ArtiDeliveriesLost": (["arti_deliveries_lost 10x60"], ["arti_deliveries_lost 9x60"]),
    "ArtiSyncOld": (
        [f'arti_sync_age_seconds{{provider="youtube"}} {3 * DAY}x60'],
        [f'arti_sync_age_seconds{{provider="youtube"}} {DAY}x60'],
    ),
    "ArtiSyncsFail": (
        _counters("arti_syncs_total", 'provider="youtube",result', {"failed": 3, "succeeded": 1}),
        _counters("arti_syncs_total", 'provider="youtube",result', {"failed": 1, "succeeded": 3}),
    ),
    "ArtiProviderUnreachable": (
        ['arti_provider_reachable{provider="spotify"} 0x60'],
        ['arti_provider_reachable{provider="spotify"} 1x60'],
    ),
    "ArtiConsentEnds": (
        [f'arti_consent_expires_seconds{{provider="instagram"}} {6 * DAY}x60'],
        [f'arti_consent_expires_seconds{{provider="instagram"}} {9 * DAY}x60'],
    ),
    "ArtiBackupOld": ([f"arti_backup_age_seconds {27 * 3600}x60"], [f"arti_backup_age_seconds {25 * 3600}x60"]),
    "ArtiArchiveOld": (["arti_archive_age_seconds 400x60"], ["arti_archive_age_seconds 30x60"]),
    "ArtiFilesDamaged": (["arti_files_damaged 1x60"], ["arti_files_damaged 0x60"]),
    "ArtiModelFails": (
        _counters("arti_model_calls_total", "status", {"500": 3, "200": 1}),
        _counters("arti_model_calls_total", "status", {"500": 1, "200": 3}),
    ),
    "ArtiModelSpend": (
        ['arti_model_tokens_total{kind="prompt"} 0+100000x60'],
        ['arti_model_tokens_total{kind="prompt"} 0+100x60'],
    ),
    **{
        alert: (
            [f'arti_recent_security_events{{kind="{kind}"}} {limit}x60'],
            [f'arti_recent_security_events{{kind="{kind}"}} {limit - 1}x60'],
        )
        for alert, kind, limit in (
            ("ArtiFailedSignIns", "failed_sign_in", 20),
            ("ArtiRefusedTokens", "refused_token", 100),
            ("ArtiRefusedSignatures", "refused_signature", 20),
            ("ArtiRateLimited", "rate_limited", 200),
            ("ArtiNewPower", "new_admin", 1),
        )
    },
    "ArtiCertificateEnds": (
        [f'arti_certificate_expires_seconds{{host="app.test"}} {13 * DAY}x60'],
        [f'arti_certificate_expires_seconds{{host="app.test"}} {15 * DAY}x60'],
    ),
    "ArtiUnexpectedPorts": (["arti_unexpected_ports 1x60"], ["arti_unexpected_ports 0x60"]),
}


def test_every_rule_has_a_cause_here() -> None:
    assert re.findall(r"- alert: (\w+)", RULES) == list(CAUSES)


def test_rules_and_dashboard_name_metrics_that_exist() -> None:
    names = {metric.name for metric in REGISTRY.collect()} | {f"arti_{name}" for name in HELP}
    names |= {f"{name}{end}" for name in names for end in ("_total", "_bucket", "_count", "_sum")}
    for text in (RULES, (FOLDER / "dashboard.json").read_text()):
        named = set(re.findall(r"\barti_\w+", text))
        assert len(named) > 15
        assert named <= names


@pytest.mark.skipif(PROMTOOL is None, reason="needs promtool: Debian's package prometheus, or PROMTOOL")
@pytest.mark.parametrize("alert", CAUSES)
def test_a_rule_fires_for_its_cause_only(alert: str, tmp_path: Path) -> None:
    def case(series: list[str], *, fires: bool) -> dict[str, Any]:
        inputs = [dict(zip(("series", "values"), line.rsplit(" ", 1), strict=True)) for line in series]
        # Without labels promtool wants to know all of them; that it fires is queries of its own series instead.
        fired = {"expr": f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})', "eval_time": "30m"}
        return {
            "interval": "1m",
            "input_series": inputs,
            "promql_expr_test": [fired | {"exp_samples": [{"labels": "{}", "value": 1}] if fires else []}],
        }

    fires, silent = CAUSES[alert]
    tests = {"rule_files": [str(FOLDER / "alerts.yaml")], "tests": [case(fires, fires=True), case(silent, fires=False)]}
    file = tmp_path / "tests.yaml"
    file.write_text(json.dumps(tests))
    assert PROMTOOL
    done = subprocess.run([PROMTOOL, "test", "rules", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(PROMTOOL is None, reason="needs promtool: Debian's package prometheus, or PROMTOOL")
def test_the_configuration_is_valid(tmp_path: Path) -> None:
    assert PROMTOOL
    (tmp_path / "metrics-token").write_text("x")
    for name in ("alerts.yaml", "prometheus.yaml"):
        (tmp_path / name).write_text((FOLDER / name).read_text())
    done = subprocess.run(
        [PROMTOOL, "check", "config", str(tmp_path / "prometheus.yaml")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(PROMTOOL is None, reason="needs promtool: Debian's package prometheus, or PROMTOOL")
def test_every_panel_of_the_dashboard_has_valid_queries(tmp_path: Path) -> None:
    assert PROMTOOL
    panels = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
    queries = [target["expr"] for panel in panels for target in panel["targets"]]
    rules = [{"record": f"panel:{number}", "expr": expr} for number, expr in enumerate(queries)]
    file = tmp_path / "panels.yaml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run([PROMTOOL, "check", "rules", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
