"""What can be compared: the metrics that the subjects have on each platform, and over which days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from arti.metrics.catalogue import Metric
from arti.metrics.comparison.schemas import ComparedMetric
from arti.metrics.songs.figures import SONG_METRICS
from arti.metrics.sources.known import KnownProvider
from arti.metrics.summary_store import HEADLINE_METRICS
from arti.vocabulary import provider_order
from arti_core import clock
from arti_core.database import Row

# A subject that is so many days further behind does not hold the others back.
_SLOW_DAYS: Final = 10
_MAIN: Final = (*HEADLINE_METRICS, *(metric for metric in SONG_METRICS if metric not in HEADLINE_METRICS))


@dataclass(slots=True)
class ComparedCandidate:
    """A metric of one platform with the series of the subjects that have it. A song may have several."""

    provider: str
    metric: Metric
    rows: dict[UUID, list[Row]] = field(default_factory=dict)

    @property
    def series_ids(self) -> list[UUID]:
        return [row["series_id"] for rows in self.rows.values() for row in rows]

    def last_day(self) -> date:
        """Return the newest day that all subjects have reported, but for those that are far behind."""
        newest = [max(self._newest(row) for row in rows) for rows in self.rows.values()]
        common = min(day for day in newest if day >= max(newest) - timedelta(days=_SLOW_DAYS))
        return min(common, clock.today() - timedelta(days=1))

    def _newest(self, row: Row) -> date:
        newest: date = row["newest_on"]
        return newest

    def describe(self, providers: Mapping[str, KnownProvider]) -> ComparedMetric:
        kind, aggregation = self.metric.kind, self.metric.aggregation
        basis: Any = "gain" if kind == "counter" else "day" if aggregation == "none" else aggregation
        return ComparedMetric.model_validate(
            {
                "provider": self.provider,
                "provider_name": providers[self.provider].name,
                "metric": self.metric.slug,
                "name": self.metric.name,
                "unit": self.metric.unit,
                "kind": kind,
                "basis": basis,
                "subjects": len(self.rows),
            }
        )


def list_candidates(rows: Sequence[Row], metrics: Mapping[str, Metric]) -> list[ComparedCandidate]:
    """Return the candidates of rows (subject_id, series_id, provider, metric, newest_on, ...): what most have first."""
    found: dict[tuple[str, str], ComparedCandidate] = {}
    for row in rows:
        key = (row["provider"], row["metric"])
        candidate = found.setdefault(key, ComparedCandidate(row["provider"], metrics[row["metric"]]))
        candidate.rows.setdefault(row["subject_id"], []).append(row)
    order = list(metrics)

    def rank(candidate: ComparedCandidate) -> tuple[Any, ...]:
        slug = candidate.metric.slug
        main = _MAIN.index(slug) if slug in _MAIN else len(_MAIN)
        return -len(candidate.rows), main, provider_order(candidate.provider), order.index(slug)

    return sorted(found.values(), key=rank)
