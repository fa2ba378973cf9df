"""Files that found no artist, as the API says it and as it gets them again."""

from typing import Final
from uuid import UUID

import orjson
from pydantic import TypeAdapter, ValidationError

from arti.imports.batches.service import Unplaced
from arti.imports.schemas import UnplacedFile
from arti_core.errors import Invalid

_PLACEMENTS: Final[TypeAdapter[dict[str, UUID]]] = TypeAdapter(dict[str, UUID])


def public_unplaced(one: Unplaced) -> UnplacedFile:
    """Return the public form of a file without an artist."""
    return UnplacedFile(
        name=one.name,
        title=one.title,
        reason=one.refusal or one.placement.reason,
        candidates=list(one.placement.candidates),
        refused=one.refusal is not None,
    )


def read_placements(text: str | None) -> dict[str, UUID]:
    """Return the artists of files by their names. Raises Invalid."""
    try:
        return _PLACEMENTS.validate_python(orjson.loads(text)) if text else {}
    except (orjson.JSONDecodeError, ValidationError):
        raise Invalid('placements must be a JSON object: {"name": "artist id"}.', field="placements") from None


def read_batch(text: str) -> UUID | None:
    """Return the id of a batch, None for a new one. Raises Invalid."""
    try:
        return None if text == "new" else UUID(text)
    except ValueError:
        raise Invalid("batch must be the id of a batch, or new.", field="batch") from None
