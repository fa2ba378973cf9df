"""The form for one row: an input that fits each column's type, and for null its own choice."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.datastructures import FormData

from arti.ops.console.html import Child, Markup, join, tag
from arti.ops.console.layout import address, button, data_table, error_box, note, number, options, page, shown, token
from arti.ops.console.tables.catalog import Column, Table
from arti.ops.console.tables.edits import FoundRow, Referrer
from arti_core.errors import Invalid

_WRITTEN, _NULL, _EMPTY = "as written", "null", "empty text"
_WHOLE = {"smallint", "integer", "bigint"}
_LONG = {"json", "jsonb", "text", "xml"}
_LONG_TEXT = 60


def read_form(table: Table, form: FormData, *, stored: Mapping[str, str | None] | None) -> dict[str, str | None]:
    """Return the values to write, by column. `stored`: the row to change; None for a new one. Raises Invalid.

    An input that is left empty means what it meant before: null stays null, and a new row gets the default.
    """
    values: dict[str, str | None] = {}
    for column in table.columns:
        state, text = _text(form, f"state:{column.name}"), _text(form, f"value:{column.name}")
        if not state or column.computed:
            continue
        # Browsers send every line break as two characters.
        text, before = text.replace("\r\n", "\n"), stored[column.name] if stored else None
        same = text == (before or "").replace("\r\n", "\n")
        if state != _WRITTEN and text and not same:
            raise Invalid(f"{column.name}: “{state}” is picked, but a value is written. Clear one of them.")
        if state == _WRITTEN and not text and (before is None if stored else column.nullable or column.default):
            continue
        values[column.name] = {_NULL: None, _EMPTY: ""}.get(state, before if stored and same else text)
    return values


def row_page(
    table: Table,
    row: FoundRow | None,
    *,
    key: Sequence[str],
    given: FormData | None,
    error: str,
    csrf: str,
    studio: str,
) -> str:
    """Return the form that changes `row`, or that adds one when it is None. `given`: what was refused."""
    title = f"{'New row in' if row is None else 'Row of'} {table.schema}.{table.name}"
    fields = [_field(column, row, given) for column in table.columns]
    keep = [tag("input", type="hidden", name="key", value=part) for part in key]
    place = {"schema": table.schema, "name": table.name}
    action = address("/row/new" if row is None else "/row", **place)
    drop: Child = None
    if row is not None:
        keep.append(tag("input", type="hidden", name="version", value=row.version))
        drop = tag("a", "Delete this row…", href=_with_key(address("/row/delete", **place), key))
    return page(
        title,
        tag("h1", title),
        note("A field that is left empty means what stands in it in grey."),
        error_box(error),
        tag(
            "form",
            token(csrf),
            keep,
            tag("div", *fields, class_="columns"),
            tag("div", button("Add" if row is None else "Save"), drop, _back(table), class_="bar"),
            method="post",
            action=action,
        ),
        csrf=csrf,
        here="/tables",
        studio=studio,
    )


def delete_page(
    table: Table, row: FoundRow, *, key: Sequence[str], referrers: Sequence[Referrer], csrf: str, studio: str
) -> str:
    """Return the question before a delete: the row, and what else hangs on it."""
    title = f"Delete this row of {table.schema}.{table.name}?"
    cells = [
        tag("tr", tag("th", name, scope="row"), tag("td", shown(value), class_="code"))
        for name, value in row.values.items()
    ]
    pointing = [tag("tr", tag("td", one.table), number(one.count), tag("td", one.fate)) for one in referrers]
    keep = [tag("input", type="hidden", name="key", value=part) for part in key]
    keep.append(tag("input", type="hidden", name="version", value=row.version))
    return page(
        title,
        tag("h1", title),
        tag("form", token(csrf), keep, tag("p", button("Delete", kind="danger"), _back(table), class_="bar"),
            method="post", action=address("/row/delete", schema=table.schema, name=table.name)),
        data_table("The row", ("Column", "Value"), cells),
        tag("h2", "Rows that point at it"),
        data_table("Rows that point at it", ("Table", "Rows", "What happens"), pointing, empty="None."),
        csrf=csrf,
        here="/tables",
        studio=studio,
    )  # fmt: skip


def _with_key(url: str, key: Sequence[str]) -> str:
    return f"{url}&{urlencode([('key', part) for part in key])}"


def _back(table: Table) -> Markup:
    return tag("a", "Back to the table", href=address("/table", schema=table.schema, name=table.name))


def _field(column: Column, row: FoundRow | None, given: FormData | None) -> Markup:
    stored = row.values[column.name] if row else None
    identity = column.name
    facts = [column.type] + ([] if column.nullable else ["not null"])
    if column.default:
        facts.append(f"default {column.default}")
    label = tag("label", tag("span", column.name), tag("small", " · ".join(facts)), for_=f"value:{identity}")
    head = tag("div", label, class_="name")
    if column.computed or (row and column.name in row.too_long):
        why = "given by the server" if column.computed else "too long to edit here: use SQL"
        fixed = tag("span", shown(stored) if column.computed and row else None, " ", tag("small", f"({why})"))
        return join(tag("div", tag("span", column.name), tag("small", column.type), class_="name"),
                    tag("div", fixed, class_="fixed"), tag("span"))  # fmt: skip
    value, state = stored or "", _WRITTEN
    if given is not None:
        value, state = _text(given, f"value:{identity}"), _text(given, f"state:{identity}")
    empty = "null" if stored is None and (row or (column.nullable and not column.default)) else ""
    if row is None and column.default:
        empty = column.default
    states = [_WRITTEN, *([_NULL] if column.nullable else []), *([_EMPTY] if column.category == "S" else [])]
    picker = tag("select", options(states, state), name=f"state:{identity}", aria_label=f"{column.name} is")
    return join(head, _input(column, value, empty=empty, id=f"value:{identity}"), picker)


def _input(column: Column, value: str, *, empty: str, id: str) -> Markup:
    """Return the control for a value; `empty` is what it means to leave it empty."""
    if column.choices or column.type == "boolean":
        words = list(column.choices) or ["true", "false"]
        return tag("select", options([("", empty or "–"), *((word, word) for word in words)], value), id=id, name=id)
    long = column.type in _LONG or column.category == "A" or len(value) > _LONG_TEXT or "\n" in value
    if long and column.type != "bytea":
        rows = 1 + min(value.count("\n") + len(value) // 100, 12)
        return tag("textarea", value, id=id, name=id, rows=rows, placeholder=empty or None, spellcheck="false")
    kind, more = "text", dict[str, str]()
    if column.type in _WHOLE and re.fullmatch(r"(-?\d+)?", value):
        kind, more = "number", {"step": "1"}
    elif column.type == "date" and re.fullmatch(r"(\d{4}-\d\d-\d\d)?", value):
        kind = "date"
    elif column.category == "N":
        more = {"inputmode": "decimal"}
    elif column.type == "uuid":
        more = {"pattern": r"[0-9a-fA-F\-]{32,36}", "title": "a UUID"}
    return tag("input", type=kind, id=id, name=id, value=value, placeholder=empty or None, autocomplete="off", **more)


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
