"""HTTP of messages: where a short link leads, and the charts that they show by an address."""

import asyncio

from fastapi import Request, Response
from pydantic import BaseModel

from arti.automation.messages.chart_links import open_chart_link
from arti.automation.messages.charts import draw_chart
from arti.automation.messages.short_links import read_short_code
from arti.automation.messages.store import find_subject
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import SignedIn, get_context, public
from arti_core.database import member_transaction
from arti_core.errors import NotFound

router = ApiRouter(tags=["automation"])


class ShortLink(BaseModel):
    """Where a short link leads: a path of the web app, with the org."""

    path: str


@router.get("/api/short-links/{code}")
@public
async def open_short_link(request: Request, principal: SignedIn, code: str) -> ShortLink:
    """Return where the short link of a message leads, for a member of its org who sees what it is about."""
    subject_id = read_short_code(code)
    if subject_id is None:
        raise NotFound("link")
    async with member_transaction(get_context(request).pool, principal, read_only=True) as connection:
        subject = await find_subject(connection, subject_id, user_id=principal.user_id)
    if subject is None:
        raise NotFound("link", "What it leads to was deleted, or you may not see it. Are you signed in as yourself?")
    return ShortLink(path=f"/{subject['page']}/?id={subject_id}&org={subject['org_id']}")


@router.get(
    "/api/message-charts/{token}",
    response_class=Response,
    responses={200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}},
)
@public
async def get_message_chart(request: Request, token: str) -> Response:
    """Return the picture of a chart in a message. The address ends after 30 days."""
    chart = open_chart_link(get_context(request).vault, token)
    picture = await asyncio.to_thread(draw_chart, chart.values, mark=chart.mark, is_fall=chart.is_fall)
    if picture is None:
        raise NotFound("chart")
    return Response(picture, media_type="image/png", headers={"Cache-Control": "public, max-age=86400, immutable"})
