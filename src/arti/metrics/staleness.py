"""The rule for stale data, shared by tiles and insights."""

from arti.providers.terms import OWN, OWN_LABEL

# As in private.stale_after_days. Providers publish up to three days late; a file is exported by hand.
_FILE_DAYS, _API_DAYS = 10, 4


def stale_after_days(terms: str) -> int:
    """Return the greatest age in days at which the newest value of a series under `terms` is current."""
    return _FILE_DAYS if terms in (OWN, OWN_LABEL) else _API_DAYS
