"""Public shapes of the inbox: what members do with insights."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.orgs.schemas import Body

MAX_INSIGHTS = 100

InsightIds = Annotated[list[UUID], Field(min_length=1, max_length=MAX_INSIGHTS)]


class InsightReads(Body):
    """Insights that the caller has read, or wants to see as unread again."""

    insight_ids: InsightIds
    read: bool = True


class InsightChange(Body):
    """What happens to insights, for the whole team. A field that is left out stays as it is."""

    insight_ids: InsightIds
    status: Literal["new", "acknowledged", "dismissed"] | None = Field(default=None, description="Null: as it is.")
    assigned_to: UUID | None = Field(default=None, description="A member who may see them all; null: nobody.")
    snoozed_until: date | None = Field(default=None, description="A day from tomorrow on; null: not put off.")


class NewInsightComment(Body):
    body: str = Field(min_length=1, max_length=4000)


class InsightComment(BaseModel):
    id: UUID
    author_id: UUID
    author_name: str = Field(description="Empty when the author is no member any more.")
    body: str
    created_at: datetime
    is_own: bool = Field(description="The caller may delete it.")
