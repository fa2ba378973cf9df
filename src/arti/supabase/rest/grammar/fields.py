"""Parse `select=`, `order=`, and the names and JSON paths that all parameters share."""

import re

from arti.supabase.rest.errors import not_spoken
from arti.supabase.rest.grammar.scanner import MOST_LEVELS, Scanner
from arti.supabase.rest.grammar.terms import Column, Embed, Field, Item, Ordering, Step

_INDEX = re.compile(r"-?\d+(?=->|::|[.,)]|$)")
_KEY = re.compile(r"[^(\-:.,>)]+(?:-(?!>)[^(\-:.,>)]+)*")
_CAST = re.compile(r"[\w $]+")
_AGGREGATE = re.compile(r"\.(?:sum|avg|count|max|min)\(\)")
_WAY = re.compile(r"\.(asc|desc)(?![^.,)])")
_NULLS = re.compile(r"\.nulls(first|last)(?![^,)])")
MOST_EMBEDS = 50


def parse_select(text: str) -> tuple[Item, ...]:
    """Parse `select=`. Raises RestError PGRST100 for nonsense, PGRST127 for what we do not speak."""
    scanner = Scanner(text, "select parameter")
    items = _items(scanner, level=0)
    scanner.end('letter, digit, "-", "->>", "->", "::", ",", or end of input')
    if _count_embeds(items) > MOST_EMBEDS:
        raise not_spoken(f"more than {MOST_EMBEDS} embedded resources in one request")
    return items


def _items(scanner: Scanner, *, level: int) -> tuple[Item, ...]:
    if level > MOST_LEVELS:
        raise not_spoken(f"more than {MOST_LEVELS} levels of embedded resources")
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
    if scanner.at("..."):
        raise not_spoken("spread embedded resources (...)")
    if scanner.take("*"):
        _end_of_item(scanner)
        return Column(Field("*"))
    name, alias = scanner.name(), None
    if scanner.at(":") and not scanner.at("::"):
        scanner.take(":")
        name, alias = scanner.name(), name
    if scanner.at("!") or scanner.at("("):
        return _embed(scanner, level, name, alias)
    steps = parse_steps(scanner)
    cast = _cast(scanner)
    if scanner.match(_AGGREGATE):
        raise not_spoken("aggregate functions in select")
    scanner.space()
    _end_of_item(scanner)
    return Column(Field(name, steps), alias or _alias_of(name, steps), cast)


def _end_of_item(scanner: Scanner) -> None:
    scanner.space()
    if scanner.place < len(scanner.text) and scanner.text[scanner.place] not in ",)":
        raise scanner.fail('letter, digit, "-", "->>", "->", "::", ")", "," or end of input')


def _embed(scanner: Scanner, level: int, name: str, alias: str | None) -> Embed:
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
    if name == "count" and scanner.at(")"):
        raise not_spoken("aggregate functions in select")
    items = _items(scanner, level=level + 1)
    scanner.need(")", '",", ")" or field name')
    return Embed(name, alias, hint, join == "inner", items)


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
        if index is not None:
            steps.append(Step(index[0], as_text, index=True))
            continue
        key = scanner.quoted()
        if key is None:
            found = scanner.match(_KEY)
            if found is None:
                raise scanner.fail("any non reserved character different from: .,>()")
            key = found[0].strip()
        steps.append(Step(key, as_text))
        if len(steps) > MOST_LEVELS:
            raise not_spoken(f"JSON paths of more than {MOST_LEVELS} steps")
    return tuple(steps)


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
    if scanner.take("."):
        raise scanner.fail('"asc", "desc", "nullsfirst" or "nullslast"')
    return Ordering(
        field,
        descending=way is not None and way[1] == "desc",
        nulls_first=None if nulls is None else nulls[1] == "first",
        relation=relation,
    )


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
