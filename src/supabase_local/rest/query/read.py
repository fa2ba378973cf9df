"""Write a plan's tree as a select: each embedded resource is a lateral join."""

# ruff: noqa: S608  # what is put into the statements comes from the schema cache, quoted by PostgreSQL

from supabase_local.rest.api_request.types import Column as ColumnItem
from supabase_local.rest.api_request.types import Condition, Filter, Logic, Ordering
from supabase_local.rest.errors import RestError
from supabase_local.rest.plan.read_plan import Node, null_embed, quote
from supabase_local.rest.query.sql_fragment import Parameters, write_field, write_filter


def write_select(node: Node, parameters: Parameters, *, where: str | None = None) -> str:
    """Return the select of a node and all that is embedded in it. `where`: its conditions, written already."""
    selected = [_write_item(node, item, parameters) for item in node.items]
    joins = ""
    for child in node.children:
        joins += _join(child, parameters)
        if not child.silent:
            selected.append(_embedded(child))
    if where is None:
        where = write_where(node, parameters)
    order = ", ".join(_write_ordering(node, one, parameters) for one in node.order)
    window = "" if node.window.limit is None else f" limit {parameters.add(node.window.limit)}::int8"
    if node.window.offset:
        window += f" offset {parameters.add(node.window.offset)}::int8"
    return (
        f"select {', '.join(selected) or '1 as nothing'} from {node.sql_name} as {quote(node.alias)}"
        f"{_middle(node)}{joins}{where}{f' order by {order}' if order else ''}{window}"
    )


def write_count(node: Node, where: str, parameters: Parameters) -> str:
    """Return the select that counts all rows of a node, whatever the window: inner joins become `exists`."""
    inner = [f"exists ({_presence(child, parameters)})" for child in node.children if child.embed and child.embed.inner]
    joined = " and ".join(part for part in (where.removeprefix(" where "), *inner) if part)
    condition = f" where {joined}" if joined else ""
    return f"select count(*) from {node.sql_name} as {quote(node.alias)}{_middle(node)}{condition}"


def write_where(node: Node, parameters: Parameters, *, counting: bool = False) -> str:
    """Return ` where …`, or nothing. `counting`: nothing is joined, so embedded resources are looked for."""
    written = [_write_condition(node, one, parameters, counting=counting) for one in node.conditions]
    return f" where {' and '.join((*_joined_on(node), *written))}" if written or node.relationship else ""


def has_null_embed(node: Node) -> bool:
    """Say whether a condition of the node looks at an embedded resource: it reads differently when rows are counted."""

    def looks(one: Condition) -> bool:
        if isinstance(one, Logic):
            return any(looks(member) for member in one.members)
        return null_embed(node, one) is not None

    return any(looks(one) for one in node.conditions)


def _presence(node: Node, parameters: Parameters) -> str:
    where = write_where(node, parameters, counting=True)
    inner = [f"exists ({_presence(child, parameters)})" for child in node.children if child.embed and child.embed.inner]
    more = "".join(f"{' and ' if where else ' where '}{one}" for one in inner)
    return f"select from {node.sql_name} as {quote(node.alias)}{_middle(node)}{where}{more}"


def _write_item(node: Node, item: ColumnItem, parameters: Parameters) -> str:
    alias = quote(node.alias)
    if item.field.name == "*":
        return f"{alias}.*"
    written = write_field(alias, node.column(item.field.name), item.field.steps, parameters)
    if item.cast is not None:
        written = f"cast({written} as {item.cast})"
    name = item.alias or (item.field.name if item.cast is not None else None)
    return written if name is None else f"{written} as {quote(name)}"


def _embedded(child: Node) -> str:
    assert child.embed is not None  # every child is embedded
    assert child.relationship is not None
    name = quote(child.embed.name)
    if child.relationship.to_one:
        return f"row_to_json({child.row}.*) as {name}"
    return f"coalesce({child.row}.{child.row}, '[]') as {name}"


def _join(child: Node, parameters: Parameters) -> str:
    assert child.embed is not None  # every child is embedded
    assert child.relationship is not None
    select = write_select(child, parameters)
    kind = "inner" if child.embed.inner else "left"
    if child.relationship.to_one:
        return f" {kind} join lateral ({select}) as {child.row} on true"
    gathered = f"select json_agg({child.row}) as {child.row} from ({select}) as {child.row}"
    on = f"{child.row}.{child.row} is not null" if child.embed.inner else "true"
    return f" {kind} join lateral ({gathered}) as {child.row} on {on}"


def _middle(node: Node) -> str:
    if node.junction is None:
        return ""
    return f" cross join {node.junction.sql_name} as {_middle_alias(node)}"


def _middle_alias(node: Node) -> str:
    return quote(f"{node.alias}__")


def _joined_on(node: Node) -> list[str]:
    """Return what ties an embedded row to the row around it."""
    way = node.relationship
    if way is None:
        return []
    own, outer = quote(node.alias), quote(node.above)
    if way.junction is None:
        return [f"{own}.{quote(theirs)} = {outer}.{quote(ours)}" for ours, theirs in way.columns]
    middle = _middle_alias(node)
    return [
        *(f"{middle}.{quote(between)} = {own}.{quote(end)}" for end, between in way.junction.target),
        *(f"{middle}.{quote(between)} = {outer}.{quote(end)}" for end, between in way.junction.source),
    ]


def _write_condition(node: Node, one: Condition, parameters: Parameters, *, counting: bool) -> str:
    if isinstance(one, Filter):
        absent = null_embed(node, one)
        if absent is None:
            return write_filter(one, quote(node.alias), node.column(one.column), parameters)
        child, wanted = absent
        if counting:
            return f"{'not ' if wanted else ''}exists ({_presence(child, parameters)})"
        assert child.relationship is not None  # every child is embedded
        value = child.row if child.relationship.to_one else f"{child.row}.{child.row}"
        return f"{value} is {'not ' if wanted else ''}distinct from null"
    members = [_write_condition(node, member, parameters, counting=counting) for member in one.members]
    return f"{'not ' if one.negated else ''}({f' {one.operator} '.join(members)})"


def _write_ordering(node: Node, one: Ordering, parameters: Parameters) -> str:
    if one.relation is None:
        written = write_field(quote(node.alias), node.column(one.field.name), one.field.steps, parameters)
    else:
        written = _related(node, one, one.relation, parameters)
    nulls = "" if one.nulls_first is None else f" nulls {'first' if one.nulls_first else 'last'}"
    return f"{written}{' desc' if one.descending else ''}{nulls}"


def _related(node: Node, one: Ordering, relation: str, parameters: Parameters) -> str:
    child = node.child(relation)
    if child is None:
        raise RestError(
            400,
            "PGRST108",
            f"'{relation[:63]}' is not an embedded resource in this request",
            hint=f"Verify that '{relation[:63]}' is included in the 'select' query parameter.",
        )
    assert child.relationship is not None  # every child is embedded
    if not child.relationship.to_one:
        raise RestError(
            400,
            "PGRST118",
            f"A related order on '{relation[:63]}' is not possible",
            details=f"'{node.key[1]}' and '{relation[:63]}' do not form a many-to-one or one-to-one relationship",
        )
    shown = any(item.field.name in ("*", one.field.name) and not item.alias for item in child.items)
    column = child.column(one.field.name)
    if not shown:
        raise RestError(400, "42703", f"column {relation[:63]}.{one.field.name[:63]} does not exist")
    return write_field(child.row, column, one.field.steps, parameters)
