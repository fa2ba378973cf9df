"""Parse `select=`, `order=`, and the names and JSON paths that all parameters share."""

import re

from supabase_local.rest.api_request.scanner import MOST_LEVELS, Scanner
from supabase_local.rest.api_request.types import AGGREGATES, SPREADS, Column, Embed, Field, Item, Ordering, Step
from supabase_local.rest.errors import RestError, not_supported

_INDEX = re.compile(r"-?\d+(?=->|::|[.,)]|$)")
_KEY = re.compile(r"[^(\-:.,>)]+(?:-(?!>)[^(\-:.,>)]+)*")
_CAST = re.compile(r"[\w $]+")
_AGGREGATE = re.compile(r"\.(?:sum|avg|count|max|min)\(\)")
_WAY = re.compile(r"\.(asc|desc)")
_NULLS = re.compile(r"\.nulls(first|last)")
_EXPECTED_STEP = '"-", digit or any non reserved character different from: .,>()'
_EXPECTED_WAYS = '"asc", "desc", "nullsfirst" or "nullslast"'
MOST_EMBEDS = 50


def parse_select(text: str) -> tuple[Item, ...]:
    """Parse `select=`. Raises RestError PGRST100 for nonsense, PGRST127 for what we do not speak."""
    scanner = Scanner(text, "select parameter")
    items = _items(scanner, level=0)
    scanner.end('letter, digit, "-", "->>", "->", "::", ",", or end of input')
    if _count_embeds(items) > MOST_EMBEDS:
        raise not_supported(f"more than {MOST_EMBEDS} embedded resources in one request")
    return items


def _items(scanner: Scanner, *, level: int) -> tuple[Item, ...]:
    if level > MOST_LEVELS:
        raise not_supported(f"more than {MOST_LEVELS} levels of embedded resources")
    scanner.space()
    if scanner.at(")") or scanner.place >= len(scanner.text):
        return ()
    items = [_item(scanner, level)]
    scanner.space()
    while scanner.take(","):
        items.append(_item(scanner, level))
        scanner.space()
    return tuple(items)


def _item(scanner: Scanner, level: int) -> Item:
    scanner.space()
    spread = scanner.take("...")
    if scanner.take("*"):
        _end_of_item(scanner)
        return Column(Field("*"))
    name, alias = scanner.name(), None
    if scanner.at(":") and not scanner.at("::"):
        scanner.take(":")
        name, alias = scanner.name(), name
    aggregate = name == "count" and scanner.take("()")
    if aggregate:
        name = "*"
    elif spread or scanner.at("!") or scanner.at("("):
        return _embed(scanner, level, name, alias, spread=spread)
    steps = parse_steps(scanner)
    cast = _cast(scanner)
    if scanner.match(_AGGREGATE):
        aggregate = True
    if aggregate:
        _cast(scanner)
    _end_of_item(scanner)
    return Column(Field(name, steps), alias or _alias_of(name, steps), cast, AGGREGATES if aggregate else None)


def _end_of_item(scanner: Scanner) -> None:
    scanner.space()
    if scanner.place < len(scanner.text) and scanner.text[scanner.place] not in ",)":
        found = f"'{scanner.text[scanner.place]}'"
        raise scanner.fail('letter, digit, "-", "->>", "->", "::", ")", "," or end of input', found=found)


def _embed(scanner: Scanner, level: int, name: str, alias: str | None, *, spread: bool) -> Embed:
    hint, join = None, None
    for _ in range(2):
        if not scanner.take("!"):
            break
        word = scanner.name()
        if word in ("inner", "left") and join is None:
            join = word
        else:
            hint = hint or word
    scanner.need("(")
    items = _items(scanner, level=level + 1)
    scanner.need(")", '",", ")" or field name')
    return Embed(name, alias, hint, join == "inner", items, SPREADS if spread else None)


def _cast(scanner: Scanner) -> str | None:
    if not scanner.take("::"):
        return None
    found = scanner.match(_CAST)
    if found is None:
        raise scanner.fail("letter or digit")
    return found[0].strip()


def _alias_of(name: str, steps: tuple[Step, ...]) -> str | None:
    """Name a JSON path after its last key: an index has no name of its own."""
    if not steps:
        return None
    return next((step.key for step in reversed(steps) if not step.index), name)


def _count_embeds(items: tuple[Item, ...]) -> int:
    return sum(1 + _count_embeds(item.items) for item in items if isinstance(item, Embed))


def parse_steps(scanner: Scanner) -> tuple[Step, ...]:
    """Parse a JSON path: `->key->>0`."""
    steps = []
    while scanner.take("->"):
        as_text = scanner.take(">")
        index = scanner.match(_INDEX)
        steps.append(Step(_key(scanner), as_text) if index is None else Step(index[0], as_text, index=True))
        if len(steps) > MOST_LEVELS:
            raise not_supported(f"JSON paths of more than {MOST_LEVELS} steps")
    return tuple(steps)


def _key(scanner: Scanner) -> str:
    quoted = scanner.quoted()
    if quoted is not None:
        return quoted
    found = scanner.match(_KEY)
    if found is None:
        raise scanner.fail("digit" if scanner.take("-") else _EXPECTED_STEP)
    return found[0].strip()


def parse_field(scanner: Scanner) -> Field:
    scanner.space()
    found = Field(scanner.name(), parse_steps(scanner))
    scanner.space()
    return found


def parse_order(text: str) -> tuple[Ordering, ...]:
    """Parse `order=column.desc.nullslast,relation(column).asc`."""
    scanner = Scanner(text, "order")
    found = [_ordering(scanner)]
    while scanner.take(","):
        found.append(_ordering(scanner))
    scanner.end('delimiter (.), "," or end of input')
    return tuple(found)


def _ordering(scanner: Scanner) -> Ordering:
    field, relation = parse_field(scanner), None
    if scanner.take("("):
        relation, field = field.name, parse_field(scanner)
        scanner.need(")")
    way = scanner.match(_WAY)
    nulls = scanner.match(_NULLS)
    scanner.space()
    if scanner.place < len(scanner.text) and not scanner.at(","):
        raise _no_ordering(scanner, after_way=way is not None, after_nulls=nulls is not None)
    return Ordering(
        field,
        descending=way is not None and way[1] == "desc",
        nulls_first=None if nulls is None else nulls[1] == "first",
        relation=relation,
    )


def _no_ordering(scanner: Scanner, *, after_way: bool, after_nulls: bool) -> RestError:
    """Return PGRST100 for what no ordering is; the sign that is unexpected is the first that breaks the first word."""
    if after_nulls or not scanner.take("."):
        expecting = '"," or end of input' if after_nulls else 'delimiter (.), "," or end of input'
        return scanner.fail(expecting, found=f"'{scanner.text[scanner.place]}'")
    first, words = ("nullsfirst", '"nullsfirst" or "nullslast"') if after_way else ("asc", _EXPECTED_WAYS)
    rest = scanner.text[scanner.place :]
    found = next((f'"{sign}"' for sign, wanted in zip(rest, first, strict=False) if sign != wanted), "end of input")
    return scanner.fail(words, found=found)


def parse_names(text: str, what: str) -> tuple[str, ...]:
    """Parse a list of names: `columns=`, `on_conflict=`."""
    scanner = Scanner(text, what)
    names = [scanner.name()]
    scanner.space()
    while scanner.take(","):
        scanner.space()
        names.append(scanner.name())
        scanner.space()
    scanner.end('"," or end of input')
    return tuple(dict.fromkeys(names))
