"""Which column of a royalty report holds what, by distributor. Columns are found by name, not by place.

Headers from published reports and parsers: DistroKid's of 2018, today's and the quoted one; TuneCore; CD Baby;
Bandcamp; Cargo; SoundCloud for Artists; Beatport; a label distributor's digital and physical reports; PRS; ASCAP;
ClicknClear's specification; Believe in English and French; The Orchard; FUGA; Amuse, whose wallet is in US dollars.
Last comes one with plain names in six languages (`readers/words/royalties.txt`), as labels and others write it."""

from dataclasses import dataclass
from typing import Final

from arti.metrics.money.schemas import LineType


@dataclass(frozen=True, slots=True)
class RoyaltyFormat:
    """The columns of a report; of several names the first that is there and not empty counts.

    `required`: names that only this report has. `amount`: "(*)" in a name stands for a currency, which is then the
    line's. `currency`: a column, or a code where the report has one only. `months`: the day or month sold.
    `has_plain_names`: its columns are called as in `readers/words/royalties.txt`.
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
    has_plain_names: bool = False


# A column that a report without a day lacks; its month is asked for.
MONTH_OF_STATEMENT: Final = "month of the statement"

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
    RoyaltyFormat(
        source="prs",
        title="PRS for Music, statement",
        required=frozenset({"cae number", "work title", MONTH_OF_STATEMENT}),
        months=(MONTH_OF_STATEMENT,),
        store=(),
        amount=("amount (performance revenue)", "amount (mechanical revenue)", "amount"),
        currency="GBP",
        quantity=("performances", "usages"),
        country=("territory",),
        artist=("performer",),
        titles=("work title",),
        default_store="PRS for Music",
        default_kind="other",
    ),
    RoyaltyFormat(
        source="ascap",
        title="ASCAP, domestic statement",
        required=frozenset({"work title", "dollars", "performance quarter"}),
        months=("performance quarter", "distribution date"),
        store=("music user",),
        amount=("dollars",),
        currency="USD",
        quantity=("number of plays",),
        country=("territory",),
        artist=("performing artist", "statement recipient name"),
        titles=("work title",),
        default_store="ASCAP",
        default_kind="other",
    ),
    RoyaltyFormat(
        source="ascap_international",
        title="ASCAP, international statement",
        required=frozenset({"work title", "licensor", "$ amount"}),
        months=("performance end date", "performance quarter", "distribution date"),
        store=("licensor",),
        amount=("$ amount",),
        currency="USD",
        quantity=("number of plays",),
        country=("territory",),
        artist=("statement recipient name",),
        titles=("work title",),
        default_store="ASCAP",
        default_kind="other",
    ),
    RoyaltyFormat(
        source="clicknclear",
        title="ClicknClear, royalties",
        required=frozenset({"row type", "income type", "amount due to rightsholder"}),
        months=("date of sale",),
        store=(),
        amount=("amount due to rightsholder",),
        currency="currency",
        quantity=(),
        country=("territory licensed",),
        artist=("performed by",),
        titles=("title",),
        default_store="ClicknClear",
        default_kind="sync",
    ),
    RoyaltyFormat(
        source="believe",
        title="Believe, royalties",
        required=frozenset({"reporting month", "client payment currency", "net revenue"}),
        months=("sales month", "reporting month"),
        store=("platform",),
        amount=("net revenue",),
        currency="client payment currency",
        country=("country / region", "country/region", "country"),
        artist=("artist name",),
        titles=("track title", "release title"),
        kinds=("sales type",),
    ),
    RoyaltyFormat(
        source="the_orchard",
        title="The Orchard, royalties",
        required=frozenset({"period", "label share net receipts"}),
        months=("activity period", "period"),
        store=("dms", "retailer", "store"),
        amount=("label share net receipts",),
        currency="preferred currency",
        country=("territory",),
        artist=("track artist", "artist name"),
        titles=("track name", "product name", "release name"),
        upc=("product upc", "orchard upc", "upc"),
        kinds=("trans type description", "trans type"),
    ),
    RoyaltyFormat(
        source="fuga",
        title="FUGA, royalties",
        required=frozenset({"digital service provider", "net amount", "track artist"}),
        months=("sale period", "sales period", "reporting month", "period"),
        store=("digital service provider",),
        amount=("net amount (*)",),
        currency="currency",
        quantity=("units", "quantity", "streams"),
        country=("territory", "country"),
        artist=("track artist",),
        titles=("track title", "track name"),
        isrc=("isrc", "isrc code"),
        upc=("upc", "upc code"),
        kinds=("sales type", "usage type"),
    ),
    RoyaltyFormat(
        source="amuse",
        title="Amuse, financial statement",
        required=frozenset({"royalty date", "store", "split"}),
        months=("royalty date",),
        store=("store",),
        amount=("total (*)",),
        currency="USD",
        titles=("title", "release"),
        has_plain_names=True,
    ),
    *(
        RoyaltyFormat(
            source=source,
            title=title,
            required=frozenset(required),
            months=("sale month", "reporting month"),
            store=("store",),
            amount=("amount (*)", "net revenue (*)", "net earnings (*)", "net amount (*)", "payable amount (*)"),
            currency="currency",
            quantity=("quantity", "units", "streams"),
            country=("country", "territory", "country of sale"),
            artist=("artist", "track artist", "artist name"),
            titles=("title", "track title", "song title", "release title"),
            upc=("upc", "product upc"),
            kinds=("sale type",),
            has_plain_names=True,
        )
        for source, title, *required in (
            ("believe", "Believe, royalties", "sale month", "store", "titre de la sortie"),  # in French
            ("label_report", "a label's or distributor's report", "sale month", "store"),
            ("label_report", "a label's or distributor's report", "reporting month", "store"),
        )
    ),
)
