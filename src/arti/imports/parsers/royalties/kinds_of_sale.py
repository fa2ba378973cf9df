"""Which kind of sale a report's words mean."""

from typing import Final

from arti.metrics.money.schemas import LineType

# Words of a type of sale, in the order in which they are looked for.
KINDS: Final[tuple[tuple[str, LineType], ...]] = (
    ("stream", "stream"),
    ("subscription", "stream"),
    ("download", "download"),
    ("track", "download"),
    ("ugc", "ugc"),
    ("user generated", "ugc"),
    ("sync", "sync"),
    ("package", "physical"),
    ("consignment", "physical"),
    ("overseas", "physical"),
    ("domestic", "physical"),
    ("physical", "physical"),
    ("adjust", "adjustment"),
    ("correction", "adjustment"),
    ("refund", "adjustment"),
    ("penalt", "adjustment"),
)
