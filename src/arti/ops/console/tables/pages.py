"""The pages of tables: all of them, and one with its rows, its policies and how it is made."""

from collections.abc import Sequence
from itertools import groupby
from urllib.parse import urlencode

from arti.ops.console.html import Child, Markup, join, tag
from arti.ops.console.impersonation import Impersonation
from arti.ops.console.impersonation_field import impersonation_field
from arti.ops.console.layout import (
    address,
    badge,
    button,
    data_table,
    error_box,
    labelled,
    line,
    note,
    number,
    options,
    page,
    pager,
    right,
    shown,
)
from arti.ops.console.tables.catalog import KINDS, Table
from arti.ops.console.tables.definition import Definition
from arti.ops.console.tables.details import definition_sections
from arti.ops.console.tables.rows import OPERATORS, PAGE_ROWS, Condition, RowPage, RowQuery
from arti_core.database import Row


def tables_page(tables: Sequence[Row], *, word: str, csrf: str, studio: str) -> str:
    """Return the list of tables by schema, those of the product first."""
    search = tag(
        "form",
        labelled("Name holds", tag("input", name="q", value=word, type="search")),
        button("Find", kind="plain"),
        method="get",
        class_="bar",
        role="search",
    )
    sections: list[Child] = []
    for schema, group in groupby(tables, key=lambda row: row["schema"]):
        rows = list(group)
        heads = ("Name", "Kind", right("Rows, estimated"), right("Size"), "Row-level security", right("Policies"))
        sections.append(tag("h2", schema, tag("small", f"{len(rows)}")))
        sections.append(data_table(f"Tables of {schema}", heads, [_table_line(row) for row in rows]))
    return page(
        "Tables",
        tag("h1", "Tables"),
        search,
        sections or note("No table fits."),
        csrf=csrf,
        here="/tables",
        studio=studio,
    )


def _table_line(row: Row) -> Markup:
    link = tag("a", row["name"], href=address("/table", schema=row["schema"], name=row["name"]), title=row["comment"])
    guard = "forced" if row["forced"] else "on" if row["protected"] else "off"
    exposed = guard == "off" and row["schema"] == "public" and row["kind"] in "rp"
    return line(
        link,
        KINDS[row["kind"]],
        number("not counted" if row["rows"] < 0 else row["rows"]),
        number(row["size"]),
        tag("td", _guard(guard, exposed=exposed) if row["kind"] in "rp" else None),
        number(row["policies"]),
    )


def _guard(word: str, *, exposed: bool) -> Markup:
    return badge(word, "bad" if exposed else "good" if word == "forced" else "warn" if word == "on" else "")


def table_page(
    table: Table,
    grid: RowPage | None,
    definition: Definition,
    *,
    counts: Sequence[tuple[str, str]],
    row_query: RowQuery,
    impersonation: Impersonation,
    people: Sequence[tuple[str, str]],
    asked: str,
    error: str,
    csrf: str,
    studio: str,
) -> str:
    """Return one table's rows with filter, counts and paging, and below them how it is guarded and made."""
    title = f"{table.schema}.{table.name}"
    place = {"schema": table.schema, "name": table.name}
    select = f"select * from {table.quoted}"  # noqa: S608 - shown, not run
    facts: list[Child] = [tag("span", KINDS[table.kind])]
    if table.kind in "rp":
        exposed = table.protection == "off" and table.schema == "public"
        facts.append(tag("span", "Row-level security ", _guard(table.protection, exposed=exposed)))
        facts.append(tag("span", tag("strong", table.policies), " policies"))
    facts.append(tag("span", "owner ", tag("strong", definition.owner)))
    if table.is_insertable:
        facts.append(tag("a", "New row", href=address("/row/new", **place)))
    facts.append(tag("a", "Open in SQL", href=address("/sql", sql=select, **{"as": impersonation.word})))
    sections, jumps = definition_sections(table, definition)
    rows = (
        []
        if grid is None
        else [_grid(table, grid, row_query, impersonation), _pages(table, grid, row_query, impersonation)]
    )
    return page(
        title,
        tag("h1", title),
        note(table.comment) if table.comment else None,
        tag("p", *facts, class_="facts"),
        tag("nav", *(tag("a", text, href=f"#{id}") for id, text in jumps), class_="jump", aria_label="On this page"),
        _filter(table, row_query, asked, people),
        error_box(error),
        _counts(counts),
        rows,
        note("Without a primary key single rows cannot be named: edit and delete need SQL.")
        if table.is_insertable and not table.key
        else None,
        sections,
        csrf=csrf,
        here="/tables",
        studio=studio,
    )


def _filter(table: Table, row_query: RowQuery, asked: str, people: Sequence[tuple[str, str]]) -> Markup:
    names = [("", "any row"), *((column.name, column.name) for column in table.columns)]
    lines: list[Child] = []
    # One line more than there are conditions, to add the next; the empty one says nothing.
    for number_, one in enumerate([*row_query.conditions, Condition("", "contains", "")], 1):
        which = f" {number_}" if row_query.conditions else ""
        lines.append(
            join(
                labelled(f"Column{which}", tag("select", options(names, one.column), name="column")),
                labelled(f"Condition{which}", tag("select", options(OPERATORS, one.operator), name="operator")),
                labelled(f"Value{which}", tag("input", name="value", value=one.value, autocomplete="off")),
            )
        )
    keep = {
        "schema": table.schema,
        "name": table.name,
        "sort": row_query.sort,
        "desc": "1" if row_query.descending else "",
    }
    kept = [tag("input", type="hidden", name=name, value=value) for name, value in keep.items() if value]
    return tag(
        "form",
        kept,
        lines,
        impersonation_field(asked, people),
        button("Show"),
        tag("a", "Clear", href=address("/table", schema=table.schema, name=table.name))
        if row_query.conditions
        else None,
        method="get",
        action="/table",
        class_="bar",
    )


def _counts(counts: Sequence[tuple[str, str]]) -> Markup | None:
    if not counts:
        return None
    return tag("dl", *(tag("div", tag("dt", who), tag("dd", count)) for who, count in counts), class_="counts")


def _grid(table: Table, grid: RowPage, row_query: RowQuery, impersonation: Impersonation) -> Markup:
    acts = table.is_updatable
    heads: list[Child] = [tag("th", "Row", scope="col")] if acts else []
    for column in table.columns:
        descending = row_query.sort == column.name and not row_query.descending
        sort = {"ascending": "▲", "descending": "▼"}
        order = None if row_query.sort != column.name else "descending" if row_query.descending else "ascending"
        kind = "number" if column.category == "N" else None
        link = tag(
            "a",
            column.name,
            f" {sort[order]}" if order else None,
            href="?" + _query(table, row_query, impersonation, sort=column.name, desc="1" if descending else ""),
        )
        heads.append(tag("th", link, tag("small", column.type), scope="col", aria_sort=order, class_=kind))
    lines = []
    for place, row in enumerate(grid.rows):
        cells = [_cell(table, index, value) for index, value in enumerate(row)]
        if acts:
            to_row = urlencode(
                [("schema", table.schema), ("name", table.name)] + [("key", k) for k in grid.keys[place]]
            )
            label = f"Edit row {place + 1 + row_query.page * PAGE_ROWS}"
            cells.insert(0, tag("td", tag("a", "Edit", href=f"/row?{to_row}", aria_label=label)))
        lines.append(tag("tr", *cells))
    return data_table(f"Rows of {table.name}", heads, lines, empty="No rows.")


def _cell(table: Table, index: int, value: str | None) -> Markup:
    column = table.columns[index]
    content: Child = shown(value)
    if value is not None and column.points_to is not None:
        schema, name, target = column.points_to
        to = address("/table", schema=schema, name=name, column=target, operator="equals", value=value)
        content = tag("a", value, href=to)
    return tag(
        "td",
        content,
        class_="number" if column.category == "N" else None,
        title=value if value and len(value) > 40 else None,
    )


def _pages(table: Table, grid: RowPage, row_query: RowQuery, impersonation: Impersonation) -> Markup | None:
    if not grid.rows and not row_query.page:
        return None
    first = row_query.page * PAGE_ROWS
    text = f"rows {first + 1:,} to {first + len(grid.rows):,}" if grid.rows else "no rows here"

    def to(number_: int) -> str:
        return "?" + _query(table, row_query, impersonation, page=str(number_))

    return pager(
        text,
        previous=to(row_query.page - 1) if row_query.page else "",
        following=to(row_query.page + 1) if grid.more else "",
    )


def _query(table: Table, row_query: RowQuery, impersonation: Impersonation, **other: str) -> str:
    """Return this page's query with something else in it. A new order starts at the first page."""
    pairs = [("schema", table.schema), ("name", table.name), ("as", impersonation.word)]
    for one in row_query.conditions:
        pairs += [("column", one.column), ("operator", one.operator), ("value", one.value)]
    known = {"sort": row_query.sort, "desc": "1" if row_query.descending else ""} | other
    return urlencode([*pairs, *((name, value) for name, value in known.items() if value)])
