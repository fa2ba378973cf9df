"""What is shown below a table's rows: policies first, then columns, keys, indexes, grants and triggers."""

from collections.abc import Sequence

from arti.ops.console.html import Child, Markup, tag
from arti.ops.console.layout import address, badge, code, data_table, line, note, number, right
from arti.ops.console.tables.catalog import Table
from arti.ops.console.tables.definition import Definition

_KEYS = {"p": "primary key", "u": "unique", "f": "foreign key", "x": "exclusion", "c": "check", "t": "trigger"}


def definition_sections(table: Table, made: Definition) -> tuple[list[Child], Sequence[tuple[str, str]]]:
    """Return the sections, and (anchor, name) of each."""
    found: list[tuple[str, str, str, Child]] = []
    if table.kind in "rp":
        found.append(("policies", "Policies", f"row-level security {table.protection}", _policies(table, made)))
    if made.text is not None:
        found.append(("definition", "Definition", "", tag("pre", made.text)))
    found += [
        ("columns", "Columns", str(len(table.columns)), _columns(table)),
        ("keys", "Keys and checks", str(len(made.keys)), _keys(made)),
        ("indexes", "Indexes", str(len(made.indexes)), _indexes(made)),
        ("grants", "Grants", "", _grants(made)),
        ("triggers", "Triggers", str(len(made.triggers)), _triggers(made)),
    ]
    sections = [
        tag("section", tag("h2", name, tag("small", small) if small else None), body, id=id)
        for id, name, small, body in found
    ]
    return list(sections), [(id, name) for id, name, _, _ in found]


def _policies(table: Table, made: Definition) -> Markup:
    lines = [
        line(
            row["name"],
            tag("td", badge("restrictive", "good") if row["permissive"] == "RESTRICTIVE" else "permissive"),
            row["roles"],
            row["cmd"].lower(),
            code(row["qual"]),
            code(row["with_check"]),
        )
        for row in made.policies
    ]
    empty = {
        "off": "No policies, and row-level security is off: grants alone decide.",
        "on": "No policies: nobody but the owner and roles that bypass row-level security sees a row.",
        "forced": "No policies: nobody but roles that bypass row-level security sees a row.",
    }
    heads = ("Policy", "Kind", "Roles", "For", "Using", "With check")
    return data_table("Policies", heads, lines, empty=empty[table.protection])


def _columns(table: Table) -> Markup:
    key = {column.name for column in table.key}
    lines = [
        line(
            column.name,
            column.type,
            tag("td", "yes" if column.nullable else "no"),
            code(column.default) if column.default else tag("td"),
            tag("td", badge("key", "good") if column.name in key else None),
            _target(column.points_to),
        )
        for column in table.columns
    ]
    return data_table("Columns", ("Name", "Type", "Null", "Default", "Key", "Points to"), lines)


def _target(target: tuple[str, str, str] | None) -> Markup:
    if target is None:
        return tag("td")
    return tag("td", tag("a", ".".join(target), href=address("/table", schema=target[0], name=target[1])))


def _keys(made: Definition) -> Child:
    lines = [
        line(
            row["name"],
            _KEYS[row["kind"]],
            code(row["text"]),
            tag("td", None if row["convalidated"] else "not validated"),
        )
        for row in made.keys
    ]
    own = data_table("Keys and checks", ("Name", "Kind", "Definition", "State"), lines, empty="None.")
    if not made.referrers:
        return own
    pointing = [
        line(
            tag("a", f"{row['schema']}.{row['name']}", href=address("/table", schema=row["schema"], name=row["name"])),
            row["key"],
            code(row["text"]),
        )
        for row in made.referrers
    ]
    return [own, note("Pointed at by"), data_table("Pointed at by", ("Table", "Key", "Definition"), pointing)]


def _indexes(made: Definition) -> Markup:
    lines = [
        line(
            row["name"],
            code(row["text"]),
            number(row["size"]),
            number(row["scans"]),
            tag("td", None if row["valid"] else badge("invalid", "bad")),
        )
        for row in made.indexes
    ]
    return data_table("Indexes", ("Name", "Definition", right("Size"), right("Scans"), "State"), lines, empty="None.")


def _grants(made: Definition) -> Markup:
    lines = [line(row["role"], row["verbs"], row["columns"] or "all") for row in made.grants]
    return data_table("Grants", ("Role", "May", "Columns"), lines, empty="None.")


def _triggers(made: Definition) -> Markup:
    lines = [
        line(row["name"], code(row["text"]), tag("td", None if row["enabled"] else badge("disabled", "warn")))
        for row in made.triggers
    ]
    return data_table("Triggers", ("Name", "Definition", "State"), lines, empty="None.")
