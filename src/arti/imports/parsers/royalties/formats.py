"""Which column of a royalty or sales report holds what, by distributor. Columns are found by name, not by place.

Headers from published reports and parsers: DistroKid's of 2018, today's and the quoted one; TuneCore; CD Baby;
Bandcamp; Cargo; SoundCloud for Artists; Beatport; a label distributor's digital and physical reports.
"""

from dataclasses import dataclass
from typing import Final

from arti.metrics.money.schemas import LineType


@dataclass(frozen=True, slots=True)
class RoyaltyFormat:
    """The columns of a report; of several names the first that is there and not empty counts.

    `required`: names that only this report has. `amount`: "(*)" in a name stands for a currency, which is then the
    line's. `currency`: a column, or a code where the report has one currency only. `months`: the day or month sold.
    """

    source: str
    title: str
    required: frozenset[str]
    months: tuple[str, ...]
    store: tuple[str, ...]
    amount: tuple[str, ...]
    currency: str
    quantity: tuple[str, ...] = ("quantity",)
    country: tuple[str, ...] = ()
    artist: tuple[str, ...] = ("artist",)
    titles: tuple[str, ...] = ("title",)
    isrc: tuple[str, ...] = ("isrc",)
    upc: tuple[str, ...] = ("upc",)
    kinds: tuple[str, ...] = ()
    external_id: str | None = None
    default_store: str = ""
    default_kind: LineType = "stream"


FORMATS: Final[tuple[RoyaltyFormat, ...]] = (
    RoyaltyFormat(
        source="distrokid",
        title="DistroKid, earnings",
        required=frozenset({"sale month", "store", "team percentage"}),
        months=("sale month",),
        store=("store",),
        country=("country of sale",),
        amount=("earnings (*)",),
        currency="USD",
        kinds=("source type", "song/album"),
    ),
    RoyaltyFormat(
        source="tunecore",
        title="TuneCore, sales",
        required=frozenset({"sales period", "posted date", "store name"}),
        months=("sales period",),
        store=("store name",),
        country=("country of sale",),
        titles=("song title", "release title"),
        isrc=("optional isrc", "tc song id"),
        upc=("upc", "optional upc"),
        quantity=("# units sold",),
        amount=("total earned",),
        currency="currency",
        kinds=("sales type",),
    ),
    RoyaltyFormat(
        source="cdbaby",
        title="CD Baby, sales",
        required=frozenset({"cdbabysku", "partner name", "subtotal"}),
        months=("sales date",),
        store=("partner name",),
        country=("delivery country",),
        artist=("artist name",),
        titles=("track name", "album name"),
        upc=("barcode",),
        amount=("subtotal",),
        currency="USD",
        kinds=("transaction type",),
    ),
    RoyaltyFormat(
        source="bandcamp",
        title="Bandcamp, sales",
        required=frozenset({"paid to", "item type", "item name", "bandcamp transaction id"}),
        months=("date",),
        store=(),
        country=("country code", "ship to country code"),
        titles=("item name",),
        amount=("net amount", "amount you received"),
        currency="currency",
        kinds=("item type",),
        default_store="Bandcamp",
        default_kind="download",
    ),
    RoyaltyFormat(
        source="cargo",
        title="Cargo, royalties",
        required=frozenset({"royalty id", "asset isrc", "reported royalty"}),
        months=("sale start date",),
        store=("sale store name", "dsp"),
        country=("territory",),
        artist=("asset artist", "product artist"),
        titles=("asset title", "product title"),
        isrc=("asset isrc",),
        upc=("product upc",),
        amount=("reported royalty",),
        currency="currency",
        kinds=("sale type",),
        external_id="royalty id",
    ),
    RoyaltyFormat(
        source="soundcloud_for_artists",
        title="SoundCloud for Artists, royalties",
        required=frozenset({"reporting period", "accounting period", "partner"}),
        months=("reporting period",),
        store=("partner",),
        country=("country",),
        artist=("artist(s)",),
        titles=("track", "release"),
        quantity=("units",),
        amount=("revenue (*)",),
        currency="USD",
        kinds=("type",),
    ),
    RoyaltyFormat(
        source="beatport",
        title="Beatport, royalties",
        required=frozenset({"product_upc", "track_isrc_code", "net_content_revenue"}),
        months=("transaction_date",),
        store=(),
        country=("territory",),
        artist=("track_artist",),
        titles=("track_title", "release"),
        isrc=("track_isrc_code",),
        upc=("product_upc",),
        quantity=("quantity", "units", "total_downloads"),
        amount=("net_content_revenue",),
        currency="currency",
        default_store="Beatport",
        default_kind="download",
    ),
    RoyaltyFormat(
        source="label_distributor",
        title="A label distributor's sales",
        required=frozenset({"internal invoice number", "catalog number", "label net total"}),
        months=("invoice_description", "dateprocessedlast"),
        store=("digital service provider_subdescription", "customer"),
        country=("country code",),
        titles=("product title", "title_description"),
        isrc=("product id",),
        quantity=("quantity", "signedquantity"),
        amount=("label net total",),
        currency="USD",
        kinds=("transaction type", "customerclassification"),
        external_id="internal serial number",
    ),
)

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
