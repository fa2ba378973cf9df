"""The root endpoint: an OpenAPI 2.0 description of what the caller's role may use, in PostgREST's format."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import asyncpg
import orjson

from supabase_local.gateway.authentication import AuthResult
from supabase_local.rest.errors import error_of_database
from supabase_local.rest.schema_cache.schema_cache import Column, Routine, SchemaCache, Table

if TYPE_CHECKING:
    from supabase_local.rest.service import RestContext

_TYPES = {
    **dict.fromkeys(("character varying", "character", "text"), "string"),
    **dict.fromkeys(("smallint", "integer", "bigint"), "integer"),
    **dict.fromkeys(("numeric", "real", "double precision"), "number"),
    "boolean": "boolean",
}
_VERBS = {"get": "select", "post": "insert", "patch": "update", "delete": "delete"}

# The privileges of the role, read as the role itself.
_ALLOWED = """
  select 'table' as kind, t.oid::int8 as oid, array(
      select v.verb from unnest(array['select', 'insert', 'update', 'delete']) v (verb)
      where has_table_privilege(t.oid, v.verb)
         or v.verb <> 'delete' and has_any_column_privilege(t.oid, v.verb)) as verbs,
    array(select a.attname::text from pg_attribute a where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
          and has_column_privilege(t.oid, a.attnum, 'select, insert, update')) as columns
  from unnest($1::int8[]::oid[]) t (oid)
  union all
  select 'function', f.oid::int8, '{}', '{}' from unnest($2::int8[]::oid[]) f (oid)
  where has_function_privilege(f.oid, 'execute')
"""


async def describe(context: "RestContext", principal: AuthResult, schema: str, *, base: str) -> bytes:
    """Return the description of `schema` for the caller's role, as JSON. Raises RestError."""
    schema_cache = await context.schema_cache_loader.current()
    tables = {table.oid: table for (of, _), table in schema_cache.tables.items() if of == schema}
    routines = {item.oid: item for (of, _), all_of in schema_cache.routines.items() if of == schema for item in all_of}
    try:
        async with context.pools.transaction(principal, read_only=True) as connection:
            rows = await connection.fetch(_ALLOWED, list(tables), list(routines))
    except asyncpg.PostgresError as error:
        raise error_of_database(error, role=principal.role) from None
    usable = [
        (tables[row["oid"]], frozenset(row["verbs"]), frozenset(row["columns"]))
        for row in rows
        if row["kind"] == "table" and row["verbs"]
    ]
    callable_functions = [routines[row["oid"]] for row in rows if row["kind"] == "function"]
    return orjson.dumps(_document(schema_cache, usable, callable_functions, base))


def _document(
    schema_cache: SchemaCache,
    tables: Sequence[tuple[Table, frozenset[str], frozenset[str]]],
    routines: Sequence[Routine],
    base: str,
) -> dict[str, Any]:
    tables = sorted(tables, key=lambda item: item[0].name)
    url = urlsplit(base)
    paths: dict[str, Any] = {"/": {"get": _root_operation()}}
    parameters = dict(_PARAMETERS)
    for table, verbs, names in tables:
        columns = [column for column in table.columns.values() if column.name in names]
        paths[f"/{table.name}"] = _path(table, verbs, columns)
        parameters[f"body.{table.name}"] = {
            "name": table.name,
            "description": table.name,
            "required": False,
            "in": "body",
            "schema": {"$ref": f"#/definitions/{table.name}"},
        }
        for column in columns:
            parameters[f"rowFilter.{table.name}.{column.name}"] = _query_parameter(column.name, column.description)
    for function in sorted(routines, key=lambda item: item.name):
        paths[f"/rpc/{function.name}"] = _function_path(function)
    return {
        "swagger": "2.0",
        "info": {
            "title": "REST API",
            "description": "The tables and functions that this role may use.",
            "version": "1",
        },
        "host": url.netloc,
        "basePath": "/rest/v1/",
        "schemes": [url.scheme],
        "consumes": list(_BODIES),
        "produces": list(_BODIES),
        "paths": paths,
        "definitions": {
            table.name: _definition(schema_cache, table, [c for c in table.columns.values() if c.name in names])
            for table, _, names in tables
        },
        "parameters": parameters,
        "externalDocs": {
            "description": "PostgREST Documentation",
            "url": "https://postgrest.org/en/stable/references/api.html",
        },
    }


def _definition(schema_cache: SchemaCache, table: Table, columns: Sequence[Column]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "required": [column.name for column in columns if not column.nullable],
        "properties": {column.name: _property(schema_cache, table, column) for column in columns},
        "type": "object",
    }
    return result | ({"description": table.description} if table.description else {})


def _property(schema_cache: SchemaCache, table: Table, column: Column) -> dict[str, Any]:
    notes = []
    if column.name in table.primary_key:
        notes.append("This is a Primary Key.<pk/>")
    for relationship in schema_cache.relationships.get((table.schema, table.name), ()):
        if (
            relationship.to_one
            and not relationship.reversed
            and [own for own, _ in relationship.columns] == [column.name]
            and not relationship.foreign_is_view
        ):
            other, other_column = relationship.foreign[1], relationship.columns[0][1]
            notes.append(
                f"This is a Foreign Key to `{other}.{other_column}`.<fk table='{other}' column='{other_column}'/>"
            )
            break
    described = [column.description] if column.description else []
    text = "\n\n".join([*described, *(["Note:\n" + "\n".join(notes)] if notes else [])])
    result = _type(column.data_type) | {"format": column.data_type}
    if text:
        result["description"] = text
    if column.enum:
        result["enum"] = list(column.enum)
    if column.max_length is not None:
        result["maxLength"] = column.max_length
    return result


def _type(data_type: str) -> dict[str, Any]:
    if data_type in ("json", "jsonb"):
        return {}
    if data_type.endswith("[]"):
        return {"type": "array", "items": {"type": _TYPES.get(data_type.removesuffix("[]"), "string")}}
    return {"type": _TYPES.get(data_type, "string")}


def _path(table: Table, verbs: frozenset[str], columns: Sequence[Column]) -> dict[str, Any]:
    filters = [f"rowFilter.{table.name}.{column.name}" for column in columns]
    read = {"200": {"description": "OK", "schema": {"type": "array", "items": _ref("definitions", table.name)}}}
    operations: Mapping[str, tuple[list[str], dict[str, Any]]] = {
        "get": (
            [*filters, "select", "order", "range", "rangeUnit", "offset", "limit", "preferCount"],
            read | {"206": {"description": "Partial Content"}},
        ),
        "post": ([f"body.{table.name}", "select", "preferPost"], {"201": {"description": "Created"}}),
        "patch": ([*filters, f"body.{table.name}", "preferReturn"], {"204": {"description": "No Content"}}),
        "delete": ([*filters, "preferReturn"], {"204": {"description": "No Content"}}),
    }
    possible = {"get": True, "post": table.insertable, "patch": table.updatable, "delete": table.deletable}
    return {
        method: {
            "tags": [table.name],
            **_description(table.description),
            "parameters": [_ref("parameters", name) for name in names],
            "responses": responses,
        }
        for method, (names, responses) in operations.items()
        if _VERBS[method] in verbs and possible[method]
    }


def _function_path(function: Routine) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": [item.name for item in function.parameters if item.required],
        "properties": {item.name: _type(item.data_type) | {"format": item.data_type} for item in function.parameters},
    }
    common = {
        "tags": [f"(rpc) {function.name}"],
        **_description(function.description),
        "produces": ["application/json", "application/vnd.pgrst.object+json"],
        "responses": {"200": {"description": "OK"}},
    }
    query_parameters = [
        _query_parameter(item.name, None)
        | {"required": item.required, "format": item.data_type, "type": _TYPES.get(item.data_type, "string")}
        for item in function.parameters
    ]
    body = {"in": "body", "name": "args", "required": True, "schema": schema}
    post = {"post": common | {"parameters": [body, _ref("parameters", "preferParams")]}}
    return post if function.volatile else {"get": common | {"parameters": query_parameters}} | post


def _description(description: str | None) -> dict[str, str]:
    """The first line of a comment is the summary, the rest the description."""
    summary, _, rest = (description or "").partition("\n")
    parts = {"summary": summary, "description": rest.lstrip("\n")}
    return {name: text for name, text in parts.items() if text}


def _root_operation() -> dict[str, Any]:
    return {
        "tags": ["Introspection"],
        "summary": "OpenAPI description (this document)",
        "produces": ["application/openapi+json", "application/json"],
        "responses": {"200": {"description": "OK"}},
    }


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/{kind}/{name}"}


def _query_parameter(name: str, description: str | None) -> dict[str, Any]:
    result: dict[str, Any] = {"name": name, "required": False, "in": "query", "type": "string"}
    return result | ({"description": description} if description else {})


def _prefer(*choices: str) -> dict[str, Any]:
    described = {"name": "Prefer", "description": "Preference", "required": False, "in": "header", "type": "string"}
    return described | ({"enum": list(choices)} if choices else {})


_BODIES = ("application/json", "application/vnd.pgrst.object+json;nulls=stripped", "text/csv")
_PARAMETERS: dict[str, Any] = {
    "preferParams": _prefer(),
    "preferReturn": _prefer("return=representation", "return=minimal", "return=none"),
    "preferCount": _prefer("count=exact"),
    "preferPost": _prefer(
        *("return=representation", "return=minimal", "return=none"),
        *("resolution=ignore-duplicates", "resolution=merge-duplicates"),
    ),
    "select": _query_parameter("select", "Filtering Columns"),
    "on_conflict": _query_parameter("on_conflict", "On Conflict"),
    "order": _query_parameter("order", "Ordering"),
    "range": _query_parameter("Range", "Limiting and Pagination") | {"in": "header"},
    "rangeUnit": _query_parameter("Range-Unit", "Limiting and Pagination") | {"in": "header", "default": "items"},
    "offset": _query_parameter("offset", "Limiting and Pagination"),
    "limit": _query_parameter("limit", "Limiting and Pagination"),
}
