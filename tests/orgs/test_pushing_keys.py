"""A key that pushes values: chosen at its creation, used as documented, on record by its name, and for nothing else."""

import re
import shlex
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx2 as httpx

from arti_core import clock
from tests.orgs.conftest import Office, Person

DOCUMENT = Path(__file__).parents[2] / "docs" / "keys.md"


async def make_key(admin: Person, **more: Any) -> httpx.Response:
    return await admin.http.post(
        "/api/keys", json={"name": "ticketing", "role": "analyst", "scope": "values:push"} | more
    )


async def prepare(admin: Person) -> tuple[str, str]:
    """Define a source and a metric, and return an artist and the secret of a key."""
    artist = (await admin.http.post("/api/artists", json={"name": "Ada & the Engines"})).json()["id"]
    made = await admin.http.post("/api/metrics", json={"name": "Tickets sold", "unit": "tickets", "kind": "flow"})
    assert made.json()["slug"] == "own.tickets_sold"
    made = await admin.http.post("/api/sources", json={"name": "Ticketing"})
    assert made.json()["slug"] == "own.ticketing"
    return artist, (await make_key(admin)).json()["secret"]


def documented_call(**replaced: str) -> tuple[str, str, dict[str, str], str]:
    """Return method, path, headers and body of the curl command in the document."""
    text = next(block for block in re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(), re.S) if "curl" in block)
    for name, value in replaced.items():
        assert f"${name}" in text
        text = text.replace(f"${name}", value)
    words = shlex.split(text.replace("'\"", "").replace("\"'", "").replace("\\\n", " "))
    headers, body, url = {}, "", ""
    words = words[1:]
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        else:
            url = word
    return "POST" if body else "GET", urlsplit(url).path, headers, body


async def test_the_documented_call_pushes_a_value_once(office: Office, admin: Person) -> None:
    artist, secret = await prepare(admin)
    day = str(clock.today() - timedelta(days=2))
    method, path, headers, body = documented_call(
        ARTI_URL="http://api.test", KEY=secret, ORG=office.org_id, ARTIST=artist, DAY=day
    )
    async with office.anonymous_client() as http:
        first = await http.request(method, path, headers=headers, content=body)
        assert (first.status_code, first.json()["new"]) == (200, 1), first.text
        again = await http.request(method, path, headers=headers, content=body)
        assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
        other = await http.request(method, path, headers=headers, content=body.replace("412", "413"))
        assert other.status_code == 422
        del headers["Idempotency-Key"]
        same = await http.request(method, path, headers=headers, content=body)
        assert (same.json()["new"], same.json()["unchanged"]) == (0, 1)
        # It reads what its role may, its own value with its proof too.
        series = await http.get(f"/api/artists/{artist}/series", params={"metric": "own.tickets_sold"}, headers=headers)
        [shown] = series.json()["series"]
        assert shown["points"] == [{"on": day, "value": 412}]
        rows = await http.get("/api/observations", params={"series_id": shown["series_id"]}, headers=headers)
        assert [row["value"] for row in rows.json()["items"]] == [412]
    trace = next(
        entry
        for entry in (await admin.http.get("/api/audit")).json()["items"]
        if entry["action"] == "source.values_entered"
    )
    assert (trace["actor"]["key"], trace["subject_id"]) == ("ticketing", "own.ticketing")


async def test_it_is_refused_for_everything_else_in_words(office: Office, admin: Person) -> None:
    artist, secret = await prepare(admin)
    data = (await make_key(admin, scope="data", name="n8n")).json()["secret"]
    values = {"observations": [{"metric": "own.tickets_sold", "artist_id": artist, "on": "2026-01-01", "value": 1}]}
    push = "/api/sources/own.ticketing/observations"

    async def ask(key: str, method: str, path: str, **more: Any) -> tuple[int, str]:
        async with office.anonymous_client() as http:
            headers = {"Authorization": f"Bearer {key}", "X-ARTi-Org": office.org_id}
            answer = await http.request(method, path, headers=headers, **more)
            return answer.status_code, answer.json().get("message", "")

    for method, path, body in (
        ("POST", "/api/artists", {"name": "x"}),
        ("POST", "/api/orgs", {"name": "x"}),
        ("DELETE", f"/api/artists/{artist}", None),
        ("DELETE", push, None),
        ("GET", "/auth/me", None),
        ("GET", "/api/keys", None),
    ):
        status, sentence = await ask(secret, method, path, json=body)
        assert (status, "API key may not" in sentence) == (403, True), (path, sentence)
    file = {"file": ("a.csv", b"date,streams\n2026-01-01,1\n")}
    assert (await ask(secret, "POST", "/api/imports", files=file, data={"artist_id": artist}))[0] == 403
    status, sentence = await ask(data, "POST", push, json=values)
    assert (status, "scope data" in sentence, "values:push" in sentence) == (403, True, True)
    assert (await ask(secret, "POST", push, json=values))[0] == 200
    assert (await ask("sb_secret_" + "x" * 40, "POST", push, json=values))[0] == 401
    assert (await ask(office.gateway.settings.supabase_secret_key.get_secret_value(), "GET", "/api/artists"))[0] == 401
    for path in ("/rest/v1/artists?select=id", "/realtime/v1/websocket", "/auth/v1/settings"):
        refused = await office.gateway.http.get(path, headers={"apikey": secret, "Authorization": f"Bearer {secret}"})
        assert (refused.status_code, "pushes values" in refused.json()["message"]) == (403, True), path
    refusals = [e for e in (await admin.http.get("/api/audit")).json()["items"] if e["action"] == "access.refused"]
    assert {entry["actor"]["key"] for entry in refusals} == {"ticketing", "n8n"}


async def test_its_scope_is_shown_and_needs_a_role_that_writes_numbers(office: Office, admin: Person) -> None:
    for role in ("guest", "creator"):
        artists = {"artist_access": "list"}
        refused = await make_key(admin, role=role, **artists)
        assert (refused.status_code, refused.json()["field"]) == (422, "role")
    assert (await make_key(admin, scope="everything")).status_code == 422
    made = (await make_key(admin)).json()
    listed = {key["name"]: key["scope"] for key in (await admin.http.get("/api/keys")).json()}
    assert (made["key"]["scope"], listed) == ("values:push", {"ticketing": "values:push"})
    trace = (await admin.http.get("/api/audit")).json()["items"][0]
    assert (trace["action"], trace["details"]["scope"]) == ("key.created", "values:push")


async def test_it_ends_at_once_when_it_is_revoked_or_its_role_changes(office: Office, admin: Person) -> None:
    artist, secret = await prepare(admin)
    (key,) = (await admin.http.get("/api/keys")).json()
    values = {"observations": [{"metric": "own.tickets_sold", "artist_id": artist, "on": "2026-01-01", "value": 1}]}
    async with office.anonymous_client() as http:
        http.headers |= {"Authorization": f"Bearer {secret}", "X-ARTi-Org": office.org_id}

        async def push() -> int:
            return (await http.post("/api/sources/own.ticketing/observations", json=values)).status_code

        assert await push() == 200
        member = f"/api/admin/users/{key['member_id']}"
        assert (await admin.http.put(member, json={"role": "guest", "artist_access": "list"})).status_code == 200
        assert await push() == 403
        assert (await admin.http.put(member, json={"role": "analyst", "artist_access": "all"})).status_code == 200
        assert await push() == 200
        assert (await admin.http.delete(f"/api/keys/{key['id']}")).status_code == 204
        assert await push() == 401


async def test_quotas_hold_for_a_key(office: Office, admin: Person) -> None:
    artist, secret = await prepare(admin)
    await office.gateway.database.as_owner(
        "insert into private.org_quotas (org_id, resource, allowed) values ($1, 'idempotency keys of a day', 1)",
        UUID(office.org_id),
    )
    values = {"observations": [{"metric": "own.tickets_sold", "artist_id": artist, "on": "2026-01-01", "value": 1}]}
    async with office.anonymous_client() as http:
        http.headers |= {"Authorization": f"Bearer {secret}", "X-ARTi-Org": office.org_id}
        push = "/api/sources/own.ticketing/observations"
        assert (await http.post(push, json=values, headers={"Idempotency-Key": "1"})).status_code == 200
        refused = await http.post(push, json=values, headers={"Idempotency-Key": "2"})
    assert (refused.status_code, refused.json()["error"]) == (429, "rate_limited")
