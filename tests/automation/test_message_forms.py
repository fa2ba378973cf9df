"""What a message looks like: Slack's blocks, the parts of a mail, the short link of an SMS."""

import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from pydantic import SecretStr

from arti.automation.deliveries.event_context import EventContext
from arti.automation.deliveries.rendering import render
from arti.automation.messages.chart_links import is_public_address
from arti.automation.messages.figures import MessageFigure
from arti.automation.messages.slack_blocks import HEADER_CHARACTERS, SECTION_CHARACTERS
from arti.language.pieces import Piece, words
from arti.language.reader_locale import ReaderLocale
from arti.vocabulary import Provider, Role
from arti_core.clock import now, today
from tests.automation.block_kit import list_faults, list_texts
from tests.automation.conftest import SLACK_URL, Scenario
from tests.automation.fake_receivers import FakeMailServer, Receiver
from tests.factories.insights import record_spike, run_detection
from tests.orgs.test_logo import png

LOGO = png()
MARKUP = '<!channel> <@U1> & <b>"bold"</b> <https://evil.test|click>'


def context(**more: Any) -> EventContext:
    values: dict[str, Any] = {
        "event_type": "insight.created",
        "event_id": UUID(int=3),
        "happened_at": now(),
        "org_id": UUID(int=1),
        "org_name": "Night Owl",
        "title": "Followers jumped",
        "body": "By 812.",
        "path": "/insights/?id=x&org=y",
        "artist_id": UUID(int=2),
        "artist_name": "Vera Lumen",
        "provider": Provider.SPOTIFY,
        "subject_kind": "insight",
        "subject_id": UUID(int=1),
        "locale": ReaderLocale("en"),
        **more,
    }
    for text in ("title", "body", "cause", "next_step"):
        if text in values:
            values[text] = (Piece(values[text], "name"),)
    return EventContext(**values)


def slack(context: EventContext) -> dict[str, Any]:
    payload = render("slack", context, delivery_id=UUID(int=4), site_url="https://arti.test").payload
    assert list_faults(payload) == []
    return dict(payload)


def test_slack_shows_numbers_cause_and_what_to_check_with_two_buttons() -> None:
    figure = MessageFigure(words("On the day"), words("812 followers"), words("3 March 2026"))
    payload = slack(context(figures=(figure,), cause="A new release", next_step="Look at the playlists."))
    assert [block["type"] for block in payload["blocks"]] == [
        *("header", "context", "section", "section", "section", "actions", "context")
    ]
    assert payload["blocks"][3]["fields"][0]["text"] == "On the day\n*812 followers*\n3 March 2026"
    assert payload["blocks"][4]["text"]["text"] == (
        "*Likely cause:* A new release\n*What to check:* Look at the playlists."
    )
    buttons = payload["blocks"][5]["elements"]
    assert [(one["text"]["text"], one["url"]) for one in buttons] == [
        ("Open in ARTi", "https://arti.test/insights/?id=x&org=y"),
        ("Acknowledge", "https://arti.test/insights/?id=x&org=y&acknowledge=1"),
    ]
    # Nothing can be acknowledged of an account that must be reconnected.
    assert len(slack(context(subject_kind="account"))["blocks"][3]["elements"]) == 1


def test_slack_texts_hold_no_mention_and_no_injected_link() -> None:
    figure = MessageFigure((Piece(MARKUP, "name"),), words("1"), words("2026"))
    more = {"artist_name": MARKUP, "org_name": MARKUP, "cause": MARKUP, "next_step": MARKUP, "figures": (figure,)}
    for text in list_texts(slack(context(title=MARKUP, body=MARKUP, **more))):
        assert "<" not in text
        assert ">" not in text


@pytest.mark.parametrize("shift", range(6))
def test_slack_texts_fit_and_no_escape_is_cut(shift: int) -> None:
    long = "x" * shift + "&" * 4000
    payload = slack(context(title=long, body=long, cause=long, next_step=long))
    header, body = payload["blocks"][0]["text"]["text"], payload["blocks"][2]["text"]["text"]
    assert HEADER_CHARACTERS - 6 < len(header) <= HEADER_CHARACTERS
    assert SECTION_CHARACTERS - 6 < len(body) <= SECTION_CHARACTERS
    assert header.endswith("&amp;…")
    assert body.endswith("&amp;…")


async def test_a_story_arrives_with_its_numbers_in_slack_and_mail(
    scenario: Scenario, receiver: Receiver, mail_sink: FakeMailServer
) -> None:
    """Of a real finding: both show numbers with unit and days, in the language and form of the one who reads."""
    scenario.slack_is(receiver.url)
    scenario.change_settings(smtp_url=SecretStr(f"smtp://127.0.0.1:{mail_sink.port}?starttls=never"))
    await scenario.create_rule(await scenario.create_channel("slack", secret=SLACK_URL))
    await scenario.create_rule(
        await scenario.create_channel("email", target={"address": scenario.manager.email}), name="By mail"
    )
    chosen = await scenario.manager.http.patch("/auth/me", json={"language": "de", "number_form": "apostrophe_point"})
    assert chosen.status_code == 200, chosen.text
    logo = await scenario.manager.http.put("/api/orgs/current/logo", files={"file": ("logo.png", LOGO, "image/png")})
    assert logo.status_code in (200, 201, 204), logo.text
    await record_spike(scenario.worker_context, scenario.org_id, scenario.artist_id)
    await run_detection(scenario.worker_context, scenario.org_id, scenario.artist_id)
    payload = orjson.loads(receiver.calls[0].body)
    assert list_faults(payload) == []
    fields = [field["text"] for block in payload["blocks"] for field in block.get("fields", ())]
    assert any("streams*" in field for field in fields), fields
    assert all(str(today().year) in field or str(today().year - 1) in field for field in fields)

    [mail] = mail_sink.mails
    assert mail.get_content_type() == "multipart/alternative"
    text, page = mail.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(page, EmailMessage)
    assert "Streams" in text.get_content()
    assert "In ARTi öffnen" in text.get_content()
    assert re.search(r"\d’\d{3}\b", text.get_content())
    assert not re.search(r"\d\.\d{3}\b", text.get_content())
    assert any(re.search(r"\d,\d{3}\b", field) for field in fields), fields
    html, image = page.iter_parts()
    assert isinstance(html, EmailMessage)
    assert isinstance(image, EmailMessage)
    assert 'src="cid:logo"' in html.get_content()
    assert (image["Content-ID"], image.get_content()) == ("<logo>", LOGO)
    assert "prefers-color-scheme: dark" in html.get_content()
    assert 'lang="de"' in html.get_content()


async def test_slack_shows_a_chart_by_an_address_that_ends(
    scenario: Scenario, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.slack_is(receiver.url)
    scenario.change_settings(api_url="https://api.night-owl.test")
    await scenario.create_rule(await scenario.create_channel("slack", secret=SLACK_URL))
    await record_spike(scenario.worker_context, scenario.org_id, scenario.artist_id)
    await run_detection(scenario.worker_context, scenario.org_id, scenario.artist_id)
    payload = orjson.loads(receiver.calls[0].body)
    assert list_faults(payload) == []
    kinds = [block["type"] for block in payload["blocks"]]
    assert kinds.index("image") == kinds.index("actions") - 1
    [url] = [block["image_url"] for block in payload["blocks"] if block["type"] == "image"]
    path = url.removeprefix("https://api.night-owl.test")
    async with scenario.world.client("none") as anonymous:
        picture = await anonymous.get(path)
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
        assert picture.content.startswith(b"\x89PNG")
        assert "max-age" in picture.headers["cache-control"]
        for wrong in (f"{path[:-4]}AAAA", "/api/message-charts/x", path[: len(path) // 2]):
            assert (await anonymous.get(wrong)).status_code == 404
        later = now() + timedelta(days=32)
        monkeypatch.setattr("arti_core.clock.timestamp", later.timestamp)
        assert (await anonymous.get(path)).status_code == 404


@pytest.mark.parametrize(
    "address", ["http://api.arti.test", "https://localhost:3002", "https://10.0.0.7", "https://nas"]
)
def test_an_address_of_an_own_network_gets_no_picture(address: str) -> None:
    assert not is_public_address(address)


async def test_a_short_link_leads_only_members_to_the_story(scenario: Scenario) -> None:
    await scenario.create_rule(await scenario.create_channel("sms", target={"phone": "+491701234567"}))
    insight_id = await scenario.create_insight()
    await scenario.create_event_of(insight_id)
    await scenario.run_due_jobs()
    (message,) = (await scenario.manager.http.get("/api/mailbox")).json()["items"]
    site = scenario.worker_context.settings.site_url
    link = message["body"].rsplit(" ", 1)[1]
    assert link.startswith(f"{site}/s/?")
    code = link.removeprefix(f"{site}/s/?")
    assert len(code) == 22
    answer = await scenario.manager.http.get(f"/api/short-links/{code}")
    assert answer.json() == {"path": f"/insights/?id={insight_id}&org={scenario.org_id}"}

    outsider = await scenario.world.member()
    creator = await scenario.world.member(scenario.org_id, Role.CREATOR)
    assert (await creator.http.get(f"/api/short-links/{code}")).status_code == 200
    await scenario.world.database.as_owner("delete from member_artists where user_id = $1", creator.user_id)
    for reader in (outsider, creator):
        assert (await reader.http.get(f"/api/short-links/{code}")).status_code == 404
    for wrong in ("x", "A" * 22, "A" * 300, "äöü", str(uuid4())):
        assert (await scenario.manager.http.get(f"/api/short-links/{wrong}")).status_code == 404
    leaver = await scenario.world.member(scenario.org_id, Role.ANALYST)
    assert (await leaver.http.get(f"/api/short-links/{code}")).status_code == 200
    await scenario.world.database.as_owner("delete from memberships where user_id = $1", leaver.user_id)
    assert (await leaver.http.get(f"/api/short-links/{code}")).status_code == 404
