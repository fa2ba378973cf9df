"""What is wrong, from figures and health: pure rules. deploy/monitoring/alerts.yaml has the same for Prometheus."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from arti.ops.health import ServiceState
from arti.ops.monitoring.figures import Figure, sum_of, values_of
from arti.ops.monitoring.surroundings import INVALID

_DAY: Final = 86_400
_QUEUE_SECONDS: Final = 300
_SYNC_SECONDS: Final = 2 * _DAY
_CONSENT_SECONDS: Final = 7 * _DAY
CERTIFICATE_SECONDS: Final = 14 * _DAY
_DEAD_JOBS: Final = 10
_LOST_DELIVERIES: Final = 10
# Within ten minutes, and in words.
_REFUSALS: Final = {
    "failed_sign_in": (20, "failed sign-ins"),
    "refused_token": (100, "requests with a token or key that was refused"),
    "refused_signature": (20, "webhooks whose signature was refused"),
    "rate_limited": (200, "requests that came too fast (429)"),
}
_ADDITIONS: Final = {
    "new_admin": "{} joined an existing org. Its audit log says who.",
    "new_key": "{} made. The audit log of the org says by whom; ./arti keys list has those of the installation.",
    "new_channel": "{} added, which sends an org's news elsewhere. Its audit log says by whom.",
}
_NOUNS: Final = {"new_admin": ("admin", "admins"), "new_key": ("API key was", "API keys were")} | {
    "new_channel": ("channel was", "channels were")
}
# Rules that tell once what happened; nothing ends.
NOTICES: Final = frozenset(_ADDITIONS)
# Of a part that is not healthy, the seconds for which it may be so before it is told. Any other: a minute.
_PART_HOLD: Final = {"isolation": 0.0, "migrations": 0.0, "database": 10.0}
_HOLD: Final = 60.0


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in a sentence with the way out. `hold`: for how many seconds it must last before it is told."""

    detail: str
    hold: float = 0.0


@dataclass(frozen=True, slots=True)
class PartResult:
    """The state of a part, as health reports it."""

    name: str
    state: str
    detail: str | None


def examine_parts(parts: Sequence[PartResult]) -> dict[str, Problem]:
    """Return the problems `part:NAME`."""
    return {
        f"part:{part.name}": Problem(
            f"{part.name}: {part.state}. {part.detail or ''}".strip(), _PART_HOLD.get(part.name, _HOLD)
        )
        for part in parts
        if part.state != ServiceState.OK
    }


def examine_figures(figures: Sequence[Figure]) -> dict[str, Problem]:
    """Return the problems that the figures of the database show."""
    return dict(_of_work(figures)) | dict(_of_providers(figures)) | dict(_of_security(figures))


def examine_certificates(certificates: Mapping[str, float]) -> dict[str, Problem]:
    """Return the problems `certificate:HOST`."""
    found = {}
    for host, seconds in certificates.items():
        if seconds == INVALID:
            found[f"certificate:{host}"] = Problem(f"The certificate of {host} is not valid. Renew it.")
        elif seconds < CERTIFICATE_SECONDS:
            found[f"certificate:{host}"] = Problem(
                f"The certificate of {host} ends in {_days(seconds)}. See why it is not renewed."
            )
    return found


def examine_ports(ports: Sequence[int]) -> dict[str, Problem]:
    """Return the problem `ports`."""
    if not ports:
        return {}
    numbers = ", ".join(map(str, ports))
    return {
        "ports": Problem(f"Open to other machines: {numbers}. Close them, or add them to EXPECTED_PORTS.", hold=_HOLD)
    }


# The rules of examine_figures, for whoever examines those alone.
OF_FIGURES: Final = ("queue", "dead_jobs", "deliveries", "sync", "consent", "audit_chain", *_REFUSALS, *_ADDITIONS)


def _of_work(figures: Sequence[Figure]) -> Iterator[tuple[str, Problem]]:
    if (age := sum_of(figures, "queue_age_seconds")) > _QUEUE_SECONDS:
        yield "queue", Problem(f"Work has waited for {age / 60:.0f} minutes. Start more workers, or see their logs.")
    if (dead := sum_of(figures, "jobs", status="dead")) >= _DEAD_JOBS:
        yield "dead_jobs", Problem(f"{dead:.0f} jobs were given up within a day. The jobs of the orgs say why.")
    if (lost := sum_of(figures, "deliveries_lost")) >= _LOST_DELIVERIES:
        yield "deliveries", Problem(f"{lost:.0f} messages were not delivered within a day. Check the channels.")


def _of_providers(figures: Sequence[Figure]) -> Iterator[tuple[str, Problem]]:
    for figure in values_of(figures, "sync_age_seconds"):
        if figure.value > _SYNC_SECONDS:
            provider = figure.labels["provider"]
            yield f"sync:{provider}", Problem(f"An account of {provider} has had no sync for {_days(figure.value)}.")
    for figure in values_of(figures, "consent_expires_seconds"):
        if figure.value < _CONSENT_SECONDS:
            provider = figure.labels["provider"]
            when = f"ends in {_days(figure.value)}" if figure.value > 0 else "has ended"
            yield f"consent:{provider}", Problem(f"The consent of an account of {provider} {when}. Renew it there.")


def _of_security(figures: Sequence[Figure]) -> Iterator[tuple[str, Problem]]:
    if broken := sum_of(figures, "audit_chains_broken"):
        orgs = "one org was" if broken == 1 else f"{broken:.0f} orgs were"
        yield "audit_chain", Problem(f"The audit log of {orgs} changed. Run ./arti audit verify.")
    for kind, (limit, words) in _REFUSALS.items():
        if (count := sum_of(figures, "recent_security_events", kind=kind)) >= limit:
            yield kind, Problem(f"{count:.0f} {words} within ten minutes. The services' logs say from where.")
    for kind, sentence in _ADDITIONS.items():
        for newest in values_of(figures, "newest_security_event", kind=kind):
            count = sum_of(figures, "recent_security_events", kind=kind)
            noun = _NOUNS[kind][count != 1]
            yield f"{kind}:{newest.value:.6f}", Problem(sentence.format(f"{count:.0f} {noun}"))


def _days(seconds: float) -> str:
    days = int(seconds // _DAY)
    return f"{days} day{'' if days == 1 else 's'}" if days else f"{seconds / 3600:.0f} hours"
