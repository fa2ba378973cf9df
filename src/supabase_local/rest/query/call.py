"""Write the call of a function: its arguments by name from one JSON parameter, or each a parameter of its own."""

# ruff: noqa: S608  # what is put into the statements comes from the schema cache, quoted by PostgreSQL

from collections.abc import Sequence

from supabase_local.rest.api_request.payload import Payload, RawPayload
from supabase_local.rest.query.sql_fragment import Parameters
from supabase_local.rest.schema_cache.schema import Function, Parameter

SCALAR = "pgrst_scalar"  # the column of a function that gives one value


def write_call(
    function: Function, given: Payload | RawPayload | Sequence[tuple[str, str]], parameters: Parameters
) -> str:
    """Return the select of what a function gives. Its arguments have been matched already."""
    if isinstance(given, RawPayload):
        value = given.body if given.type_name == "bytea" else given.body.decode(errors="replace")
        kind = "bytea" if given.type_name == "bytea" else f"text::{given.type_name}"
        return _call(function, f"{parameters.add(value)}::{kind}")
    if not isinstance(given, Payload):
        return _call(function, _named_texts(function, given, parameters))
    if len(function.parameters) == 1 and not function.parameters[0].name:
        return _call(function, f"{parameters.add(given.text)}::text::{function.parameters[0].sql_type}")
    wanted = [one for one in function.parameters if one.name in given.names]
    if not wanted:
        return _call(function, "")
    typed = ", ".join(f"{one.sql_name} {one.sql_type}" for one in wanted)
    read = "json_to_record" if given.is_object else "json_to_recordset"
    arguments = ", ".join(f"{_name(one)} _arguments.{one.sql_name}" for one in wanted)
    source = f"(select * from {read}({parameters.add(given.text)}::text::json) as _ ({typed}) limit 1) as _arguments"
    return _call(function, arguments, before=f"{source}, lateral ")


def _named_texts(function: Function, given: Sequence[tuple[str, str]], parameters: Parameters) -> str:
    values: dict[str, list[str]] = {}
    for name, value in given:
        values.setdefault(name, []).append(value)
    written = []
    for one in function.parameters:
        if one.name not in values:
            continue
        if one.variadic:
            written.append(f"{_name(one)} {parameters.add(values[one.name])}::text[]::{one.sql_type}")
        else:
            written.append(f"{_name(one)} {parameters.add(values[one.name][-1])}::text::{one.sql_type}")
    return ", ".join(written)


def _name(one: Parameter) -> str:
    if not one.name:
        return ""
    return f"{'variadic ' if one.variadic else ''}{one.sql_name} =>"


def _call(function: Function, arguments: str, *, before: str = "") -> str:
    called = f"{function.sql_name}({arguments})"
    if function.returns == "composite":
        return f"select _called.* from {before}{called} as _called"
    return f"select _called.{SCALAR} from {before}(select {called} as {SCALAR}) as _called"
