"""Make a call of every operation from the OpenAPI file alone, with ids of one's choice in every id slot."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from arti_core.paging import write_cursor
from tests.isolation.seeding import SeededArtist, SeededOrg

# What the file cannot say: values without which an operation refuses the call before it looks at any id.
BODIES: dict[str, dict[str, Any]] = {
    "update_me": {"display_name": "Renamed"},
    "update_org": {"name": "Renamed"},
    "put_model_limit": {"monthly_limit": 1},
    "invite_member": {"email": "new@example.test", "role": "analyst", "artist_access": "all"},
    "create_channel": {"kind": "email", "name": "Team", "target": {"address": "team@example.test"}},
    "create_webhook_source": {"source": "n8n"},
    "connect_n8n_workflow": {"template": "events", "name": "Events"},
    "create_calendar_entry": {"starts_on": "2026-02-01"},
    "put_exchange_rate": {"to_currency": "EUR"},
    "create_metric": {"kind": "flow"},
    "decide_place": {"place_id": 2867714},
    "create_campaign": {
        "starts_on": "2026-02-01",
        "ends_on": "2026-02-28",
        "goal_metric": "audience.followers",
        "goal_provider": "spotify",
    },
}
# Texts in a path that every org has.
PATHS = {"slug": "own.canary", "export": "spotify.audience"}
QUERIES: dict[str, dict[str, str]] = {
    "get_artist_numbers": {"provider": "spotify"},
    "get_breakdown": {"metric": "audience.followers", "provider": "spotify", "dimension": "country"},
    "get_artist_series": {"metric": "audience.followers"},
    "search_documents": {"q": "anything"},
    "get_rollup": {"scope": "catalogue", "metric": "consumption.streams"},
}
# Of several ids these operations take one: the others are left out.
LEFT_OUT: dict[str, set[str]] = {
    "enter_observations": {"recording_id", "release_id"},
    "get_breakdown": {"recording_id"},
    "get_comparison": {"recording_id"},
}
FILE = ("timeline.csv", b"date,listeners,streams,followers\n2026-01-01,1,2,3\n")


@dataclass
class Call:
    """One request, ready to be sent. `slots`: where ids of the chosen org stand."""

    operation: str
    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    form: dict[str, str] | None = None
    files: dict[str, tuple[str, bytes]] | None = None
    slots: list[str] = field(default_factory=list)

    def arguments(self) -> dict[str, Any]:
        """Return what httpx's `request` takes."""
        sent: dict[str, Any] = {"method": self.method, "url": self.path, "params": self.query}
        if self.files is not None:
            return sent | {"files": self.files, "data": self.form or {}}
        return sent | ({"json": self.body} if self.body is not None else {})


def operations(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return (operation id, METHOD, path) of all, those that delete last."""
    found = [
        (operation["operationId"], method.upper(), path)
        for path, verbs in document["paths"].items()
        for method, operation in verbs.items()
    ]
    return sorted(found, key=lambda one: (one[1] == "DELETE", one))


def make_call(
    document: dict[str, Any], method: str, path: str, org: SeededOrg | SeededArtist, *, cursor: bool = False
) -> Call:
    """Fill one operation with the ids of `org`, or of an artist, in path, query and body."""
    operation = document["paths"][path][method.lower()]
    call = Call(operation["operationId"], method, path)
    maker = _ValueGenerator(document, org.id, call.slots)
    for parameter in operation.get("parameters", []):
        name, schema = parameter["name"], parameter["schema"]
        if parameter["in"] == "path":
            # A text in a path (a source, a slot) is the one that is planted, unless the file lists what it may be.
            value = maker.value(schema, name) if _is_id(document, schema, name) else _word(document, schema, org.mark)
            value = PATHS.get(name, value)
            call.path = call.path.replace(f"{{{name}}}", str(value))
            if value == org.mark:
                call.slots.append(name)
        elif parameter["in"] == "query" and name == "cursor":
            if cursor:
                call.query[name] = write_cursor(datetime(2099, 1, 1, tzinfo=UTC), org.id)
                call.slots.append(name)
        elif parameter["in"] == "query" and (parameter.get("required") or _is_id(document, schema, name)):
            value = maker.value(schema, name)
            call.query[name] = str(value[0] if isinstance(value, list) else value)
    left_out = LEFT_OUT.get(call.operation, set())
    call.query = {name: value for name, value in call.query.items() if name not in left_out}
    call.query |= QUERIES.get(call.operation, {})
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        call.body = _without(maker.value(content["application/json"]["schema"], "body"), left_out)
        if isinstance(call.body, dict):
            call.body |= BODIES.get(call.operation, {})
    elif "multipart/form-data" in content:
        filled = maker.value(content["multipart/form-data"]["schema"], "body")
        call.form = {name: value for name, value in filled.items() if isinstance(value, str)}
        call.files = {"files" if "files" in filled else "file": FILE}
        call.form.pop("file", None)
    return call


def _without(value: Any, names: set[str]) -> Any:
    """Return a body without these keys, at any depth."""
    if isinstance(value, list):
        return [_without(item, names) for item in value]
    if isinstance(value, dict):
        return {key: _without(item, names) for key, item in value.items() if key not in names}
    return value


def _is_id(document: dict[str, Any], schema: dict[str, Any], name: str) -> bool:
    schema = _plain(document, schema)
    if schema.get("type") == "array":
        return _is_id(document, schema["items"], name.removesuffix("s"))
    named = name == "org" or (name.endswith("_id") and name != "client_id")  # a client's id is an app's name
    return schema.get("format") == "uuid" or (named and schema.get("type", "string") == "string")


def _word(document: dict[str, Any], schema: dict[str, Any], mark: str) -> str:
    schema = _plain(document, schema)
    words = schema.get("enum", [mark])
    return "custom" if "custom" in words else str(words[0])


def _plain(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference; of several forms take the first that is not null."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return _plain(document, document["components"]["schemas"][name])
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            forms = [form for form in schema[word] if form.get("type") != "null"]
            return _plain(document, forms[0])
    return schema


@dataclass
class _ValueGenerator:
    document: dict[str, Any]
    id: UUID
    slots: list[str]

    def value(self, schema: dict[str, Any], name: str) -> Any:
        """Return a value that fits `schema`; objects get what they require, and everything that can hold an id."""
        schema = _plain(self.document, schema)
        if _is_id(self.document, schema, name) and schema.get("type") != "array":
            self.slots.append(name)
            return str(self.id)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type")
        if kind == "object" or "properties" in schema:
            required = schema.get("required", [])
            return {
                key: self.value(inner, key)
                for key, inner in schema.get("properties", {}).items()
                if key in required or self._holds_id(inner, key)
            }
        if kind == "array":
            return [self.value(schema["items"], name.removesuffix("s"))]
        if kind in ("integer", "number"):
            return max(1, schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
        if kind == "boolean":
            return True
        return self._text(schema)

    def _holds_id(self, schema: dict[str, Any], name: str) -> bool:
        plain = _plain(self.document, schema)
        if _is_id(self.document, plain, name):
            return True
        return any(self._holds_id(inner, key) for key, inner in plain.get("properties", {}).items())

    @staticmethod
    def _text(schema: dict[str, Any]) -> str:
        known = {
            "date": "2026-01-02",
            "month": "2026-01",
            "date-time": "2026-01-02T00:00:00Z",
            "email": "somebody@example.test",
            "uri": "https://example.test/",
            "binary": "x",
        }
        if schema.get("format") in known:
            return known[schema["format"]]
        text = "something".ljust(schema.get("minLength", 1), "x")[: schema.get("maxLength", 100)]
        if "pattern" in schema and not re.search(schema["pattern"], text):
            candidates = ("USD", "US", "somebody@example.test", "https://example.test/", "audience.followers", "/x/")
            text = next((word for word in candidates if re.search(schema["pattern"], word)), text)
        return text
