"""The console's pages: plain HTML, no scripts. Every value passes `_e`."""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote, urlencode

from arti.base.database import Row
from arti.ops.console_reads import OPERATORS, Filter, Grid, Table

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #5b5bd6; }
* { box-sizing: border-box; }
body { margin: 0; font: 14px/1.5 system-ui, sans-serif; }
header { display: flex; gap: 1rem; align-items: center; padding: .75rem 1.25rem; border-bottom: 1px solid var(--line); }
header strong { font-size: 15px; } header form { margin-left: auto; }
main { padding: 1.25rem; max-width: 1600px; margin: 0 auto; }
main.narrow { max-width: 24rem; padding-top: 12vh; }
h1 { font-size: 1.35rem; margin: 0 0 1rem; } h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
a { color: light-dark(#4a4ac0, #a9a9ff); text-decoration: none; } a:hover { text-decoration: underline; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .4rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top;
  white-space: nowrap; max-width: 32rem; overflow: hidden; text-overflow: ellipsis; }
th { background: var(--soft); font-weight: 600; } tr:last-child td { border-bottom: 0; }
td.number { text-align: right; } td.code { white-space: pre-wrap; }
code, textarea, td.code { font: 12.5px/1.5 ui-monospace, monospace; }
.null { opacity: .45; font-style: italic; } .bad { color: #d33; font-weight: 600; }
.note { opacity: .7; margin: .75rem 0; } .error { border-left: 3px solid #d33; padding: .5rem .75rem; margin: 1rem 0; }
.bar { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: 0 0 1rem; }
label { display: grid; gap: .2rem; font-size: 12px; } textarea { width: 100%; min-height: 9rem; }
input, select, textarea, button { font: inherit; padding: .4rem .6rem; border-radius: 6px;
  border: 1px solid var(--line);
  background: Canvas; color: CanvasText; }
button { background: var(--accent); border-color: var(--accent); color: #fff; cursor: pointer; }
button.plain { background: none; color: inherit; border-color: var(--line); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
"""

_KINDS = {"r": "table", "p": "table", "v": "view", "m": "materialized view"}


def _e(value: object) -> str:
    return escape(str(value), quote=True)


def _page(title: str, body: str, *, csrf: str = "", narrow: bool = False) -> str:
    top = ""
    if csrf:
        top = (
            '<header><strong>ARTi database</strong><a href="/tables">Tables</a><a href="/sql">SQL</a>'
            f'<form method="post" action="/logout">{_token(csrf)}<button class="plain">Sign out</button></form>'
            "</header>"
        )
    main = '<main class="narrow">' if narrow else "<main>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{_e(title)} · ARTi database</title><link rel="stylesheet" href="/style.css"></head>'
        f"<body>{top}{main}{body}</main></body></html>"
    )


def _token(csrf: str) -> str:
    return f'<input type="hidden" name="csrf" value="{_e(csrf)}">'


def _error(text: str) -> str:
    return f'<p class="error" role="alert">{_e(text)}</p>' if text else ""


def closed_page() -> str:
    return _page(
        "Closed",
        "<h1>The database console is closed</h1><p>Set <code>ARTI_CONSOLE_PASSWORD</code> and "
        "<code>OWNER_DATABASE_URL</code> for this box to open it. In production, use Supabase Studio.</p>",
        narrow=True,
    )


def login_page(error: str = "") -> str:
    return _page(
        "Sign in",
        f"<h1>ARTi database</h1>{_error(error)}"
        '<form method="post" action="/login" class="bar"><label>Console password'
        '<input type="password" name="password" autocomplete="current-password" required autofocus></label>'
        "<button>Sign in</button></form>"
        '<p class="note">For whoever runs this installation. Everything here is read only.</p>',
        narrow=True,
    )


def tables_page(tables: Sequence[Row], *, csrf: str) -> str:
    lines = []
    for table in tables:
        guard = "forced" if table["forced"] else "on" if table["protected"] else "off"
        open_table = guard == "off" and table["schema"] == "public" and table["kind"] in "rp"
        rows = "?" if table["rows"] < 0 else f"{table['rows']:,}"
        lines.append(
            f'<tr><td>{_e(table["schema"])}</td><td><a href="{_link(table["schema"], table["name"])}">'
            f"{_e(table['name'])}</a></td><td>{_KINDS[table['kind']]}</td>"
            f'<td class="number">{rows}</td><td class="number">{_e(table["size"])}</td>'
            f'<td class="{"bad" if open_table else ""}">{guard}</td><td class="number">{table["policies"]}</td></tr>'
        )
    head = _head(("Schema", "Name", "Kind", "Rows, estimated", "Size", "Row-level security", "Policies"))
    return _page("Tables", f"<h1>Tables</h1>{_table(head, ''.join(lines))}", csrf=csrf)


def table_page(
    table: Table,
    grid: Grid | None,
    *,
    people: Sequence[Row],
    only: Filter | None,
    page: int,
    person: str,
    error: str,
    csrf: str,
) -> str:
    chosen = only or Filter("", "contains", "")
    query = {"column": chosen.column, "operator": chosen.operator, "value": chosen.value, "as": person}
    columns = _options(table.columns, chosen.column)
    bar = (
        '<form class="bar" method="get"><label>Column<select name="column"><option value="">any row</option>'
        f'{columns}</select></label><label>Condition<select name="operator">'
        f"{_options(list(OPERATORS), chosen.operator)}</select></label>"
        f'<label>Value<input name="value" value="{_e(chosen.value)}"></label>{_person(people, person)}'
        "<button>Show</button></form>"
    )
    body = f"<h1>{_e(table.schema)}.{_e(table.name)}</h1>{bar}{_error(error)}"
    if grid is not None:
        body += _grid(grid) + '<p class="note">'
        if page:
            body += f'<a href="?{_e(urlencode(query | {"page": page - 1}))}">Previous</a> · '
        body += f"Page {page + 1}"
        if grid.more:
            body += f' · <a href="?{_e(urlencode(query | {"page": page + 1}))}">Next</a>'
        body += "</p>"
    lines = "".join(
        f"<tr><td>{_e(policy['policyname'])}</td><td>{_e(policy['permissive'].lower())}</td><td>{_e(policy['roles'])}"
        f'</td><td>{_e(policy["cmd"].lower())}</td><td class="code">{_value(policy["qual"])}</td>'
        f'<td class="code">{_value(policy["with_check"])}</td></tr>'
        for policy in table.policies
    )
    head = _head(("Policy", "Kind", "Roles", "For", "Using", "With check"))
    body += f"<h2>Row-level security: {_e(table.protection)}</h2>"
    body += _table(head, lines) if lines else '<p class="note">No policies.</p>'
    return _page(f"{table.schema}.{table.name}", body, csrf=csrf)


def sql_page(sql: str, grid: Grid | None, *, people: Sequence[Row], person: str, error: str, csrf: str) -> str:
    body = (
        f'<h1>SQL</h1><form method="post" action="/sql">{_token(csrf)}<label>One statement, read only'
        f'<textarea name="sql" spellcheck="false" required>{_e(sql)}</textarea></label>'
        f'<p class="bar">{_person(people, person)} <button>Run</button></p></form>{_error(error)}'
    )
    if grid is not None:
        body += _grid(grid) if grid.columns else f'<p class="note">{_e(grid.said)}</p>'
        if grid.more:
            body += f'<p class="note">Only the first {len(grid.rows)} rows are shown.</p>'
    return _page("SQL", body, csrf=csrf)


def error_page(text: str, *, csrf: str) -> str:
    return _page("Error", _error(text), csrf=csrf)


def _link(schema: str, name: str) -> str:
    return _e(f"/tables/{quote(schema, safe='')}/{quote(name, safe='')}")


def _person(people: Sequence[Row], person: str) -> str:
    options = "".join(
        f'<option value="{_e(one["id"])}"{" selected" if str(one["id"]) == person else ""}>{_e(one["email"])}</option>'
        for one in people
    )
    return f'<label>See it as<select name="as"><option value="">the owner</option>{options}</select></label>'


def _options(words: Sequence[str], chosen: str) -> str:
    return "".join(f"<option{' selected' if word == chosen else ''}>{_e(word)}</option>" for word in words)


def _head(names: Sequence[str]) -> str:
    return "".join(f'<th scope="col">{_e(name)}</th>' for name in names)


def _table(head: str, lines: str) -> str:
    return f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'


def _grid(grid: Grid) -> str:
    if not grid.rows:
        return '<p class="note">No rows.</p>'
    lines = "".join("<tr>" + "".join(f"<td>{_value(value)}</td>" for value in row) + "</tr>" for row in grid.rows)
    return _table(_head(grid.columns), lines)


def _value(value: str | None) -> str:
    return '<span class="null">null</span>' if value is None else _e(value)
