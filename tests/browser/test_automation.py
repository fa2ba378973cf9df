"""Rules and channels are changed in place."""

from playwright.sync_api import Route, expect

from tests.browser.conftest import Open, assert_accessible, assert_accessible_everywhere
from tests.browser.site import Site


def test_a_rule_and_a_channel_are_changed_in_place(open_as: Open, site: Site) -> None:
    person = site.sign_up("Rue")
    person.create_org("Rule Records")
    person.add_artist("Mira Sol")
    address = {"kind": "email", "name": "Inbox", "target": {"address": "team@example.test"}}
    channel = person.call("POST", "/api/channels", json=address, expect=201)["id"]
    conditions = {"min_severity": "info", "metrics": ["audience.followers"]}
    person.call("POST", "/api/rules", json={"name": "All", "channel_id": channel, "conditions": conditions}, expect=201)
    page = open_as(person)
    page.goto("/automation/")
    page.get_by_role("button", name="All", exact=True).click()
    dialog = page.get_by_role("dialog", name="Change the rule")
    expect(dialog.get_by_label("At least")).to_have_value("info")
    assert_accessible_everywhere(page, "change a rule")
    dialog.get_by_label("Name").fill("The important ones")
    dialog.get_by_label("At least").select_option("Important")
    dialog.get_by_label("Instagram").uncheck()
    dialog.get_by_label("Artist").select_option("Mira Sol")
    dialog.get_by_role("button", name="Save").click()
    rules = page.get_by_role("region", name="Rules")
    expect(rules.get_by_text("important only, Spotify or YouTube or SoundCloud")).to_be_visible()
    saved = person.call("GET", "/api/rules")["items"][0]
    assert saved["conditions"]["metrics"] == ["audience.followers"], "conditions that the form does not show are kept"
    assert len(saved["conditions"]["artist_ids"]) == 1
    page.get_by_role("button", name="The important ones", exact=True).click()
    expect(dialog.get_by_label("Artist")).to_have_value(saved["conditions"]["artist_ids"][0])
    page.keyboard.press("Escape")

    person.call("POST", "/api/channels", json={"kind": "n8n", "name": "Flows"}, expect=201)
    page.reload()
    expect(page.get_by_text("It has no workflow, so its messages stay in the mailbox.")).to_be_visible()
    page.get_by_role("button", name="Channel", exact=True).click()
    dialog = page.get_by_role("dialog", name="Add a channel")
    dialog.get_by_label("Kind").select_option("n8n")
    dialog.get_by_label("Name").fill("Ours")
    for refused in ("http://n8n.example.com/webhook/x", "https://n8n.example.com:5678/webhook/x"):
        dialog.get_by_label("URL of the webhook node").fill(refused)
        dialog.get_by_role("button", name="Add the channel").click()
        expect(dialog.get_by_label("URL of the webhook node")).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More about the channel Inbox").click()
    page.get_by_role("menuitem", name="Change").click()
    dialog = page.get_by_role("dialog", name="Change the channel")
    expect(dialog.get_by_label("Address")).to_have_value("team@example.test")
    assert_accessible(page, "change a channel")
    dialog.get_by_label("Name").fill("Radio inbox")
    dialog.get_by_label("Address").fill("radio@example.test")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("E-mail · radio@example.test")).to_be_visible()
    expect(rules.get_by_text("Radio inbox")).to_be_visible()


def test_n8n_is_connected_by_a_button(open_as: Open, site: Site) -> None:
    person = site.sign_up("Nia")
    person.create_org("Workflow Records")
    page = open_as(person)
    page.goto("/automation/")
    card = page.get_by_role("region", name="n8n")
    expect(card.get_by_text("This installation has no n8n.")).to_be_visible()
    expect(card.get_by_role("button", name="Connect n8n")).to_have_count(0)

    runs = [
        {"id": "2", "status": "error", "started_at": "2026-11-30T10:00:00Z", "stopped_at": None},
        {"id": "1", "status": "success", "started_at": "2026-11-30T09:00:00Z", "stopped_at": None},
    ]
    common = {"template": "events", "channel_id": None, "problem": None}
    working = {"id": "00000000-0000-4000-8000-000000000001", "name": "Tell the team", "is_active": True, "runs": runs}
    waiting = {"id": "00000000-0000-4000-8000-000000000002", "name": "Ask Ada", "is_active": False, "runs": []}
    sent: list[object] = []

    def with_n8n(route: Route) -> None:
        response = route.fetch()
        shown = response.json() | {"can_connect": True, "problem": None, "editor_url": "http://127.0.0.1:5678"}
        route.fulfill(response=response, json=shown | {"workflows": [working | common, waiting | common]})

    def connected(route: Route) -> None:
        sent.append(route.request.post_data_json)
        channel = person.call("POST", "/api/channels", json={"kind": "n8n", "name": "Board"}, expect=201)
        step = "Open the workflow in n8n: choose your Slack credential. Then publish it there."
        answer = {"channel": channel, "is_active": False, "next_step": step}
        route.fulfill(status=201, json=answer, headers={"Access-Control-Allow-Origin": "*"})

    page.route("**/api/n8n", with_n8n)
    page.route("**/api/n8n/workflows", connected)
    page.reload()
    expect(card.get_by_role("list", name="Last runs of Tell the team").get_by_role("listitem")).to_have_count(2)
    expect(card.get_by_text("Open it in n8n, add what it needs, and publish it there.")).to_be_visible()
    assert_accessible_everywhere(page, "the card of n8n")
    card.get_by_role("button", name="Connect n8n").click()
    dialog = page.get_by_role("dialog", name="Connect n8n")
    dialog.get_by_label("Workflow").select_option("Story to Slack, with approval")
    expect(dialog.get_by_text("Asks one person in Slack about each important story")).to_be_visible()
    assert_accessible(page, "connect n8n")
    dialog.get_by_label("Name").fill("Board")
    dialog.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("dialog", name="Connected").get_by_text("choose your Slack credential")).to_be_visible()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("switch", name="Channel Board")).to_be_visible()
    assert sent == [{"template": "story-to-slack", "name": "Board"}]
