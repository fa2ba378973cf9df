"""Public shapes of a digest in the app."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from arti.automation.digests.pages import PanelKind
from arti.insights.schemas import StoryChart


class ReadableDigestStory(BaseModel):
    """A story of a digest. `path`: its page in the web app."""

    id: UUID
    title: str
    body: str
    artist_name: str
    provider: str
    metric: str
    metric_name: str
    direction: int
    happened_on: date
    chart: StoryChart
    path: str


class ReadableDigestRow(BaseModel):
    name: str
    value: str
    remark: str
    path: str


class ReadableDigestPanel(BaseModel):
    kind: PanelKind
    heading: str
    rows: list[ReadableDigestRow]


class ReadableDigest(BaseModel):
    """What a digest of the caller holds, as they see it now: the same as its mail, in their language."""

    period_from: datetime
    period_until: datetime
    head: list[str] = Field(description="Its period, and what it is filtered by now.")
    stories: list[ReadableDigestStory] = Field(description="Falls first; at most ten.")
    story_count: int
    panels: list[ReadableDigestPanel] = Field(description="Only those that have something to say.")
