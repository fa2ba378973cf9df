"""How often one network may ask a public endpoint, within this process."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final

from arti_core.errors import RateLimited

_MOST_NETWORKS: Final = 20_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RequestRates:
    """A token bucket for each network: `burst` requests at once, `per_second` after that. The oldest are forgotten."""

    def __init__(self, *, burst: int, per_second: float) -> None:
        self._burst, self._per_second = burst, per_second
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, address: str) -> None:
        """Take one request of the network of `address`. Raises RateLimited."""
        network, now = _network(address), time.monotonic()
        bucket = self._buckets.pop(network, None) or _Bucket(self._burst, now)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._per_second)
        bucket.at = now
        self._buckets[network] = bucket
        if len(self._buckets) > _MOST_NETWORKS:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1:
            wait = int((1 - bucket.tokens) / self._per_second) + 1
            raise RateLimited(f"Too many requests from your network. Try again in {wait} s.", retry_after_seconds=wait)
        bucket.tokens -= 1


def _network(address: str) -> str:
    """Return what one customer of a provider has: an address of version 4, or a /64 of version 6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else str(ip_network(f"{found}/64", strict=False))
