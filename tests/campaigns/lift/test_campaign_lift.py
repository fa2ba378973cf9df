"""The lift of a campaign over HTTP: measured by a worker from stored days, the same for all who read it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from arti.jobs import WorkerContext
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider, Role
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.observations import change_definition, daily_observations, make_artist, store_observations
from tests.job_runner import run_due_jobs

STREAMS, VIEWS, PLAYS = "consumption.streams", "consumption.views", "consumption.plays"
REVENUE = "money.estimated_revenue"
DAYS, LENGTH = 140, 14
NAMES = ("Mira Sol", "Kitefolk", "Odessa Lane", "Static Bloom", "Los Faroles", "Velvet Harbor", "Mara Quill")


def make_counts(*, units: int = len(NAMES), days: int = DAYS) -> Any:
    """Return streams (days, units) that share a drift and a week, each with noise of 2 %."""
    random = np.random.default_rng(8)
    common = np.cumsum(random.normal(0, 0.008, days)) + 0.1 * np.sin(2 * np.pi * np.arange(days) / 7)
    logs = np.linspace(9, 11, units) + np.outer(common, np.linspace(0.8, 1.1, units))
    return np.round(np.exp(logs + random.normal(0, 0.02, (days, units))))


class Label:
    """An org with seven artists whose streams move alike, and a campaign of the first that ended yesterday."""

    def __init__(self, world: World, worker_context: WorkerContext, manager: Member) -> None:
        self.world, self.worker_context, self.manager = world, worker_context, manager
        self.last = today() - timedelta(days=1)
        self.starts_on = self.last - timedelta(days=LENGTH - 1)
        self.artists: list[UUID] = []

    async def store(
        self, counts: Any, *, metric: str = STREAMS, provider: Provider = Provider.SPOTIFY, terms: str = "own"
    ) -> None:
        for name, column in zip(NAMES, counts.T, strict=False):
            artist = await make_artist(self.world.database, self.manager.org_id, name)
            self.artists.append(artist)
            seen = daily_observations(metric, self.last, [None if np.isnan(v) else float(v) for v in column])
            await store_observations(
                self.worker_context, self.manager.org_id, artist, seen, provider=provider, terms=terms
            )

    async def campaign(self, **changes: Any) -> str:
        """Create the campaign, let the worker measure it, and return its path."""
        body = {
            "artist_id": str(self.artists[0]),
            "name": "Ads",
            "goal_metric": STREAMS,
            "goal_provider": "spotify",
            "currency": "EUR",
            "starts_on": str(self.starts_on),
            "ends_on": str(self.last),
        } | changes
        answer = await self.manager.http.post("/api/campaigns", json=body)
        assert answer.status_code == 201, answer.text
        await run_due_jobs(self.worker_context)
        return f"/api/campaigns/{answer.json()['id']}"

    async def lift(self, path: str, member: Member | None = None) -> dict[str, Any]:
        answer = await (member or self.manager).http.get(f"{path}/lift")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def entry(self, artist: UUID, day: date, title: str = "Tidelight") -> None:
        body = {"artist_id": str(artist), "starts_on": str(day), "kind": "release", "title": title}
        assert (await self.manager.http.post("/api/calendar", json=body)).status_code == 201


@pytest.fixture
async def label(world: World, worker_context: WorkerContext) -> Label:
    return Label(world, worker_context, await world.member(role=Role.MANAGER))


def lifted(added: float) -> Any:
    counts = make_counts()
    counts[-LENGTH:, 0] = np.round(counts[-LENGTH:, 0] * (1 + added))
    return counts


def codes(found: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in found["reasons"]]


async def test_what_was_added_is_a_range_with_its_cost(label: Label) -> None:
    counts = lifted(0.4)
    await label.store(counts)
    path = await label.campaign()
    cost = {"spent_on": str(label.starts_on), "amount_minor": 30_000, "note": "adverts"}
    assert (await label.manager.http.post(f"{path}/costs", json=cost)).status_code == 201
    found = await label.lift(path)
    assert (found["state"], found["reasons"]) == ("measured", [])
    assert 0 < found["low_percent"] < 40 < found["high_percent"]
    assert found["actual"] == counts[-LENGTH:, 0].sum()
    assert found["added_low"] == pytest.approx(found["actual"] * (1 - 1 / (1 + found["low_percent"] / 100)))
    assert found["cost_low_minor"] == pytest.approx(30_000 / found["added_high"])
    assert found["cost_high_minor"] == pytest.approx(30_000 / found["added_low"])
    assert 0 < found["detectable_percent"] < 40
    assert (found["compared"], found["left_out"]) == (6, [])
    assert {donor["artist_name"] for donor in found["donors"]} <= set(NAMES[1:])
    assert [day["during"] for day in found["days"]].count(True) == LENGTH
    assert found["placebos_percent"] == sorted(found["placebos_percent"])
    assert len(found["placebos_percent"]) > 20
    text = " ".join(found["sentences"])
    assert f"{found['text']}" in text
    assert not any(word in text for word in ("caused", "because", "thanks to", "proves"))
    listed = (await label.manager.http.get("/api/campaigns")).json()["items"][0]["lift"]
    assert (listed["state"], listed["text"]) == ("measured", found["text"])


async def test_nothing_added_is_a_range_around_0_without_an_upper_cost(label: Label) -> None:
    await label.store(lifted(0.0))
    path = await label.campaign()
    cost = {"spent_on": str(label.starts_on), "amount_minor": 30_000}
    await label.manager.http.post(f"{path}/costs", json=cost)
    found = await label.lift(path)
    assert found["low_percent"] < 0 < found["high_percent"]
    assert found["cost_high_minor"] is None
    assert found["cost_low_minor"] > 0
    assert "do not show that the campaign added anything, nor that it added nothing" in " ".join(found["sentences"])


async def test_a_counter_is_measured_by_its_gains(label: Label) -> None:
    await label.store(np.cumsum(lifted(0.4), axis=0), metric=PLAYS, provider=Provider.SOUNDCLOUD)
    found = await label.lift(await label.campaign(goal_metric=PLAYS, goal_provider="soundcloud"))
    assert 0 < found["low_percent"] < 40 < found["high_percent"]
    assert found["actual"] == lifted(0.4)[-LENGTH:, 0].sum()


async def test_a_release_or_another_campaign_in_the_days_is_a_refusal(label: Label) -> None:
    await label.store(lifted(0.4))
    await label.entry(label.artists[0], label.starts_on - timedelta(days=20), "Undertow")
    earlier = await label.campaign(name="Earlier")
    before = await label.lift(earlier)
    assert before["state"] == "measured"
    assert "“Undertow” came out on" in before["sentences"][-1]
    await label.manager.http.delete(earlier)
    await label.entry(label.artists[0], label.starts_on - timedelta(days=3))
    path = await label.campaign()
    found = await label.lift(path)
    assert (found["state"], codes(found), found["low_percent"], found["cost_low_minor"]) == (
        "inconclusive",
        ["release"],
        None,
        None,
    )
    assert "“Tidelight” came out on" in found["sentences"][0]
    listed = (await label.manager.http.get("/api/campaigns")).json()["items"][0]["lift"]
    assert (listed["state"], listed["text"]) == ("inconclusive", "a release in these days")
    await label.campaign(name="Radio", starts_on=str(label.starts_on + timedelta(days=2)))
    await label.manager.http.patch(path, json={"starts_on": str(label.starts_on - timedelta(days=1))})
    await run_due_jobs(label.worker_context)
    assert codes(await label.lift(path)) == ["release", "campaign"]


async def test_donors_with_a_release_or_campaign_of_their_own_are_left_out(label: Label) -> None:
    counts = lifted(0.4)
    counts[-LENGTH:, 1] *= 3  # what their release did must not be in the comparison
    await label.store(counts)
    await label.entry(label.artists[1], label.starts_on + timedelta(days=1))
    found = await label.lift(await label.campaign())
    assert found["compared"] == 5
    assert found["left_out"] == [{"count": 1, "reason": "an artist with a release in these days"}]
    assert NAMES[1] not in {donor["artist_name"] for donor in found["donors"]}
    assert found["low_percent"] < 40 < found["high_percent"]
    # With one more there are too few.
    await label.entry(label.artists[2], label.starts_on)
    refused = await label.lift(await label.campaign(name="Again", artist_id=str(label.artists[3])))
    assert codes(refused) == ["few_donors"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda counts: counts[-LENGTH - 20 :], "short_history"),
        (lambda counts: _blank(counts, slice(40, 100)), "missing_before"),
        (lambda counts: _blank(counts, slice(-10, -1)), "missing_during"),
        (lambda counts: counts[:, :5], "few_donors"),
        (lambda counts: _set(counts, slice(-5, -3), 0.0), "too_small"),
        (lambda counts: _raise_all(counts), "donors_moved"),
    ],
)
async def test_each_rule_refuses_with_its_sentence(label: Label, change: Any, expected: str) -> None:
    await label.store(change(lifted(0.4)))
    found = await label.lift(await label.campaign())
    assert (found["state"], expected in codes(found)) == ("inconclusive", True), found["reasons"]
    assert all(len(reason["sentence"]) > 40 for reason in found["reasons"])
    assert (found["lift_percent"], found["donors"], found["days"]) == (None, [], [])


async def test_a_change_of_definition_in_the_window_is_a_refusal_and_one_before_shortens_the_past(label: Label) -> None:
    await label.store(lifted(0.4), metric=VIEWS, provider=Provider.YOUTUBE)
    since = label.starts_on + timedelta(days=3)
    await change_definition(label.world.database, since, metric=VIEWS, provider=Provider.YOUTUBE)
    path = await label.campaign(goal_metric=VIEWS, goal_provider="youtube")
    assert codes(await label.lift(path)) == ["definition_break"]
    await label.world.database.as_owner(
        "update metric_definitions set since_on = $1 where id = 'of a test'", label.starts_on - timedelta(days=30)
    )
    again = await label.campaign(
        name="Later", goal_metric=VIEWS, goal_provider="youtube", artist_id=str(label.artists[1])
    )
    assert "definition_break" not in codes(await label.lift(again))


async def test_terms_that_forbid_derived_numbers_are_kept(label: Label) -> None:
    await label.store(lifted(0.4), metric=VIEWS, provider=Provider.YOUTUBE, terms="youtube_api")
    found = await label.lift(await label.campaign(goal_metric=VIEWS, goal_provider="youtube"))
    assert (found["state"], codes(found)) == ("inconclusive", ["terms"])
    goals = (await label.manager.http.get(f"/api/campaigns/goals?artist_id={label.artists[0]}")).json()["items"]
    assert [(goal["metric"], goal["measurable"]) for goal in goals] == [(VIEWS, False)]


async def test_what_is_not_over_is_not_measured_but_says_what_could_be_seen(label: Label) -> None:
    await label.store(make_counts())
    running = await label.lift(await label.campaign(ends_on=str(today() + timedelta(days=3))))
    assert (running["state"], codes(running), running["low_percent"]) == ("open", ["running"], None)
    assert 0 < running["detectable_percent"] < 40
    planned_on = today() + timedelta(days=20)
    await label.entry(label.artists[0], planned_on + timedelta(days=2))
    path = await label.campaign(name="Next", starts_on=str(planned_on), ends_on=str(planned_on + timedelta(days=13)))
    planned = await label.lift(path)
    assert (planned["state"], codes(planned)) == ("open", ["planned", "release"])
    assert "could be seen in 8 of 10" in planned["sentences"][-1]


async def test_the_last_days_are_waited_for(label: Label) -> None:
    counts = lifted(0.4)
    counts[-2:, 0] = np.nan
    await label.store(counts)
    path = await label.campaign()
    assert codes(await label.lift(path)) == ["late"]
    seen = [Observation(STREAMS, label.last - timedelta(days=back), 30_000.0) for back in (0, 1)]
    await store_observations(label.worker_context, label.manager.org_id, label.artists[0], seen)
    event = "insert into events (org_id, type, payload) values ($1, 'sync.finished', $2)"
    payload = {"artist_id": str(label.artists[0])}
    await label.world.database.as_owner(event, label.manager.org_id, payload)
    await run_due_jobs(label.worker_context)
    assert (await label.lift(path))["state"] == "measured"


async def test_what_did_not_change_is_not_measured_again(label: Label) -> None:
    await label.store(lifted(0.4))
    path = await label.campaign()
    first = (await label.lift(path))["measured_at"]
    event = "insert into events (org_id, type, payload) values ($1, 'sync.finished', $2)"
    await label.world.database.as_owner(event, label.manager.org_id, {"artist_id": str(label.artists[0])})
    done = await run_due_jobs(label.worker_context)
    assert ("campaigns.measure_of_artist", "done") in done
    assert (await label.lift(path))["measured_at"] == first


async def test_a_measurement_is_read_as_it_was_known(label: Label) -> None:
    await label.store(lifted(0.4))
    path = await label.campaign()
    before = await label.lift(path)
    await label.world.database.as_owner(
        "update campaign_lifts set measured_at = measured_at - interval '3 days' where org_id = $1",
        label.manager.org_id,
    )
    await label.entry(label.artists[0], label.starts_on)
    event = "insert into events (org_id, type, payload) values ($1, 'sync.finished', $2)"
    await label.world.database.as_owner(event, label.manager.org_id, {"artist_id": str(label.artists[0])})
    await run_due_jobs(label.worker_context)
    assert (await label.lift(path))["state"] == "inconclusive"

    async def known(days_ago: int) -> dict[str, Any]:
        day = {"known_on": str(today() - timedelta(days=days_ago))}
        found: dict[str, Any] = (await label.manager.http.get(f"{path}/lift", params=day)).json()
        return found

    then = await known(1)
    assert then | {"measured_at": None} == before | {"measured_at": None}
    nothing = await known(4)
    assert (nothing["state"], nothing["lift_percent"]) == ("open", None)
    assert nothing["sentences"] == ["By that day it had not been measured as the campaign stands now."]


async def test_a_list_of_campaigns_says_what_was_known_of_each(label: Label) -> None:
    await label.store(lifted(0.4))
    path = await label.campaign()
    http = label.manager.http

    async def summaries(**query: str) -> list[dict[str, Any]]:
        [listed] = (await http.get("/api/campaigns", params=query)).json()["items"]
        detail = (await http.get(path, params=query)).json()
        assert listed["lift"] == detail["lift"]
        return [listed["lift"], (await http.get(f"{path}/lift", params=query)).json()["text"]]

    before = await summaries()
    await label.world.database.as_owner("update campaign_lifts set measured_at = measured_at - interval '3 days'")
    await label.entry(label.artists[0], label.starts_on)
    event = "insert into events (org_id, type, payload) values ($1, 'sync.finished', $2)"
    await label.world.database.as_owner(event, label.manager.org_id, {"artist_id": str(label.artists[0])})
    await run_due_jobs(label.worker_context)
    now = await summaries()
    assert (before[0]["state"], now[0]["state"]) == ("measured", "inconclusive")
    assert await summaries(known_on=str(today() - timedelta(days=1))) == before
    assert await summaries(known_on=str(today())) == now
    unmeasured = {"state": "open", "low_percent": None, "high_percent": None, "text": "not measured yet"}
    assert (await summaries(known_on=str(today() - timedelta(days=4))))[0] == unmeasured


async def test_a_measurement_whose_numbers_are_gone_is_read_as_it_was_known(label: Label) -> None:
    await label.store(lifted(0.4))
    path = await label.campaign()
    before = await label.lift(path)
    owner, org = label.world.database.as_owner, label.manager.org_id
    await owner("update campaign_lifts set measured_at = measured_at - interval '3 days'")
    # The goal is what nobody has numbers of, for a while: there is nothing to measure.
    await owner("update campaigns set goal_metric = 'engagement.saves' where org_id = $1", org)
    event = "insert into events (org_id, type, payload) values ($1, 'sync.finished', $2)"
    await owner(event, org, {"artist_id": str(label.artists[0])})
    await run_due_jobs(label.worker_context)
    assert await owner("select from campaign_lifts where org_id = $1", org) == []
    await owner("update campaigns set goal_metric = $2 where org_id = $1", org, STREAMS)

    async def known(days_ago: int) -> dict[str, Any]:
        day = {"known_on": str(today() - timedelta(days=days_ago))}
        found: dict[str, Any] = (await label.manager.http.get(f"{path}/lift", params=day)).json()
        return found | {"measured_at": None}

    assert await known(1) == before | {"measured_at": None}
    assert (await known(0))["state"] == "open"


async def test_a_reader_with_a_list_has_the_same_result_without_names(label: Label) -> None:
    await label.store(lifted(0.4))
    path = await label.campaign()
    creator = await label.world.member(label.manager.org_id, Role.CREATOR)
    await label.world.database.as_owner(
        "delete from member_artists where user_id = $1 and artist_id <> $2", creator.user_id, label.artists[0]
    )
    whole, seen = await label.lift(path), await label.lift(path, creator)
    assert {donor["artist_name"] for donor in seen["donors"]} == {None}
    assert {donor["artist_id"] for donor in seen["donors"]} == {None}
    assert not any(name in str(seen) for name in NAMES[1:])
    for each in (whole, seen):
        each["donors"] = [donor["weight_percent"] for donor in each["donors"]]
        each.pop("money_null_reason"), each.pop("spent_minor")
    assert seen == whole
    assert (await creator.http.get(f"{path}/lift")).status_code == 200
    # Of an artist who is not on the list there is no campaign, and so no lift.
    other = await label.campaign(name="Other", artist_id=str(label.artists[1]))
    assert (await creator.http.get(f"{other}/lift")).status_code == 404
    assert (await (await label.world.member()).http.get(f"{path}/lift")).status_code == 404


async def test_who_is_denied_the_platform_sees_no_lift(label: Label) -> None:
    await label.store(lifted(0.4))
    path = await label.campaign()
    analyst = await label.world.member(label.manager.org_id, Role.ANALYST)
    await label.world.database.as_owner(
        "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'spotify', false)",
        label.manager.org_id,
        analyst.user_id,
    )
    found = await label.lift(path, analyst)
    assert (found["state"], found["actual"], found["days"]) == ("open", None, [])
    assert (await analyst.http.get("/api/campaigns")).json()["items"][0]["lift"]["low_percent"] is None


async def test_what_a_campaign_added_to_money_is_money(label: Label) -> None:
    await label.store(lifted(0.4), metric=REVENUE, provider=Provider.YOUTUBE)
    path = await label.campaign(goal_metric=REVENUE, goal_provider="youtube")
    assert (await label.lift(path))["state"] == "measured"
    analyst = await label.world.member(label.manager.org_id, Role.ANALYST)
    found = await label.lift(path, analyst)
    assert (found["state"], found["actual"], found["lift_percent"], found["days"]) == ("open", None, None, [])
    assert (await label.manager.http.get("/api/campaigns/calibration")).json()["metrics"] == []


async def test_young_songs_are_compared_over_a_shorter_past(label: Label) -> None:
    counts = lifted(0.4)
    counts[: -LENGTH - 60, 1:] = np.nan  # nothing else is older than 60 days
    await label.store(counts)
    found = await label.lift(await label.campaign())
    assert (found["state"], found["compared"], len(found["days"])) == ("measured", 6, 56 + LENGTH)


async def test_songs_are_donors_too_but_not_the_artists_own(label: Label) -> None:
    counts = lifted(0.4)
    await label.store(counts[:, :3])
    for artist, at in ((label.artists[0], 0), (label.artists[1], 1), (label.artists[2], 2)):
        for song in range(3):
            asset = AssetRecord(f"{at}-{song}", "track", f"Song {at}-{song}")
            values = [float(value) for value in np.round(make_counts(units=9)[:, at * 3 + song] / 10)]
            seen = [
                Observation(each.metric, each.observed_on, each.value, asset_external_id=asset.external_id)
                for each in daily_observations(STREAMS, label.last, values)
            ]
            await store_observations(label.worker_context, label.manager.org_id, artist, seen, [asset])
    found = await label.lift(await label.campaign())
    assert (found["state"], found["compared"]) == ("measured", 8)  # two artists with three songs each
    titles = {donor["title"] for donor in found["donors"]}
    assert titles - {None}
    # A release takes its artist out of the comparison, and not their older songs; a campaign takes out both.
    await label.entry(label.artists[1], label.starts_on)
    body = {
        "name": "Of the second",
        "artist_id": str(label.artists[1]),
        "goal_metric": STREAMS,
        "goal_provider": "spotify",
    }
    days = {"starts_on": str(label.starts_on), "ends_on": str(label.last)}
    released = await label.lift(await label.campaign(name="Again", starts_on=str(label.starts_on)))
    assert released["left_out"] == [{"count": 1, "reason": "an artist with a release in these days"}]
    await label.manager.http.post("/api/campaigns", json=body | days)
    advertised = await label.lift(await label.campaign(name="And again"))
    assert advertised["left_out"] == [{"count": 4, "reason": "of an artist with a campaign in these days"}]
    assert not any(title and title.startswith("Song 0") for title in titles)


async def test_goals_are_what_the_artist_has_and_a_campaign_can_add_to(label: Label) -> None:
    await label.store(make_counts()[:, :1])
    monthly = daily_observations("audience.monthly_listeners", label.last, [1000.0, 1001.0])
    await store_observations(label.worker_context, label.manager.org_id, label.artists[0], monthly)
    listed = (await label.manager.http.get(f"/api/campaigns/goals?artist_id={label.artists[0]}")).json()["items"]
    assert [(goal["provider"], goal["metric"], goal["basis"]) for goal in listed] == [("spotify", STREAMS, "sum")]
    body = {
        "artist_id": str(label.artists[0]),
        "name": "Ads",
        "goal_provider": "spotify",
        "starts_on": "2026-01-01",
        "ends_on": "2026-01-14",
    }
    for metric, part in (
        ("audience.monthly_listeners", "no number that a campaign adds to day by day"),
        ("engagement.saves", "There are Streams on Spotify."),
    ):
        answer = await label.manager.http.post("/api/campaigns", json=body | {"goal_metric": metric})
        assert (answer.status_code, answer.json()["field"]) == (422, "goal_metric")
        assert part in answer.json()["message"]
    unknown = await label.manager.http.get("/api/campaigns/goals?artist_id=00000000-0000-4000-8000-000000000000")
    assert unknown.status_code == 404


async def test_the_past_of_the_org_says_how_far_ranges_can_be_trusted(label: Label) -> None:
    empty = (await label.manager.http.get("/api/campaigns/calibration")).json()
    assert (empty["windows"], empty["coverage_percent"]) == (0, None)
    assert "no past to check the ranges on yet" in empty["text"]
    await label.store(make_counts(days=300))
    await label.campaign()
    report = (await label.manager.http.get("/api/campaigns/calibration")).json()
    assert report["windows"] >= 20
    assert report["coverage_percent"] >= 80
    assert report["false_positive_percent"] == pytest.approx(100 - report["coverage_percent"])
    [streams] = report["metrics"]
    assert (streams["metric"], streams["windows"]) == (STREAMS, report["windows"])
    assert streams["held"] <= streams["answered"] <= streams["windows"]
    assert report["power_percent"] >= 80
    creator = await label.world.member(label.manager.org_id, Role.CREATOR)
    assert (await creator.http.get("/api/campaigns/calibration")).json() == report
    assert (await (await label.world.member()).http.get("/api/campaigns/calibration")).json()["windows"] == 0


def _blank(counts: Any, rows: slice) -> Any:
    counts[rows, 0] = np.nan
    return counts


def _set(counts: Any, rows: slice, value: float) -> Any:
    counts[rows, 0] = value
    return counts


def _raise_all(counts: Any) -> Any:
    counts[-LENGTH:, 1:] *= 1.8
    return counts
