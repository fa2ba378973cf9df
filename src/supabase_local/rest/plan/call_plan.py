"""Turn a request on a function into its one statement: choose the function by the names of its arguments."""

from collections.abc import Iterable, Sequence

from supabase_local.rest.api_request import parse_query
from supabase_local.rest.api_request.payload import Payload, RawPayload, read_arguments
from supabase_local.rest.api_request.request import ApiRequest, Options, PreparedStatement
from supabase_local.rest.errors import RestError, UnknownName
from supabase_local.rest.plan.read_plan import Node, plan_read
from supabase_local.rest.plan.table_plan import form_of, with_range
from supabase_local.rest.query.call import write_call
from supabase_local.rest.query.sql_fragment import Parameters
from supabase_local.rest.query.statements import SOURCE, Form, call_statement
from supabase_local.rest.schema_cache.schema import Function, Schema
from supabase_local.rest.suggestions import find_suggestion

_RAW_KINDS = ("text/plain", "text/xml", "application/octet-stream")


def prepare_call(known: Schema, api_request: ApiRequest, options: Options) -> PreparedStatement:
    """Return the statement of a call. Raises RestError: PGRST101, PGRST202, PGRST203."""
    if api_request.method not in ("GET", "HEAD", "POST"):
        raise RestError(405, "PGRST101", f"Cannot use the {api_request.method} method on RPC")
    query = parse_query(api_request.pairs, of_function=api_request.reading)
    given: Payload | RawPayload | Sequence[tuple[str, str]] = (
        query.arguments
        if api_request.reading
        else read_arguments(api_request.body_kind, api_request.body, query.columns)
    )
    function = find_function(
        known, api_request.schema, api_request.path, given, None if api_request.reading else api_request.body_kind
    )
    if api_request.preferences.strict and api_request.preferences.max_affected is not None and not function.returns_set:
        raise RestError(
            400,
            "PGRST128",
            "Function must return SETOF or TABLE when max-affected preference is used with handling=strict",
        )
    query, window = with_range(api_request, query)
    node = plan_read(known, query, root=_root_of(known, function), most_rows=options.most_rows)
    parameters = Parameters()
    call = write_call(function, given, parameters)
    form = Form("none") if function.returns == "void" else form_of(api_request, of=_shape_of(function))
    sql = call_statement(call, node, form, parameters, count=api_request.preferences.counts)
    return PreparedStatement(
        "call",
        sql,
        tuple(parameters.values),
        read_only=api_request.reading or not function.volatile,
        window=window,
        void=function.returns == "void",
        returns_set=function.returns_set,
    )


def _shape_of(function: Function) -> str:
    if function.returns == "composite":
        return "rows" if function.returns_set else "row"
    return "values" if function.returns_set else "value"


def _root_of(known: Schema, function: Function) -> Node:
    table = known.tables.get(function.return_table) if function.return_table else None
    if table is not None:
        key, columns, name = (table.schema, table.name), table.columns, table.name
    else:
        key, columns, name = (function.schema, function.name), function.columns, function.name
    return Node(key, SOURCE, name[:40], columns, computed=known.computed.get(key, frozenset()))


def find_function(
    known: Schema,
    schema: str,
    path: str,
    given: Payload | RawPayload | Sequence[tuple[str, str]],
    posted_as: str | None,
) -> Function:
    """Return the function that the names of the arguments choose. `posted_as`: the body's type, None without a body.

    Raises RestError PGRST202, PGRST203.
    """
    named = known.functions.get((schema, path), ())
    raw = isinstance(given, RawPayload)
    names = _names_of(given)
    fitting = [one for one in named if not raw and _fits(one, names)]
    if not fitting and posted_as is not None:
        wanted = (given.type_name,) if isinstance(given, RawPayload) else ("json", "jsonb")
        if isinstance(given, (RawPayload, Payload)):
            fitting = [one for one in named if _takes_body(one, wanted)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise RestError(
            300,
            "PGRST203",
            "Could not choose the best candidate function between: " + ", ".join(one.signature() for one in fitting),
            hint="Try renaming the parameters or the function itself in the database so function overloading "
            "can be resolved",
        )
    raise _not_found(known, schema, path, posted_as, sorted(names))


def _names_of(given: Payload | RawPayload | Sequence[tuple[str, str]]) -> frozenset[str]:
    if isinstance(given, RawPayload):
        return frozenset()
    if isinstance(given, Payload):
        return frozenset(given.names)
    return frozenset(name for name, _ in given)


def _fits(one: Function, names: frozenset[str]) -> bool:
    """Say whether these arguments fit; a parameter without a name is called by the empty one."""
    required = {parameter.name for parameter in one.parameters if parameter.required}
    return required <= names <= {parameter.name for parameter in one.parameters}


def _takes_body(one: Function, wanted: Iterable[str]) -> bool:
    return len(one.parameters) == 1 and not one.parameters[0].name and one.parameters[0].base_name in wanted


def _not_found(known: Schema, schema: str, path: str, posted_as: str | None, names: Sequence[str]) -> RestError:
    function = f"{schema}.{path[:63]}"
    listed = ", ".join(names)[:300]
    raw = posted_as in _RAW_KINDS
    with_names = f" with parameter{'s' if len(names) > 1 else ''} {listed}" if names else " without parameters"
    if raw:
        kind = {"text/plain": "text", "text/xml": "xml"}.get(str(posted_as), "bytea")
        how = f" with a single unnamed {kind} parameter"
    elif posted_as == "application/json":
        how = f"{with_names} or with a single unnamed json/jsonb parameter"
    else:
        how = with_names
    shown = "" if raw else f"({listed})" if names else " without parameters"
    return UnknownName(
        404,
        "PGRST202",
        f"Could not find the function {function}{shown} in the schema cache",
        details=f"Searched for the function {function}{how}, but no matches were found in the schema cache.",
        hint=None if raw else _hint(known, schema, path, names),
    )


def _hint(known: Schema, schema: str, path: str, names: Sequence[str]) -> str | None:
    said = f"Perhaps you meant to call the function {schema}."
    named = known.functions.get((schema, path), ())
    if not named:
        near = find_suggestion(path, (name for of, name in known.functions if of == schema))
        return None if near is None else said + near
    signatures = (f"({', '.join(sorted(one.name for one in function.parameters))})" for function in named)
    near = find_suggestion(f"({', '.join(names)})", signatures)
    return None if near is None else f"{said}{path[:63]}{near}"
