"""Parse `select=`, `order=`, and the names and JSON paths that all parameters share."""

import re

from supabase_local.rest.api_request.scanner import MAX_LEVELS, Scanner
from supabase_local.rest.api_request.types import (
    AGGREGATES,
    SPREADS,
    Field,
    JsonOperation,
    OrderTerm,
    SelectField,
    SelectItem,
    SelectRelation,
)
from supabase_local.rest.errors import RestError, not_supported

_INDEX = re.compile(r"-?\d+(?=->|::|[.,)]|$)")
_KEY = re.compile(r"[^(\-:.,>)]+(?:-(?!>)[^(\-:.,>)]+)*")
_CAST = re.compile(r"[\w $]+")
_AGGREGATE = re.compile(r"\.(?:sum|avg|count|max|min)\(\)")
_DIRECTION = re.compile(r"\.(asc|desc)")
_NULLS = re.compile(r"\.nulls(first|last)")
_EXPECTED_STEP = '"-", digit or any non reserved character different from: .,>()'
_EXPECTED_DIRECTIONS = '"asc", "desc", "nullsfirst" or "nullslast"'
MAX_EMBEDS = 50


def parse_select(text: str) -> tuple[SelectItem, ...]:
    """Parse `select=`. Raises RestError PGRST100 for a syntax error, PGRST127 for a feature that is not supported."""
    scanner = Scanner(text, "select parameter")
    items = _select_items(scanner, level=0)
    scanner.end('letter, digit, "-", "->>", "->", "::", ",", or end of input')
    if _count_embeds(items) > MAX_EMBEDS:
        raise not_supported(f"more than {MAX_EMBEDS} embedded resources in one request")
    return items


def _select_items(scanner: Scanner, *, level: int) -> tuple[SelectItem, ...]:
    if level > MAX_LEVELS:
        raise not_supported(f"more than {MAX_LEVELS} levels of embedded resources")
    scanner.space()
    if scanner.at(")") or scanner.position >= len(scanner.text):
        return ()
    items = [_select_item(scanner, level)]
    scanner.space()
    while scanner.take(","):
        items.append(_select_item(scanner, level))
        scanner.space()
    return tuple(items)


def _select_item(scanner: Scanner, level: int) -> SelectItem:
    scanner.space()
    spread = scanner.take("...")
    if scanner.take("*"):
        _end_of_select_item(scanner)
        return SelectField(Field("*"))
    name, alias = scanner.name(), None
    if scanner.at(":") and not scanner.at("::"):
        scanner.take(":")
        name, alias = scanner.name(), name
    aggregate = name == "count" and scanner.take("()")
    if aggregate:
        name = "*"
    elif spread or scanner.at("!") or scanner.at("("):
        return _select_relation(scanner, level, name, alias, spread=spread)
    json_path = parse_json_path(scanner)
    cast = _cast(scanner)
    if scanner.match(_AGGREGATE):
        aggregate = True
    if aggregate:
        _cast(scanner)
    _end_of_select_item(scanner)
    return SelectField(
        Field(name, json_path), alias or _alias_of(name, json_path), cast, AGGREGATES if aggregate else None
    )


def _end_of_select_item(scanner: Scanner) -> None:
    scanner.space()
    if scanner.position < len(scanner.text) and scanner.text[scanner.position] not in ",)":
        found = f"'{scanner.text[scanner.position]}'"
        raise scanner.fail('letter, digit, "-", "->>", "->", "::", ")", "," or end of input', found=found)


def _select_relation(scanner: Scanner, level: int, name: str, alias: str | None, *, spread: bool) -> SelectRelation:
    hint, join = None, None
    for _ in range(2):
        if not scanner.take("!"):
            break
        name_or_join = scanner.name()
        if name_or_join in ("inner", "left") and join is None:
            join = name_or_join
        else:
            hint = hint or name_or_join
    scanner.need("(")
    items = _select_items(scanner, level=level + 1)
    scanner.need(")", '",", ")" or field name')
    return SelectRelation(name, alias, hint, join == "inner", items, SPREADS if spread else None)


def _cast(scanner: Scanner) -> str | None:
    if not scanner.take("::"):
        return None
    match = scanner.match(_CAST)
    if match is None:
        raise scanner.fail("letter or digit")
    return match[0].strip()


def _alias_of(name: str, json_path: tuple[JsonOperation, ...]) -> str | None:
    """Return the name of a JSON path: its last key, since an index has no name."""
    if not json_path:
        return None
    return next((step.key for step in reversed(json_path) if not step.index), name)


def _count_embeds(items: tuple[SelectItem, ...]) -> int:
    return sum(1 + _count_embeds(item.items) for item in items if isinstance(item, SelectRelation))


def parse_json_path(scanner: Scanner) -> tuple[JsonOperation, ...]:
    """Parse a JSON path: `->key->>0`."""
    json_path = []
    while scanner.take("->"):
        as_text = scanner.take(">")
        index = scanner.match(_INDEX)
        json_path.append(
            JsonOperation(_key(scanner), as_text) if index is None else JsonOperation(index[0], as_text, index=True)
        )
        if len(json_path) > MAX_LEVELS:
            raise not_supported(f"JSON paths of more than {MAX_LEVELS} steps")
    return tuple(json_path)


def _key(scanner: Scanner) -> str:
    quoted = scanner.quoted()
    if quoted is not None:
        return quoted
    match = scanner.match(_KEY)
    if match is None:
        raise scanner.fail("digit" if scanner.take("-") else _EXPECTED_STEP)
    return match[0].strip()


def parse_field(scanner: Scanner) -> Field:
    scanner.space()
    field = Field(scanner.name(), parse_json_path(scanner))
    scanner.space()
    return field


def parse_order(text: str) -> tuple[OrderTerm, ...]:
    """Parse `order=column.desc.nullslast,relation(column).asc`."""
    scanner = Scanner(text, "order")
    terms = [_order_term(scanner)]
    while scanner.take(","):
        terms.append(_order_term(scanner))
    scanner.end('delimiter (.), "," or end of input')
    return tuple(terms)


def _order_term(scanner: Scanner) -> OrderTerm:
    field, relation = parse_field(scanner), None
    if scanner.take("("):
        relation, field = field.name, parse_field(scanner)
        scanner.need(")")
    direction = scanner.match(_DIRECTION)
    nulls = scanner.match(_NULLS)
    scanner.space()
    if scanner.position < len(scanner.text) and not scanner.at(","):
        raise _order_term_error(scanner, after_direction=direction is not None, after_nulls=nulls is not None)
    return OrderTerm(
        field,
        descending=direction is not None and direction[1] == "desc",
        nulls_first=None if nulls is None else nulls[1] == "first",
        relation=relation,
    )


def _order_term_error(scanner: Scanner, *, after_direction: bool, after_nulls: bool) -> RestError:
    """Return PGRST100 for an invalid order term, with the first character that differs from the expected keyword."""
    if after_nulls or not scanner.take("."):
        expecting = '"," or end of input' if after_nulls else 'delimiter (.), "," or end of input'
        return scanner.fail(expecting, found=f"'{scanner.text[scanner.position]}'")
    first, keywords = (
        ("nullsfirst", '"nullsfirst" or "nullslast"') if after_direction else ("asc", _EXPECTED_DIRECTIONS)
    )
    rest = scanner.text[scanner.position :]
    found = next((f'"{char}"' for char, expected in zip(rest, first, strict=False) if char != expected), "end of input")
    return scanner.fail(keywords, found=found)


def parse_names(text: str, parameter: str) -> tuple[str, ...]:
    """Parse a list of names: `columns=`, `on_conflict=`."""
    scanner = Scanner(text, parameter)
    names = [scanner.name()]
    scanner.space()
    while scanner.take(","):
        scanner.space()
        names.append(scanner.name())
        scanner.space()
    scanner.end('"," or end of input')
    return tuple(dict.fromkeys(names))
