"""From when on something is a gap. One place, each with its reason; the API and the page show them."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class GapThreshold:
    """A number that decides, its unit, and why it is this one."""

    slug: str
    value: float
    unit: str
    reason: str


USUAL_MONTHS: Final = GapThreshold(
    "usual_months",
    3,
    "months in a row",
    "A store or territory that was there so often is expected; what comes and goes is not missing.",
)
TERRITORY_SHARE: Final = GapThreshold(
    "territory_share",
    1,
    "percent of the store's units",
    "Smaller territories have months without a sale; of larger ones a month without any line is an error.",
)
MISSING_UNITS: Final = GapThreshold(
    "missing_units",
    100,
    "units in the three months before",
    "A store or territory with fewer sales has months without one by chance.",
)
RATE_FACTOR: Final = GapThreshold(
    "rate_factor",
    2,
    "times the usual rate, or one part of it",
    "Rates move with subscriptions and advertising by a third at most from month to month; twice or half is an error, "
    "another kind of use, or a deal that one should know.",
)
RATE_UNITS: Final = GapThreshold(
    "rate_units", 1000, "units a month", "Below, single plays of dear and cheap subscriptions decide the rate."
)
UNITS_FACTOR: Final = GapThreshold(
    "units_factor",
    2,
    "times the usual part of the known streams, or one part of it",
    "Stores pay for what they count by their own rules, so the usual part is compared, not the number.",
)
UNITS_STREAMS: Final = GapThreshold(
    "units_streams", 1000, "known streams a month", "Below, late corrections change the part too much."
)
RECORDING_STREAMS: Final = GapThreshold(
    "recording_streams",
    1000,
    "known streams in months that are paid",
    "A thousand streams make more than a cent in every store, so a line must be there.",
)
SAME_LINES: Final = GapThreshold(
    "same_lines", 80, "percent of the smaller statement", "Corrections change a few lines; a second copy repeats most."
)
SAME_LINES_AT_LEAST: Final = GapThreshold(
    "same_lines_at_least", 3, "lines", "Two statements may have one or two equal lines by chance."
)
THRESHOLDS: Final = (
    *(USUAL_MONTHS, TERRITORY_SHARE, MISSING_UNITS, RATE_FACTOR, RATE_UNITS, UNITS_FACTOR, UNITS_STREAMS),
    *(RECORDING_STREAMS, SAME_LINES, SAME_LINES_AT_LEAST),
)
