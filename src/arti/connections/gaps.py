"""Days of a sync run: on which day a counter is stored, and the gaps, which are days that the provider left out.

Days that are only late, hidden or unsupported are no gaps.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from arti.metrics.catalogue import METRICS
from arti.providers.contract import Observation, ResultPage
from arti.providers.states import NOT_REPORTED


def merge_gaps(gaps_so_far: Sequence[dict[str, str]], observations: Sequence[Observation]) -> list[dict[str, str]]:
    """Return the gaps so far and those of a page: ranges of days, for each metric, that the provider did not report."""
    days: dict[str, set[int]] = {}
    for gap in gaps_so_far:
        first, last = (datetime.fromisoformat(gap[end]).date().toordinal() for end in ("from", "to"))
        days.setdefault(gap["series"], set()).update(range(first, last + 1))
    for observation in observations:
        if observation.null_reason == NOT_REPORTED:
            days.setdefault(observation.metric, set()).add(observation.observed_on.toordinal())
    gaps: list[dict[str, str]] = []
    for series, missing in days.items():
        for day in sorted(missing):
            iso = datetime.fromordinal(day).date().isoformat()
            if day - 1 in missing:
                gaps[-1]["to"] = iso
            else:
                gaps.append({"series": series, "from": iso, "to": iso})
    return gaps


def date_counters(page: ResultPage, *, today: date, with_counters: bool) -> list[Observation]:
    """Return a page's observations with its counters on the last day that is over: the day being read has no value yet.

    A connector gives counters as of `today`. Read after midnight, they are the levels at the end of the day before;
    without `with_counters` they are left out. What was published today has none yet, and nothing else of today counts.
    """
    last = today - timedelta(days=1)
    new = {asset.external_id for asset in page.assets if asset.released_on is not None and asset.released_on > last}
    return [
        observation if observation.observed_on <= last else observation._replace(observed_on=last)
        for observation in page.observations
        if observation.observed_on <= last
        or (
            with_counters and METRICS[observation.metric].kind == "counter" and observation.asset_external_id not in new
        )
    ]
