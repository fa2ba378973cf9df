"""Documents: chunked, embedded, and found by meaning within their org."""

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arti.insights.knowledge import embedding
from arti.insights.knowledge.chunking import chunk_document
from arti.insights.knowledge.embedding import DIMENSIONS, HASHED_MODEL, SMALL_MODEL, embed, hashed_vector
from arti.jobs import WorkerContext
from arti.settings import Settings
from arti.vocabulary import Role
from arti_core.database import job_transaction
from arti_core.errors import Unavailable
from arti_core.jobs import enqueue_job
from tests.conftest import Member, World
from tests.factories.observations import make_artist
from tests.insights.fake_openai import choosing, run_fake_openai
from tests.job_runner import run_due_jobs

FILES = Path(__file__).parent / "files"
OFFLINE = Settings.model_validate({"database_url": "postgresql://x", "arti_master_key": "x"})


async def add_document(member: Member, title: str, body: str, **more: Any) -> str:
    answer = await member.http.post("/api/documents", json={"title": title, "body": body, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def search(member: Member, question: str, limit: int = 5) -> list[dict[str, Any]]:
    answer = await member.http.get("/api/documents/search", params={"q": question, "limit": limit})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


# Chunking


def test_chunks_follow_headings_and_paragraphs() -> None:
    chunks = chunk_document("Plan", (FILES / "release-plan.md").read_text(), words=60)
    assert chunks[0].startswith("Dates\n")
    assert all(len(chunk.split()) <= 63 for chunk in chunks)
    assert not any("Dates" in chunk and "Budget" in chunk for chunk in chunks)
    assert len([chunk for chunk in chunks if chunk.startswith("Budget")]) == 2


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=600), st.integers(2, 40))
def test_no_word_is_lost_and_no_chunk_too_long(body: str, words: int) -> None:
    chunks = chunk_document("T", f"start {body} end", words=words)
    kept = [word for chunk in chunks for word in chunk.split()]
    assert kept[0] == "start" or "start" in kept
    assert all(chunk.strip() for chunk in chunks)
    longest = max(len(chunk.rpartition("\n")[2].split()) for chunk in chunks)
    assert longest <= max(words, 2) * 2


def test_headings_in_three_markup_languages() -> None:
    body = "# One\na\n\nTwo\n===\nb\n\n== Three ==\nc"
    assert chunk_document("T", body) == ["One\na", "Two\nb", "Three\nc"]


# Embedding


async def test_vectors_are_normalized_and_similar_texts_are_near() -> None:
    texts = ["The tour begins in Madrid in June.", "Royalties are paid each quarter.", "Our concerts start in Spain."]
    vectors = await embed(texts, purpose="passage", settings=OFFLINE)
    assert vectors.shape == (3, DIMENSIONS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[0] @ vectors[2] > vectors[0] @ vectors[1]


async def test_embedding_does_not_block_the_event_loop() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await embed(["a long passage about a tour " * 40] * 4, purpose="passage", settings=OFFLINE)
    ticking.cancel()
    assert ticks > 5


def test_hashed_vectors_compare_spelling() -> None:
    one, near, far = (hashed_vector(text) for text in ("playlist pitching", "Playlist pitches", "royalty audit"))
    assert one @ near > one @ far
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)


async def test_without_the_model_vectors_are_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_engine", lambda: None)
    assert embedding.model_name(OFFLINE) == HASHED_MODEL
    assert (await embed(["a", "b"], purpose="query", settings=OFFLINE)).shape == (2, DIMENSIONS)


async def test_a_configured_endpoint_embeds() -> None:
    with run_fake_openai(choosing("", [])) as model:
        settings = model.configure(OFFLINE, openai_embedding_model="stub-embed")
        assert embedding.model_name(settings) == "stub-embed"
        vectors = await embed(["one", "three"], purpose="query", settings=settings)
        model.status = 400
        with pytest.raises(Unavailable):
            await embed(["one"], purpose="query", settings=settings)
    assert model.embedded == ["one", "three", "one"]
    assert vectors.shape == (2, DIMENSIONS)


# Over HTTP


async def test_an_indexed_document_is_found_by_meaning(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.ANALYST)
    plan = await add_document(member, "Release plan", (FILES / "release-plan.md").read_text(), kind="brief")
    await add_document(member, "How royalties work", "Collecting societies pay performance royalties every quarter.")
    assert (await member.http.get(f"/api/documents/{plan}")).json()["status"] == "pending"
    await run_due_jobs(worker_context)

    document = (await member.http.get(f"/api/documents/{plan}")).json()
    assert document["status"] == "indexed"
    assert document["chunks"] > 1
    [first, *_] = await search(member, "how much money may we spend on adverts?")
    assert (first["document_id"], first["model"]) == (plan, SMALL_MODEL)
    assert "Budget" in first["text"]
    found = (await member.http.get("/api/documents", params={"q": "release P"})).json()["items"]
    assert [each["id"] for each in found] == [plan]
    listed = (await member.http.get("/api/documents")).json()["items"]
    assert [one["title"] for one in listed] == ["How royalties work", "Release plan"]
    assert "body" not in listed[0]


async def test_a_text_is_stored_once_and_indexing_is_idempotent(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    document_id = await add_document(member, "Notes", "The same text.")
    again = await member.http.post("/api/documents", json={"title": "Other", "body": "The same text."})
    assert again.status_code == 409
    await run_due_jobs(worker_context)
    async with job_transaction(worker_context.pool, member.org_id) as connection:
        await enqueue_job(connection, member.org_id, "insights.index_document", {"document_id": document_id})
    await run_due_jobs(worker_context)
    assert len(await search(member, "text")) == 1


async def test_search_is_limited_to_the_org_and_the_artist(world: World, worker_context: WorkerContext) -> None:
    member, outsider = await world.member(), await world.member()
    secret = "The secret album is called Canary Lantern."
    document_id = await add_document(member, "Secret", secret)
    await run_due_jobs(worker_context)
    assert secret in (await search(member, "secret album"))[0]["text"]
    assert await search(outsider, "secret album") == []
    for method in ("GET", "DELETE"):
        assert (await outsider.http.request(method, f"/api/documents/{document_id}")).status_code == 404

    one, other = [await make_artist(world.database, member.org_id, name) for name in ("One", "Other")]
    await add_document(member, "On One", "One plays in Oslo.", artist_id=str(one))
    await run_due_jobs(worker_context)
    found = await member.http.get("/api/documents/search", params={"q": "Oslo", "artist_id": str(other)})
    assert "Oslo" not in json.dumps(found.json())


async def test_vectors_of_another_model_are_ignored_and_replaced(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    await add_document(member, "Notes", "The tour begins in Madrid.")
    await run_due_jobs(worker_context)
    await world.database.as_owner("update chunks set model = 'old-model' where org_id = $1", member.org_id)
    assert await search(member, "tour") == []
    async with job_transaction(worker_context.pool, member.org_id) as connection:
        await enqueue_job(connection, member.org_id, "insights.check_stale", {})
    await run_due_jobs(worker_context)
    assert len(await search(member, "tour")) == 1


async def test_a_deleted_document_is_not_found(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    document_id = await add_document(member, "Notes", "The tour begins in Madrid.")
    await run_due_jobs(worker_context)
    assert (await member.http.delete(f"/api/documents/{document_id}")).status_code == 204
    assert await search(member, "tour") == []
    assert await world.database.as_owner("select 1 from chunks where document_id = $1", document_id) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "", "body": "x"}, "title"),
        ({"title": "x", "body": " "}, "body"),
        ({"title": "x", "body": "x", "kind": "novel"}, "kind"),
        ({"title": "x", "body": "x", "source_url": "javascript:alert(1)"}, "source_url"),
    ],
)
async def test_invalid_documents_are_refused(world: World, body: dict[str, str], field: str) -> None:
    member = await world.member()
    answer = await member.http.post("/api/documents", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_creators_can_read_and_not_write(world: World) -> None:
    admin = await world.member()
    artist_id = await make_artist(world.database, admin.org_id)
    creator = await world.member(admin.org_id, Role.CREATOR)
    document_id = await add_document(admin, "Notes", "A note.", artist_id=str(artist_id))
    assert (await creator.http.get(f"/api/documents/{document_id}")).json()["body"] == "A note."
    assert (await creator.http.post("/api/documents", json={"title": "x", "body": "y"})).status_code == 403
    assert (await creator.http.delete(f"/api/documents/{document_id}")).status_code == 403


# Quality, on labelled questions


async def test_questions_find_their_paragraph(shared: Path) -> None:
    """XQuAD: each question has one paragraph that answers it. Every eighth paragraph, two questions each."""
    folder = shared / "data/retrieval-xquad/en"

    def read(name: str) -> list[dict[str, str]]:
        return [json.loads(line) for line in (folder / name).read_text().splitlines()]

    corpus = read("corpus.jsonl")[::8]
    answers = dict(line.split("\t")[:2] for line in (folder / "qrels.tsv").read_text().splitlines()[1:])
    wanted = [paragraph["_id"] for paragraph in corpus]
    related = [query for paragraph in wanted for query in read("queries.jsonl") if answers[query["_id"]] == paragraph]
    queries = related[::3]
    passages = await embed([f"{one['title']}\n{one['text']}" for one in corpus], purpose="passage", settings=OFFLINE)
    questions = await embed([one["text"] for one in queries], purpose="query", settings=OFFLINE)
    order = np.argsort(-(questions @ passages.T), axis=1)
    ranked = [[wanted[at] for at in row] for row in order]
    assert len(queries) >= 40
    first = np.mean([answers[query["_id"]] == row[0] for query, row in zip(queries, ranked, strict=True)])
    assert first >= 0.85, first
