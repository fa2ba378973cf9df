"""Apply the Range header to limit and offset."""

import re

from supabase_local.rest.api_request.types import Range
from supabase_local.rest.errors import RestError

_RANGE = re.compile(r"(?:items=)?(\d{1,15})-(\d{1,15})?")


def apply_range_header(header: str, current: Range) -> Range:
    """Return the rows within both the Range header and limit/offset. Raises RestError PGRST103."""
    match = _RANGE.fullmatch(header.strip())
    if match is None:
        return current
    first, last = int(match[1]), None if match[2] is None else int(match[2])
    if last is not None and last < first:
        raise RestError(
            416,
            "PGRST103",
            "Requested range not satisfiable",
            details="The lower boundary must be lower than or equal to the upper boundary in the Range header.",
        )
    offset = max(first, current.offset)
    ends = [] if last is None else [last + 1]
    if current.limit is not None:
        ends.append(current.offset + current.limit)
    return Range(max(min(ends) - offset, 0) if ends else None, offset)
