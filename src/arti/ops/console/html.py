"""HTML in which a value cannot become markup: whatever is not `Markup` already is escaped."""

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

_VOID = frozenset({"br", "input", "link", "meta"})


class Markup(str):
    """Text that is HTML. Made by `tag` and `join` only."""

    __slots__ = ()


Child: TypeAlias = "str | int | float | Iterable[Child] | None"
Attribute: TypeAlias = "str | int | bool | None"


def join(*children: Child) -> Markup:
    """Put children one after another; None is nothing."""
    return Markup("".join(map(_text, children)))


def tag(element: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """Make an element. `class_` is written class, `aria_label` aria-label; None and False leave out, True is bare."""
    written = "".join(
        f" {key.strip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if element in _VOID:
        return Markup(f"<{element}{written}>")
    # Browsers drop the first line break inside a textarea; this one, not one of the value's own.
    start = "\n" if element == "textarea" else ""
    return Markup(f"<{element}{written}>{start}{join(*children)}</{element}>")


def _text(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str | int | float):
        return escape(str(child))
    return "".join(map(_text, child))
