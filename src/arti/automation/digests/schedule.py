"""When digests are due and when quiet hours end, in any time zone. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from arti.automation.digests.store import SettingsRow


def find_last_due(settings: SettingsRow, now: datetime) -> datetime:
    """Return the last moment, not after `now`, at which a daily or weekly digest was due: one on each local day.

    An hour that a change of the clock leaves out counts as the one after it, one that comes twice as the first.
    """
    zone, hour = ZoneInfo(settings["time_zone"]), settings["hour"]
    day, step = now.astimezone(zone).date(), 1
    if settings["frequency"] == "weekly":
        day, step = day - timedelta(days=(day.isoweekday() - settings["weekday"]) % 7), 7
    due = _moment(day, hour, zone)
    return due if due <= now else _moment(day - timedelta(days=step), hour, zone)


def find_quiet_end(settings: SettingsRow | None, now: datetime) -> datetime | None:
    """Return when the quiet hours end that `now` lies in, or None."""
    if settings is None or settings["quiet_from"] is None:
        return None
    zone, begin, end = ZoneInfo(settings["time_zone"]), settings["quiet_from"], settings["quiet_to"]
    local = now.astimezone(zone)
    is_quiet = begin <= local.hour < end if begin < end else local.hour >= begin or local.hour < end
    if not is_quiet:
        return None
    until = _moment(local.date(), end, zone)
    return until if until > now else _moment(local.date() + timedelta(days=1), end, zone)


def _moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
