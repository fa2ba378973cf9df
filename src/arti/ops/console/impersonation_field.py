"""The field in which one says as whom to look."""

from collections.abc import Sequence

from arti.ops.console.html import Markup, join, tag
from arti.ops.console.layout import labelled


def impersonation_field(asked: str, people: Sequence[tuple[str, str]]) -> Markup:
    """Return a field that searches while one types; what is typed may also be a part of a name."""
    field = tag(
        "input", name="as", value=asked, list="people", placeholder="the owner", autocomplete="off", spellcheck="false"
    )
    known = tag("datalist", *(tag("option", meaning, value=word) for word, meaning in people), id="people")
    return join(labelled("See it as", field, kind="wide"), known)
