"""A source that counts weeks: charts have no gaps between its values, and every period of it is of whole weeks."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx2 as httpx
import pytest

from arti.campaigns.periods import DayRange, weekly_windows
from arti.vocabulary import Role
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.observations import make_artist
from tests.supabase_local.conftest import Gateway, gateway, gateway_settings, local_keys

__all__ = ["gateway", "gateway_settings", "local_keys"]

SUNDAY = today() - timedelta(days=today().weekday() + 1)  # the latest that is over
PATH = "/api/sources/own.linkfire/observations"


async def weekly_source(world: World, member: Member, values: Sequence[float | None], *, kind: str = "flow") -> UUID:
    """Define clicks of a weekly source and type one value for each week up to the latest; None leaves a week out."""
    artist = await make_artist(world.database, member.org_id)
    metric = {"name": "Link clicks", "unit": "clicks", "kind": kind}
    assert (await member.http.post("/api/metrics", json=metric)).status_code == 201
    source = {"name": "Linkfire", "cadence": "week"}
    assert (await member.http.post("/api/sources", json=source)).status_code == 201
    entries = [
        {"metric": "own.link_clicks", "artist_id": str(artist), "on": str(week(len(values) - 1 - n)), "value": value}
        for n, value in enumerate(values)
        if value is not None
    ]
    answer = await member.http.post(PATH, json={"observations": entries})
    assert answer.status_code == 200, answer.text
    return artist


def week(ago: int) -> date:
    """Return the last day of the week so many weeks ago."""
    return SUNDAY - timedelta(weeks=ago)


async def read_series(member: Member, artist: UUID, first: date, last: date) -> dict[str, Any]:
    query = {"from": str(first), "to": str(last)}
    [series] = (await member.http.get(f"/api/artists/{artist}/series", params=query)).json()["series"]
    found: dict[str, Any] = series
    return found


async def test_a_chart_has_a_gap_only_where_a_week_is_missing(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await weekly_source(world, member, [100, 110, None, 130, 140, 150])
    series = await read_series(member, artist, week(4) - timedelta(days=3), today())
    assert series["interval_days"] == 7
    assert [point["on"] for point in series["points"]] == [str(week(n)) for n in (4, 2, 1, 0)]
    missing = {"from": str(week(4) + timedelta(days=1)), "to": str(week(3))}
    assert series["gaps"] == [missing]


async def test_a_period_is_of_whole_weeks(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await weekly_source(world, member, [100.0 + n for n in range(12)])
    for days, weeks in ((7, 1), (30, 4), (28, 4), (40, 5)):
        [tile] = (await member.http.get(f"/api/artists/{artist}/summary?days={days}")).json()["tiles"]
        newest = [111.0 - n for n in range(weeks)]
        assert (tile["value"], tile["previous"]) == (sum(newest), sum(newest) - weeks * weeks)
        assert tile["period"]["from"] == str(week(weeks) + timedelta(days=1))
        assert (tile["change_note"], tile["change_percent"] is not None) == (None, True)
    # From a Thursday: the week of that Thursday is not whole.
    series = await read_series(member, artist, week(3) - timedelta(days=3), week(0))
    assert (series["total"], series["previous_total"]) == (111 + 110 + 109, 108 + 107 + 106)
    nothing = await read_series(member, artist, week(1) + timedelta(days=3), week(0))
    assert (nothing["total"], nothing["change_note"]) == (None, "no_previous")


async def test_a_campaign_is_measured_by_whole_weeks(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await weekly_source(world, member, [100.0] * 6 + [150, 150, 150, 100, 100, 100])
    campaign = {
        "artist_id": str(artist),
        "name": "Ads",
        "goal_metric": "own.link_clicks",
        "goal_provider": "own.linkfire",
        "starts_on": str(week(6) + timedelta(days=1)),
        "ends_on": str(week(3)),
    }

    async def measure(**change: str) -> dict[str, Any]:
        made = (await member.http.post("/api/campaigns", json=campaign | change)).json()
        result: dict[str, Any] = (await member.http.get(f"/api/campaigns/{made['id']}/result")).json()
        return result

    result = await measure()
    assert [result[name]["value"] for name in ("before", "during", "after")] == [300, 450, 300]
    assert (result["change"], result["change_percent"], result["during"]["days_with_data"]) == (150, 50, 21)
    # From Wednesday to Wednesday: the weeks at both ends are not the campaign's alone, so neither window has them.
    middle = await measure(
        starts_on=str(week(6) + timedelta(days=3)), ends_on=str(week(3) + timedelta(days=3)), name="Middle"
    )
    assert [middle["during"][name] for name in ("from", "to")] == [str(week(5) + timedelta(days=1)), str(week(3))]
    assert (middle["before"]["to"], middle["after"]["from"]) == (str(week(6)), str(week(2) + timedelta(days=1)))
    assert [middle[name]["value"] for name in ("before", "during", "after")] == [200, 300, 200]
    short = await measure(
        starts_on=str(week(3) - timedelta(days=3)), ends_on=str(week(3) + timedelta(days=2)), name="S"
    )
    assert (short["during"]["value"], "no whole week" in short["during"]["null_reason"]) == (None, True)


async def test_a_question_is_answered_by_whole_weeks(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await weekly_source(world, member, [100.0 + n for n in range(12)])

    async def ask(question: str) -> dict[str, Any]:
        answer: dict[str, Any] = (
            await member.http.post("/api/ask", json={"question": question, "artist_id": str(artist)})
        ).json()
        return answer

    last, first = week(0), week(3) - timedelta(days=6)
    answer = await ask(f"How many link clicks from {first} to {last}?")
    assert answer["enough_data"], answer
    assert "438" in answer["answer"]
    assert "There is data" not in answer["answer"]
    missing = await ask(f"How many link clicks from {last - timedelta(days=3)} to {last}?")
    assert (missing["enough_data"], "no whole week" in missing["answer"]) == (False, True)
    best = await ask(f"What was the best day for link clicks from {first} to {last}?")
    assert "the highest week" in best["answer"]


@pytest.mark.parametrize(
    ("starts", "ends", "during", "before", "after"),
    [
        (8, 21, (8, 21), (-6, 7), (22, 35)),  # two whole weeks, from Monday to Sunday
        (10, 24, (15, 21), (1, 7), (29, 35)),  # from Wednesday: one whole week
        (8, 14, (8, 14), (1, 7), (15, 21)),
    ],
)
def test_windows_of_weeks(
    starts: int, ends: int, during: tuple[int, int], before: tuple[int, int], after: tuple[int, int]
) -> None:
    """Days are counted from the last day of a month; the weeks end on its 7th, 14th, 21st and so on."""
    zero = date(2026, 5, 31)

    def days(first: int, last: int) -> DayRange:
        return DayRange(zero + timedelta(days=first), zero + timedelta(days=last))

    whole = days(starts, ends)
    windows = [days(starts - whole.days, starts - 1), whole, days(ends + 1, ends + whole.days)]
    found = weekly_windows(windows, starts_on=whole.from_on, ends_on=whole.to_on, week_end=zero + timedelta(days=70))
    assert found == [days(*before), days(*during), days(*after)]


async def test_the_interval_follows_the_source_over_rest_too(gateway: Gateway, world: World) -> None:
    org = await gateway.org("Night Owl")
    session = await gateway.sign_up("manager@example.test")
    await gateway.join(session, org, Role.MANAGER)
    artist = await make_artist(gateway.database, org)
    headers = {
        "apikey": gateway.keys.publishable_key,
        "Authorization": f"Bearer {session['access_token']}",
        "Prefer": "return=representation",
    }
    async with httpx.AsyncClient(base_url=f"{gateway.url}/rest/v1", headers=headers, timeout=20) as http:
        source = {"org_id": str(org), "slug": "own.linkfire", "name": "Linkfire", "cadence": "week"}
        assert (await http.post("/sources", json=source)).status_code == 201
        metric = {"org_id": str(org), "slug": "own.clicks", "name": "Clicks", "unit": "clicks", "kind": "flow"}
        made = await http.post("/org_metrics", json=metric | {"aggregation": "sum"})
        assert made.status_code == 201, made.text
        series = {
            "org_id": str(org),
            "artist_id": str(artist),
            "provider": "own.linkfire",
            "metric": "own.clicks",
            "interval_days": 1,
        }
        [row] = (await http.post("/series", json=series)).json()
        assert row["interval_days"] == 7
        for path, change in (
            ("/sources?slug=eq.own.linkfire", {"cadence": "day"}),
            ("/org_metrics?slug=eq.own.clicks", {"unit": "taps"}),
        ):
            assert (await http.patch(path, json=change)).status_code == 400
        renamed = await http.patch("/sources?slug=eq.own.linkfire", json={"name": "Smart links"})
        assert renamed.json()[0]["name"] == "Smart links"
        # What numbers use is not removed, and a slug outside "own." is none.
        assert (await http.delete("/sources?slug=eq.own.linkfire")).status_code == 409
        platform = await http.post("/sources", json=source | {"slug": "spotify"})
        assert platform.status_code == 400
        values = await http.post("/observations", json={"org_id": str(org), "value": 1})
        assert values.status_code in (401, 403, 405, 400)
