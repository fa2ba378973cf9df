"""A digest as a mail and as a Slack message. Pure; text is escaped as the channel requires."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final, Literal

from arti.automation.digests.content import Digest, DigestStory
from arti.automation.messages import slack_blocks
from arti.automation.messages.chart_links import LinkedChart, image_block
from arti.automation.messages.charts import draw_chart
from arti.automation.messages.mail_page import MailPage, MailPanel, MailStory
from arti.language.agreement import is_one
from arti.language.catalogue import load_catalogue
from arti.language.locale_formats import show_day, show_moment, show_number, show_period
from arti.language.pieces import Pieces, as_slack, clean_name, join_pieces, name_piece, platform_name, words
from arti.language.sentences import SlotNumber, SlotWords, say
from arti_core.database import Row
from arti_core.mail import InlineImage

PanelKind = Literal["needs", "roster", "arrivals", "releases"]
PanelRow = tuple[Pieces, Pieces, Pieces, str]
_FIGURES: Final = 2  # of each story
_SLACK_STORIES: Final = 8


def title_of(digest: Digest) -> Pieces:
    frequency = digest.settings["frequency"]
    kind = "arrivals" if frequency == "off" else frequency
    return _say(digest, f"digest.title.{kind}", {"org": {"name": digest.org_name}})


def head_of(digest: Digest) -> list[Pieces]:
    """Return the period, and which artists and stories it is about."""
    zone, settings = digest.settings["time_zone"], digest.settings
    moments = {
        "begin": {"name": show_moment(digest.period_from, zone, digest.language)},
        "end": {"name": show_moment(digest.period_until, zone, digest.language)},
        "zone": {"name": zone.replace("_", " ")},
    }
    chosen = len(settings["artist_ids"])
    everybody = "digest.all_artists" if settings["user_id"] else "digest.all_artists_of"
    reader: SlotWords = {"reader": {"name": digest.reader_name}}
    artists = _count(digest, "digest.artists", chosen) if chosen else _say(digest, everybody, reader)
    severity = _say(digest, f"digest.severity.{settings['min_severity']}")
    return [_say(digest, "digest.period", moments), join_pieces((artists, severity), " · ")]


def mail_page(
    digest: Digest, *, site_url: str, footer: Sequence[Pieces], links: Sequence[tuple[Pieces, str]]
) -> tuple[MailPage, list[InlineImage]]:
    """Return the mail with the images that it shows."""
    stories, images = [], []
    for at, story in enumerate(digest.stories, start=1):
        picture = draw_chart(story.values, mark=story.mark, is_fall=story.is_fall)
        if picture:
            images.append(InlineImage(f"chart-{at}", "image/png", picture))
        stories.append(
            MailStory(
                title=story.text.title,
                about=_about(story),
                body=story.text.summary,
                figures=story.figures[:_FIGURES],
                notes=_notes(digest, story),
                buttons=((_say(digest, "open"), _link(digest, story, site_url)),),
                image_id=f"chart-{at}" if picture else "",
                image_text=_chart_text(digest, story),
                is_fall=story.is_fall,
            )
        )
    page = MailPage(
        language=digest.language,
        org=(name_piece(digest.org_name),),
        title=title_of(digest),
        head=head_of(digest),
        stories=stories,
        panels=[MailPanel(heading, rows) for _, heading, rows in list_panels(digest, site_url)],
        buttons=_buttons(digest, site_url),
        footer=footer,
        links=links,
        has_logo=digest.has_logo,
    )
    return page, images


def slack_payload(digest: Digest, *, site_url: str, chart_url: Callable[[LinkedChart], str | None]) -> dict[str, Any]:
    """Return the message; `chart_url`: the address of a picture, where Slack can load one."""
    blocks = [slack_blocks.header(title_of(digest))]
    blocks += [slack_blocks.context("\n".join(as_slack(line) for line in head_of(digest)))]
    for story in digest.stories[:_SLACK_STORIES]:
        sign = "▼ " if story.is_fall else ""
        lines = [f"{sign}*{as_slack(story.text.title)}*", as_slack(_about(story)), as_slack(story.text.summary)]
        lines += [f"_{as_slack(label)}:_ {as_slack(text)}" for label, text in _notes(digest, story)]
        section = slack_blocks.section("\n".join(line for line in lines if line))
        action_id, link = f"story_{story.row['id']}", _link(digest, story, site_url)
        section["accessory"] = slack_blocks.button(_say(digest, "open"), link, action_id)
        blocks += [{"type": "divider"}, section, *slack_blocks.figures(story.figures[:_FIGURES])]
        picture = chart_url(LinkedChart(story.values, story.mark, story.is_fall))
        blocks += [image_block(picture, _chart_text(digest, story))] if picture else []
    for _, heading, panel in list_panels(digest, site_url):
        rows = [
            "• " + " · ".join(as_slack(part) for part in (name, value, remark) if part)
            for name, value, remark, _ in panel
        ]
        blocks += [{"type": "divider"}, slack_blocks.section("\n".join([f"*{as_slack(heading)}*", *rows]))]
    blocks.append(slack_blocks.buttons(*_buttons(digest, site_url)))
    fallback = join_pieces((title_of(digest), _count(digest, "digest.stories", digest.total)), " · ")
    return slack_blocks.message(as_slack(fallback), blocks)


def _buttons(digest: Digest, site_url: str) -> list[tuple[Pieces, str]]:
    since = f"{digest.period_from:%Y-%m-%dT%H:%M:%SZ}"
    path = f"/insights/?after={since}&until={digest.period_until:%Y-%m-%dT%H:%M:%SZ}&org={digest.org_id}"
    more = digest.total - len(digest.stories)
    text = _count(digest, "digest.more", more) if more > 0 else _say(digest, "open")
    return [(text, f"{site_url}{path}")]


def _notes(digest: Digest, story: DigestStory) -> list[tuple[Pieces, Pieces]]:
    notes = (("cause", story.text.cause), ("check", story.text.next_step))
    return [(_say(digest, key), text) for key, text in notes if text]


def _about(story: DigestStory) -> Pieces:
    row = story.row
    platform = name_piece(platform_name(row["provider"], row["provider_name"]))
    return join_pieces(((name_piece(row["artist_name"]),), (platform,)), " · ")


def _link(digest: Digest, story: DigestStory, site_url: str) -> str:
    return f"{site_url}/insights/?id={story.row['id']}&org={digest.org_id}"


def _chart_text(digest: Digest, story: DigestStory) -> Pieces:
    """Return what the chart shows: the metric and its days."""
    row, catalogue = story.row, load_catalogue(digest.language)
    word = catalogue.metric(row["metric"], row["metric_name"], gained=story.of_gains)
    first = row["happened_on"] - timedelta(days=story.mark * row["step_days"])
    last = first + timedelta(days=(len(story.values) - 1) * row["step_days"])
    days = words(show_period(first, last, digest.language))
    named = words(word[:1].upper() + word[1:]) if word else (name_piece(row["metric_name"]),)
    return join_pieces((named, days), ", ")


def list_panels(digest: Digest, site_url: str) -> list[tuple[PanelKind, Pieces, Sequence[PanelRow]]]:
    """Return the lists that have something, each with its heading, in the order of what needs somebody."""
    of_org = f"org={digest.org_id}"
    accounts = [
        (
            _say(digest, "reconnect.title", {"platform": {"platform": row["provider"], "name": ""}}),
            (),
            join_pieces(((name_piece(row["artist_name"]),), (name_piece(row["display_name"] or ""),)), " · "),
            f"{site_url}/accounts/?id={row['id']}&{of_org}",
        )
        for row in digest.accounts
    ]
    insights = [
        [
            (text.title, (), (name_piece(row["artist_name"]),), f"{site_url}/insights/?id={row['id']}&{of_org}")
            for row, text in rows
        ]
        for rows in (digest.silent, digest.arrivals)
    ]
    releases = [
        (
            (name_piece(row["title"]),),
            words(show_day(row["starts_on"], digest.language)),
            (name_piece(row["artist_name"]),),
            f"{site_url}/artist/?id={row['artist_id']}&{of_org}",
        )
        for row in digest.releases
    ]
    panels: tuple[tuple[PanelKind, Sequence[PanelRow]], ...] = (
        ("needs", [*accounts, *insights[0]]),
        ("roster", [_roster_row(digest, row, site_url) for row in digest.roster]),
        ("arrivals", insights[1]),
        ("releases", releases),
    )
    return [(kind, _say(digest, f"digest.panel.{kind}"), rows) for kind, rows in panels if rows]


def _roster_row(digest: Digest, row: Row, site_url: str) -> PanelRow:
    """Return an artist, the change of their number that moved most, and which number of which days that is."""
    change, is_gain = row["change_percent"], row["is_counter"]
    shown = show_number(abs(change), digest.locale, unit="percent", decimals=1)
    catalogue = load_catalogue(digest.language)
    word = catalogue.metric(row["metric"], row["metric_name"], gained=is_gain)
    if word and is_one(row["value"], digest.language):
        word = catalogue.singulars.get(word, word)
    number = f"{show_number(row['value'], digest.locale)} {word or clean_name(row['metric_name'])}"
    about = (
        (name_piece(platform_name(row["provider"], row["provider_name"])),),
        words(number),
        words(show_period(row["from_on"] or row["as_of"], row["as_of"], digest.language)),
    )
    return (
        (name_piece(row["artist_name"]),),
        words(f"{'▼ −' if change < 0 else '▲ +'}{shown}"),
        join_pieces(about, " · "),
        f"{site_url}/artist/?id={row['artist_id']}&org={digest.org_id}",
    )


def _say(digest: Digest, key: str, slots: SlotWords | None = None) -> Pieces:
    return say(f"message.{key}", digest.locale, slots)


def _count(digest: Digest, key: str, count: int) -> Pieces:
    number = "one" if is_one(count, digest.language) else "more"
    return say(f"message.{key}.{number}", digest.locale, count=SlotNumber(count))
