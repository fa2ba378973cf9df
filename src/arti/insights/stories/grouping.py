"""One cause, one story: findings of one artist around one day become one insight with its parts. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from arti.insights.detectors import Finding
from arti.insights.detectors.deduplication import metric_rank
from arti.insights.detectors.finding import SPANS
from arti.insights.detectors.level_shift import is_of_window
from arti.vocabulary import Severity

NEAR: Final = timedelta(days=3)
_AT_ONCE: Final = timedelta(days=2)
# How far a detector's day may be from the day of the cause.
_LOOSE: Final = {"level_shift": timedelta(days=7), "trend_change": timedelta(days=14), "milestone": timedelta(days=4)}
# A release raises numbers for four weeks, and its end is no news for eight.
_RELEASE_RISE: Final = timedelta(days=28)
_RELEASE_FALL: Final = timedelta(days=56)
# What its first days bring; a later day on which the platform had something of its own is that one's.
RELEASE_DAYS: Final = timedelta(days=7)
NOT_OF_RELEASE: Final = frozenset(("correction", "unusual_streams", "playlist_move"))
_LASTING: Final = frozenset(("level_shift", "trend_change", "growth"))
# How many days a detector waits before it reports: an older day was past when ARTi learnt of it.
_WAITS: Final = {"level_shift": 28, "trend_change": 28}
_LATE_DAYS: Final = 7
_WINDOW_DAYS: Final = 28
DOCUMENT: Final = "document"
_SEVERITIES: Final = tuple(Severity)


@dataclass(frozen=True, slots=True)
class ArtistEvent:
    """What happened to an artist on a day: a release, an upload, a post, a campaign, an entry of the calendar.

    Or a document names the day: it is cited where nothing that ARTi knows itself is near, and never gives a title.
    """

    kind: str
    on: date
    title: str = ""
    provider: str = ""  # where it was published; of an entry of the calendar none
    asset_id: UUID | None = None
    chunk_id: UUID | None = None  # of the document that names the day


@dataclass(frozen=True, slots=True)
class OpenStory:
    """An insight that later findings may be a part of.

    `first`, `last`: its days; of a move on a playlist the day, and the last one of the export that shows it.
    """

    insight_id: UUID
    detector: str
    direction: int
    first: date
    last: date
    release_on: date | None
    quiet: bool = False
    provider: str = ""
    recorded_on: date | None = None


@dataclass(slots=True)
class Story:
    """A finding with what belongs to it. `insight_id`: the insight that it is a part of already."""

    lead: Finding | None
    parts: list[Finding] = field(default_factory=list)
    cause: ArtistEvent | None = None
    insight_id: UUID | None = None
    quiet: bool = False
    takes_in: list[UUID] = field(default_factory=list)  # quiet insights whose findings become parts of this one

    @property
    def severity(self) -> Severity:
        found = [one.severity for one in (self.lead, *self.parts) if one is not None]
        return max(found, key=_SEVERITIES.index)


def group_findings(
    findings: Sequence[Finding],
    *,
    events: Sequence[ArtistEvent],
    open_stories: Sequence[OpenStory],
    today_in: Callable[[str], date],
) -> list[Story]:
    """Return the stories of one artist's new findings, the strongest first; the parts of open ones come last.

    What is minor is a part of a story or nothing, and so is what came weeks ago as well, without a cause of its own.
    """
    stories: list[Story] = []
    attached: dict[UUID, Story] = {}
    for finding in sorted(findings, key=lambda one: _lead_rank(one, find_release(one, events))):
        release = find_release(finding, events)
        # Nobody was notified of a quiet story, so news is no part of one.
        old = is_old(finding, today_in(finding.series.about.time_zone))
        possible = [story for story in open_stories if old or not story.quiet]
        if known := next((story for story in possible if _belongs(finding, release, story)), None):
            story = attached.setdefault(known.insight_id, Story(None, insight_id=known.insight_id))
            story.parts.append(finding)
        elif near := next((story for story in stories if _belongs(finding, release, _as_open(story))), None):
            near.parts.append(finding)
        elif not finding.is_minor:
            cause = _find_checked(finding, open_stories) or _cause_of_lead(finding, release, events)
            if finding.is_repeat and (cause is None or cause.kind == "season"):
                continue
            quiet = [story.insight_id for story in open_stories if story.quiet and _is_of_release(release, story)]
            stories.append(Story(finding, cause=cause, takes_in=quiet))
    for story in stories:
        found = [one for one in (story.lead, *story.parts) if one is not None]
        story.quiet = all(is_old(one, today_in(one.series.about.time_zone)) for one in found)
    stories.sort(key=lambda story: -(story.lead.score if story.lead else 0))
    return [*stories, *attached.values()]


def direction_of(finding: Finding) -> int:
    """Return 1 for a rise, -1 for a fall, 0 for what is neither."""
    if finding.detector in ("stale_data", "past_numbers") or finding.shape == "hangs":
        return 0
    falls = ("down", "slower", "turned_down", "falling_faster", "lost", "taken_back")
    return -1 if finding.shape.startswith(falls) else 1


def is_old(finding: Finding, today: date) -> bool:
    """Return whether a finding was past when it could first be found: a first sync, a backfill or a file brought it."""
    if finding.detector == "stale_data":
        return False
    wait = _WAITS.get(finding.detector, 0) + (_WINDOW_DAYS if is_of_window(finding.series) else 0)
    return (today - max(finding.happened_on, _first_day(finding))).days > wait + _LATE_DAYS * max(
        finding.series.about.interval_days // 2, 1
    )


def find_release(finding: Finding, events: Sequence[ArtistEvent]) -> ArtistEvent | None:
    """Return the latest release that a finding may be a consequence of."""
    day = finding.period_from if finding.detector in SPANS else finding.happened_on
    loose = _LOOSE.get(finding.detector, timedelta(days=1))
    if finding.detector == "release_age":
        on = finding.days["released"]
        return next(
            (event for event in events if event.kind == "release" and abs(event.on - on) <= NEAR),
            ArtistEvent("release", on),
        )
    releases = []
    for event in events:
        if event.kind != "release" or direction_of(finding) == 0 or finding.detector in NOT_OF_RELEASE:
            continue
        rises = direction_of(finding) > 0 and event.on - loose <= day <= event.on + _RELEASE_RISE
        fades = finding.detector in _LASTING and event.on < day <= event.on + _RELEASE_FALL
        if rises and day > event.on + RELEASE_DAYS and _has_own(finding, events):
            continue
        if rises or (fades and direction_of(finding) < 0):
            releases.append(event)
    if not releases:
        return None
    latest = max(releases, key=lambda event: (event.on, event.provider == "", event.title != ""))
    provider = finding.series.about.provider
    if latest.provider in ("", provider):
        return latest
    # Who may not read a platform learns no title from it; what came out on this one beside it has one.
    beside = (one for one in events if one.kind == "upload" and one.provider == provider and _is_near(one, latest))
    return replace(latest, title=next((one.title for one in beside), ""), provider="", asset_id=None)


def _is_near(event: ArtistEvent, other: ArtistEvent) -> bool:
    return abs(event.on - other.on) <= NEAR


def _has_own(finding: Finding, events: Sequence[ArtistEvent]) -> bool:
    """Return whether something else came out on a finding's platform on its day."""
    provider, day = finding.series.about.provider, finding.happened_on
    return finding.detector == "spike" and any(
        event.kind not in ("release", DOCUMENT)
        and event.provider == provider
        and timedelta(0) <= day - event.on <= _AT_ONCE
        for event in events
    )


def _find_checked(finding: Finding, open_stories: Sequence[OpenStory]) -> ArtistEvent | None:
    """Return the days worth checking that lie before a correction of the same platform."""
    if finding.detector != "correction":
        return None
    days = [
        story.first
        for story in open_stories
        if story.detector == "unusual_streams"
        and story.provider == finding.series.about.provider
        and story.first <= finding.happened_on
    ]
    return ArtistEvent("unusual streams", max(days)) if days else None


def find_cause(finding: Finding, events: Sequence[ArtistEvent]) -> ArtistEvent | None:
    """Return what happened nearest before a finding, on its own platform or in the artist's calendar."""
    about = finding.series.about
    if finding.detector in ("stale_data", "growth", "playlist_move"):
        return None
    if finding.detector == "correction":
        return ArtistEvent("correction", finding.happened_on)
    loose = _LOOSE.get(finding.detector, timedelta(days=2))
    around = [
        event
        for event in events
        if event.provider in ("", about.provider)
        and event.on - timedelta(days=1) <= finding.happened_on <= event.on + loose
    ]
    if near := [event for event in around if event.kind != DOCUMENT]:
        return max(near, key=lambda event: (event.asset_id == about.asset_id, event.title != "", event.on))
    if about.changed_on is not None and abs((about.changed_on - finding.happened_on).days) <= 3:
        return ArtistEvent("definition change", about.changed_on)
    if is_season(finding.happened_on):
        return ArtistEvent("season", finding.happened_on)
    return next(iter(around), None)


def is_season(day: date) -> bool:
    """Return whether a day lies in the weeks around Christmas and New Year."""
    return (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 6)


def _cause_of_lead(finding: Finding, release: ArtistEvent | None, events: Sequence[ArtistEvent]) -> ArtistEvent | None:
    """Return what a story names: a release for a rise; for a fall, or a round number, only what is near."""
    if finding.detector == "milestone":
        return None
    rises = direction_of(finding) > 0 or finding.detector == "release_age"
    return release if release is not None and rises else find_cause(finding, events)


def _first_day(finding: Finding) -> date:
    return finding.period_to if finding.detector in ("growth", "playlist_move") else finding.happened_on


def _lead_rank(finding: Finding, release: ArtistEvent | None) -> tuple[object, ...]:
    """Sort what should lead a story first: rises, what changed, the first days of a release, the artist before works.

    Then main numbers; what is minor comes last.
    """
    about = finding.series.about
    is_late = release is not None and finding.happened_on > release.on + RELEASE_DAYS
    is_fall, is_total = direction_of(finding) < 0, finding.detector in ("milestone", "release_age")
    to_check = finding.detector == "unusual_streams"
    of_work = about.asset_id is not None
    kind = (finding.is_minor, not to_check, is_fall, is_total, is_late)
    return (*kind, of_work, metric_rank(about.metric), -finding.score, finding.fingerprint)


def _span(finding: Finding) -> tuple[date, date]:
    if finding.detector in SPANS:
        return finding.period_from, finding.period_to
    loose = _LOOSE.get(finding.detector, timedelta(0))
    return finding.happened_on - loose, finding.happened_on + loose


def _as_open(story: Story) -> OpenStory:
    assert story.lead is not None
    first, last = _span(story.lead)
    if story.lead.detector == "playlist_move":
        first, last = story.lead.happened_on, story.lead.period_to
    is_release = story.cause and story.cause.kind == "release" and story.lead.detector not in NOT_OF_RELEASE
    release_on = story.cause.on if story.cause and is_release else None
    return OpenStory(UUID(int=0), story.lead.detector, direction_of(story.lead), first, last, release_on)


def _belongs(finding: Finding, release: ArtistEvent | None, story: OpenStory) -> bool:
    if (finding.detector == "stale_data") != (story.detector == "stale_data"):
        return False
    if finding.detector == "unusual_streams" != story.detector:
        return False  # it says what no rise says
    if finding.detector == "stale_data":
        return abs(finding.happened_on - story.first) <= NEAR
    if _is_of_release(release, story):
        return True
    if finding.detector == "release_age":
        return False  # its days say nothing: other things happen in the first weeks of a release too
    first, last = _span(finding)
    if story.detector == "playlist_move":
        if finding.detector == "playlist_move":  # what one export shows is one story
            return direction_of(finding) == story.direction and finding.period_to == story.last
        story = replace(story, last=story.first)
    return direction_of(finding) == story.direction and first - NEAR <= story.last and last + NEAR >= story.first


def _is_of_release(release: ArtistEvent | None, story: OpenStory) -> bool:
    return release is not None and story.release_on is not None and abs(release.on - story.release_on) <= NEAR
