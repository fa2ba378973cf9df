"""Instagram's answers, read."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from arti.providers.errors import ProviderContractBroken, UnsupportedMetric
from arti.providers.instagram.connector import Instagram
from arti.providers.instagram.metric_support import MetricSupport
from arti.providers.instagram.responses import (
    TOTALS,
    parse_account,
    parse_after,
    parse_follows,
    parse_media,
    parse_media_insights,
    parse_permissions,
    parse_profile,
    parse_series,
    parse_tokens,
    parse_totals,
)
from tests.providers.recordings import body, own

TODAY = date(2026, 5, 5)


def test_media() -> None:
    page = own("instagram_media.json")
    assets, observations = parse_media(page, TODAY)
    assert [(a.title, a.kind, a.released_on) for a in assets] == [
        ("Out now", "reel", date(2026, 5, 1)),
        ("Post of 2026-04-30", "post", date(2026, 4, 30)),
    ]
    values = {(o.asset_external_id, o.metric): (o.value, o.null_reason) for o in observations}
    assert values["17900000000000001", "engagement.comments_total"] == (0.0, None)
    assert values["17900000000000002", "engagement.likes_total"] == (None, "hidden")
    assert parse_after(page) == "y"
    del page["paging"]["next"]
    assert parse_after(page) == ""
    assert parse_after({"data": []}) == ""


def test_reels_and_stories_are_kinds_of_their_own() -> None:
    item = {"id": "1", "timestamp": "2026-05-01T07:00:00+0000", "media_type": "VIDEO"}
    assets, observations = parse_media({"data": [item | {"media_product_type": "REELS"}]}, TODAY)
    assert assets[0].kind == "reel"
    assert {o.null_reason for o in observations} == {"hidden"}
    assets, observations = parse_media({"data": [item | {"media_product_type": "STORY"}]}, TODAY)
    assert (assets[0].kind, assets[0].title, observations) == ("story", "Story of 2026-05-01", [])


def test_a_value_belongs_to_the_day_before_its_midnight() -> None:
    summer = {"value": 5, "end_time": "2026-05-02T07:00:00+0000"}
    winter = {"value": 6, "end_time": "2026-12-02T08:00:00+0000"}
    found = parse_series({"data": [{"name": "reach", "values": [summer, winter]}]}, "reach.unique")
    assert [(o.observed_on, o.value) for o in found] == [(date(2026, 5, 1), 5), (date(2026, 12, 1), 6)]


def test_a_missing_total_is_a_gap_and_zero_is_zero() -> None:
    week_later = date(2026, 5, 12)
    totals = parse_totals(own("instagram_totals.json"), TODAY, today=week_later)
    found = {o.metric: (o.value, o.null_reason) for o in totals}
    assert found["consumption.views"] == (12829, None)
    assert found["engagement.likes"] == (0, None)
    assert found["engagement.saves"] == (None, "not_reported")
    assert len(found) == len(TOTALS)
    refused = parse_totals({"data": []}, TODAY, today=week_later, refused={"views"})
    assert {o.metric: o.null_reason for o in refused}["consumption.views"] == "unsupported"
    assert all(o.value is None for o in refused)


def test_a_total_of_the_last_two_days_is_late() -> None:
    for age, reason in ((1, "late"), (2, "late"), (3, "not_reported")):
        totals = parse_totals({"data": []}, TODAY, today=TODAY + timedelta(days=age))
        assert {o.null_reason for o in totals} == {reason}


async def test_a_refused_metric_is_remembered_for_two_weeks() -> None:
    calls: list[tuple[str, ...]] = []

    async def fetch(names: Sequence[str]) -> dict[str, Any]:
        calls.append(tuple(names))
        if "shares" in names:
            raise UnsupportedMetric("Instagram does not have this metric.")
        return {"data": [{"name": name} for name in names]}

    async def read(support: MetricSupport, kind: str = "REELS") -> list[str]:
        calls.clear()
        return [metric["name"] for metric in (await support.read(kind, ["views", "shares"], fetch))["data"]]

    support = MetricSupport({}, version="v1", today=TODAY)
    assert await read(support) == ["views"]
    assert calls == [("views", "shares"), ("views",), ("shares",)]
    assert support.refused == {"v1/REELS/shares": "2026-05-05"}
    assert await read(support) == ["views"]
    assert calls == [("views",)]
    await read(support, "FEED")  # of another product type nothing is known
    assert calls[0] == ("views", "shares")
    for version, days, again in (("v1", 13, False), ("v1", 14, True), ("v2", 1, True)):
        later = MetricSupport({"v1/REELS/shares": "2026-05-05"}, version=version, today=TODAY + timedelta(days=days))
        await read(later)
        assert (("views", "shares") in calls) is again


@pytest.mark.parametrize("names", [("FOLLOWER", "NON_FOLLOWER"), ("follow", "unfollow")])
def test_follows_in_both_spellings(names: tuple[str, str]) -> None:
    results = [{"dimension_values": [name], "value": value} for name, value in zip(names, (7, 2), strict=True)]
    answer = {"data": [{"name": "follows_and_unfollows", "total_value": {"breakdowns": [{"results": results}]}}]}
    found = {o.metric: o.value for o in parse_follows(answer, TODAY)}
    assert found == {"audience.followers_gained": 7, "audience.followers_lost": 2}
    assert parse_follows({"data": []}, TODAY) == []


def test_permissions_in_both_forms() -> None:
    assert parse_permissions({"permissions": "a,b"}) == ("a", "b")
    assert parse_permissions({"permissions": ["a", "b"]}) == ("a", "b")
    assert parse_permissions({}) == ()


def test_a_long_lived_token_ends_the_authorization() -> None:
    tokens = parse_tokens({"access_token": "t", "token_type": "bearer", "expires_in": 5183944}, ("a",))
    assert tokens.consent_expires_at == tokens.expires_at
    due = Instagram().refresh_due_at(tokens)
    assert due is not None
    assert tokens.expires_at is not None
    assert (tokens.expires_at - due).days == 15


@pytest.mark.parametrize(
    "broken", [{}, {"data": None}, {"data": [{"id": "1"}]}, {"data": [{"id": "1", "timestamp": "yesterday"}]}]
)
def test_missing_fields_break_the_contract(broken: dict[str, Any]) -> None:
    with pytest.raises(ProviderContractBroken):
        parse_media(broken, TODAY)


def test_recorded_profile_and_media(shared: Path) -> None:
    folder = shared / "data" / "responses-instagram" / "bodies"
    profile = body(folder, "users__user_fields.json")
    assert {o.metric: o.value for o in parse_profile(profile, TODAY)} == {
        "audience.followers": 64363,
        "catalogue.assets_total": 427,
    }
    assert parse_account(profile).display_name == "Facebook for Developers"
    assert parse_account(profile).external_id == "17841407673135339"
    first = body(folder, "users__medias_p1.json")
    assets, observations = parse_media(first, TODAY)
    assert [a.released_on for a in assets] == [date(2021, 8, 13)] * 2
    assert {o.value for o in observations} == {0.0, 6.0, 2.0}
    assert parse_after(first) == "after"
    assert len(parse_media(body(folder, "users__medias_p2.json"), TODAY)[0]) >= 2
    assert len(parse_media({"data": body(folder, "airbyte_expected_media.json")}, TODAY)[0]) >= 1


def test_recorded_insights(shared: Path) -> None:
    folder = shared / "data" / "responses-instagram" / "bodies"
    series = body(folder, "users__user_insights.json")
    reach = {"data": [metric for metric in series["data"] if metric["name"] == "reach"]}
    assert [(o.observed_on, o.value) for o in parse_series(reach, "reach.unique")] == [
        (date(2017, 5, 3), 3),
        (date(2017, 5, 4), 36),
    ]
    totals = parse_totals(body(folder, "users__user_insights_new.json"), TODAY, today=TODAY)
    assert all(o.value is None for o in totals)  # it holds reach only, which is requested separately
    assert parse_media_insights(body(folder, "medias__insights_new.json"), "1", TODAY) == []
