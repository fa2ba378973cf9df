"""The two gateways of the protocol tests, opened once a test, with a loop that Hypothesis' examples share."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from arti.settings import Settings
from local_stack.postgres import Cluster
from supabase_local.keys.signing_keys import LocalKeys
from tests.isolation.trial import Comparison, open_comparison
from tests.supabase_local.conftest import gateway, gateway_settings, local_keys

__all__ = ["gateway", "gateway_settings", "local_keys"]


@dataclass
class TrialFixture:
    """A trial and the loop it lives in: Hypothesis' examples are plain functions."""

    trial: Comparison
    runner: asyncio.Runner


@pytest.fixture
def trial_fixture(
    cluster: Cluster,
    gateway_settings: Callable[..., Settings],
    local_keys: LocalKeys,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[TrialFixture]:
    """`request.param`: what is changed of the gateways' settings."""
    own = gateway_settings(**getattr(request, "param", {}))
    with asyncio.Runner() as runner:
        opening = open_comparison(cluster, own, local_keys, monkeypatch)
        trial = runner.run(opening.__aenter__())
        try:
            yield TrialFixture(trial, runner)
        finally:
            runner.run(opening.__aexit__(None, None, None))
