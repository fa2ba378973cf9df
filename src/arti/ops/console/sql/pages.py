"""The page for SQL: the statement, how to run it, what came of it, and what was run before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from arti.ops.console.html import Child, Markup, join, tag
from arti.ops.console.impersonation_field import impersonation_field
from arti.ops.console.layout import (
    address,
    badge,
    button,
    data_table,
    labelled,
    line,
    note,
    options,
    page,
    shown,
    token,
)
from arti.ops.console.sessions import Statement
from arti.ops.console.sql.statements import MAX_ROWS, SECONDS, Mode, Result
from arti_core.errors import ArtiError


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form."""

    sql: str = ""
    mode: Mode = Mode.READ
    asked: str = ""
    seconds: int = 15


def sql_page(
    draft: Draft,
    result: Result | None,
    *,
    error: Child,
    claims: str,
    people: Sequence[tuple[str, str]],
    history: Iterable[Statement],
    csrf: str,
    studio: str,
) -> str:
    """Return the page. `claims` is what policies read when the statement ran as somebody."""
    modes = tag("fieldset", tag("legend", "Mode"), [_mode(mode, draft.mode) for mode in Mode])
    seconds = labelled(
        "At most, seconds", tag("select", options([str(s) for s in SECONDS], str(draft.seconds)), name="seconds")
    )
    form = tag(
        "form",
        token(csrf),
        labelled("One statement", tag("textarea", draft.sql, name="sql", spellcheck="false", required=True)),
        tag(
            "div",
            modes,
            impersonation_field(draft.asked, people),
            seconds,
            button("Run"),
            button("Download as CSV", kind="plain", action="/sql/csv"),
            class_="bar",
        ),
        method="post",
        action="/sql",
    )
    return page(
        "SQL",
        tag("h1", "SQL"),
        form,
        error,
        _result(result) if result else None,
        tag("details", tag("summary", "Claims it ran with"), tag("pre", claims)) if claims else None,
        _history(history),
        csrf=csrf,
        here="/sql",
        studio=studio,
    )


def _mode(mode: Mode, chosen: Mode) -> Markup:
    return tag("label", tag("input", type="radio", name="mode", value=mode, checked=mode is chosen), mode)


def _result(result: Result) -> Markup:
    parts: list[Child] = []
    if result.counts:
        boxes = (tag("div", tag("dt", f"as {who}"), tag("dd", count)) for who, count in result.counts)
        parts.append(tag("dl", *boxes, class_="counts"))
    if not result.columns:
        parts.append(tag("p", result.said or "Done.", class_="said", role="status"))
        return join(*parts)
    if result.more:
        parts.append(note(badge("cut", "warn"), f" Only the first {MAX_ROWS} rows are shown. The CSV has more."))
    lines = [line(*(tag("td", shown(value)) for value in row)) for row in result.rows]
    parts.append(tag("p", f"{result.said}", class_="note", role="status"))
    parts.append(data_table("Result", result.columns, lines, empty="No rows."))
    return join(*parts)


def error_of(error: Exception, sql: str) -> Child:
    """Return the server's message with its details, and the statement with a mark where it went wrong."""
    if isinstance(error, ArtiError):
        return tag("div", error.message, class_="error", role="alert")
    lines: list[Child] = [tag("strong", str(error.args[0]) if error.args else "The database did not answer in time.")]
    for name in ("detail", "hint"):
        if said := getattr(error, name, None):
            lines.append(tag("div", f"{name.capitalize()}: {said}"))
    position = int(getattr(error, "position", None) or 0)
    code = getattr(error, "sqlstate", None)
    marked: Child = None
    if 0 < position <= len(sql) + 1:
        at = position - 1
        before, rest = sql[:at], sql[at:]
        word = rest.split(maxsplit=1)[0] if rest.split() else ""
        row, column = before.count("\n") + 1, at - before.rfind("\n")
        lines.append(tag("div", f"Line {row}, character {column}"))
        end = rest[len(word) :] if rest.startswith(word) else rest
        marked = tag("pre", before, tag("mark", word or "⟨end⟩"), end)
    if code:
        lines.append(tag("div", f"SQLSTATE {code}"))
    return [tag("div", *lines, class_="error", role="alert"), marked]


def _history(history: Iterable[Statement]) -> Markup | None:
    lines = [
        line(
            tag(
                "td",
                tag("a", f"Load {one.number}", href=address("/sql", again=one.number)),
            ),
            tag("td", one.sql if len(one.sql) < 200 else f"{one.sql[:200]}…", class_="code"),
            one.mode,
            one.impersonation or "the owner",
            one.outcome,
        )
        for one in reversed(list(history))
    ]
    if not lines:
        return None
    return join(
        tag("h2", "Run in this session"),
        data_table("History", ("Again", "Statement", "Mode", "As", "Outcome"), lines),
    )
