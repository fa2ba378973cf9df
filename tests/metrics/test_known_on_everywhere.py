"""Each read whose answer holds numbers of days takes `known_on`, or is listed here with the reason why not."""

from collections.abc import Iterator
from typing import Any

from arti.api import create_app
from arti.settings import Settings

NUMBERS = {"value", "values", "points", "streams", "listeners", "quantity", "amount", "total"}
WITHOUT = {
    "list_dimensions": "values are the names of parts",
    "list_match_candidates": "points are those of a score",
    **dict.fromkeys(("get_import", "list_imports", "list_import_rows", "get_import_batch"), "what a file says"),
    **dict.fromkeys(("list_insights", "get_insight"), "a text of its day, with the numbers that it was written with"),
    "get_home": "what is new now",
}


def names_in(schema: Any, schemas: dict[str, Any], seen: set[str]) -> Iterator[str]:
    """Yield the names of all properties of a JSON schema, through its references."""
    if isinstance(schema, list):
        for each in schema:
            yield from names_in(each, schemas, seen)
    elif isinstance(schema, dict):
        reference = str(schema.get("$ref", "")).rpartition("/")[2]
        if reference and reference not in seen:
            seen.add(reference)
            yield from names_in(schemas[reference], schemas, seen)
        for name, own in schema.get("properties", {}).items():
            yield name
            yield from names_in(own, schemas, seen)
        for part in ("items", "anyOf", "allOf", "oneOf", "additionalProperties"):
            yield from names_in(schema.get(part), schemas, seen)


def test_every_read_of_numbers_takes_a_day(settings: Settings) -> None:
    api = create_app(settings).openapi()
    lacking = set()
    for read in (methods["get"] for methods in api["paths"].values() if "get" in methods):
        if "known_on" in {parameter["name"] for parameter in read.get("parameters", [])}:
            continue
        answer = read["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema")
        if NUMBERS & set(names_in(answer, api["components"]["schemas"], set())):
            lacking.add(read["operationId"])
    assert lacking == WITHOUT.keys()
