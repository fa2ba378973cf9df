"""Digests: once for each period in each zone, what the reader may see when it is sent, and ended by a link."""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from pydantic import SecretStr

from arti.automation.digests.schedule import find_last_due, find_quiet_end
from arti.automation.messages.charts import draw_chart
from arti.vocabulary import Provider, Role
from arti.worker import enqueue_scheduled
from arti_core.clock import now, today
from tests.automation.block_kit import list_faults, list_texts
from tests.automation.conftest import SLACK_URL, Scenario
from tests.automation.fake_receivers import FakeMailServer, Receiver
from tests.conftest import Member
from tests.factories.observations import daily_observations, make_artist, store_observations


@dataclass
class Digests:
    """A scenario whose stories are of the hours before a digest is due."""

    scenario: Scenario
    mail_sink: FakeMailServer

    async def subscribe(self, member: Member, **settings: Any) -> None:
        given = {"frequency": "daily", "hour": (now() - timedelta(hours=1)).hour, **settings}
        answer = await member.http.put("/api/notification-settings", json=given)
        assert answer.status_code == 200, answer.text
        await self.go_back(member.org_id)

    async def go_back(self, org_id: UUID) -> None:
        """Let the last digest and what was found lie before the hour that is due."""
        await self.scenario.world.database.as_owner(
            "update notification_settings set covered_until = clock.now() - interval '2 days' where org_id = $1", org_id
        )
        await self.scenario.world.database.as_owner(
            "update insights set created_at = clock.now() - interval '20 hours' where org_id = $1", org_id
        )

    async def run(self) -> None:
        """Do what the workers do within a few minutes."""
        await self.scenario.world.database.as_owner(
            "delete from jobs where name = 'automation.create_due_digests' and status = 'done'"
        )
        await enqueue_scheduled(self.scenario.worker_context.pool)
        await self.scenario.run_due_jobs()

    @property
    def mails(self) -> list[EmailMessage]:
        return self.mail_sink.mails


@pytest.fixture
def digests(scenario: Scenario, mail_sink: FakeMailServer) -> Digests:
    scenario.change_settings(smtp_url=SecretStr(f"smtp://127.0.0.1:{mail_sink.port}?starttls=never"))
    return Digests(scenario, mail_sink)


def parts_of(mail: EmailMessage) -> tuple[str, str]:
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


async def test_a_digest_is_sent_once_for_its_period_by_any_number_of_workers(digests: Digests) -> None:
    scenario = digests.scenario
    await scenario.create_insight(title="Plays up 90%")
    await digests.subscribe(scenario.manager)
    await enqueue_scheduled(scenario.worker_context.pool)
    await asyncio.gather(*(scenario.run_due_jobs() for _ in range(3)))
    for _ in range(3):
        await digests.run()
    [mail] = digests.mails
    assert mail["To"] == scenario.manager.email
    assert mail["Subject"] == "Daily digest of Night Owl Records"
    text, html = parts_of(mail)
    for part in (text, html):
        assert "Plays up 90%" in part
        assert "All artists that you may see" in part
        assert "(UTC)" in part
    [entry] = (await scenario.manager.http.get("/api/notifications")).json()["items"]
    assert entry["kind"] == "digest"
    assert entry["path"] == f"/notifications/?digest={entry['id']}"
    shown = (await scenario.manager.http.get(f"/api/notifications/{entry['id']}/digest")).json()
    assert (shown["story_count"], [story["title"] for story in shown["stories"]]) == (1, ["Plays up 90%"])
    assert shown["stories"][0]["path"] == f"/insights/?id={shown['stories'][0]['id']}"
    assert any("All artists that you may see" in line for line in shown["head"])
    another = await scenario.world.member(scenario.org_id, Role.MANAGER)
    for member, id in ((another, entry["id"]), (scenario.manager, str(uuid4()))):
        assert (await member.http.get(f"/api/notifications/{id}/digest")).status_code == 404


async def test_nothing_is_sent_when_nothing_happened(digests: Digests) -> None:
    await digests.subscribe(digests.scenario.manager)
    await digests.run()
    await digests.scenario.create_insight()  # after the period
    await digests.run()
    assert digests.mails == []
    assert (await digests.scenario.manager.http.get("/api/notifications")).json()["items"] == []


async def test_falls_come_first_and_quotations_never(digests: Digests) -> None:
    scenario = digests.scenario
    await scenario.create_insight(title="A rise")
    fall = await scenario.create_insight(title="A fall", severity="notice")
    await scenario.world.database.as_owner("update insights set direction = -1 where id = $1", fall)
    await scenario.world.database.as_owner("update insights set direction = 1 where id <> $1", fall)
    await scenario.world.database.as_owner(
        """with document as (
             insert into documents (org_id, artist_id, title, body, content_sha256, status)
             values ($1, $3, 'The secret plan', 'secret words', 'x', 'indexed') returning id),
           chunk as (
             insert into chunks (org_id, document_id, position, text, embedding, model)
             select $1, id, 0, 'secret words', array_fill(0.05::real, array[384])::extensions.vector, 'm' from document
             returning id)
           insert into insight_evidence (org_id, insight_id, slot, label, unit, shown, computation, chunk_id)
           select $1, $2, 'passage_1', 'The secret plan', 'passage', 'The secret plan', '{"op": "passage"}', id
           from chunk""",
        scenario.org_id,
        fall,
        scenario.artist_id,
    )
    await digests.subscribe(scenario.manager)
    await digests.run()
    text, html = parts_of(digests.mails[0])
    assert text.index("A fall") < text.index("A rise")
    assert html.index("▼ A fall") < html.index("A rise")
    assert "secret" not in text + html


async def test_the_roster_is_in_mail_and_slack_falls_first_for_who_sees_the_artists(
    digests: Digests, receiver: Receiver
) -> None:
    scenario = digests.scenario
    database, org_id = scenario.world.database, scenario.org_id
    for name, week, last_week in (("Riser", 130.0, 100.0), ("Faller", 60.0, 100.0), ("Still", 100.0, 100.0)):
        artist = await make_artist(database, org_id, name)
        values = [last_week] * 7 + [week] * 7
        streams = daily_observations("consumption.streams", today() - timedelta(days=1), values)
        await store_observations(scenario.worker_context, org_id, artist, streams, provider=Provider.SPOTIFY)
    await scenario.create_insight(title="A rise")
    await digests.subscribe(scenario.manager)
    await digests.run()
    text, html = parts_of(digests.mails[0])
    roster = text[text.index("The roster:") :]
    assert "Faller · ▼ −40.0% · Spotify · 420 streams" in roster
    assert roster.index("Faller") < roster.index("Riser · ▲ +30.0%")
    assert "Still" not in text
    assert "▼ −40.0%" in html
    # And in the app.
    [entry] = (await scenario.manager.http.get("/api/notifications")).json()["items"]
    shown = (await scenario.manager.http.get(f"/api/notifications/{entry['id']}/digest")).json()
    [panel] = [panel for panel in shown["panels"] if panel["kind"] == "roster"]
    assert [(row["name"], row["value"]) for row in panel["rows"]] == [("Faller", "▼ −40.0%"), ("Riser", "▲ +30.0%")]
    assert panel["rows"][0]["remark"].startswith("Spotify · 420 streams · ")
    assert panel["rows"][0]["path"].startswith("/artist/?id=")


async def test_a_member_gets_what_they_see_at_the_moment_of_sending(digests: Digests) -> None:
    scenario = digests.scenario
    creator = await scenario.world.member(scenario.org_id, Role.CREATOR)
    hidden = await scenario.world.database.as_owner(
        "insert into artists (org_id, name) values ($1, 'Somebody else') returning id", scenario.org_id
    )
    await scenario.create_insight(title="Of Vera")
    other = await scenario.create_insight(title="Of somebody else", provider="youtube")
    await scenario.world.database.as_owner("update insights set artist_id = $2 where id = $1", other, hidden[0]["id"])
    await digests.subscribe(creator)
    await digests.run()
    text, _ = parts_of(digests.mails[0])
    assert "Of Vera" in text
    assert "somebody else" not in text.lower()

    # The list gets empty, and the membership ends, after the digest was created and before it is sent.
    for statement in (
        "delete from member_artists where user_id = $1",
        "update memberships set status = 'disabled' where user_id = $1",
        "delete from memberships where user_id = $1",
    ):
        await digests.go_back(scenario.org_id)
        await scenario.world.database.as_owner(
            "update deliveries set status = 'pending', next_attempt_at = clock.now() where user_id = $1",
            creator.user_id,
        )
        [delivery] = await scenario.world.database.as_owner(
            "select id from deliveries where user_id = $1", creator.user_id
        )
        await scenario.world.database.as_owner(
            "insert into jobs (org_id, name, args) values ($1, 'automation.deliver', $2)",
            scenario.org_id,
            {"delivery_id": str(delivery["id"])},
        )
        await scenario.world.database.as_owner(statement, creator.user_id)
        await digests.run()
        assert len(digests.mails) == 1, statement


async def test_a_receiver_that_is_down_loses_and_doubles_no_digest(digests: Digests) -> None:
    scenario = digests.scenario
    digests.mail_sink.answers = [451]
    await scenario.create_insight(title="Plays up 90%")
    await digests.subscribe(scenario.manager)
    await digests.run()
    for _ in range(3):
        await scenario.make_everything_due()
        await scenario.run_due_jobs()
    delivery = await scenario.get_only_delivery()
    assert delivery["status"] == "failed"
    refused = len(digests.mails)
    digests.mail_sink.answers = [250]
    for _ in range(3):
        await scenario.make_everything_due()
        await digests.run()
    assert len(digests.mails) == refused + 1
    assert (await scenario.get_only_delivery())["status"] == "sent"
    [row] = await scenario.world.database.as_owner(
        "select body, payload from deliveries where org_id = $1", scenario.org_id
    )
    assert (row["body"], row["payload"]) == ("", {})  # what a digest holds is not kept


async def test_a_digest_of_a_channel_goes_to_slack_within_its_limits(digests: Digests, receiver: Receiver) -> None:
    scenario = digests.scenario
    scenario.slack_is(receiver.url)
    scenario.change_settings(api_url="https://api.night-owl.test")
    channel = await scenario.create_channel("slack", secret=SLACK_URL)
    for number in range(30):
        await scenario.create_insight(title=f"{'Very long title <!channel> ' * 20}{number}", body="& " * 2000)
    path = f"/api/channels/{channel['id']}/notification-settings"
    given = {"frequency": "weekly", "weekday": (now() - timedelta(hours=25)).isoweekday(), "hour": 0}
    assert (await scenario.manager.http.put(path, json=given)).status_code == 200
    await digests.go_back(scenario.org_id)
    await scenario.world.database.as_owner(
        "update notification_settings set covered_until = clock.now() - interval '9 days'"
    )
    await scenario.world.database.as_owner("update insights set created_at = clock.now() - interval '3 days'")
    await digests.run()
    [call] = receiver.calls
    payload = orjson.loads(call.body)
    assert list_faults(payload) == []
    assert all("<!channel>" not in text for text in list_texts(payload))
    assert "30 stories" in payload["text"]
    # Who sets a digest up decides what it holds; sms and n8n take single messages.
    sms = await scenario.create_channel("sms", target={"phone": "+491701234567"})
    refused = await scenario.manager.http.put(f"/api/channels/{sms['id']}/notification-settings", json=given)
    assert refused.status_code == 422


async def test_one_click_ends_one_subscription_and_nothing_else(digests: Digests) -> None:
    scenario = digests.scenario
    await scenario.create_insight(title="Plays up 90%")
    copy = "copy@example.test"
    await digests.subscribe(scenario.manager, cc=[copy], at_once="all")
    await digests.run()
    by_address = {mail["To"]: mail for mail in digests.mails}
    assert set(by_address) == {scenario.manager.email, copy}
    # Encoded or folded, mail programs would not find it.
    for raw in digests.mail_sink.raw:
        assert re.search(rb"^List-Unsubscribe: <http[^>]+>\r$", raw, re.MULTILINE)
    assert "You receive a copy of the digest of" in parts_of(by_address[copy])[0]
    api = scenario.worker_context.settings.api_url

    def path_of(mail: EmailMessage) -> str:
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = "".join(str(mail["List-Unsubscribe"]).split()).strip("<>")
        assert link.startswith(f"{api}/api/subscription?token=")
        return link.removeprefix(api)

    settings = "/api/notification-settings"
    form = {"List-Unsubscribe": "One-Click"}
    anonymous = scenario.world.anonymous
    ended = await anonymous.post(path_of(by_address[copy]), data=form)
    assert (ended.status_code, ended.json()["frequency"]) == (200, "off")
    now_held = (await scenario.manager.http.get(settings)).json()
    assert (now_held["cc"], now_held["frequency"], now_held["at_once"]) == ([], "daily", "all")

    own = path_of(by_address[scenario.manager.email])
    changed = await anonymous.put(own, json={"frequency": "weekly"})
    assert changed.json() == {
        "org_name": "Night Owl Records",
        "language": "en",
        "part": "digest",
        "frequency": "weekly",
        "choices": ["daily", "weekly", "off"],
    }
    assert (await anonymous.put(own, json={"frequency": "all"})).status_code == 422
    assert (await anonymous.post(own, data=form)).json()["frequency"] == "off"
    now_held = (await scenario.manager.http.get(settings)).json()
    assert (now_held["frequency"], now_held["at_once"]) == ("off", "all")
    # A changed, cut or foreign token is none.
    for token in (own[:-8] + "AAAAAAAA", own[:-1], own.partition("=")[0] + "=", own.partition("=")[0] + "=äöü"):
        assert (await anonymous.post(token, data=form)).status_code == 404


async def test_a_mail_of_a_channel_is_ended_by_its_own_link(digests: Digests) -> None:
    scenario = digests.scenario
    channel = await scenario.create_channel("email", target={"address": "team@example.test"})
    await scenario.create_rule(channel)
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    link = "".join(str(digests.mails[0]["List-Unsubscribe"]).split()).strip("<>")
    path = link.removeprefix(scenario.worker_context.settings.api_url)
    assert (await scenario.world.anonymous.post(path)).json()["frequency"] == "off"
    [shown] = (await scenario.manager.http.get("/api/channels")).json()["items"]
    assert (shown["enabled"], shown["disabled_reason"]) == (False, "The recipient unsubscribed by the link in a mail.")
    assert (await scenario.world.anonymous.put(path, json={"frequency": "on"})).json()["frequency"] == "on"


async def test_quiet_hours_hold_messages_back_and_deliver_them_afterwards(digests: Digests, receiver: Receiver) -> None:
    scenario = digests.scenario
    scenario.slack_is(receiver.url)
    channel = await scenario.create_channel("slack", secret=SLACK_URL)
    await scenario.create_rule(channel)
    hour = now().hour
    quiet = {"quiet_from": hour, "quiet_to": (hour + 2) % 24}
    path = f"/api/channels/{channel['id']}/notification-settings"
    assert (await scenario.manager.http.put(path, json=quiet)).status_code == 200
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    assert receiver.calls == []
    waiting = await scenario.get_only_delivery()
    assert waiting["status"] == "pending"
    assert datetime.fromisoformat(waiting["next_attempt_at"]).hour == (hour + 2) % 24
    await scenario.make_everything_due()
    await scenario.run_due_jobs()
    assert len(receiver.calls) == 1


async def test_what_a_first_sync_brings_is_one_message_of_a_channel(scenario: Scenario, receiver: Receiver) -> None:
    scenario.slack_is(receiver.url)
    await scenario.create_rule(await scenario.create_channel("slack", secret=SLACK_URL))
    for _ in range(12):
        await scenario.create_insight_with_event(detector="past_numbers", severity="info", title="Known since 2024")
    await scenario.run_due_jobs()
    assert receiver.calls == []  # it waits for what else arrives
    await scenario.make_everything_due()
    await scenario.run_due_jobs()
    [call] = receiver.calls
    payload = orjson.loads(call.body)
    assert list_faults(payload) == []
    assert "New data in Night Owl Records" in payload["text"]
    assert str(payload).count("Known since 2024") == 12


@pytest.mark.parametrize(
    ("zone", "frequency", "at", "due"),
    [
        ("Europe/Berlin", "daily", "2026-03-29T05:59:00", "2026-03-28T07:00:00"),
        ("Europe/Berlin", "daily", "2026-03-29T06:00:00", "2026-03-29T06:00:00"),  # summer time has begun
        ("Europe/Berlin", "daily", "2026-10-25T06:59:00", "2026-10-24T06:00:00"),
        ("Europe/Berlin", "daily", "2026-10-25T07:00:00", "2026-10-25T07:00:00"),
        ("Pacific/Auckland", "daily", "2026-11-30T11:00:00", "2026-11-29T19:00:00"),
        ("America/Los_Angeles", "weekly", "2026-11-30T15:59:00", "2026-11-23T16:00:00"),
        ("America/Los_Angeles", "weekly", "2026-11-30T16:00:00", "2026-11-30T16:00:00"),
        ("Asia/Kolkata", "weekly", "2026-11-29T23:00:00", "2026-11-23T02:30:00"),
    ],
)
def test_a_digest_is_due_at_the_hour_of_its_zone(zone: str, frequency: str, at: str, due: str) -> None:
    settings = {"time_zone": zone, "frequency": frequency, "hour": 8, "weekday": 1}
    found = find_last_due(settings, datetime.fromisoformat(at).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kolkata"])
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
def test_a_year_has_one_digest_a_day_in_every_zone(zone: str, hour: int) -> None:
    settings = {"time_zone": zone, "frequency": "daily", "hour": hour, "weekday": 1}
    at, found = datetime(2026, 1, 1, tzinfo=UTC), set()
    while at < datetime(2027, 1, 1, tzinfo=UTC):
        found.add(find_last_due(settings, at))
        at += timedelta(minutes=30)
    assert 365 <= len(found) <= 366
    ordered = sorted(found)
    assert all(timedelta(hours=22) < after - before < timedelta(hours=26) for before, after in pairwise(ordered))


@pytest.mark.parametrize(
    ("begin", "end", "at", "until"),
    [
        (22, 7, "2026-11-30T21:30:00", "2026-12-01T06:00:00"),
        (22, 7, "2026-12-01T05:59:00", "2026-12-01T06:00:00"),
        (22, 7, "2026-12-01T06:00:00", None),
        (9, 12, "2026-12-01T08:10:00", "2026-12-01T11:00:00"),
        (22, 7, "2026-03-28T23:00:00", "2026-03-29T05:00:00"),  # the night in which summer time begins
    ],
)
def test_quiet_hours_end_in_their_zone(begin: int, end: int, at: str, until: str | None) -> None:
    settings = {"time_zone": "Europe/Berlin", "quiet_from": begin, "quiet_to": end}
    found = find_quiet_end(settings, datetime.fromisoformat(at).replace(tzinfo=UTC))
    assert found == (datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None)


def test_a_chart_is_a_small_picture_whose_gaps_stay_gaps() -> None:
    whole = draw_chart([1.0] * 20)
    gap = draw_chart([1.0] * 8 + [None] * 4 + [1.0] * 8)
    assert whole is not None
    assert gap is not None
    assert whole != gap
    assert whole.startswith(b"\x89PNG")
    assert len(whole) < 20_000
    assert draw_chart([None, 1.0, None]) is None
    assert draw_chart([0.0, 0.0, 0.0]) is not None
    assert draw_chart([-5.0, 5.0], mark=1, is_fall=True) is not None


async def test_copies_end_with_the_right_to_send_them(digests: Digests) -> None:
    scenario = digests.scenario
    member = await scenario.world.member(scenario.org_id, Role.MANAGER)
    await scenario.create_insight(title="Plays up 90%")
    await digests.subscribe(member, cc=["press@example.test"])
    demoted = await scenario.manager.http.put(f"/api/admin/users/{member.user_id}", json={"role": "analyst"})
    assert demoted.status_code == 200, demoted.text
    await digests.run()
    assert len(digests.mails) == 1
    assert "press@example.test" not in str(digests.mails[0]["To"])
