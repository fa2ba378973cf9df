"""Codes for what a value is other than a number. `private.state_sentence` in SQL holds their sentences for people."""

from typing import Final

# Why there is no value.
HIDDEN: Final = "hidden"  # the account's owner does not show it
UNSUPPORTED: Final = "unsupported"  # the provider does not count this for such an object
LATE: Final = "late"  # not published yet
NOT_REPORTED: Final = "not_reported"  # the source left the day out
TOO_FEW: Final = "too_few"  # too few people for the provider to show it
FELL: Final = "fell"  # a counter that cannot fall fell: there is no gain
NULL_REASONS: Final = frozenset({HIDDEN, UNSUPPORTED, LATE, NOT_REPORTED, TOO_FEW, FELL})

# A remark on a value that is there.
ROUNDED: Final = "rounded"
NEGATIVE: Final = "negative"
RESTATED: Final = "restated"
REMARKS: Final = frozenset({ROUNDED, NEGATIVE, RESTATED})
