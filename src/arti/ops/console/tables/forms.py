"""The form for one row: an input that fits each column's type, and for null its own choice."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from starlette.datastructures import FormData

from arti.ops.console.tables.catalog import CatalogColumn, CatalogTable
from arti.ops.console.tables.edits import FoundRow
from arti_core.errors import Invalid

_WRITTEN, _NULL, _EMPTY = "as written", "null", "empty text"
_WHOLE = {"smallint", "integer", "bigint"}
_LONG = {"json", "jsonb", "text", "xml"}
_LONG_TEXT = 60


def read_form(table: CatalogTable, form: FormData, *, stored: Mapping[str, str | None] | None) -> dict[str, str | None]:
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
            raise Invalid(f"{column.name}: “{state}” is selected, but there is a value. Clear one of them.")
        if state == _WRITTEN and not text and (before is None if stored else column.nullable or column.default):
            continue
        values[column.name] = {_NULL: None, _EMPTY: ""}.get(state, before if stored and same else text)
    return values


@dataclass(frozen=True, slots=True)
class FormField:
    """One column of the form. `fixed` says why it has no control; `rows` makes a textarea, `choices` a select.

    `empty` is what it means to leave the control empty.
    """

    name: str
    facts: str
    stored: str | None = None
    fixed: str = ""
    shows_stored: bool = False
    value: str = ""
    state: str = _WRITTEN
    states: Sequence[str] = ()
    empty: str = ""
    choices: Sequence[tuple[str, str]] = ()
    rows: int = 0
    type: str = "text"
    attributes: Mapping[str, str] = field(default_factory=dict)


def describe_fields(table: CatalogTable, row: FoundRow | None, refused: FormData | None) -> list[FormField]:
    """Return the fields of the form that changes `row`, or adds one when it is None. `refused`: what was sent."""
    return [_describe_field(column, row, refused) for column in table.columns]


def _describe_field(column: CatalogColumn, row: FoundRow | None, refused: FormData | None) -> FormField:
    stored = row.values[column.name] if row else None
    if column.computed or (row and column.name in row.too_long):
        why = "set by the server" if column.computed else "too long to edit here: use SQL"
        return FormField(column.name, column.type, stored, fixed=why, shows_stored=bool(column.computed and row))
    facts = [column.type] + ([] if column.nullable else ["not null"])
    if column.default:
        facts.append(f"default {column.default}")
    value, state = stored or "", _WRITTEN
    if refused is not None:
        value, state = _text(refused, f"value:{column.name}"), _text(refused, f"state:{column.name}")
    empty = "null" if stored is None and (row or (column.nullable and not column.default)) else ""
    if row is None and column.default:
        empty = column.default
    shown = FormField(
        name=column.name,
        facts=" · ".join(facts),
        stored=stored,
        value=value,
        state=state,
        states=[_WRITTEN, *([_NULL] if column.nullable else []), *([_EMPTY] if column.category == "S" else [])],
        empty=empty,
    )
    return _with_control(column, shown)


def _with_control(column: CatalogColumn, shown: FormField) -> FormField:
    value = shown.value
    if column.choices or column.type == "boolean":
        words = list(column.choices) or ["true", "false"]
        return replace(shown, choices=[("", shown.empty or "–"), *((word, word) for word in words)])
    long = column.type in _LONG or column.category == "A" or len(value) > _LONG_TEXT or "\n" in value
    if long and column.type != "bytea":
        return replace(shown, rows=1 + min(value.count("\n") + len(value) // 100, 12))
    if column.type in _WHOLE and re.fullmatch(r"(-?\d+)?", value):
        return replace(shown, type="number", attributes={"step": "1"})
    if column.type == "date" and re.fullmatch(r"(\d{4}-\d\d-\d\d)?", value):
        return replace(shown, type="date")
    if column.category == "N":
        return replace(shown, attributes={"inputmode": "decimal"})
    if column.type == "uuid":
        return replace(shown, attributes={"pattern": r"[0-9a-fA-F\-]{32,36}", "title": "a UUID"})
    return shown


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
