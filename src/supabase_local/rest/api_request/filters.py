"""Parse filters (`column=not.eq.value`) and logic trees (`or=(a.eq.1,not.and(...))`)."""

import re
from typing import Literal, cast

from supabase_local.rest.api_request.fields import parse_field, parse_json_path
from supabase_local.rest.api_request.scanner import MAX_LEVELS, Scanner, unescape
from supabase_local.rest.api_request.types import (
    COMPARISONS,
    IS_OPERANDS,
    PATTERNS,
    QUANTIFIED,
    SEARCHES,
    SETS,
    Condition,
    EmbedPath,
    Field,
    Filter,
    LogicTree,
)
from supabase_local.rest.errors import not_supported

_OPERATION = re.compile(r"(?P<not>not\.)?(?P<operator>[a-z]+)(?:\((?P<option>[\w $]*)\))?\.(?P<rest>.*)", re.DOTALL)
_ELEMENT = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*(?=[,)])|([^,)]*)', re.DOTALL)
_TREE = re.compile(r"(not\.)?(and|or)[ \t]*\(")
_TREE_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"(?=[,)]|$)|(\{[^{}]*\}|[^,)]*)', re.DOTALL)
_SINGLE = {**COMPARISONS, **PATTERNS, **SETS, **SEARCHES, "isdistinct": "is distinct from"}
_EXPECTED = '"not" or operator (eq, gt, ...)'
MAX_CONDITIONS = 500


def is_operation(value: str) -> bool:
    """Whether `value` has the form of a filter; else it is the argument of a function."""
    match = _OPERATION.match(value)
    return match is not None and (match["operator"] in _SINGLE or match["operator"] in ("in", "is"))


def parse_key(key: str) -> tuple[EmbedPath, Field]:
    """Parse the left side of a filter: `embedded.column->>path`."""
    scanner = Scanner(key, "tree path")
    names = [scanner.name()]
    while scanner.take("."):
        names.append(scanner.name())
    json_path = parse_json_path(scanner)
    scanner.end('letter, digit, "-", "->>", "->", delimiter (.) or end of input')
    return tuple(names[:-1]), Field(names[-1], json_path)


def parse_operation(field: Field, value: str) -> Filter:
    """Parse the right side of a filter: `not.eq.value`."""
    scanner = Scanner(value, "filter")
    operation = _operation(scanner, field, in_tree=False)
    scanner.end()
    return operation


def _operation(scanner: Scanner, field: Field, *, in_tree: bool) -> Filter:
    start = scanner.position
    head = scanner.match(_OPERATION)
    if head is None:
        raise scanner.fail(_EXPECTED)
    operator, option = head["operator"], head["option"]
    scanner.position = head.start("rest")
    quantifier, language = None, None
    if option is not None:
        if operator in SEARCHES and option.strip():
            language = option.strip()
        elif operator in QUANTIFIED and option in ("any", "all"):
            quantifier = cast(Literal["any", "all"], option)
        else:
            scanner.position = head.end("operator")
            raise scanner.fail(_EXPECTED)
    if operator == "in":
        operands = _list(scanner)
    elif operator == "is":
        operands = (_is_operand(scanner),)
    elif operator in _SINGLE:
        operands = (_tree_value(scanner) if in_tree else _rest(scanner),)
    else:
        scanner.position = start + len(head["not"] or "")
        raise scanner.fail(_EXPECTED if not head["not"] else "operator (eq, gt, ...)")
    return Filter(field.name, operator, operands, head["not"] is not None, field.json_path, quantifier, language)


def _rest(scanner: Scanner) -> str:
    value = scanner.text[scanner.position :]
    scanner.position = len(scanner.text)
    return value


def _is_operand(scanner: Scanner) -> str:
    word = re.compile(r"\w*").match(scanner.text, scanner.position)
    if word is None or word[0].lower() not in IS_OPERANDS:
        raise scanner.fail("isVal: (null, not_null, true, false, unknown)")
    scanner.position = word.end()
    return word[0].lower()


def _list(scanner: Scanner) -> tuple[str, ...]:
    """Parse `(a,"b, c")`; `()` is the empty list."""
    scanner.space()
    scanner.need("(")
    scanner.space()
    elements: list[str] = []
    while True:
        element = scanner.match(_ELEMENT)
        assert element is not None  # its second alternative matches the empty string
        elements.append(element[2] if element[1] is None else unescape(element[1]))
        if not scanner.take(","):
            break
    scanner.need(")", '"," or ")"')
    scanner.space()
    return () if elements == [""] else tuple(elements)


def _tree_value(scanner: Scanner) -> str:
    match = scanner.match(_TREE_VALUE)
    assert match is not None  # its second alternative matches the empty string
    return match[2] if match[1] is None else unescape(match[1])


def parse_logic(key: str, value: str) -> tuple[EmbedPath, LogicTree]:
    """Parse `or=(...)`, also `embedded.not.or=(...)`. Raises RestError PGRST100."""
    path = Scanner(key, "logic path")
    names = [path.name()]
    while path.take("."):
        names.append(path.name())
    path.end("delimiter (.) or end of input")
    scanner = Scanner(value, "logic tree")
    scanner.space()
    scanner.need("(")
    count = [0]
    members = _members(scanner, 1, count)
    scanner.end()
    operator = cast(Literal["and", "or"], names[-1])
    return tuple(name for name in names[:-1] if name != "not"), LogicTree(operator, members, "not" in names[:-1])


def _members(scanner: Scanner, level: int, count: list[int]) -> tuple[Condition, ...]:
    if level > MAX_LEVELS:
        raise not_supported(f"logic trees of more than {MAX_LEVELS} levels")
    members = [_member(scanner, level, count)]
    while scanner.take(","):
        members.append(_member(scanner, level, count))
    scanner.need(")", '"," or ")"')
    scanner.space()
    return tuple(members)


def _member(scanner: Scanner, level: int, count: list[int]) -> Condition:
    count[0] += 1
    if count[0] > MAX_CONDITIONS:
        raise not_supported(f"logic trees of more than {MAX_CONDITIONS} conditions")
    scanner.space()
    tree = scanner.match(_TREE)
    if tree is not None:
        operator = cast(Literal["and", "or"], tree[2])
        return LogicTree(operator, _members(scanner, level + 1, count), tree[1] is not None)
    if not re.match(r'["\w $]', scanner.text[scanner.position : scanner.position + 1]):
        raise scanner.fail("field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)")
    field = parse_field(scanner)
    scanner.need(".", "delimiter (.)")
    operation = _operation(scanner, field, in_tree=True)
    scanner.space()
    return operation
