"""What all pages of the console share: the frame, tables, and the small pieces of forms."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

from arti.ops.console.html import Child, Markup, join, tag

STYLE = (Path(__file__).parent / "style.css").read_text()
_STYLE_URL = f"/style.css?{sha256(STYLE.encode()).hexdigest()[:12]}"
_MENU = (
    ("/tables", "Tables"),
    ("/sql", "SQL"),
    ("/activity", "Activity"),
    ("/sizes", "Sizes"),
    ("/mails", "Mail"),
    ("/log", "Log"),
)


def page(title: str, *body: Child, csrf: str = "", here: str = "", studio: str = "") -> str:
    """Return a whole page. `here` is the place in the menu; without `csrf` there is no menu, as nobody is signed in."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{title} · ARTi database"),
        tag("link", rel="stylesheet", href=_STYLE_URL),
        tag("link", rel="icon", href="data:,"),
    )
    main = tag("main", *body, id="main", tabindex=-1, class_=None if csrf else "narrow")
    inside = join(_top(csrf, here, studio), main) if csrf else main
    return f'<!doctype html><html lang="en">{head}{tag("body", inside)}</html>'


def _top(csrf: str, here: str, studio: str) -> Markup:
    places = [tag("a", name, href=url, aria_current="page" if url == here else None) for url, name in _MENU]
    if studio:
        places.append(tag("a", "Supabase Studio", href=studio, rel="noreferrer"))
    leave = tag("form", token(csrf), button("Sign out", kind="plain"), method="post", action="/logout")
    return join(
        tag("a", "Skip to content", href="#main", class_="skip"),
        tag("header", tag("strong", "ARTi database"), tag("nav", *places, aria_label="Places"), leave),
    )


def token(csrf: str) -> Markup:
    return tag("input", type="hidden", name="csrf", value=csrf)


def hidden(**fields: str) -> Markup:
    return join(*(tag("input", type="hidden", name=name, value=value) for name, value in fields.items()))


def button(text: str, *, kind: str = "", action: str = "", **more: str) -> Markup:
    return tag("button", text, class_=kind or None, formaction=action or None, **more)


def labelled(text: str, control: Markup, *, kind: str = "") -> Markup:
    return tag("label", tag("span", text), control, class_=kind or None)


def options(words: Iterable[str | tuple[str, str]], chosen: str = "") -> Markup:
    """Make options of words, or of (value, text) pairs."""
    pairs = [(word, word) if isinstance(word, str) else word for word in words]
    return join(*(tag("option", text, value=value, selected=value == chosen) for value, text in pairs))


def error_box(text: str) -> Markup | None:
    return tag("p", text, class_="error", role="alert") if text else None


def note(*children: Child) -> Markup:
    return tag("p", *children, class_="note")


def badge(text: str, kind: str = "") -> Markup:
    """A word with a tint: good, bad, warn, or none."""
    return tag("span", text, class_=f"badge {kind}".strip())


def address(path: str, **query: str | int) -> str:
    """Return a local address; empty values are left out."""
    asked = {name: value for name, value in query.items() if value not in ("", None)}
    return f"{path}?{urlencode(asked)}" if asked else path


def data_table(title: str, heads: Sequence[Child], lines: Iterable[Markup], *, empty: str = "Nothing.") -> Markup:
    """Make a table that scrolls inside its own box. `title` is read out for it."""
    written = list(lines)
    if not written:
        return note(empty)
    cells = [head if isinstance(head, Markup) else tag("th", head, scope="col") for head in heads]
    body = tag("table", tag("thead", tag("tr", *cells)), tag("tbody", *written))
    return tag("div", body, class_="scroll", tabindex=0, role="region", aria_label=title)


def right(text: str) -> Markup:
    """Make a head over numbers."""
    return tag("th", text, scope="col", class_="number")


def line(*cells: Child) -> Markup:
    """Make one row of a listing. A cell that is not an element already becomes one."""
    return tag("tr", *(c if isinstance(c, Markup) and c.startswith("<td") else tag("td", c) for c in cells))


def number(value: int | float | str | None) -> Markup:
    text = "" if value is None else f"{value:,}" if isinstance(value, int | float) else value
    return tag("td", text, class_="number")


def code(value: str | None) -> Markup:
    return tag("td", shown(value), class_="code")


def shown(value: str | None) -> Child:
    """Return a value as it is shown: null and the empty text look like what they are."""
    if value is None:
        return tag("span", "null", class_="null")
    return value if value else tag("span", "empty", class_="null")


def pager(text: str, *, previous: str, following: str) -> Markup:
    """Make the line below a page of rows; an empty address is a page that is not there."""
    back = tag("a", "Previous", href=previous) if previous else None
    on = tag("a", "Next", href=following) if following else None
    return tag("p", back, tag("span", text), on, class_="pager")
