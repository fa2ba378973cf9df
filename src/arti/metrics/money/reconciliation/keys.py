"""The id of a gap: its key as text. Pure."""

import base64
import binascii
from collections.abc import Mapping
from decimal import Decimal

from pydantic import ValidationError

from arti.metrics.money.reconciliation.schemas import GapKey, RoyaltyGap, show_amounts
from arti_core.errors import NotFound


def write_key(key: GapKey) -> str:
    """Return a gap's id."""
    text = key.model_dump_json(exclude_none=True, exclude_defaults=True)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_key(id: str) -> GapKey:
    """Return what a gap's id stands for. Raises NotFound."""
    try:
        return GapKey.model_validate_json(base64.urlsafe_b64decode(id + "=" * (-len(id) % 4)))
    except (ValueError, binascii.Error, ValidationError):
        raise NotFound("gap") from None


def make_gap(
    key: GapKey, sentence: str, way_out: str, *, lines: int = 0, amounts: Mapping[str, Decimal] | None = None
) -> RoyaltyGap:
    """Return a gap with its sentence and what to do."""
    return RoyaltyGap(
        id=write_key(key),
        kind=key.kind,
        sentence=sentence,
        way_out=way_out,
        source=key.source,
        store=key.store,
        country=key.country,
        month=key.month,
        to_month=key.to_month,
        recording_id=key.recording_id,
        lines=lines,
        amounts=show_amounts(dict(amounts or {})),
    )
