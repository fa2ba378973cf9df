"""Back-off schedules, and the parsing of Retry-After."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from random import uniform
from typing import Final

_MAX_DELAY_SECONDS: Final = 86_400.0
_JITTER: Final = (0.8, 1.2)


@dataclass(frozen=True, slots=True)
class Backoff:
    """The pauses in seconds after the first, second, ... failed attempt; the last one repeats."""

    delays: tuple[int, ...]

    @property
    def max_attempts(self) -> int:
        """How many attempts use each pause once."""
        return len(self.delays) + 1

    def delay_seconds(self, attempt: int, *, retry_after_seconds: float = 0.0, jitter: float | None = None) -> float:
        """Return the seconds to wait after failed attempt number `attempt` (from 1), at most a day.

        A peer's Retry-After may lengthen the pause and never shortens it. `jitter` is the factor on the scheduled
        pause; None draws one, so that what failed together is not repeated together.
        """
        factor = uniform(*_JITTER) if jitter is None else jitter  # noqa: S311  spreads load, not a secret
        scheduled = self.delays[min(attempt, len(self.delays)) - 1] * factor
        return min(max(scheduled, retry_after_seconds), _MAX_DELAY_SECONDS)


# Jobs and mails: short at first, since most failures are brief and people wait for a sign-in mail.
DEFAULT_BACKOFF: Final = Backoff((5, 30, 120, 600, 1800, 7200))
# Messages to others' systems: the ten attempts of the Standard Webhooks specification, 75 h 35 min in all.
WEBHOOK_BACKOFF: Final = Backoff((5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400))


def parse_retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return the seconds of Retry-After (RFC 9110: a count or an HTTP date), None without a usable one.

    `headers` have lower-case names. A date in the past is 0.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError):  # no date, or one without a time zone
        return None
