"""Format the call of a function, with arguments from one JSON parameter or one parameter each."""

# ruff: noqa: S608  # identifiers come from the schema cache, quoted by PostgreSQL

from collections.abc import Sequence

from supabase_local.rest.api_request.payload import Payload, RawPayload
from supabase_local.rest.query.sql_fragment import Parameters
from supabase_local.rest.schema_cache.schema_cache import Routine, RoutineParam

SCALAR = "pgrst_scalar"  # the column of a function that returns a scalar


def call_to_query(
    function: Routine, arguments: Payload | RawPayload | Sequence[tuple[str, str]], parameters: Parameters
) -> str:
    """Return the select of a function's result. `arguments` match its parameters."""
    if isinstance(arguments, RawPayload):
        value = arguments.body if arguments.type_name == "bytea" else arguments.body.decode(errors="replace")
        sql_type = "bytea" if arguments.type_name == "bytea" else f"text::{arguments.type_name}"
        return _call(function, f"{parameters.add(value)}::{sql_type}")
    if not isinstance(arguments, Payload):
        return _call(function, _named_texts(function, arguments, parameters))
    if len(function.parameters) == 1 and not function.parameters[0].name:
        return _call(function, f"{parameters.add(arguments.text)}::text::{function.parameters[0].sql_type}")
    matched = [parameter for parameter in function.parameters if parameter.name in arguments.names]
    if not matched:
        return _call(function, "")
    record_columns = ", ".join(f"{parameter.sql_name} {parameter.sql_type}" for parameter in matched)
    record_function = "json_to_record" if arguments.is_object else "json_to_recordset"
    named_arguments = ", ".join(f"{_name(parameter)} _arguments.{parameter.sql_name}" for parameter in matched)
    record = f"{record_function}({parameters.add(arguments.text)}::text::json) as _ ({record_columns})"
    source = f"(select * from {record} limit 1) as _arguments"
    return _call(function, named_arguments, from_prefix=f"{source}, lateral ")


def _named_texts(function: Routine, arguments: Sequence[tuple[str, str]], parameters: Parameters) -> str:
    values: dict[str, list[str]] = {}
    for name, value in arguments:
        values.setdefault(name, []).append(value)
    formatted = []
    for parameter in function.parameters:
        if parameter.name not in values:
            continue
        if parameter.variadic:
            formatted.append(
                f"{_name(parameter)} {parameters.add(values[parameter.name])}::text[]::{parameter.sql_type}"
            )
        else:
            formatted.append(
                f"{_name(parameter)} {parameters.add(values[parameter.name][-1])}::text::{parameter.sql_type}"
            )
    return ", ".join(formatted)


def _name(parameter: RoutineParam) -> str:
    if not parameter.name:
        return ""
    return f"{'variadic ' if parameter.variadic else ''}{parameter.sql_name} =>"


def _call(function: Routine, named_arguments: str, *, from_prefix: str = "") -> str:
    call = f"{function.sql_name}({named_arguments})"
    if function.returns == "composite":
        return f"select _called.* from {from_prefix}{call} as _called"
    return f"select _called.{SCALAR} from {from_prefix}(select {call} as {SCALAR}) as _called"
