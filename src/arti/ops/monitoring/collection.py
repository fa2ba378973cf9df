"""What an API process answers at /metrics besides its own counters: the figures of the installation."""

from typing import Any

import asyncpg
from starlette.types import Scope

from arti.connections.health import known_probes
from arti.ops.health import Health, ServiceState
from arti.ops.monitoring.figures import Figure, as_metrics, read_figures
from arti.ops.monitoring.watch import ApiWatch
from arti_core.database import anonymous_transaction
from arti_core.errors import ArtiError


async def collect_figures(scope: Scope) -> list[Any]:
    """Return the figures of health, of the surroundings, and of the database while it answers."""
    state = scope["app"].state
    if not hasattr(state, "watch"):  # not started
        return []
    health: Health = state.health
    watch: ApiWatch = state.watch
    figures = [
        Figure("part_ok", {"part": result.name}, float(result.state is ServiceState.OK))
        for result in await health.check_all(needed_only=False)
    ]
    figures += [
        Figure("provider_reachable", {"provider": provider}, float(probe.reachable))
        for provider, probe in known_probes(watch.settings).items()
    ]
    await watch.surroundings.refresh(watch.settings)
    figures += [
        Figure("certificate_expires_seconds", {"host": host}, seconds)
        for host, seconds in watch.surroundings.certificates.items()
    ]
    figures.append(Figure("unexpected_ports", {}, len(watch.surroundings.ports)))
    try:
        async with anonymous_transaction(watch.pool) as connection:
            figures += await read_figures(connection)
    except (ArtiError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        pass  # part_ok{part="database"} says so
    return as_metrics(figures)
