"""YouTube's answers, read."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arti.providers.errors import ProviderContractBroken, ReauthRequired
from arti.providers.youtube.connector import YouTube
from arti.providers.youtube.responses import (
    DAILY,
    find_kind,
    parse_account,
    parse_channel,
    parse_days,
    parse_duration,
    parse_playlist,
    parse_tokens,
    parse_videos,
)
from tests.providers.recordings import answers, body, own

TODAY = date(2026, 5, 5)


def test_a_channel() -> None:
    observations, uploads = parse_channel(own("youtube_channel.json"), TODAY)
    assert uploads == "UUexampleexampleexample0"
    assert [(o.metric, o.value) for o in observations] == [
        ("audience.followers", 12300),
        ("consumption.views_total", 184467440737),
    ]
    account = parse_account(own("youtube_channel.json"))
    assert account.url == "https://www.youtube.com/channel/UCexampleexampleexample0"


def test_subscribers_are_rounded_from_a_thousand_on() -> None:
    channel = own("youtube_channel.json")
    assert parse_channel(channel, TODAY)[0][0].state == "rounded"
    channel["items"][0]["statistics"]["subscriberCount"] = "999"
    assert parse_channel(channel, TODAY)[0][0].state is None


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("PT3M12S", 192_000),
        ("PT45S", 45_000),
        ("PT1H2M", 3_720_000),
        ("P1DT1S", 86_401_000),
        ("P0D", None),
        (None, None),
    ],
)
def test_durations(text: object, milliseconds: int | None) -> None:
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize(
    ("title", "milliseconds", "live", "kind", "guessed"),
    [
        ("Tides (Official Video)", 192_000, False, "video", False),
        ("Tides (Official Video)", 150_000, False, "video", True),
        ("Tides", 45_000, False, "short", True),
        ("Tides #Shorts", 150_000, False, "short", False),
        ("Tides", None, False, "video", True),
        ("Tides", None, True, "video", False),
    ],
)
def test_a_short_is_known_by_its_tag_and_guessed_by_its_length(
    title: str, milliseconds: int | None, live: bool, kind: str, guessed: bool
) -> None:
    assert find_kind(title, milliseconds, live=live) == (kind, guessed)


def test_hidden_subscribers_are_null_with_a_reason() -> None:
    channel = own("youtube_channel.json")
    channel["items"][0]["statistics"]["hiddenSubscriberCount"] = True
    followers = parse_channel(channel, TODAY)[0][0]
    assert (followers.value, followers.null_reason) == (None, "hidden")


def test_an_account_without_a_channel_needs_another_one() -> None:
    answers_without: list[dict[str, Any]] = [{"items": []}, {"kind": "youtube#channelListResponse"}]
    for empty in answers_without:
        with pytest.raises(ReauthRequired):
            parse_account(empty)
        with pytest.raises(ReauthRequired):
            parse_channel(empty, TODAY)


def test_videos() -> None:
    assets, observations = parse_videos(own("youtube_videos.json"), TODAY)
    assert [(a.external_id, a.title, a.released_on) for a in assets] == [
        ("aaaaaaaaaaa", "Tides", date(2026, 2, 3)),
        ("-bbbbbbbbbb", "Hidden", date(2026, 2, 4)),
    ]
    values = {(o.asset_external_id, o.metric): (o.value, o.null_reason) for o in observations}
    assert values["aaaaaaaaaaa", "engagement.likes_total"] == (0.0, None)
    assert values["-bbbbbbbbbb", "engagement.likes_total"] == (None, "hidden")
    assert values["-bbbbbbbbbb", "consumption.views_total"] == (5.0, None)


def test_days_with_a_gap_between() -> None:
    read = parse_days(own("youtube_days.json"), first=None, last=date(2026, 5, 4), today=TODAY)
    days = {(o.metric, o.observed_on.day): o for o in read}
    assert {day for _, day in days} == {1, 2, 3, 4}
    assert days["consumption.views", 2].value == 0
    assert (days["consumption.views", 3].value, days["consumption.views", 3].null_reason) == (None, "not_reported")
    assert days["consumption.watch_hours", 1].value == 1.5


def test_days_before_the_channel_are_no_gaps_and_the_last_are_late() -> None:
    report = own("youtube_days.json")
    wide = parse_days(report, first=date(2026, 4, 29), last=date(2026, 5, 9), today=date(2026, 5, 10))
    reasons = {o.observed_on: o.null_reason for o in wide if o.metric == "consumption.views"}
    assert min(reasons) == date(2026, 4, 29)
    assert [reasons[date(2026, 5, day)] for day in (3, 4, 5, 6, 7, 8, 9)] == [
        *("not_reported", None),
        *("not_reported", "not_reported"),  # should have come by now
        *("late", "late", "late"),
    ]
    first = parse_days(report, first=None, last=date(2026, 5, 9), today=date(2026, 5, 10))
    assert min(o.observed_on for o in first) == date(2026, 5, 1)
    del report["rows"]
    assert parse_days(report, first=date(2026, 4, 29), last=TODAY, today=TODAY) == []


@pytest.mark.parametrize("broken", [{}, {"columnHeaders": []}, {"columnHeaders": [{"name": "views"}], "rows": [[1]]}])
def test_a_report_without_days_is_a_broken_contract(broken: dict[str, object]) -> None:
    with pytest.raises(ProviderContractBroken):
        parse_days(broken, first=None, last=TODAY, today=TODAY)


@pytest.mark.parametrize("broken", [{"expires_in": 1}, {"access_token": "t"}, {"access_token": "t", "expires_in": "1"}])
def test_tokens_need_their_fields(broken: dict[str, object]) -> None:
    with pytest.raises(ProviderContractBroken):
        parse_tokens(broken, None)


def test_recorded_day_report(shared: Path) -> None:
    report = body(shared / "data" / "responses-youtube", "analytics/analytix_day_report.json")
    days = parse_days(report, first=None, last=date(2022, 6, 1), today=TODAY)
    views = {o.observed_on.isoformat(): o.value for o in days if o.metric == "consumption.views"}
    assert views["2022-06-23"] == 5107
    assert len(views) == 7
    assert {o.metric for o in days} == {"consumption.views", "engagement.likes", "engagement.comments"}


def _whole(folder: Path, kind: str) -> dict[str, dict[str, Any]]:
    """Join the parts in which things were recorded: a request for all parts answers with them joined."""
    found: dict[str, dict[str, Any]] = {}
    for _, _, answer in answers(folder):
        if answer.get("kind") == kind:
            for item in answer.get("items") or ():
                known = found.setdefault(item["id"], {})
                for part, value in item.items():
                    if part not in known or len(str(value)) > len(str(known[part])):
                        known[part] = value
    return found


def test_recorded_channels(shared: Path) -> None:
    channels = _whole(shared / "data" / "responses-youtube" / "recorded", "youtube#channelListResponse")
    named = [channel for channel in channels.values() if "snippet" in channel]
    assert len(named) >= 2
    assert all(parse_account({"items": [channel]}).external_id == channel["id"] for channel in named)
    whole = [channel for channel in channels.values() if {"statistics", "contentDetails"} <= set(channel)]
    assert len(whole) >= 2
    for channel in whole:
        observations, uploads = parse_channel({"items": [channel]}, TODAY)
        assert uploads == "UU" + channel["id"][2:]
        assert observations[1].value == float(channel["statistics"]["viewCount"])


def test_recorded_videos(shared: Path) -> None:
    videos = _whole(shared / "data" / "responses-youtube" / "recorded", "youtube#videoListResponse")
    assets, observations = parse_videos({"items": [videos["9bZkp7q19f0"]]}, TODAY)
    assert assets[0].title == "PSY - GANGNAM STYLE(강남스타일) M/V"
    assert assets[0].released_on == date(2012, 7, 15)
    assert max(o.value or 0 for o in observations if o.metric == "consumption.views_total") > 3_000_000_000
    snippet_only = next(video for video in videos.values() if "statistics" not in video)
    with pytest.raises(ProviderContractBroken):
        parse_videos({"items": [snippet_only]}, TODAY)


def test_recorded_uploads(shared: Path) -> None:
    folder = shared / "data" / "responses-youtube" / "bodies"
    found = [body(folder, file.name) for file in sorted(folder.glob("playlist_items__*.json"))]
    with_details = [page for page in found if all("contentDetails" in item for item in page["items"])]
    for page in with_details:
        assert all(len(id) == 11 for id in parse_playlist(page))
    for page in found:
        if page not in with_details:
            with pytest.raises(ProviderContractBroken, match="contentDetails"):
                parse_playlist(page)


def test_all_requested_metrics_are_declared() -> None:
    assert {slug for slug, _ in DAILY.values()} < YouTube.metrics
