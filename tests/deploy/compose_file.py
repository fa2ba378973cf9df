"""deploy/containers/compose.yaml as Compose reads it: merged, with the variables of an .env file put in."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from local_stack.data_directory import CHECKOUT

FOLDER = CHECKOUT / "deploy" / "containers"
_VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::([-+?])([^}]*))?\}")


def read_compose(name: str = "compose.yaml") -> dict[str, Any]:
    """Return the file as it stands; YAML itself merges its anchors."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text())
    return found


def list_variables(text: str) -> dict[str, str]:
    """Return the variables of a file, each with `?` if it must be set."""
    found = [match for match in _VARIABLE.finditer(text) if match[1]]
    return {match[1]: "?" for match in found if match[2] == "?"} | {
        match[1]: "" for match in found if match[2] in ("-", "+")
    }


def put_in(value: str, env: Mapping[str, str]) -> str:
    """Return a value with its variables replaced. Raises KeyError for one that must be set."""

    def replaced(match: re.Match[str]) -> str:
        name, sign, rest = match[1], match[2], match[3]
        if name is None:
            return "$"
        given = env.get(name, "")
        if sign == "+":
            return rest if given else ""
        if not given and sign != "-":
            raise KeyError(name)
        return given or rest

    return _VARIABLE.sub(replaced, value)


def read_env(text: str) -> dict[str, str]:
    """Return the variables of an .env file."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {name: value.strip("'") for name, _, value in pairs}


def environment_of(compose: Mapping[str, Any], service: str, env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a service."""
    given: dict[str, Any] = compose["services"][service].get("environment") or {}
    return {name: put_in(str(value), env) for name, value in given.items()}
