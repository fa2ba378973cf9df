"""What a story says besides its numbers: what happened around that day, and what to check next."""

from typing import Any, Final

from arti.insights.detectors import Finding
from arti.insights.narration.offers import move_of
from arti.insights.stories.grouping import ArtistEvent, Story, direction_of
from arti.language.catalogue import DEFAULT_LANGUAGE, load_catalogue
from arti.language.sentences import SlotWords

_WITHOUT_NEXT: Final = (
    "stale_data",
    "milestone",
    "past_numbers",
)  # the text says it already, or there is nothing to check


def cause_words(event: ArtistEvent) -> SlotWords:
    """Return what the slots of the clause about a cause hold."""
    sentences = load_catalogue(DEFAULT_LANGUAGE).sentences
    titled, plain = f"causes.{event.kind}.titled", f"causes.{event.kind}.plain"
    phrase = titled if event.title and titled in sentences else plain if plain in sentences else "causes.other.plain"
    return {
        "cause": {"phrase": phrase},
        "cause_day": {"day": event.on.isoformat()},
        "cause_title": {"name": event.title},
    }


def next_step_key(lead: Finding, cause: ArtistEvent | None) -> str:
    """Return the key of what a manager should check next; empty where nothing is said."""
    if lead.detector in _WITHOUT_NEXT:
        return ""
    if lead.detector == "playlist_move":
        return f"playlist_{move_of(lead)}"
    if lead.detector == "release_age":  # its text compares already
        return "release_ahead" if direction_of(lead) > 0 else "release_behind"
    if lead.detector == "unusual_streams":
        return "check"
    if cause is not None and f"next.{cause.kind}" in load_catalogue(DEFAULT_LANGUAGE).sentences:
        return cause.kind
    return "up" if direction_of(lead) > 0 else "down"


def cause_json(story: Story) -> dict[str, Any] | None:
    if story.cause is None:
        return None
    return {"kind": story.cause.kind, "on": story.cause.on.isoformat()}
