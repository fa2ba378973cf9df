"""Search by words beside search by meaning: stems of five languages, rare words, and questions in another language."""

from uuid import UUID

import pytest

from arti.insights.knowledge.languages import find_language
from arti.insights.knowledge.lexical import WordHit, join_rankings, rank_by_words
from arti.insights.knowledge.store import search_words
from arti.jobs import WorkerContext
from arti.vocabulary import Role
from arti_core.database import job_transaction
from tests.conftest import World
from tests.job_runner import run_due_jobs

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The tour begins in June and ends in the autumn.", "english"),
        ("Die Tournee beginnt im Juni und endet im Herbst.", "german"),
        ("La gira empieza en junio y termina en el otoño.", "spanish"),
        ("La tournée commence en juin et finit dans le sud.", "french"),
        ("A turnê começa em junho e termina no outono.", "portuguese"),
        ("Tidelight", "simple"),
    ],
)
def test_languages_are_found_by_their_common_words(text: str, language: str) -> None:
    assert find_language(text) == language


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    hits = [WordHit(ONE, "vinyl", 1, 20, 1), WordHit(TWO, "artist", 3, 20, 60)]
    scores = rank_by_words(hits, chunks=100, average_words=20)
    assert scores[ONE] > scores[TWO]


def test_common_words_alone_rank_nothing() -> None:
    hits = [WordHit(ONE, "2026", 1, 20, 60), WordHit(TWO, "spotify", 1, 20, 70)]
    assert rank_by_words(hits, chunks=100, average_words=20) == {}


def test_words_lift_a_chunk_and_meaning_alone_decides_without_them() -> None:
    by_meaning = {ONE: 0.90, TWO: 0.89, THREE: 0.80}
    assert join_rankings(by_meaning, {}) == [ONE, TWO, THREE]
    assert join_rankings(by_meaning, {TWO: 5.0})[0] == TWO


async def test_another_form_of_a_rare_word_is_found(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.ANALYST)
    for title, body in (
        ("Presswerk", "Die Schallplatten werden im Presswerk Quedlingen gefertigt, und das dauert zehn Wochen."),
        ("Vertrieb", "Die Platten gehen an den Vertrieb, der sie an die Läden in der Stadt und auf dem Land liefert."),
        ("Radio", "Das Radio spielt den Titel zwei Wochen vor der Veröffentlichung, auch nachts und am Wochenende."),
    ):
        assert (await member.http.post("/api/documents", json={"title": title, "body": body})).status_code == 201
    await run_due_jobs(worker_context)
    rows = await world.database.as_owner(
        "select language, model, words::text from chunks where org_id = $1", member.org_id
    )
    assert {row["language"] for row in rows} == {"german"}
    assert any("'presswerk'" in row["words"] for row in rows)
    found = await member.http.get("/api/documents/search", params={"q": "Presswerke in Quedlingen", "limit": 3})
    assert found.json()["results"][0]["title"] == "Presswerk"
    async with job_transaction(worker_context.pool, member.org_id) as connection:
        model = rows[0]["model"]
        words = {
            language: await search_words(
                connection, member.org_id, question="Presswerk", language=language, model=model, artist_id=None
            )
            for language in ("german", "english")
        }
    assert (len(words["german"]), words["english"]) == (1, [])
