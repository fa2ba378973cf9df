"""Sentences of errors are for people: one sentence for what is unknown, and no name of the code."""

import ast
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ValidationError

from arti.vocabulary import Provider, Role
from arti_core.errors import NotFound
from arti_core.validation_messages import describe_validation_error

SRC = Path(__file__).parents[2] / "src"


class Body(BaseModel):
    role: Literal[Role.MANAGER, Role.GUEST] = Role.GUEST
    provider: Provider = Provider.SPOTIFY
    kind: Literal["day", "week"] = "day"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"role": "admin"}, "Role must be 'manager' or 'guest'."),
        ({"kind": "x"}, "Kind must be 'day' or 'week'."),
        ({"provider": "x"}, "Provider must be 'spotify', 'instagram', 'youtube' or 'soundcloud'."),
    ],
)
def test_choices_are_named_as_the_caller_writes_them(body: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Body.model_validate(body)
    (problem,) = raised.value.errors()
    assert describe_validation_error(problem) == message


def list_things() -> list[tuple[str, str]]:
    """Return where NotFound is raised, with the noun that it is given."""
    calls = [
        (str(file.relative_to(SRC)), node)
        for file in sorted(SRC.rglob("*.py"))
        if "NotFound(" in (text := file.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "NotFound"
    ]
    return [
        (file, str(node.args[0].value)) for file, node in calls if node.args and isinstance(node.args[0], ast.Constant)
    ]


def test_not_found_is_given_a_noun() -> None:
    things = list_things()
    assert len(things) > 30
    assert [(file, thing) for file, thing in things if "." in thing or thing[0].isupper() or len(thing) > 40] == []
    assert str(NotFound("mail", "./arti mail lists them.")) == "There is no such mail here. ./arti mail lists them."
