"""The pauses between attempts, and what Retry-After means."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from arti_core.backoff import DEFAULT_BACKOFF, WEBHOOK_BACKOFF, parse_retry_after

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_pauses_grow_and_the_last_one_repeats() -> None:
    pauses = [DEFAULT_BACKOFF.delay_seconds(attempt, jitter=1.0) for attempt in range(1, 9)]
    assert pauses == [5, 30, 120, 600, 1800, 7200, 7200, 7200]


def test_pauses_are_spread_by_a_fifth() -> None:
    drawn = {DEFAULT_BACKOFF.delay_seconds(3) for _ in range(50)}
    assert len(drawn) > 1
    assert all(96 <= pause <= 144 for pause in drawn)


def test_retry_after_lengthens_a_pause_and_never_shortens_it() -> None:
    assert DEFAULT_BACKOFF.delay_seconds(2, retry_after_seconds=3, jitter=1.0) == 30
    assert DEFAULT_BACKOFF.delay_seconds(2, retry_after_seconds=300, jitter=1.0) == 300


def test_no_pause_is_longer_than_a_day() -> None:
    assert WEBHOOK_BACKOFF.max_attempts == 10
    assert WEBHOOK_BACKOFF.delay_seconds(9, jitter=1.2) == 86_400
    assert WEBHOOK_BACKOFF.delay_seconds(1, retry_after_seconds=1e9) == 86_400


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("", None),
    ],
)
def test_retry_after_is_a_count_or_a_date(value: str, seconds: float | None) -> None:
    assert parse_retry_after({"retry-after": value}, now=NOW) == seconds
    assert parse_retry_after({}, now=NOW) is None
