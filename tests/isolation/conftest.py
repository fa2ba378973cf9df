"""The two gateways of the protocol tests, opened once a test, with a loop that Hypothesis' examples share."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from arti.settings import Settings
from arti.stack.postgres import Cluster
from arti.supabase.keys import LocalKeys
from tests.isolation.sides import Trial, opened_trial
from tests.supabase.conftest import gateway_settings, local_keys

__all__ = ["gateway_settings", "local_keys"]


@dataclass
class Held:
    """A trial and the loop it lives in: Hypothesis' examples are plain functions."""

    trial: Trial
    runner: asyncio.Runner


@pytest.fixture
def held(
    cluster: Cluster,
    gateway_settings: Callable[..., Settings],
    local_keys: LocalKeys,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Held]:
    """`request.param`: what is changed of the gateways' settings."""
    own = gateway_settings(**getattr(request, "param", {}))
    with asyncio.Runner() as runner:
        opening = opened_trial(cluster, own, local_keys, monkeypatch)
        trial = runner.run(opening.__aenter__())
        try:
            yield Held(trial, runner)
        finally:
            runner.run(opening.__aexit__(None, None, None))
