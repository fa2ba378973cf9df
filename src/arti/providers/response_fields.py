"""Reads the fields of a provider's answer that a connector cannot do without."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from arti.providers.contract import ProviderContractBroken

T = TypeVar("T")


def required(body: Any, name: str, kind: type[T]) -> T:
    """Return `body[name]`. Raises ProviderContractBroken, which names the field, when it is absent or another kind."""
    value = body.get(name) if isinstance(body, Mapping) else None
    # JSON's true is an int to Python, and must not pass for a count.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ProviderContractBroken(f"The provider's answer lacks {name}: its API changed. ARTi must follow.")
    return value


def count(value: Any) -> float | None:
    """Return a count given as a number or as digits (YouTube), or None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    return float(value) if isinstance(value, str) and value.isdigit() else None


def moment(text: str, *forms: str) -> datetime:
    """Return the moment that `text` says, in the first form that fits (ISO 8601 without forms)."""
    for form in forms:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  # all forms that are passed end in %z
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ProviderContractBroken(f"The provider wrote a time in a form that we do not know: {text[:40]}.") from None
