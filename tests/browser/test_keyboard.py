"""Keyboard shortcuts, focus, and the menu on a phone."""

from playwright.sync_api import expect

from tests.browser.conftest import ARTIST, Open, assert_accessible_everywhere
from tests.browser.site import Person

SECTIONS = [
    ("i", "Insights"),
    ("c", "Campaigns"),
    ("k", "Knowledge"),
    ("a", "Accounts"),
    ("d", "Imports"),
    ("n", "Automation"),
    ("m", "Mailbox"),
    ("p", "Members"),
    ("s", "Status"),
    ("o", "Settings"),
    ("r", "Home"),
]


def test_g_and_a_key_open_every_section(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/")
    expect(page.get_by_role("heading", name="Roster")).to_be_visible()
    for key, name in SECTIONS:
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def test_the_first_tab_skips_to_the_content(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/")
    expect(page.get_by_role("heading", name="Roster")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_slash_filters_and_escape_clears(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/")
    expect(page.get_by_role("link", name=ARTIST, exact=True).locator("visible=true").first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("nobody by this name")
    expect(page.get_by_text("Nothing matches “nobody by this name”")).to_be_visible()
    assert_accessible_everywhere(page, "no match")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name=ARTIST, exact=True).locator("visible=true").first).to_be_visible()


def test_palette_finds_an_artist(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/settings/")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("velvet")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_have_value(
        "velvet"
    )  # also what came before the field was there
    expect(page.get_by_role("option").first).to_contain_text(ARTIST)
    assert_accessible_everywhere(page, "palette")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=ARTIST)).to_be_visible()


def test_question_mark_lists_the_shortcuts_and_t_switches_the_theme(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/")
    expect(page.get_by_role("heading", name="Roster")).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("heading", name="Roster")).to_be_visible()
    page.keyboard.press("t")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_attached()


def test_single_key_shortcuts_can_be_turned_off(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/settings/")
    page.get_by_label("Keyboard shortcuts").uncheck()
    page.get_by_role("heading", name="Settings").click()
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_j_and_k_move_between_rows_and_enter_opens_one(open_as: Open, two_stories: Person) -> None:
    page = open_as(two_stories)
    page.goto("/insights/")
    expect(page.locator("[data-row]").nth(1)).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_attached()
    expect(page.locator("[data-row]").first).to_be_focused()


def test_a_closed_dialog_returns_the_focus(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.goto("/")
    add = page.get_by_role("button", name="Add artist")
    add.click()
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(add).to_be_focused()

    page.goto("/accounts/")
    menu = page.get_by_role("button", name="More about YouTube").first
    menu.click()
    page.get_by_role("menuitem", name="Disconnect").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()


def test_phone_has_a_menu(open_as: Open, label: Person) -> None:
    page = open_as(label)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    page.get_by_role("button", name="Open the menu").click()
    expect(page.get_by_role("dialog", name="Menu")).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Members").click()
    expect(page.get_by_role("heading", name="Members")).to_be_visible()
    expect(page.get_by_role("dialog")).not_to_be_attached()
