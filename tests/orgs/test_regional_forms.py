"""Time zone, currency of new amounts, first day of the week and form of numbers: of the org, and of each person."""

from typing import Any

import pytest

from arti.vocabulary import Role
from tests.conftest import Member, World

BERLIN = {"time_zone": "Europe/Berlin", "currency": "CHF", "week_start": "sunday", "number_form": "apostrophe_point"}
USUAL = {"time_zone": "UTC", "currency": "EUR", "week_start": "monday", "number_form": "language"}


async def _read(member: Member) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the person and the org chose."""
    me = (await member.http.get("/auth/me")).json()
    return {name: me["user"][name] for name in USUAL}, {name: me["orgs"][0][name] for name in USUAL}


async def test_an_admin_sets_them_for_the_org_and_each_person_for_themselves(world: World) -> None:
    admin = await world.member()
    assert await _read(admin) == (dict.fromkeys(USUAL), USUAL)
    answer = await admin.http.patch("/api/orgs/current", json=BERLIN)
    assert answer.status_code == 200, answer.text
    assert {name: answer.json()[name] for name in BERLIN} == BERLIN
    assert await _read(admin) == (dict.fromkeys(USUAL), BERLIN)
    colleague = await world.member(admin.org_id, role=Role.ANALYST)
    own = {"time_zone": "America/New_York", "number_form": "comma_point"}
    changed = await colleague.http.patch("/auth/me", json=own)
    assert changed.status_code == 200, changed.text
    assert (await _read(colleague)) == ({**dict.fromkeys(USUAL), **own}, BERLIN)
    back = await colleague.http.patch("/auth/me", json={"time_zone": None})
    assert back.json()["time_zone"] is None
    assert back.json()["number_form"] == "comma_point"


async def test_a_change_of_the_org_is_audited_with_old_and_new_value(world: World) -> None:
    admin = await world.member()
    await admin.http.patch("/api/orgs/current", json={"time_zone": "Europe/Berlin", "currency": "EUR"})
    entries = (await admin.http.get("/api/audit")).json()["items"]
    [entry] = [entry for entry in entries if entry["action"] == "org.region_changed"]
    assert entry["details"] == {"time_zone": "UTC → Europe/Berlin"}
    await admin.http.patch("/api/orgs/current", json={"time_zone": "Europe/Berlin"})
    again = (await admin.http.get("/api/audit")).json()["items"]
    assert len([entry for entry in again if entry["action"] == "org.region_changed"]) == 1


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("time_zone", "Mars/Olympus"), ("currency", "euro"), ("week_start", "friday"), ("number_form", "roman")],
)
async def test_what_does_not_exist_is_refused(world: World, field: str, wrong: str) -> None:
    admin = await world.member()
    for path in ("/api/orgs/current", "/auth/me"):
        answer = await admin.http.patch(path, json={field: wrong})
        assert answer.status_code == 422, (path, answer.text)
    assert await _read(admin) == (dict.fromkeys(USUAL), USUAL)


async def test_only_an_admin_sets_them_for_the_org(world: World) -> None:
    analyst = await world.member(role=Role.ANALYST)
    assert (await analyst.http.patch("/api/orgs/current", json=BERLIN)).status_code == 403


async def test_a_digest_begins_in_the_zone_of_its_reader(world: World) -> None:
    admin = await world.member()
    await admin.http.patch("/api/orgs/current", json={"time_zone": "Europe/Berlin"})
    assert (await admin.http.get("/api/notification-settings")).json()["time_zone"] == "Europe/Berlin"
    await admin.http.patch("/auth/me", json={"time_zone": "Asia/Tokyo"})
    assert (await admin.http.get("/api/notification-settings")).json()["time_zone"] == "Asia/Tokyo"
