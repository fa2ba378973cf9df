"""Tables that administer an org are not writable over REST, not by its admins; other writes are audited."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2 as httpx
import pytest

from arti.vocabulary import Role
from tests.supabase_local.conftest import Gateway

BACK = {"Prefer": "return=representation"}


@dataclass
class Office:
    """An admin of one org, and a person who is in none."""

    gateway: Gateway
    http: httpx.AsyncClient
    org: UUID
    me: str
    other_user: str

    async def recorded(self) -> list[tuple[str, str | None]]:
        rows = await self.gateway.database.as_owner(
            "select action, actor_id::text as actor from audit_log where org_id = $1 order by created_at, id", self.org
        )
        return [(row["action"], row["actor"]) for row in rows]


@pytest.fixture
async def office(gateway: Gateway) -> AsyncIterator[Office]:
    session, other = await gateway.sign_up("ada@example.test"), await gateway.sign_up("stranger@example.test")
    org = await gateway.org("Night Owl")
    await gateway.join(session, org, Role.ADMIN)
    headers = {"apikey": gateway.keys.publishable_key, "Authorization": f"Bearer {session['access_token']}"}
    async with httpx.AsyncClient(base_url=f"{gateway.url}/rest/v1", headers=headers, timeout=20) as http:
        yield Office(gateway, http, org, session["user"]["id"], other["user"]["id"])


def refused(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json()["code"]) == (403, "42501")


async def test_admin_tables_are_not_writable_over_rest(office: Office) -> None:
    org, id = str(office.org), str(uuid4())
    rows: dict[str, dict[str, Any]] = {
        "invitations": {"org_id": org, "email": "x@example.test", "role": "admin", "expires_at": "2099-01-01"},
        "memberships": {"org_id": org, "user_id": office.other_user, "role": "admin"},
        "user_permissions": {"org_id": org, "user_id": office.me, "provider": "spotify", "can_read": False},
        "channels": {"org_id": org, "kind": "slack", "name": "leak", "target": {"url": "http://169.254.169.254"}},
        "rules": {"org_id": org, "name": "r", "channel_id": id, "conditions": {"no such": ["thing"]}},
        "webhook_sources": {"org_id": org, "source": "custom"},
        "accounts": {"org_id": org, "artist_id": id, "provider": "spotify", "external_id": "x"},
        "oauth_states": {"org_id": org, "user_id": office.me, "artist_id": id, "return_to": "//evil.test"},
        "imports": {"org_id": org, "artist_id": id, "file_name": "f", "status": "committed"},
        "files": {"org_id": org, "kind": "import", "name": "f", "sha256": "\\x00"},
        "events": {"org_id": org, "type": "import.committed", "payload": {}},
        "audit_log": {"org_id": org, "actor_id": office.me, "action": "never.happened", "subject_kind": "org"},
    }
    for table, row in rows.items():
        assert refused(await office.http.post(f"/{table}", json=row)), table
        assert refused(await office.http.patch(f"/{table}?org_id=eq.{org}", json={"org_id": org})), table
        assert refused(await office.http.delete(f"/{table}?org_id=eq.{org}")), table
    assert refused(await office.http.patch(f"/orgs?id=eq.{org}", json={"name": "Renamed"}))
    message = (await office.http.delete(f"/memberships?org_id=eq.{org}")).json()
    assert message["message"] == "only the API writes memberships"
    assert refused(await office.http.get("/oauth_states?select=code_verifier"))
    assert await office.recorded() == []


async def test_memberships_are_not_writable_over_rest(office: Office) -> None:
    row = {"org_id": str(office.org), "user_id": office.other_user, "role": "analyst"}
    for status in ("active", "invited"):
        assert refused(await office.http.post("/memberships", json=row | {"status": status}))
    named = {"org": str(office.org), "machine": office.other_user, "machine_name": "Me", "machine_role": "analyst"}
    for function, arguments in (
        ("add_machine_member", named),
        ("accept_invitation", {"invitation_id": str(office.org), "hash": "\\x00", "addresses": "confirmed"}),
        ("take_mail_budget", {"budget": "account installation", "per_day": 1}),
    ):
        assert (await office.http.post(f"/rpc/{function}", json=arguments)).status_code == 404
    seen = await office.http.get("/users?select=email")
    assert seen.json() == [{"email": "ada@example.test"}]


@pytest.mark.parametrize("url", ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "//a.test"])
async def test_a_link_over_rest_is_one_that_the_api_would_take(office: Office, url: str) -> None:
    [artist] = (
        await office.http.post("/artists", json={"org_id": str(office.org), "name": "Oud"}, headers=BACK)
    ).json()
    about = {"org_id": str(office.org), "artist_id": artist["id"], "title": "Song"}
    entry = about | {"kind": "post", "starts_on": "2026-05-01"}
    asset = about | {"provider": "youtube", "kind": "video", "external_id": "x"}
    for table, row in (("calendar_entries", entry), ("assets", asset)):
        assert (await office.http.post(f"/{table}", json=row | {"url": url})).json()["code"] == "23514", table
        made = await office.http.post(f"/{table}", json=row | {"url": "https://example.com/a?b=c"})
        assert made.status_code == 201, made.text
    changed = await office.http.patch(f"/artists?id=eq.{artist['id']}", json={"image_url": url})
    assert changed.json()["code"] == "23514"


async def test_a_display_name_over_rest_has_an_end(office: Office) -> None:
    changed = await office.http.patch(f"/users?id=eq.{office.me}", json={"display_name": "a" * 201})
    assert changed.json()["code"] == "23514"
    assert (await office.http.patch(f"/users?id=eq.{office.me}", json={"display_name": "Ada"})).status_code == 204


async def test_no_caller_names_another_author_over_rest(office: Office) -> None:
    """Who a row says that made it is who made it, and an insight is given to somebody by the API alone."""
    org = str(office.org)
    [artist] = (await office.http.post("/artists", json={"org_id": org, "name": "Oud"}, headers=BACK)).json()
    about = {"org_id": org, "artist_id": artist["id"]}
    goal = about | {"goal_metric": "consumption.streams", "goal_provider": "spotify"}
    metric = {"org_id": org, "slug": "own.mine", "name": "Mine", "unit": "count", "kind": "flow", "aggregation": "sum"}
    rows: dict[str, tuple[str, dict[str, Any]]] = {
        "calendar_entries": ("created_by", about | {"title": "t", "kind": "post", "starts_on": "2026-05-01"}),
        "campaigns": ("created_by", goal | {"name": "c", "starts_on": "2026-05-01", "ends_on": "2026-05-08"}),
        "documents": ("created_by", about | {"title": "t", "body": "b", "content_sha256": "\\x" + "00" * 32}),
        "recordings": ("created_by", {"org_id": org, "title": "Song"}),
        "releases": ("created_by", {"org_id": org, "title": "Album"}),
        "sources": ("created_by", {"org_id": org, "slug": "own.mine", "name": "Mine"}),
        "org_metrics": ("created_by", metric),
    }
    for table, (author, row) in rows.items():
        made = await office.http.post(f"/{table}", json=row | {author: office.other_user}, headers=BACK)
        assert (made.status_code, made.json()[0][author]) == (201, office.me), (table, made.text)
        changed = await office.http.patch(f"/{table}?org_id=eq.{org}", json={author: office.other_user}, headers=BACK)
        assert (changed.status_code, changed.json()[0][author]) == (200, office.me), (table, changed.text)
    for change in ({"assigned_to": office.other_user}, {"assigned_to": office.me}, {"snoozed_until": "2099-01-01"}):
        assert refused(await office.http.patch(f"/insights?org_id=eq.{org}", json=change))


async def test_rest_writes_are_audited(office: Office) -> None:
    rows = [{"org_id": str(office.org), "name": name} for name in ("Lumen", "Nacre")]
    made = await office.http.post("/artists?select=id,name", json=rows, headers=BACK)
    assert made.status_code == 201
    lumen, nacre = (row["id"] for row in made.json())
    again = {"Prefer": "resolution=ignore-duplicates"}
    await office.http.post("/artists", json=rows[0] | {"id": lumen}, headers=again)
    await office.gateway.database.as_owner(
        """insert into accounts (org_id, artist_id, provider, external_id, display_name)
           values ($1, $2, 'spotify', 'x', 'x')""",
        office.org,
        UUID(nacre),
    )
    kept = await office.http.delete(f"/artists?id=eq.{nacre}")
    assert (kept.status_code, kept.json()["message"]) == (409, "disconnect the accounts of this artist first")
    assert (await office.http.delete(f"/artists?id=eq.{lumen}")).status_code == 204
    await office.gateway.database.as_owner("update accounts set status = 'disconnected'")
    assert (await office.http.delete(f"/artists?id=eq.{nacre}")).status_code == 204
    by_me = [("artist.created", office.me)] * 2 + [("artist.deleted", office.me)] * 2
    assert await office.recorded() == by_me
    key = {"apikey": office.gateway.keys.secret_key}
    made = await office.gateway.http.post(
        "/rest/v1/artists", json={"org_id": str(office.org), "name": "Oud"}, headers=key
    )
    assert made.status_code == 201
    assert await office.recorded() == [*by_me, ("artist.created", None)]
    new = (await office.http.post("/rpc/create_org", json={"org_name": "Day Lark"})).json()
    log = await office.gateway.database.as_owner("select action from audit_log where org_id = $1", UUID(new))
    assert [row["action"] for row in log] == ["org.created"]
