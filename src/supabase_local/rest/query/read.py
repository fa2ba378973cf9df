"""Format a tree of ReadPlans as a select: each embedded resource is a lateral join."""

# ruff: noqa: S608  # identifiers come from the schema cache, quoted by PostgreSQL

from supabase_local.rest.api_request.types import Condition, Filter, LogicTree, OrderTerm, SelectField
from supabase_local.rest.errors import RestError
from supabase_local.rest.plan.read_plan import ReadPlan, null_embed, quote
from supabase_local.rest.query.sql_fragment import Parameters, format_field, format_filter


def read_plan_to_query(plan: ReadPlan, parameters: Parameters, *, where: str | None = None) -> str:
    """Return the select of a plan and its embedded resources. `where`: its formatted conditions."""
    selected = [_format_select_field(plan, item, parameters) for item in plan.items]
    joins = ""
    for child in plan.children:
        joins += _join(child, parameters)
        if not child.is_empty:
            selected.append(_select_embedded(child))
    if where is None:
        where = format_where(plan, parameters)
    order = ", ".join(_format_order_term(plan, term, parameters) for term in plan.order)
    limit_offset = "" if plan.range.limit is None else f" limit {parameters.add(plan.range.limit)}::int8"
    if plan.range.offset:
        limit_offset += f" offset {parameters.add(plan.range.offset)}::int8"
    return (
        f"select {', '.join(selected) or '1 as nothing'} from {plan.sql_name} as {quote(plan.alias)}"
        f"{_junction_join(plan)}{joins}{where}{f' order by {order}' if order else ''}{limit_offset}"
    )


def read_plan_to_count_query(plan: ReadPlan, where: str, parameters: Parameters) -> str:
    """Return the select that counts all rows of a plan, regardless of its range: inner joins become `exists`."""
    inner = [
        f"exists ({_exists_query(child, parameters)})" for child in plan.children if child.embed and child.embed.inner
    ]
    joined = " and ".join(part for part in (where.removeprefix(" where "), *inner) if part)
    condition = f" where {joined}" if joined else ""
    return f"select count(*) from {plan.sql_name} as {quote(plan.alias)}{_junction_join(plan)}{condition}"


def format_where(plan: ReadPlan, parameters: Parameters, *, counting: bool = False) -> str:
    """Return ` where …`, or nothing. `counting`: no resource is joined, so embedded ones become `exists`."""
    sql = [_format_condition(plan, condition, parameters, counting=counting) for condition in plan.conditions]
    return f" where {' and '.join((*_join_conditions(plan), *sql))}" if sql or plan.relationship else ""


def has_null_embed(plan: ReadPlan) -> bool:
    """Whether a condition refers to an embedded resource: it is formatted differently when rows are counted."""

    def refers(condition: Condition) -> bool:
        if isinstance(condition, LogicTree):
            return any(refers(member) for member in condition.members)
        return null_embed(plan, condition) is not None

    return any(refers(condition) for condition in plan.conditions)


def _exists_query(plan: ReadPlan, parameters: Parameters) -> str:
    where = format_where(plan, parameters, counting=True)
    inner = [
        f"exists ({_exists_query(child, parameters)})" for child in plan.children if child.embed and child.embed.inner
    ]
    conditions = "".join(f"{' and ' if where else ' where '}{condition}" for condition in inner)
    return f"select from {plan.sql_name} as {quote(plan.alias)}{_junction_join(plan)}{where}{conditions}"


def _format_select_field(plan: ReadPlan, item: SelectField, parameters: Parameters) -> str:
    alias = quote(plan.alias)
    if item.field.name == "*":
        return f"{alias}.*"
    sql = format_field(alias, plan.column(item.field.name), item.field.json_path, parameters)
    if item.cast is not None:
        sql = f"cast({sql} as {item.cast})"
    name = item.alias or (item.field.name if item.cast is not None else None)
    return sql if name is None else f"{sql} as {quote(name)}"


def _select_embedded(child: ReadPlan) -> str:
    assert child.embed is not None  # every child is embedded
    assert child.relationship is not None
    name = quote(child.embed.name)
    if child.relationship.to_one:
        return f"row_to_json({child.join_alias}.*) as {name}"
    return f"coalesce({child.join_alias}.{child.join_alias}, '[]') as {name}"


def _join(child: ReadPlan, parameters: Parameters) -> str:
    assert child.embed is not None  # every child is embedded
    assert child.relationship is not None
    select = read_plan_to_query(child, parameters)
    kind = "inner" if child.embed.inner else "left"
    if child.relationship.to_one:
        return f" {kind} join lateral ({select}) as {child.join_alias} on true"
    gathered = f"select json_agg({child.join_alias}) as {child.join_alias} from ({select}) as {child.join_alias}"
    on = f"{child.join_alias}.{child.join_alias} is not null" if child.embed.inner else "true"
    return f" {kind} join lateral ({gathered}) as {child.join_alias} on {on}"


def _junction_join(plan: ReadPlan) -> str:
    if plan.junction is None:
        return ""
    return f" cross join {plan.junction.sql_name} as {_junction_alias(plan)}"


def _junction_alias(plan: ReadPlan) -> str:
    return quote(f"{plan.alias}__")


def _join_conditions(plan: ReadPlan) -> list[str]:
    """Return the conditions that join an embedded row to its parent."""
    relationship = plan.relationship
    if relationship is None:
        return []
    own, outer = quote(plan.alias), quote(plan.parent_alias)
    if relationship.junction is None:
        return [
            f"{own}.{quote(foreign_column)} = {outer}.{quote(own_column)}"
            for own_column, foreign_column in relationship.columns
        ]
    middle = _junction_alias(plan)
    return [
        *(f"{middle}.{quote(between)} = {own}.{quote(end)}" for end, between in relationship.junction.target),
        *(f"{middle}.{quote(between)} = {outer}.{quote(end)}" for end, between in relationship.junction.source),
    ]


def _format_condition(plan: ReadPlan, condition: Condition, parameters: Parameters, *, counting: bool) -> str:
    if isinstance(condition, Filter):
        null_embed_filter = null_embed(plan, condition)
        if null_embed_filter is None:
            return format_filter(condition, quote(plan.alias), plan.column(condition.column), parameters)
        child, must_be_absent = null_embed_filter
        if counting:
            return f"{'not ' if must_be_absent else ''}exists ({_exists_query(child, parameters)})"
        assert child.relationship is not None  # every child is embedded
        value = child.join_alias if child.relationship.to_one else f"{child.join_alias}.{child.join_alias}"
        return f"{value} is {'not ' if must_be_absent else ''}distinct from null"
    members = [_format_condition(plan, member, parameters, counting=counting) for member in condition.members]
    return f"{'not ' if condition.negated else ''}({f' {condition.operator} '.join(members)})"


def _format_order_term(plan: ReadPlan, term: OrderTerm, parameters: Parameters) -> str:
    if term.relation is None:
        sql = format_field(quote(plan.alias), plan.column(term.field.name), term.field.json_path, parameters)
    else:
        sql = _format_related_order(plan, term, term.relation, parameters)
    nulls = "" if term.nulls_first is None else f" nulls {'first' if term.nulls_first else 'last'}"
    return f"{sql}{' desc' if term.descending else ''}{nulls}"


def _format_related_order(plan: ReadPlan, term: OrderTerm, relation: str, parameters: Parameters) -> str:
    child = plan.child(relation)
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
            details=f"'{plan.key[1]}' and '{relation[:63]}' do not form a many-to-one or one-to-one relationship",
        )
    is_selected = any(item.field.name in ("*", term.field.name) and not item.alias for item in child.items)
    column = child.column(term.field.name)
    if not is_selected:
        raise RestError(400, "42703", f"column {relation[:63]}.{term.field.name[:63]} does not exist")
    return format_field(child.join_alias, column, term.field.json_path, parameters)
