"""Reads fields of a provider's response and checks their types."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from arti.providers.errors import ProviderContractBroken

T = TypeVar("T")


def require_field(body: Any, name: str, kind: type[T]) -> T:
    """Return `body[name]`. Raises ProviderContractBroken, which names the field, when it is absent or another kind."""
    value = body.get(name) if isinstance(body, Mapping) else None
    # JSON's true is an int to Python, and must not pass for a count.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ProviderContractBroken(f"The provider's response lacks {name}: its API changed. ARTi needs an update.")
    return value


def parse_count(value: Any) -> float | None:
    """Return a count given as a number or as digits (YouTube), or None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    return float(value) if isinstance(value, str) and value.isdigit() else None


def parse_time(text: str, *formats: str) -> datetime:
    """Return the time in the first of `formats` that fits, else in ISO 8601. Raises ProviderContractBroken."""
    for format in formats:
        try:
            return datetime.strptime(text, format)  # noqa: DTZ007  # every format that is passed ends in %z
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ProviderContractBroken(f"The provider sent a time in an unknown format: {text[:40]}.") from None
