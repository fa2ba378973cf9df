"""What a story says besides its numbers: what happened around that day, and what to check next."""

from typing import Final

from arti.insights.detectors import Finding
from arti.insights.narration.templates import clean_name, show_day
from arti.insights.stories.grouping import ArtistEvent, Story, direction_of

CAUSE_NOTE: Final = " Around that day: {{cause}}."

_KINDS: Final = {
    "release": "a release",
    "upload": "an upload",
    "post": "a post",
    "campaign": "the start of a campaign",
    "season": "the weeks around Christmas and New Year",
    "definition change": "a change of what the platform counts",
    "correction": "a correction by the platform",
    "unusual streams": "days whose streams were worth checking, from",
}
_NEXT: Final = {
    "release": "Compare these days with the first days of earlier releases, and see which playlists and posts brought "
    "listeners.",
    "upload": "See which of the views came from search, suggestions and links, and whether followers rose with them.",
    "post": "See whether followers and streams rose with the reach of the post.",
    "campaign": "Look at the campaign's page: a rise on its first days is no proof of its effect.",
    "season": "Compare with the same week a year ago before you call it a success or a loss.",
    "definition change": "Read what the platform counts now before comparing with earlier days.",
    "correction": "Ask the platform or the distributor what was taken back, and compare the other works.",
    "unusual streams": "Compare what was taken back with the dossier of these days, and ask the distributor.",
}
_NEXT_TO_CHECK: Final = (
    "See which playlist, city or work brought them, and whether they stop as suddenly as they came. If nothing "
    "explains them, send the dossier to the distributor and ask."
)
_NEXT_UP: Final = (
    "Look for a playlist, a post or press of that day, and check whether saves and followers rose with it."
)
_NEXT_DOWN: Final = (
    "Check whether a playlist was lost, a work became unavailable, or the platform corrected its numbers."
)


def describe_cause(event: ArtistEvent) -> str:
    """Return a cause as a phrase with its day."""
    what = _KINDS.get(event.kind, f"an entry of the calendar ({clean_name(event.kind)})")
    title = f" “{clean_name(event.title)}”" if event.title else ""
    if event.kind == "unusual streams":
        return f"{what} {show_day(event.on)}"
    return f"{what}{title}" if event.kind == "season" else f"{what}{title} on {show_day(event.on)}"


def suggest_next_step(lead: Finding, cause: ArtistEvent | None) -> str:
    """Return what a manager should check next; nothing where the text says it already."""
    if lead.detector in ("stale_data", "milestone"):
        return ""
    if lead.detector == "unusual_streams":
        return _NEXT_TO_CHECK
    if cause is not None and cause.kind in _NEXT:
        return _NEXT[cause.kind]
    return _NEXT_UP if direction_of(lead) > 0 else _NEXT_DOWN


def cause_json(story: Story) -> dict[str, str] | None:
    if story.cause is None:
        return None
    return {"kind": story.cause.kind, "on": story.cause.on.isoformat(), "text": describe_cause(story.cause)}
