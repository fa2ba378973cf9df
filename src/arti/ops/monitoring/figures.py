"""The figures of the whole installation, read from the database, as metrics of GET /metrics."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from prometheus_client.core import GaugeMetricFamily

from arti.ops.monitoring import store
from arti_core.database import Connection

# What private.monitoring_figures() and the checks of a process return, with what each is. Names of /metrics begin
# with arti_; a figure that is not here is for alerts only.
HELP: Final = {
    "jobs": "Jobs that wait, run, or died within a day; of orgs beyond the busiest: org=other.",
    "queue_age_seconds": "How long the oldest due job has waited.",
    "events_waiting": "Events that are not dispatched yet.",
    "accounts": "Connected accounts by state: ok, failing, needs_reauth, paused.",
    "sync_age_seconds": "The longest time since the last success of an account.",
    "consent_expires_seconds": "Until the first consent of an account ends; negative: it has ended.",
    "deliveries_waiting": "Deliveries that are not sent yet.",
    "deliveries_lost": "Deliveries of a day that were given up, or may have been lost.",
    "backup_age_seconds": "Since the moment that the newest good backup holds.",
    "archive_age_seconds": "Since the last commit that is in the archive.",
    "audit_chains_broken": "Audit logs whose chain does not verify.",
    "audit_check_age_seconds": "The longest time since a chain was verified.",
    "files_damaged": "Files with lost or changed bytes.",
    "worker_silence_seconds": "The longest time since a worker reported.",
    "workers": "Workers that report.",
    "recent_security_events": "Refusals and new powers of the last ten minutes.",
    "alerts": "Alerts that were told and have not ended.",
    "part_ok": "Whether a part is healthy, as in GET /api/health.",
    "provider_reachable": "Whether a provider answers at all.",
    "certificate_expires_seconds": "Until the certificate of a public address ends; -1: it is not valid.",
    "unexpected_ports": "Ports open to other machines that EXPECTED_PORTS does not name.",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `labels` hold no more of a tenant than an org's id."""

    name: str
    labels: dict[str, str]
    value: float


async def read_figures(connection: Connection) -> list[Figure]:
    """Return the figures that the database knows."""
    rows = await store.list_figures(connection)
    return [Figure(row["name"], row["labels"], float(row["value"])) for row in rows if row["value"] is not None]


def as_metrics(figures: Iterable[Figure]) -> list[Any]:
    """Return the figures that are documented, one metric a name."""
    families: dict[str, GaugeMetricFamily] = {}
    for figure in figures:
        if figure.name not in HELP:
            continue
        family = families.get(figure.name)
        if family is None:
            name = f"arti_{figure.name}"
            family = families[figure.name] = GaugeMetricFamily(name, HELP[figure.name], labels=sorted(figure.labels))
        family.add_metric([figure.labels[label] for label in sorted(figure.labels)], figure.value)
    return list(families.values())


def values_of(figures: Sequence[Figure], name: str, /, **labels: str) -> list[Figure]:
    """Return the figures of a name that have these labels."""
    return [figure for figure in figures if figure.name == name and labels.items() <= figure.labels.items()]


def sum_of(figures: Sequence[Figure], name: str, /, **labels: str) -> float:
    return sum(figure.value for figure in values_of(figures, name, **labels))
