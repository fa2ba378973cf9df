"""Plan a call of a function, which is chosen by the names of its arguments."""

from collections.abc import Iterable, Sequence

from supabase_local.rest.api_request.payload import Payload, RawPayload, read_arguments
from supabase_local.rest.api_request.query_params import parse_query_params
from supabase_local.rest.api_request.request import ApiRequest
from supabase_local.rest.config import RestConfig
from supabase_local.rest.errors import RestError, UnknownName
from supabase_local.rest.plan.read_plan import ReadPlan, plan_read
from supabase_local.rest.plan.table_plan import media_handler_of, with_range
from supabase_local.rest.query.call import call_to_query
from supabase_local.rest.query.sql_fragment import Parameters
from supabase_local.rest.query.statements import SOURCE, MainQuery, MediaHandler, call_query
from supabase_local.rest.schema_cache.schema_cache import Routine, SchemaCache
from supabase_local.rest.suggestions import find_suggestion

_RAW_CONTENT_TYPES = ("text/plain", "text/xml", "application/octet-stream")


def plan_call(schema_cache: SchemaCache, api_request: ApiRequest, config: RestConfig) -> MainQuery:
    """Return the query of a call. Raises RestError: PGRST101, PGRST202, PGRST203."""
    if api_request.method not in ("GET", "HEAD", "POST"):
        raise RestError(405, "PGRST101", f"Cannot use the {api_request.method} method on RPC")
    query = parse_query_params(api_request.params, is_rpc=api_request.is_read)
    arguments: Payload | RawPayload | Sequence[tuple[str, str]] = (
        query.arguments
        if api_request.is_read
        else read_arguments(api_request.content_type, api_request.body, query.columns)
    )
    function = find_routine(
        schema_cache,
        api_request.schema,
        api_request.path,
        arguments,
        None if api_request.is_read else api_request.content_type,
    )
    if api_request.preferences.strict and api_request.preferences.max_affected is not None and not function.returns_set:
        raise RestError(
            400,
            "PGRST128",
            "Function must return SETOF or TABLE when max-affected preference is used with handling=strict",
        )
    query, range_ = with_range(api_request, query)
    plan = plan_read(schema_cache, query, root=_root_of(schema_cache, function), max_rows=config.max_rows)
    parameters = Parameters()
    call = call_to_query(function, arguments, parameters)
    handler = (
        MediaHandler("none") if function.returns == "void" else media_handler_of(api_request, of=_row_form(function))
    )
    sql = call_query(call, plan, handler, parameters, count=api_request.preferences.counts)
    return MainQuery(
        "call",
        sql,
        tuple(parameters.values),
        read_only=api_request.is_read or not function.volatile,
        range=range_,
        void=function.returns == "void",
        returns_set=function.returns_set,
    )


def _row_form(function: Routine) -> str:
    if function.returns == "composite":
        return "rows" if function.returns_set else "row"
    return "values" if function.returns_set else "value"


def _root_of(schema_cache: SchemaCache, function: Routine) -> ReadPlan:
    table = schema_cache.tables.get(function.return_table) if function.return_table else None
    if table is not None:
        key, columns, name = (table.schema, table.name), table.columns, table.name
    else:
        key, columns, name = (function.schema, function.name), function.columns, function.name
    return ReadPlan(key, SOURCE, name[:40], columns, computed=schema_cache.computed.get(key, frozenset()))


def find_routine(
    schema_cache: SchemaCache,
    schema: str,
    path: str,
    arguments: Payload | RawPayload | Sequence[tuple[str, str]],
    content_type: str | None,
) -> Routine:
    """Return the function with these arguments. `content_type`: of the body, None without a body.

    Raises RestError PGRST202, PGRST203.
    """
    overloads = schema_cache.routines.get((schema, path), ())
    raw = isinstance(arguments, RawPayload)
    names = _names_of(arguments)
    matching = [routine for routine in overloads if not raw and _accepts(routine, names)]
    if not matching and content_type is not None:
        types = (arguments.type_name,) if isinstance(arguments, RawPayload) else ("json", "jsonb")
        if isinstance(arguments, (RawPayload, Payload)):
            matching = [routine for routine in overloads if _takes_body(routine, types)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise RestError(
            300,
            "PGRST203",
            "Could not choose the best candidate function between: "
            + ", ".join(routine.signature() for routine in matching),
            hint="Try renaming the parameters or the function itself in the database so function overloading "
            "can be resolved",
        )
    raise _not_found(schema_cache, schema, path, content_type, sorted(names))


def _names_of(arguments: Payload | RawPayload | Sequence[tuple[str, str]]) -> frozenset[str]:
    if isinstance(arguments, RawPayload):
        return frozenset()
    if isinstance(arguments, Payload):
        return frozenset(arguments.names)
    return frozenset(name for name, _ in arguments)


def _accepts(routine: Routine, names: frozenset[str]) -> bool:
    """Whether the function can be called with these arguments; an unnamed parameter has the name ``."""
    required = {parameter.name for parameter in routine.parameters if parameter.required}
    return required <= names <= {parameter.name for parameter in routine.parameters}


def _takes_body(routine: Routine, types: Iterable[str]) -> bool:
    return len(routine.parameters) == 1 and not routine.parameters[0].name and routine.parameters[0].base_name in types


def _not_found(
    schema_cache: SchemaCache, schema: str, path: str, content_type: str | None, names: Sequence[str]
) -> RestError:
    function = f"{schema}.{path[:63]}"
    listed = ", ".join(names)[:300]
    raw = content_type in _RAW_CONTENT_TYPES
    with_names = f" with parameter{'s' if len(names) > 1 else ''} {listed}" if names else " without parameters"
    if raw:
        kind = {"text/plain": "text", "text/xml": "xml"}.get(str(content_type), "bytea")
        how = f" with a single unnamed {kind} parameter"
    elif content_type == "application/json":
        how = f"{with_names} or with a single unnamed json/jsonb parameter"
    else:
        how = with_names
    signature = "" if raw else f"({listed})" if names else " without parameters"
    return UnknownName(
        404,
        "PGRST202",
        f"Could not find the function {function}{signature} in the schema cache",
        details=f"Searched for the function {function}{how}, but no matches were found in the schema cache.",
        hint=None if raw else _hint(schema_cache, schema, path, names),
    )


def _hint(schema_cache: SchemaCache, schema: str, path: str, names: Sequence[str]) -> str | None:
    prefix = f"Perhaps you meant to call the function {schema}."
    overloads = schema_cache.routines.get((schema, path), ())
    if not overloads:
        similar = find_suggestion(path, (name for of, name in schema_cache.routines if of == schema))
        return None if similar is None else prefix + similar
    signatures = (
        f"({', '.join(sorted(parameter.name for parameter in function.parameters))})" for function in overloads
    )
    similar = find_suggestion(f"({', '.join(names)})", signatures)
    return None if similar is None else f"{prefix}{path[:63]}{similar}"
