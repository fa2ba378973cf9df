"""A mail as HTML and as plain text, out of the same parts. Pure; every text is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from arti.automation.messages.figures import MessageFigure
from arti.language.catalogue import LanguageCode
from arti.language.pieces import Pieces, as_html, as_mail_text

LOGO_ID: Final = "logo"  # the content id of the org's logo


@dataclass(frozen=True, slots=True)
class MailStory:
    """One story. `notes`: a label and a text each. `image_id`: the content id of its chart, `image_text` beside it."""

    title: Pieces
    about: Pieces
    body: Pieces = ()
    figures: Sequence[MessageFigure] = ()
    notes: Sequence[tuple[Pieces, Pieces]] = ()
    buttons: Sequence[tuple[Pieces, str]] = ()
    image_id: str = ""
    image_text: Pieces = ()
    is_fall: bool = False


@dataclass(frozen=True, slots=True)
class MailPanel:
    """A list under a heading: a name, a value, a remark and where it leads."""

    heading: Pieces
    rows: Sequence[tuple[Pieces, Pieces, Pieces, str]]


@dataclass(frozen=True, slots=True)
class MailPage:
    """`head`: lines under the title. `footer`: sentences; `links`: what the reader may change."""

    language: LanguageCode
    org: Pieces
    title: Pieces
    stories: Sequence[MailStory]
    footer: Sequence[Pieces]
    head: Sequence[Pieces] = ()
    panels: Sequence[MailPanel] = ()
    buttons: Sequence[tuple[Pieces, str]] = ()
    links: Sequence[tuple[Pieces, str]] = field(default=())
    has_logo: bool = False


_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["html"] = lambda pieces: Markup(as_html(pieces))  # noqa: S704 - escapes each piece
_TEMPLATE: Final = _ENVIRONMENT.get_template("mail.html")


def render_html(page: MailPage) -> str:
    return _TEMPLATE.render(page=page, logo_id=LOGO_ID)


def render_text(page: MailPage) -> str:
    """Return the plain-text part: the same content, with the links written out."""
    parts = [f"{as_mail_text(page.org)}\n{as_mail_text(page.title)}" if page.title else as_mail_text(page.org)]
    parts += ["\n".join(as_mail_text(line) for line in page.head)] if page.head else []
    for story in page.stories:
        lines = [as_mail_text(story.about), as_mail_text(story.title)]
        lines += [as_mail_text(story.body)] if story.body else []
        lines += [
            f"- {as_mail_text(one.label)}: {as_mail_text(one.shown)} ({as_mail_text(one.period)})"
            for one in story.figures
        ]
        lines += [f"{as_mail_text(label)}: {as_mail_text(text)}" for label, text in story.notes]
        lines += [f"{as_mail_text(text)}: {url}" for text, url in story.buttons]
        parts.append("\n".join(lines))
    for panel in page.panels:
        lines = [as_mail_text(panel.heading)]
        for name, value, remark, _ in panel.rows:
            lines.append("- " + " · ".join(as_mail_text(part) for part in (name, value, remark) if part))
        parts.append("\n".join(lines))
    parts += ["\n".join(f"{as_mail_text(text)}: {url}" for text, url in page.buttons)] if page.buttons else []
    parts.append("\n".join(as_mail_text(sentence) for sentence in page.footer))
    parts += ["\n".join(f"{as_mail_text(text)}: {url}" for text, url in page.links)] if page.links else []
    return "\n\n".join(parts) + "\n"
