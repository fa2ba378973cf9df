"""Changes of definition as a feed: read and check it, and store what is newer than what is stored.

The packaged feed is applied with the migrations. Operators apply a newer one from a file or a URL, without a release.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arti.metrics.definitions import store
from arti.orgs.audit import audit_everywhere
from arti_core.database import Connection, Row
from arti_core.errors import Invalid

PACKAGED: Final = Path(__file__).with_name("definitions.json")
PACKAGED_NAME: Final = "the packaged feed"

ASSET_KINDS: Final = frozenset({"track", "album", "video", "short", "post", "reel", "story", "sound", "playlist"})

_Text = Annotated[str, Field(min_length=1, max_length=400)]
_Day = Annotated[date, Field(ge=date(2005, 1, 1), le=date(2200, 1, 1))]


class DefinitionEntry(BaseModel):
    """How a provider counts a metric from `since_on` on. A null day: announced, the day is not known.

    `scope`: the kinds of assets that it concerns, or "all". `continued_as`: the metric that goes on with the old
    meaning. A correction has the same id and a higher revision; `withdrawn` takes a wrong entry back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{2,99}$")]
    revision: Annotated[int, Field(ge=1, le=1_000_000)]
    provider: str
    metric: str
    since_on: _Day | None
    scope: Annotated[tuple[str, ...], Field(min_length=1)]
    note: _Text
    old_meaning: _Text
    new_meaning: _Text
    continued_as: str | None
    announced_on: _Day | None
    source_url: Annotated[str, Field(pattern=r"^https://[^\s]+$", max_length=500)] | None
    withdrawn: bool = False

    def columns(self) -> dict[str, Any]:
        """Return the values by column."""
        return self.model_dump() | {"scope": list(self.scope)}


class Feed(BaseModel):
    """A feed file. Unknown fields are refused: a newer format needs a newer ARTi."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    entries: Annotated[tuple[DefinitionEntry, ...], Field(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True)
class FeedUpdate:
    """The ids of a feed: changed now, already stored as they are, and those of which a newer revision is stored."""

    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    older: tuple[str, ...]


def read_feed(content: bytes) -> Feed:
    """Return the feed of a file's content. Raises Invalid with the first fault."""
    try:
        parsed = json.loads(content)
    except ValueError as error:
        raise Invalid(f"The feed is not JSON ({error}).") from None
    try:
        feed = Feed.model_validate(parsed)
    except ValidationError as error:
        raise Invalid(_first_fault(error, parsed)) from None
    ids = [entry.id for entry in feed.entries]
    if repeated := next((id for id in ids if ids.count(id) > 1), None):
        raise Invalid(f"The feed has two entries with the id {repeated}. Each needs its own.")
    return feed


def _first_fault(error: ValidationError, parsed: object) -> str:
    fault = error.errors(include_url=False)[0]
    place = [str(part) for part in fault["loc"]]
    where = ".".join(place) or "the file"
    if len(place) >= 2 and place[0] == "entries" and isinstance(parsed, dict):
        entry = parsed["entries"][int(place[1])]
        name = entry.get("id") if isinstance(entry, dict) else None
        where = f"entry {name or int(place[1]) + 1}, field {'.'.join(place[2:]) or 'itself'}"
    return f"The feed is not valid: {where}: {fault['msg'].lower()}."


async def apply_feed(connection: Connection, feed: Feed, *, learned_from: str, strict: bool = True) -> FeedUpdate:
    """Store the entries of a feed that are newer than the stored ones, as the database's owner. Idempotent.

    An entry changes only with a higher revision. `strict`: one that differs from the stored one of its revision is an
    error; otherwise the stored one stays. Each org's audit log names the changed entries. Raises Invalid.
    """
    await store.lock_definitions(connection)
    metrics, providers = await store.list_metrics(connection), await store.list_providers(connection)
    stored = {row["id"]: row for row in await store.list_definitions(connection)}
    newer, unchanged, older = list[DefinitionEntry](), list[str](), list[str]()
    for entry in feed.entries:
        _check_names(entry, metrics, providers)
        row = stored.get(entry.id)
        if row is None or entry.revision > row["revision"]:
            newer.append(entry)
        elif entry.revision < row["revision"]:
            older.append(entry.id)
        elif strict and any(row[name] != value for name, value in entry.columns().items()):
            raise Invalid(
                f"Entry {entry.id} differs from the stored revision {entry.revision}. "
                f"Give the correction the revision {entry.revision + 1}."
            )
        else:
            unchanged.append(entry.id)
    _check_days(newer, {id: row for id, row in stored.items() if id not in {entry.id for entry in newer}})
    if newer:
        await store.upsert_definitions(connection, [entry.columns() for entry in newer], learned_from=learned_from)
        # Growth may have changed in every org without anybody there doing anything.
        ids = [entry.id for entry in newer]
        details = {"ids": ids, "learned_from": learned_from}
        await audit_everywhere(connection, "definition.updated", " ".join(ids), details)
    return FeedUpdate(tuple(entry.id for entry in newer), tuple(unchanged), tuple(older))


def _check_names(entry: DefinitionEntry, metrics: frozenset[str], providers: frozenset[str]) -> None:
    if entry.metric not in metrics:
        raise Invalid(f"Entry {entry.id}: there is no metric {entry.metric}. GET /api/metrics lists them.")
    if entry.provider not in providers:
        raise Invalid(f"Entry {entry.id}: there is no provider {entry.provider}.")
    if entry.continued_as is not None and entry.continued_as not in metrics - {entry.metric}:
        raise Invalid(f"Entry {entry.id}: continued_as must be another metric, not {entry.continued_as}.")
    if unknown := set(entry.scope) - ASSET_KINDS - {"all"}:
        raise Invalid(f"Entry {entry.id}: the scope names no kind of asset with {', '.join(sorted(unknown))}.")


def _check_days(newer: list[DefinitionEntry], others: Mapping[str, Row]) -> None:
    """Refuse two changes of one metric on one day: which of them a value follows would be undecided."""
    taken = {
        (row["provider"], row["metric"], row["since_on"]): id for id, row in others.items() if not row["withdrawn"]
    }
    for entry in newer:
        key = (entry.provider, entry.metric, entry.since_on)
        if entry.since_on is None or entry.withdrawn:
            continue
        if key in taken:
            raise Invalid(f"Entries {taken[key]} and {entry.id} change {entry.metric} on the same day. Merge them.")
        taken[key] = entry.id
