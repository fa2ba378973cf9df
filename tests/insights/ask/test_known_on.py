"""Questions answered from what was known on an earlier day."""

from datetime import timedelta
from typing import Any

from arti.jobs import WorkerContext
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.insights import FOLLOWERS, STREAMS
from tests.factories.observations import backdate, daily_observations, make_artist, store_observations

LAST = today() - timedelta(days=10)
QUESTIONS = (
    f"streams of Moth from {LAST - timedelta(days=6)} to {LAST}",
    "streams of Moth in the last 7 days",
    f"did the streams of Moth from {LAST - timedelta(days=6)} to {LAST} rise?",
    f"best day of Moth's streams from {LAST - timedelta(days=20)} to {LAST}",
    "how many followers does Moth have?",
    f"how many followers did Moth gain from {LAST - timedelta(days=6)} to {LAST}",
    f"which artist had the most streams from {LAST - timedelta(days=6)} to {LAST}",
    "which playlists name songs of Moth?",
)


async def answers(member: Member, **known: str) -> list[dict[str, Any]]:
    found = []
    for question in QUESTIONS:
        answer = await member.http.post("/api/ask", json={"question": question} | known)
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
    return found


async def test_a_question_is_answered_from_what_was_known_then(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    org = member.org_id
    moth, ines = [await make_artist(world.database, org, name) for name in ("Moth", "Ines Vale")]
    for artist, scale in ((moth, 10.0), (ines, 5.0)):
        await store_observations(worker_context, org, artist, daily_observations(STREAMS, LAST, [scale] * 60))
        await store_observations(
            worker_context, org, artist, daily_observations(FOLLOWERS, LAST, [1000 + scale * day for day in range(60)])
        )
    await backdate(world.database, org, 9)  # stored on the day after the last, of which it knows nothing
    known_on = today() - timedelta(days=9)
    newer = LAST + timedelta(days=8)
    for artist, scale in ((moth, 30.0), (ines, 90.0)):
        await store_observations(worker_context, org, artist, daily_observations(STREAMS, newer, [scale] * 30))
        await store_observations(
            worker_context, org, artist, daily_observations(FOLLOWERS, newer, [5000 + scale * day for day in range(60)])
        )
    then, now = await answers(member, known_on=str(known_on)), await answers(member)
    assert [one["enough_data"] for one in then] == [True] * 7 + [False]
    values = [one["numbers"][0]["value"] for one in then if one["numbers"]]
    assert values == [70, 70, 70, 10, 1590, 70, 70]
    assert all(old["answer"] != new["answer"] for old, new in zip(then[:7], now[:7], strict=True))
    assert now[0]["numbers"][0]["value"] == 210
    before = await answers(member, known_on=str(known_on - timedelta(days=1)))
    assert not any(one["enough_data"] for one in before)
