"""Public shapes of workflows that ARTi makes in n8n."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from arti.automation.channels.schemas import Channel, Name, RequestBody
from arti.language.messages.reader import ReaderText

TemplateName = Literal["events", "story-to-slack", "failed-account-to-ticket"]


class WorkflowTemplate(BaseModel):
    """What ARTi can make. `needs`: what the workflow lacks until somebody adds it in n8n; empty: it works at once."""

    name: TemplateName
    title: ReaderText
    summary: ReaderText
    needs: ReaderText


class WorkflowRun(BaseModel):
    """One execution, as n8n reports it."""

    id: str
    status: str
    started_at: datetime | None
    stopped_at: datetime | None


class ConnectedWorkflow(BaseModel):
    """A workflow that ARTi has made in n8n, with its last runs, the latest first.

    `is_active`: whether it is published there. `problem`: why n8n says nothing of it.
    """

    id: UUID
    name: str
    template: str
    channel_id: UUID | None
    is_active: bool
    runs: list[WorkflowRun]
    problem: ReaderText | None


class N8nConnection(BaseModel):
    """Whether workflows can be connected, and those that are. `problem`: why not, and who can change that."""

    can_connect: bool
    problem: ReaderText | None
    editor_url: str | None
    templates: list[WorkflowTemplate]
    workflows: list[ConnectedWorkflow]


class NewConnection(RequestBody):
    template: TemplateName
    name: Name


class CreatedConnection(BaseModel):
    """The new channel, and whether the workflow is published. `next_step`: what is left to do in n8n."""

    channel: Channel
    is_active: bool
    next_step: ReaderText | None
