"""Parse filters (`column=not.eq.value`) and logic trees (`or=(a.eq.1,not.and(...))`)."""

import re
from typing import Literal, cast

from supabase_local.rest.api_request.fields import parse_field, parse_steps
from supabase_local.rest.api_request.scanner import MOST_LEVELS, Scanner, unescape
from supabase_local.rest.api_request.types import (
    COMPARISONS,
    IS_OPERANDS,
    PATTERNS,
    QUANTIFIED,
    SEARCHES,
    SETS,
    Condition,
    Field,
    Filter,
    Logic,
    Path,
)
from supabase_local.rest.errors import not_supported

_OPERATION = re.compile(r"(?P<not>not\.)?(?P<operator>[a-z]+)(?:\((?P<option>[\w $]*)\))?\.(?P<rest>.*)", re.DOTALL)
_ELEMENT = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*(?=[,)])|([^,)]*)', re.DOTALL)
_TREE = re.compile(r"(not\.)?(and|or)[ \t]*\(")
_TREE_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"(?=[,)]|$)|(\{[^{}]*\}|[^,)]*)', re.DOTALL)
_SINGLE = {**COMPARISONS, **PATTERNS, **SETS, **SEARCHES, "isdistinct": "is distinct from"}
_EXPECTED = '"not" or operator (eq, gt, ...)'
MOST_CONDITIONS = 500


def is_operation(value: str) -> bool:
    """Say whether `value` reads as a filter: what is none is the argument of a function."""
    found = _OPERATION.match(value)
    return found is not None and (found["operator"] in _SINGLE or found["operator"] in ("in", "is"))


def parse_key(key: str) -> tuple[Path, Field]:
    """Parse what stands left of a filter's `=`: `embedded.column->>path`."""
    scanner = Scanner(key, "tree path")
    names = [scanner.name()]
    while scanner.take("."):
        names.append(scanner.name())
    steps = parse_steps(scanner)
    scanner.end('letter, digit, "-", "->>", "->", delimiter (.) or end of input')
    return tuple(names[:-1]), Field(names[-1], steps)


def parse_operation(field: Field, value: str) -> Filter:
    """Parse what stands right of a filter's `=`."""
    scanner = Scanner(value, "filter")
    found = _operation(scanner, field, in_tree=False)
    scanner.end()
    return found


def _operation(scanner: Scanner, field: Field, *, in_tree: bool) -> Filter:
    begun = scanner.place
    head = scanner.match(_OPERATION)
    if head is None:
        raise scanner.fail(_EXPECTED)
    operator, option = head["operator"], head["option"]
    scanner.place = head.start("rest")
    quantifier, language = None, None
    if option is not None:
        if operator in SEARCHES and option.strip():
            language = option.strip()
        elif operator in QUANTIFIED and option in ("any", "all"):
            quantifier = cast(Literal["any", "all"], option)
        else:
            scanner.place = head.end("operator")
            raise scanner.fail(_EXPECTED)
    if operator == "in":
        operands = _list(scanner)
    elif operator == "is":
        operands = (_is_operand(scanner),)
    elif operator in _SINGLE:
        operands = (_tree_value(scanner) if in_tree else _rest(scanner),)
    else:
        scanner.place = begun + len(head["not"] or "")
        raise scanner.fail(_EXPECTED if not head["not"] else "operator (eq, gt, ...)")
    return Filter(field.name, operator, operands, head["not"] is not None, field.steps, quantifier, language)


def _rest(scanner: Scanner) -> str:
    value = scanner.text[scanner.place :]
    scanner.place = len(scanner.text)
    return value


def _is_operand(scanner: Scanner) -> str:
    word = re.compile(r"\w*").match(scanner.text, scanner.place)
    if word is None or word[0].lower() not in IS_OPERANDS:
        raise scanner.fail("isVal: (null, not_null, true, false, unknown)")
    scanner.place = word.end()
    return word[0].lower()


def _list(scanner: Scanner) -> tuple[str, ...]:
    """Parse `(a,"b, c")`; `()` is the list of nothing."""
    scanner.space()
    scanner.need("(")
    scanner.space()
    found = []
    while True:
        element = scanner.match(_ELEMENT)
        assert element is not None  # its second form matches nothing too
        found.append(element[2] if element[1] is None else unescape(element[1]))
        if not scanner.take(","):
            break
    scanner.need(")", '"," or ")"')
    scanner.space()
    return () if found == [""] else tuple(found)


def _tree_value(scanner: Scanner) -> str:
    found = scanner.match(_TREE_VALUE)
    assert found is not None  # its second form matches nothing too
    return found[2] if found[1] is None else unescape(found[1])


def parse_logic(key: str, value: str) -> tuple[Path, Logic]:
    """Parse `or=(...)`, also `embedded.not.or=(...)`. Raises RestError PGRST100."""
    path = Scanner(key, "logic path")
    names = [path.name()]
    while path.take("."):
        names.append(path.name())
    path.end("delimiter (.) or end of input")
    scanner = Scanner(value, "logic tree")
    scanner.space()
    scanner.need("(")
    counted = [0]
    members = _members(scanner, 1, counted)
    scanner.end()
    operator = cast(Literal["and", "or"], names[-1])
    return tuple(name for name in names[:-1] if name != "not"), Logic(operator, members, "not" in names[:-1])


def _members(scanner: Scanner, level: int, counted: list[int]) -> tuple[Condition, ...]:
    if level > MOST_LEVELS:
        raise not_supported(f"logic trees of more than {MOST_LEVELS} levels")
    members = [_member(scanner, level, counted)]
    while scanner.take(","):
        members.append(_member(scanner, level, counted))
    scanner.need(")", '"," or ")"')
    scanner.space()
    return tuple(members)


def _member(scanner: Scanner, level: int, counted: list[int]) -> Condition:
    counted[0] += 1
    if counted[0] > MOST_CONDITIONS:
        raise not_supported(f"logic trees of more than {MOST_CONDITIONS} conditions")
    scanner.space()
    tree = scanner.match(_TREE)
    if tree is not None:
        operator = cast(Literal["and", "or"], tree[2])
        return Logic(operator, _members(scanner, level + 1, counted), tree[1] is not None)
    if not re.match(r'["\w $]', scanner.text[scanner.place : scanner.place + 1]):
        raise scanner.fail("field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)")
    field = parse_field(scanner)
    scanner.need(".", "delimiter (.)")
    found = _operation(scanner, field, in_tree=True)
    scanner.space()
    return found
