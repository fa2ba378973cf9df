"""Which exports are read into sources of the org's own, what their columns hold, and whose they are.

Headers of ads are those of published exports and of parsers for them, in English and German, and in French, Spanish and
Portuguese as far as those name them; those of mails are Klaviyo's published ones and Mailchimp's. Of smart links,
tickets, Marquee and Showcase no export was found: their columns are the words of the services' help pages.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from arti.imports.parsers.ready import definitions
from arti.imports.parsers.ready.definitions import OwnSource

_OTHER_SPANS: Final = {"week", "month", "hour"}
_CURRENCY_OF_COLUMN: Final = re.compile(r"(.+) \(([a-z]{3})\)")


@dataclass(frozen=True, slots=True)
class ReadyExport:
    """An export of several services. Columns have the English names of its file in `readers/words`.

    `measures` and `money`: the metric of each column. `day`: the column with the day of a row; without it a row is of
    the days from `start` to `end`, or of a period that a person states, or with `snapshot` of all days up to one.
    `splits`: the dimension of each column; `things` are what the first of them names. `adds_up`: whether the rows of a
    day or period make a whole; else each row is of its own. `kind_of`: the column that says what a measure counts in
    this row. `evidence`: words of the header that only one service uses.
    """

    slug: str
    title: str
    words: str
    things: str
    sources: tuple[OwnSource, ...]
    measures: Mapping[str, str]
    money: Mapping[str, str]
    splits: Mapping[str, str]
    is_named: Callable[[Collection[str]], bool]
    day: str = "day"
    snapshot: bool = False
    adds_up: bool = True
    kind_of: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def recognises(self, names: Collection[str]) -> bool:
        """Return whether these columns are of such an export; one by week, month or hour is none."""
        plain = {split_currency(name)[0] for name in names}
        return not plain & _OTHER_SPANS and self.is_named(plain)


def split_currency(name: str) -> tuple[str, str | None]:
    """Return the name of a column of money without its currency, and the currency: "spend (eur)" is spend in EUR."""
    found = _CURRENCY_OF_COLUMN.fullmatch(name)
    return (found[1], found[2].upper()) if found else (name, None)


def _has_ads(names: Collection[str]) -> bool:
    counted = {"impressions", "clicks", "link clicks", "results", "conversions"}.intersection(names)
    named = {"campaign", "ad set", "ad", "campaign id"}.intersection(names)
    when = "day" in names or {"start", "end"} <= {*names}
    return bool(counted) and (("spend" in names and bool(named or when)) or ("impressions" in names and bool(named)))


def _has_spotify_campaigns(names: Collection[str]) -> bool:
    own = {"converted listeners", "amplified listeners", "reactivated listeners", "new active listeners", "intent rate"}
    return {"reach", "start", "end"} <= {*names} and bool(own.intersection(names))


def _has_links(names: Collection[str]) -> bool:
    into = {"clickthroughs", "presaves"}.intersection(names)
    places = {"service", "channel", "country", "link", "day"}.intersection(names)
    return bool(into and ("visits" in names or places)) or {"visits", "clicks", "channel"} <= {*names}


def _has_tickets(names: Collection[str]) -> bool:
    return "sold" in names and ("event" in names or "sold on" in names) and bool({"gross", *_DAYS}.intersection(names))


def _has_mails(names: Collection[str]) -> bool:
    sent = {"recipients", "deliveries"}.intersection(names) and {"opens", "total opens"}.intersection(names)
    return bool(sent) and "sent on" in names


def _has_subscribers(names: Collection[str]) -> bool:
    return "day" in names and "new subscribers" in names and bool({"subscribers", "unsubscribes"}.intersection(names))


_DAYS: Final = ("sold on", "event day", "date")
_ADS: Final = ReadyExport(
    "ads",
    "ads",
    "ads",
    "campaigns",
    (definitions.META_ADS, definitions.GOOGLE_ADS, definitions.TIKTOK_ADS),
    {
        "impressions": "ad_impressions",
        "clicks": "ad_clicks",
        "link clicks": "ad_link_clicks",
        "results": "ad_results",
        "conversions": "ad_conversions",
        "reach": "ad_reach",
    },
    {"spend": "ad_spend"},
    {"campaign": "campaign", "country": "country", "age": "age", "gender": "gender"},
    _has_ads,
    kind_of={"results": "result type"},
    evidence={
        definitions.META_ADS.slug: frozenset(
            {"reporting starts", "amount spent", "ad set name", "result indicator", "berichtsstart", "montant depense"}
            | {"ausgegebener betrag", "importe gastado", "valor gasto", "inicio del informe", "debut des rapports"}
        ),
        definitions.GOOGLE_ADS.slug: frozenset(
            {"impr.", "avg. cpc", "durchschn. cpc", "conv. value", "cost / conv.", "interaktionen", "interactions"}
        ),
        definitions.TIKTOK_ADS.slug: frozenset({"by day", "clicks (destination)", "cpc (destination)"}),
    },
)
_CAMPAIGNS: Final = ReadyExport(
    "spotify_campaigns",
    "results of Marquee and Showcase",
    "spotify_campaigns",
    "campaigns",
    (definitions.SPOTIFY_CAMPAIGNS,),
    {
        "reach": "campaign_reach",
        "clicks": "campaign_clicks",
        "converted listeners": "campaign_converted",
        "amplified listeners": "campaign_amplified",
        "reactivated listeners": "campaign_reactivated",
        "new active listeners": "campaign_new_active",
        "streams": "campaign_streams",
        "saves": "campaign_saves",
        "playlist adds": "campaign_playlist_adds",
        "intent rate": "campaign_intent_rate",
        "conversion rate": "campaign_conversion_rate",
        "streams per listener": "campaign_streams_each",
    },
    {"spend": "campaign_spend"},
    {"campaign": "campaign", "country": "country"},
    _has_spotify_campaigns,
    adds_up=False,
)
_LINKS: Final = ReadyExport(
    "links",
    "smart links",
    "links",
    "links",
    definitions.LINKS,
    {
        "visits": "link_visits",
        "sessions": "link_sessions",
        "clickthroughs": "link_clickthroughs",
        "clicks": "link_clickthroughs",
        "presaves": "link_presaves",
    },
    {},
    {"link": "link", "service": "store", "channel": "channel", "country": "country"},
    _has_links,
)
_TICKET_SALES: Final = ReadyExport(
    "ticket_sales",
    "ticket sales by day",
    "tickets",
    "events",
    definitions.TICKETS,
    {"sold": "tickets_sold"},
    {"gross": "ticket_gross"},
    {"event": "event"},
    lambda names: _has_tickets(names) and "sold on" in names,
    day="sold on",
)
_TICKET_COUNTS: Final = ReadyExport(
    "ticket_counts",
    "tickets sold so far",
    "tickets",
    "events",
    definitions.TICKETS,
    {"sold": "tickets_sold_total"},
    {"gross": "ticket_gross_total"},
    {"event": "event"},
    lambda names: _has_tickets(names) and not {"sold on", "date"}.intersection(names),
    snapshot=True,
)
_MAILS: Final = ReadyExport(
    "mails",
    "mails to a list",
    "mailings",
    "mails",
    definitions.MAILS,
    {
        "recipients": "mail_sends",
        "deliveries": "mail_deliveries",
        "opens": "mail_opens",
        "total opens": "mail_opens_all",
        "clicks": "mail_clicks",
        "total clicks": "mail_clicks_all",
        "unsubscribes": "mail_unsubscribes",
    },
    {},
    {"campaign": "campaign"},
    _has_mails,
    day="sent on",
    evidence={
        definitions.MAILCHIMP.slug: frozenset({"times forwarded", "forwarded opens", "abuse complaints"}),
        definitions.KLAVIYO.slug: frozenset({"campaign channel", "spam complaints rate", "unique placed order"}),
    },
)
_SUBSCRIBERS: Final = ReadyExport(
    "mail_subscribers",
    "subscribers of a mailing list",
    "mailings",
    "lists",
    definitions.MAILS,
    {
        "subscribers": "mail_subscribers",
        "new subscribers": "mail_subscribers_gained",
        "unsubscribes": "mail_unsubscribes",
    },
    {},
    {},
    _has_subscribers,
)
EXPORTS: Final = (_CAMPAIGNS, _ADS, _LINKS, _TICKET_SALES, _TICKET_COUNTS, _MAILS, _SUBSCRIBERS)


def _of_day_or_event(names: Collection[str]) -> bool:
    return _has_tickets(names) and "date" in names and "sold on" not in names


# A column that is called only "Date" beside an event: somebody says whether it is the sale's or the show's.
TICKETS_BY_DATE: Final = (_TICKET_SALES, _TICKET_COUNTS, _of_day_or_event)
