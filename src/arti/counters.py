"""The product's counters of this process, beside those of `arti_core.telemetry.metrics`. docs/monitoring.md."""

from prometheus_client import Counter

from arti_core.telemetry.metrics import REGISTRY

SYNCS = Counter("arti_syncs", "Syncs that ended.", ("provider", "result"), registry=REGISTRY)
DELIVERIES = Counter("arti_deliveries", "Attempts at deliveries.", ("kind", "result"), registry=REGISTRY)
MODEL_CALLS = Counter("arti_model_calls", "Calls to the model.", ("model", "status"), registry=REGISTRY)
MODEL_TOKENS = Counter("arti_model_tokens", "Tokens that the model bills.", ("model", "kind"), registry=REGISTRY)
