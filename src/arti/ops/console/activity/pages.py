"""The pages of what runs and of how large things are."""

from collections.abc import Sequence

from arti.ops.console.html import Child, Markup, tag
from arti.ops.console.layout import address, badge, button, data_table, hidden, line, note, number, page, right, token
from arti_core.database import Row

_LOOSE_SHARE, _LOOSE_BYTES = 0.3, 1024 * 1024
_DEAD_SHARE, _DEAD_ROWS = 0.2, 1000


def activity_page(sessions: Sequence[Row], locks: Sequence[Row], *, csrf: str, studio: str) -> str:
    """Return who runs what and who waits for whom."""
    waiting = sum(1 for row in sessions if row["blockers"])
    facts: list[Child] = [
        tag("span", tag("strong", len(sessions)), " sessions"),
        tag("span", tag("strong", sum(1 for row in sessions if row["state"] == "active")), " at work"),
        tag("span", tag("strong", waiting), " waiting for a lock"),
        tag("a", "Look again", href="/activity"),
    ]
    heads = (
        right("Process"), "Role", "Program", "State", right("For"), right("In transaction"), "Waits", "Blocked by",
        "Statement", "Stop",
    )  # fmt: skip
    return page(
        "Activity",
        tag("h1", "Activity"),
        tag("p", *facts, class_="facts"),
        data_table("Sessions", heads, [_session(row, csrf) for row in sessions], empty="Nobody else is connected."),
        tag("h2", "Locks", tag("small", "waiting first; plain reads are left out")),
        data_table(
            "Locks",
            (right("Process"), "State", "Lock", "On", "Kind", "Blocked by", right("For")),
            [_lock(row) for row in locks],
            empty="None.",
        ),
        csrf=csrf,
        here="/activity",
        studio=studio,
    )


def _session(row: Row, csrf: str) -> Markup:
    kinds = {"active": "good", "idle in transaction": "warn", "idle in transaction (aborted)": "bad"}
    which = hidden(pid=str(row["pid"]), started_at=row["backend_start"].isoformat())
    forms = [
        tag(
            "form",
            token(csrf),
            which,
            button(text, kind="plain" if kind == "cancel" else "danger", aria_label=f"{text} {row['pid']}"),
            method="post",
            action=f"/activity/{kind}",
        )
        for kind, text in (("cancel", "Cancel"), ("terminate", "End…"))
        if kind == "terminate" or row["state"] == "active"
    ]
    return line(
        number(str(row["pid"])),
        row["role"],
        row["program"],
        tag("td", badge(row["state"], kinds.get(row["state"], ""))),
        number(_duration(row["seconds"])),
        number(_duration(row["transaction_seconds"])),
        row["waits"],
        ", ".join(map(str, row["blockers"])),
        tag("td", row["query"], class_="code"),
        tag("td", *forms, class_="acts"),
    )


def _lock(row: Row) -> Markup:
    return line(
        number(str(row["pid"])),
        tag("td", badge("held") if row["granted"] else badge("waits", "warn")),
        row["mode"].removesuffix("Lock"),
        row["relation"],
        row["kind"],
        ", ".join(map(str, row["blockers"])) if not row["granted"] else "",
        number(_duration(row["seconds"])),
    )


def end_page(pid: str, started_at: str, *, csrf: str, studio: str) -> str:
    """Ask before a session is ended: its transaction is lost."""
    title = f"End the session of process {pid}?"
    return page(
        title,
        tag("h1", title),
        note("Its statement stops, its transaction is rolled back and its program loses the connection."),
        tag(
            "form",
            token(csrf),
            hidden(pid=pid, started_at=started_at, sure="yes"),
            tag("p", button("End the session", kind="danger"), tag("a", "Back", href="/activity"), class_="bar"),
            method="post",
            action="/activity/terminate",
        ),
        csrf=csrf,
        here="/activity",
        studio=studio,
    )


def sizes_page(total: int, tables: Sequence[Row], idle: Sequence[Row], *, csrf: str, studio: str) -> str:
    """Return the space of tables and what of it is likely waste."""
    heads = (
        "Table", right("Total"), right("Rows"), right("Indexes"), right("Long values"), right("Live rows"),
        right("Dead rows"), right("Loose, estimated"), right("Scans"), right("Index scans"), "Vacuumed", "Analyzed",
    )  # fmt: skip
    idle_lines = [line(f"{row['schema']}.{row['table_name']}", row["name"], number(size(row["size"]))) for row in idle]
    return page(
        "Sizes",
        tag("h1", "Sizes", tag("small", f"the database takes {size(total)}")),
        note(
            "Dead rows wait for a vacuum. Loose is the space beyond what the rows need by the planner's statistics: a "
            "guide, not a measurement. Times are in UTC."
        ),
        data_table("Sizes of tables", heads, [_table(row) for row in tables]),
        tag("h2", "Indexes that no query used", tag("small", "since the statistics began; keys are left out")),
        data_table("Unused indexes", ("Table", "Index", right("Size")), idle_lines, empty="None."),
        csrf=csrf,
        here="/sizes",
        studio=studio,
    )


def _table(row: Row) -> Markup:
    link = tag("a", f"{row['schema']}.{row['name']}", href=address("/table", schema=row["schema"], name=row["name"]))
    rows, loose = row["live"] + row["dead"], row["loose"]
    many_dead = row["dead"] > _DEAD_ROWS and row["dead"] > _DEAD_SHARE * rows
    much_loose = loose is not None and loose > _LOOSE_BYTES and loose > _LOOSE_SHARE * row["heap"]
    return line(
        link,
        number(size(row["total"])),
        number(size(row["heap"])),
        number(size(row["indexes"])),
        number(size(row["toast"])),
        number(row["live"]),
        tag("td", badge(f"{row['dead']:,}", "warn") if many_dead else f"{row['dead']:,}", class_="number"),
        tag("td", _dead_rows(loose, much_loose), class_="number"),
        number(row["scans"]),
        number(row["index_scans"]),
        f"{row['vacuumed_at']:%Y-%m-%d %H:%M}" if row["vacuumed_at"] else "never",
        f"{row['analyzed_at']:%Y-%m-%d %H:%M}" if row["analyzed_at"] else "never",
    )


def _dead_rows(loose: int | None, much: bool) -> Child:
    if loose is None:
        return "unknown"
    return badge(size(loose), "warn") if much else size(loose)


def size(count: int) -> str:
    """Return bytes in words, e.g. 1.5 MB."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TB"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{max(seconds, 0):.1f} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
