"""A joined channel: who listens, to which changes of which tables."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from arti.supabase.gate import Asker
from arti.supabase.realtime.frames import Frame
from arti.supabase.rest.catalogue import SCHEMA, Catalogue, Table
from arti.supabase.rest.errors import RestError
from arti.supabase.rest.grammar import Filter, parse_filter
from arti.supabase.rest.statement import Parameters, conditions

_MOST_BINDINGS = 50
_ids = itertools.count(1)


class JoinRefused(Exception):
    """The channel cannot be joined as asked; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One `postgres_changes` of a join. `table` None means all tables that tell their changes."""

    id: int
    event: str  # INSERT, UPDATE or *
    table: str | None
    filters: tuple[Filter, ...]
    asked: dict[str, Any]  # as the client wrote it: it compares what we say back

    def wants(self, table: str, event: str) -> bool:
        return self.table in (None, table) and self.event in ("*", event)


@dataclass(slots=True, eq=False)
class Channel:
    topic: str
    join_ref: str | None
    asker: Asker
    bindings: list[Binding]
    send: Callable[[Frame], None]
    lose: Callable[["Channel"], None]  # called when changes may have been missed: the client joins again
    token: str | None = None

    def push(self, event: str, payload: dict[str, Any]) -> None:
        """Tell the client something that it did not ask for."""
        self.send(Frame(self.topic, event, payload, None, self.join_ref))

    def system(self, status: str, message: str) -> None:
        name = self.topic.removeprefix("realtime:")
        extension = "postgres_changes" if self.bindings else "system"
        self.push("system", {"extension": extension, "status": status, "message": message, "channel": name})


async def parse_bindings(config: dict[str, Any], *, catalogue: Catalogue) -> list[Binding]:
    """Read `postgres_changes` of a join. Raises JoinRefused."""
    asked = config.get("postgres_changes") or []
    if not isinstance(asked, list) or len(asked) > _MOST_BINDINGS or not all(isinstance(one, dict) for one in asked):
        raise JoinRefused(f"postgres_changes must be a list of at most {_MOST_BINDINGS} objects")
    return [await _binding(one, catalogue) for one in asked]


async def _binding(asked: dict[str, Any], catalogue: Catalogue) -> Binding:
    event, schema, name = asked.get("event"), asked.get("schema", SCHEMA), asked.get("table")
    if event not in ("*", "INSERT", "UPDATE"):
        raise JoinRefused(f"ARTi tells INSERT and UPDATE, not {str(event)[:20]}, see docs/supabase.md")
    if schema != SCHEMA:
        raise JoinRefused(f"Only the schema {SCHEMA} tells its changes")
    if asked.get("select"):
        raise JoinRefused("ARTi tells whole rows, not a choice of columns, see docs/supabase.md")
    if name in (None, "", "*"):
        if asked.get("filter"):
            raise JoinRefused("A filter needs a table")
        return Binding(next(_ids), event, None, (), asked)
    table = await catalogue.find_table(str(name))
    if table is None or not table.tells_changes:
        raise JoinRefused(f"The table {str(name)[:63]} does not tell its changes, see docs/supabase.md")
    filters = _filters(str(asked["filter"]), table) if asked.get("filter") else ()
    return Binding(next(_ids), event, table.name, filters, asked)


def _filters(text: str, table: Table) -> tuple[Filter, ...]:
    column, equals, condition = text.partition("=")
    if not equals:
        raise JoinRefused("A filter is written column=operator.value")
    if "," in condition and not condition.removeprefix("not.").startswith(
        "in."
    ):  # upstream: several filters, all to hold
        raise JoinRefused("ARTi takes one filter in a binding, see docs/supabase.md")
    try:
        found = (parse_filter(column, condition),)
        conditions(table, found, Parameters())
    except RestError as refused:
        raise JoinRefused(str(refused.body["details"] or refused.body["message"])) from None
    return found
