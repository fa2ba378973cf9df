"""Pages from the templates of this folder, in which a value cannot become markup: all of them are escaped."""

from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER = Path(__file__).parent
STYLE = (_FOLDER / "style.css").read_text()
_MENU = (
    ("/tables", "Tables"),
    ("/sql", "SQL"),
    ("/activity", "Activity"),
    ("/sizes", "Sizes"),
    ("/mails", "Mail"),
    ("/log", "Log"),
)


def address(path: str, **query: object) -> str:
    """Return a local address; empty values are left out."""
    given = {name: value for name, value in query.items() if value not in ("", None)}
    return f"{path}?{urlencode(given)}" if given else path


def format_size(count: int) -> str:
    """Return bytes in words, e.g. 1.5 MB."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TB"


def format_duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{max(seconds, 0):.1f} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def protection_kind(protection: str, schema: str) -> str:
    """Return the kind of badge for a table's row-level security: off, on or forced."""
    if protection == "off":
        return "bad" if schema == "public" else ""
    return "good" if protection == "forced" else "warn"


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {"size": format_size, "duration": format_duration}
_ENVIRONMENT.globals |= {
    "MENU": _MENU,
    "address": address,
    "protection_kind": protection_kind,
    "style_url": f"/style.css?{sha256(STYLE.encode()).hexdigest()[:12]}",
}


def render(template: str, title: str, *, csrf: str = "", here: str = "", studio: str = "", **context: Any) -> str:
    """Return a page. `here` is the entry of the menu; without `csrf` (not signed in) there is no menu."""
    return _ENVIRONMENT.get_template(template).render(context, title=title, csrf=csrf, here=here, studio=studio)
