"""Messages of validation errors for users of the API, instead of pydantic's."""

import re
from collections.abc import Mapping
from typing import Any

_SENTENCES = {
    "missing": "{field} is missing.",
    "string_type": "{field} must be text.",
    "string_too_long": "{field} is too long: at most {max_length} characters.",
    "string_pattern_mismatch": "{field} does not have the right form.",
    "too_long": "{field} holds too much: at most {max_length}.",
    "too_short": "{field} holds too little: at least {min_length}.",
    "greater_than_equal": "{field} must be at least {ge}.",
    "greater_than": "{field} must be more than {gt}.",
    "less_than_equal": "{field} must be at most {le}.",
    "less_than": "{field} must be less than {lt}.",
    "enum": "{field} must be {expected}.",
    "literal_error": "{field} must be {expected}.",
    "extra_forbidden": "{field} is not known here.",
    "finite_number": "{field} must be a number.",
    "json_invalid": "The body is not JSON.",
}
# By prefix of pydantic's error type; the first that matches.
_KINDS = {
    "int_": "{field} must be a whole number.",
    "float_": "{field} must be a number.",
    "bool_": "{field} must be true or false.",
    "uuid_": "{field} is not an id.",
    "datetime_": "{field} must be a time such as 2026-11-22T06:00:00Z.",
    "timezone_": "{field} needs a time zone, such as 2026-11-22T06:00:00Z.",
    "date_": "{field} must be a day such as 2026-11-22.",
}
_VALUE_ERROR_PREFIX = "Value error, "
_ENUM_MEMBER = re.compile(r"<[\w.]+: ('[^']*'|\d+)>")  # as Python prints one


def describe_validation_error(problem: Mapping[str, Any]) -> str:
    """Return one sentence about one of pydantic's errors: the field, and what is valid."""
    kind, context = problem["type"], problem.get("ctx", {})
    field = _name([part for part in problem["loc"] if isinstance(part, str)])
    numbers = {name: f"{value:,}" if isinstance(value, int | float) else value for name, value in context.items()}
    if kind == "string_too_short":
        least = context["min_length"]
        return f"{field} is missing." if least == 1 else f"{field} is too short: at least {least} characters."
    if kind == "value_error":
        message = str(problem["msg"]).removeprefix(_VALUE_ERROR_PREFIX)
        return message[:1].upper() + message[1:]
    if "expected" in numbers:
        numbers["expected"] = _ENUM_MEMBER.sub(r"\1", str(numbers["expected"]))
    sentence = _SENTENCES.get(kind) or next((words for start, words in _KINDS.items() if kind.startswith(start)), None)
    return sentence.format(field=field, **numbers) if sentence else f"{field}: {problem['msg']}"


def _name(path: list[str]) -> str:
    """("body", "budget_minor") → "Budget in minor units"."""
    words = path[-1].replace("_minor", "_in_minor_units").replace("_", " ")
    return words[:1].upper() + words[1:]
