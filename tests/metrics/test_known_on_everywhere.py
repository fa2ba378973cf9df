"""Each read whose answer holds numbers takes `known_on`, or is listed here with the reason why not.

An answer that is no JSON (CSV, ZIP) has no schema to look into, so each of them is one of numbers until it is listed.
"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from tests.conftest import World

NUMBERS = {"value", "values", "points", "streams", "listeners", "quantity", "amount", "total"}
WITHOUT = {
    "list_dimensions": "values are the names of parts",
    "list_match_candidates": "points are those of a score",
    "search_documents": "how near a passage is to the words",
    **dict.fromkeys(("search_places", "list_unknown_places"), "where a place lies"),
    **dict.fromkeys(("get_import", "list_imports", "list_import_rows", "get_import_batch"), "what a file says"),
    "get_reread": "what a file says when it is read again now",
    "get_import_overlap": "what a file says beside what it would replace now",
    "get_lift_calibration": "how often the method was right in all of the past, measured again each time",
    **dict.fromkeys(("get_model_use", "get_sms_use"), "what this month costs, and its limit"),
    **dict.fromkeys(("get_health", "list_deliveries"), "how the services are"),
    "get_logo": "a picture",
    **dict.fromkeys(("get_message_chart", "get_notification_digest"), "what a message of its day said"),
    "verify_meta_webhook": "the challenge that Meta sent",
    **dict.fromkeys(("download_org_export", "export_me"), "all that is stored, with all earlier values"),
}


def fields_in(schema: Any, schemas: dict[str, Any], seen: set[str]) -> Iterator[tuple[str, Any]]:
    """Yield name and schema of all properties of a JSON schema, through its references."""
    if isinstance(schema, list):
        for each in schema:
            yield from fields_in(each, schemas, seen)
    elif isinstance(schema, dict):
        reference = str(schema.get("$ref", "")).rpartition("/")[2]
        if reference and reference not in seen:
            seen.add(reference)
            yield from fields_in(schemas[reference], schemas, seen)
        for name, own in schema.get("properties", {}).items():
            yield name, own
            yield from fields_in(own, schemas, seen)
        for part in ("items", "anyOf", "allOf", "oneOf", "additionalProperties"):
            yield from fields_in(schema.get(part), schemas, seen)


def holds_number(schema: Any) -> bool:
    """Return whether a property is a number with decimals, or a list of such."""
    if not isinstance(schema, dict):
        return False
    parts = [schema.get("items"), *schema.get("anyOf", []), *schema.get("oneOf", [])]
    return schema.get("type") == "number" or any(map(holds_number, parts))


def test_every_read_of_numbers_takes_a_day(api: FastAPI) -> None:
    document = api.openapi()
    lacking = set()
    for read in (methods["get"] for methods in document["paths"].values() if "get" in methods):
        if "known_on" in {parameter["name"] for parameter in read.get("parameters", [])}:
            continue
        answer = read["responses"].get("200")
        if answer is None:  # it leads elsewhere
            continue
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        fields = dict(fields_in(schema, document["components"]["schemas"], set()))
        if schema is None or NUMBERS & fields.keys() or any(map(holds_number, fields.values())):
            lacking.add(read["operationId"])
    assert lacking == WITHOUT.keys()


def example_of(parameter: dict[str, Any]) -> str:
    """Return a value that a parameter takes."""
    schema = parameter["schema"]
    schema = schema.get("items", schema)
    if "enum" in schema:
        return str(schema["enum"][0])
    return {"uuid": str(uuid4()), "date": "2026-01-01"}.get(schema.get("format", ""), "x")


@pytest.mark.parametrize("day", ["0001-01-01", "1989-12-31", "2200-01-02", "9999-12-31"])
async def test_a_day_of_another_age_is_refused_everywhere(world: World, day: str) -> None:
    """Arithmetic on the first and the last day of the calendar has no answer."""
    member = await world.member()
    count = 0
    for path, methods in world.document["paths"].items():
        parameters = methods.get("get", {}).get("parameters", [])
        if "known_on" not in {parameter["name"] for parameter in parameters}:
            continue
        count += 1
        url, query = path, {"known_on": day}
        for parameter in parameters:
            if parameter["in"] == "path":
                url = url.replace(f"{{{parameter['name']}}}", example_of(parameter))
            elif parameter.get("required") and parameter["in"] == "query":
                query[parameter["name"]] = example_of(parameter)
        answer = await member.http.get(url, params=query)
        assert (answer.status_code, answer.json()["field"]) == (422, "known_on"), (url, answer.text)
    assert count > 30
    question = {"question": "How many streams last month?", "known_on": day}
    assert (await member.http.post("/api/ask", json=question)).json()["field"] == "known_on"
