"""The org's own sources and metrics that exports of links, ads, tickets and mails are read into.

They are defined with the first file that needs them, and then belong to the org like any that a person defines. Money
has a metric for each currency, whose unit the currency is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from arti.metrics.catalogue import Metric
from arti.vocabulary import OWN_PREFIX

# In the place of the currency, in the slug and the name of a metric of money.
_CURRENCY: Final = "XXX"


@dataclass(frozen=True, slots=True)
class OwnSource:
    """A source that is defined when its first file is committed."""

    slug: str
    name: str


def _source(name: str, slug: str) -> OwnSource:
    return OwnSource(f"{OWN_PREFIX}{slug}", name)


META_ADS: Final = _source("Meta Ads", "meta_ads")
TIKTOK_ADS: Final = _source("TikTok Ads", "tiktok_ads")
GOOGLE_ADS: Final = _source("Google Ads", "google_ads")
SPOTIFY_CAMPAIGNS: Final = _source("Spotify Marquee and Showcase", "spotify_campaigns")
LINKS: Final = (
    *(_source("Linkfire", "linkfire"), _source("Feature.fm", "feature_fm"), _source("Hypeddit", "hypeddit")),
    _source("Other smart links", "other_smart_links"),
)
TICKETS: Final = (
    *(_source("Eventbrite", "eventbrite"), _source("Ticketmaster", "ticketmaster"), _source("DICE", "dice")),
    *(_source("Eventim", "eventim"), _source("See Tickets", "see_tickets")),
    _source("Other ticket seller", "other_ticket_seller"),
)
MAILCHIMP: Final = _source("Mailchimp", "mailchimp")
KLAVIYO: Final = _source("Klaviyo", "klaviyo")
MAILS: Final = (MAILCHIMP, KLAVIYO, _source("Brevo", "brevo"), _source("Other mailing list", "other_mailing_list"))
_SOURCES: Final = (META_ADS, TIKTOK_ADS, GOOGLE_ADS, SPOTIFY_CAMPAIGNS, *LINKS, *TICKETS, *MAILS)
SOURCES: Final = {source.slug: source for source in _SOURCES}


def _flow(slug: str, name: str, unit: str, description: str, *, higher_is_better: bool = True) -> Metric:
    return Metric(f"{OWN_PREFIX}{slug}", name, unit, "flow", "sum", description, higher_is_better)


def _people(slug: str, name: str, description: str) -> Metric:
    return Metric(f"{OWN_PREFIX}{slug}", name, "people", "rolling", "none", description)


def _ratio(slug: str, name: str, unit: str, description: str) -> Metric:
    return Metric(f"{OWN_PREFIX}{slug}", name, unit, "ratio", "none", description)


def _counter(slug: str, name: str, unit: str, description: str) -> Metric:
    return Metric(f"{OWN_PREFIX}{slug}", name, unit, "counter", "last", description)


def _money(slug: str, name: str, kind: str, description: str, *, higher_is_better: bool = True) -> Metric:
    aggregation = "sum" if kind == "flow" else "last"
    slug, name = f"{OWN_PREFIX}{slug}_{_CURRENCY.lower()}", f"{name} ({_CURRENCY})"
    return Metric(slug, name, _CURRENCY, kind, aggregation, description, higher_is_better)


_METRICS: Final = (
    _flow("ad_impressions", "Ad impressions", "impressions", "Times an ad was shown."),
    _flow("ad_clicks", "Ad clicks", "clicks", "Clicks on ads, wherever they lead."),
    _flow("ad_link_clicks", "Ad link clicks", "clicks", "Clicks on ads that lead to their destination."),
    _flow("ad_results", "Ad results", "results", "What its campaign was set to reach, as the platform counts it."),
    _flow("ad_conversions", "Ad conversions", "conversions", "Conversions, in parts where several clicks share one."),
    _people("ad_reach", "Ad reach", "Different people who saw an ad in the period."),
    _money("ad_spend", "Ad spend", "flow", "What was paid for ads.", higher_is_better=False),
    _flow("link_visits", "Link visits", "visits", "Visits to the page of a smart link."),
    _flow("link_sessions", "Link sessions", "sessions", "Visits, of which several in a short time count once."),
    _flow("link_clickthroughs", "Link click-throughs", "clicks", "Clicks from a smart link on to a service."),
    _flow("link_presaves", "Pre-saves", "pre-saves", "Songs and releases that were saved before they came out."),
    _flow("tickets_sold", "Tickets sold", "tickets", "Tickets sold on the day, less those taken back."),
    _counter("tickets_sold_total", "Tickets sold so far", "tickets", "Tickets sold up to the day."),
    _money("ticket_gross", "Ticket gross", "flow", "What was paid for tickets on the day, before fees and tax."),
    _money("ticket_gross_total", "Ticket gross so far", "counter", "What was paid for tickets up to the day."),
    _counter("mail_subscribers", "Mail subscribers", "people", "People on the mailing list."),
    _flow("mail_subscribers_gained", "New mail subscribers", "people", "People who joined the mailing list."),
    _flow("mail_sends", "Mails sent", "mails", "Recipients of mails that were sent on the day."),
    _flow("mail_deliveries", "Mails delivered", "mails", "Mails of the day that did not bounce."),
    _flow("mail_opens", "Mails opened", "opens", "Mails of the day that were opened, each recipient once a mail."),
    _flow("mail_opens_all", "All mail opens", "opens", "Opens of mails of the day, each time."),
    _flow("mail_clicks", "Mails clicked", "clicks", "Mails of the day with a click, each recipient once a mail."),
    _flow("mail_clicks_all", "All mail clicks", "clicks", "Clicks in mails of the day, each time."),
    _flow("mail_unsubscribes", "Mail unsubscribes", "people", "People who left the list.", higher_is_better=False),
    _people("campaign_reach", "Campaign reach", "Different listeners who saw the campaign."),
    _flow("campaign_clicks", "Campaign clicks", "clicks", "Clicks on the campaign."),
    _people("campaign_converted", "Converted listeners", "Listeners who streamed the release after the campaign."),
    _people("campaign_amplified", "Amplified listeners", "Active listeners who streamed the release the first time."),
    _people("campaign_reactivated", "Reactivated listeners", "Listeners who came back into the active audience."),
    _people("campaign_new_active", "New active listeners", "Listeners who joined the active audience."),
    _flow("campaign_streams", "Campaign streams", "streams", "Streams of the release by listeners it reached."),
    _flow("campaign_saves", "Campaign saves", "saves", "Saves by listeners it reached."),
    _flow("campaign_playlist_adds", "Campaign playlist adds", "adds", "Playlist adds by listeners it reached."),
    _ratio("campaign_intent_rate", "Campaign intent rate", "percent", "Part of the converted who saved or added."),
    _ratio("campaign_conversion_rate", "Campaign conversion rate", "percent", "Part of the reached who streamed."),
    _ratio("campaign_streams_each", "Streams per converted listener", "streams", "Streams for each of them."),
    _money("campaign_spend", "Campaign spend", "flow", "What was paid for the campaign.", higher_is_better=False),
)
_BY_SLUG: Final = {metric.slug: metric for metric in _METRICS}


def get_metric(name: str, currency: str | None = None) -> Metric:
    """Return a metric by its slug without the prefix; one of money in a currency, an ISO code."""
    if currency is None:
        return _BY_SLUG[f"{OWN_PREFIX}{name}"]
    found = _BY_SLUG[f"{OWN_PREFIX}{name}_{_CURRENCY.lower()}"]
    return Metric(
        found.slug.removesuffix(_CURRENCY.lower()) + currency.lower(),
        found.name.replace(_CURRENCY, currency),
        currency,
        found.kind,
        found.aggregation,
        found.description,
        found.higher_is_better,
    )


def find_definitions(slugs: Collection[str]) -> list[Metric]:
    """Return the metrics of these slugs that files define."""
    found = []
    for slug in sorted(slugs):
        stem, _, currency = slug.rpartition("_")
        if slug in _BY_SLUG:
            found.append(_BY_SLUG[slug])
        elif f"{stem}_{_CURRENCY.lower()}" in _BY_SLUG:
            found.append(get_metric(stem.removeprefix(OWN_PREFIX), currency.upper()))
    return found
