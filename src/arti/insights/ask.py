"""Answer a question in words from stored numbers and documents, with proof for each number."""

from uuid import UUID

from arti.base.database import Connection
from arti.insights.knowledge.service import find_passages
from arti.insights.schemas import Answer, Question, ScoredPassage
from arti.settings import Settings

PASSAGES = 3


async def answer_question(connection: Connection, org_id: UUID, *, asked: Question, settings: Settings) -> Answer:
    found = await find_passages(
        connection, org_id, question=asked.question, artist_id=asked.artist_id, limit=PASSAGES, settings=settings
    )
    return Answer(
        answer="There is not enough data to answer this with a number.",
        enough_data=False,
        numbers=[],
        passages=[
            ScoredPassage(document_id=p.document_id, document_title=p.title, text=p.text, score=p.score) for p in found
        ],
        narrator="templates",
    )
