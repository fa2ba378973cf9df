"""What is wrong with the backups, from what their service reports."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

_BACKUP_AGE: Final = timedelta(hours=26)  # one a day, and two hours to make it
_BACKUP_SILENCE: Final = timedelta(minutes=5)  # it reports every twenty seconds
_ARCHIVE_AGE: Final = timedelta(minutes=5)


def describe_backup_problem(state: Mapping[str, Any], at: datetime) -> str | None:
    """Return what is wrong with the backups at a moment, with the last error, or None."""
    error = f" The last error: {state['last_error']}" if state["last_error"] else ""
    newest = state["last_backup_at"] or state["since"]
    if at - newest > _BACKUP_AGE:
        known = f"The newest is of {newest:%d %b %H:%M} UTC." if state["last_backup_at"] else "There is none."
        return f"No good backup for {_hours(at - newest)} hours. {known}{error}"
    if state["reported_at"] is None:
        return None  # not yet: a first start, or a service that is not there; the age above will say
    if at - state["reported_at"] > _BACKUP_SILENCE:
        return (
            f"The backup service has been silent since {state['reported_at']:%d %b %H:%M} UTC. See ./arti logs backup."
        )
    if state["kind"] == "physical" and at - (state["archived_until"] or state["since"]) > _ARCHIVE_AGE:
        return f"The archive of the last minutes is behind: a loss would cost them.{error}"
    return None


def _hours(age: timedelta) -> int:
    return int(age.total_seconds() // 3600)
