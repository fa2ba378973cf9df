"""A provider without new data."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import numpy as np

from arti.insights.computations import Computation, Fact, Window
from arti.insights.detectors.finding import Finding
from arti.insights.detectors.series import DailySeries
from arti.metrics.staleness import stale_after_days
from arti.vocabulary import Severity, is_own

ARCHIVE_AFTER_DAYS = 365  # older data is an archive, not a gap
USUAL_DAYS, USUAL_SHARE = 28, 0.5


def detect_stale_data(series: Sequence[DailySeries], *, today_in: Callable[[str], date]) -> Iterator[Finding]:
    """Yield one finding for each provider whose newest value of a regular series is too old.

    `today_in` gives the present day in a time zone: a provider's newest day ends where the provider counts it.
    """
    newest: dict[str, DailySeries] = {}
    for one in series:
        provider = one.about.provider
        if _is_regular(one) and (provider not in newest or one.last_day > newest[provider].last_day):
            newest[provider] = one
    for provider, one in newest.items():
        today = today_in(one.about.time_zone)
        age = (today - one.last_day).days
        if not stale_after_days(one.about.terms) < age <= ARCHIVE_AFTER_DAYS:
            continue
        # The window starts at the last value, so that a later value changes the number.
        since = Window("days_since", one.last_day, today)
        yield Finding(
            detector="stale_data",
            series=one,
            shape="imported" if one.about.imported else "entered" if is_own(provider) else "synced",
            key=one.last_day.isoformat(),
            happened_on=one.last_day,
            period_from=one.last_day,
            period_to=today,
            severity=Severity.INFO if one.about.imported else Severity.NOTICE,
            confidence=0.99,
            score=1.5,
            facts=(
                Fact("age", "Days since the last value", "days", Computation(one.about.series_id, since), float(age)),
            ),
        )


def _is_regular(series: DailySeries) -> bool:
    step = series.about.interval_days
    tail = series.values[-(USUAL_DAYS // step) :]
    return len(tail) >= (4 if step > 1 else 7) and float((~np.isnan(tail)).mean()) >= USUAL_SHARE
