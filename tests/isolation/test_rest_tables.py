"""ARTi's tables through /rest/v1: visible rows, refused requests, and values that are never executed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2 as httpx
import pytest

from arti.vocabulary import Role
from supabase_local.keys.signing_keys import SigningKeys
from tests.supabase_local.conftest import Gateway

SINGLE = {"Accept": "application/vnd.pgrst.object+json"}
BACK = {"Prefer": "return=representation"}


@dataclass
class Label:
    """A manager of one org with three artists; another org has one of its own."""

    gateway: Gateway
    http: httpx.AsyncClient
    org: UUID
    foreign: UUID
    foreign_artist: UUID

    async def names(self, query: str = "") -> list[str]:
        answer = await self.http.get(f"/rest/v1/artists?select=name&{query}")
        assert answer.status_code in (200, 206), answer.text
        return [row["name"] for row in answer.json()]


@pytest.fixture
async def label(gateway: Gateway) -> AsyncIterator[Label]:
    session = await gateway.sign_up("ada@example.test")
    org, foreign = await gateway.org("Night Owl"), await gateway.org("Day Lark")
    await gateway.join(session, org, Role.MANAGER)
    foreign_artist = await gateway.artist(foreign, "Stranger")
    headers = {"apikey": gateway.keys.publishable_key, "Authorization": f"Bearer {session['access_token']}"}
    async with httpx.AsyncClient(base_url=gateway.url, headers=headers, timeout=20) as http:
        rows: list[dict[str, Any]] = [
            {"org_id": str(org), "name": "Lumen", "country": "FR", "genres": ["dub"]},
            {"org_id": str(org), "name": 'Moth, "the"', "country": None, "genres": []},
            {"org_id": str(org), "name": "Nacre", "country": "DE", "genres": ["dub", "jazz"]},
        ]
        made = await http.post("/rest/v1/artists", json=rows)
        assert (made.status_code, made.text) == (201, "")
        yield Label(gateway, http, org, foreign, foreign_artist)


FILTERS: tuple[tuple[str, list[str]], ...] = (
    ("order=name", ["Lumen", 'Moth, "the"', "Nacre"]),
    ("order=name.desc&limit=1", ["Nacre"]),
    ("order=name&offset=2", ["Nacre"]),
    ("order=country.asc.nullsfirst,name.desc", ['Moth, "the"', "Nacre", "Lumen"]),
    ("name=eq.Lumen", ["Lumen"]),
    ("name=neq.Lumen&order=name", ['Moth, "the"', "Nacre"]),
    ("name=gt.Lumen&name=lt.Nacre", ['Moth, "the"']),
    ("name=gte.Moth&name=lte.Nacre&order=name", ['Moth, "the"', "Nacre"]),
    ('name=in.("Moth, \\"the\\"",Nacre)&order=name', ['Moth, "the"', "Nacre"]),
    ("name=in.()", []),
    ("country=is.null", ['Moth, "the"']),
    ("country=not.is.null&order=name", ["Lumen", "Nacre"]),
    ("country=is.not_null&order=name", ["Lumen", "Nacre"]),
    ("name=like.L*", ["Lumen"]),
    ("name=ilike.*ACR*", ["Nacre"]),
    ("name=not.in.(Lumen,Nacre)", ['Moth, "the"']),
    ("genres=eq.{dub}", ["Lumen"]),
    ('"name"=eq.Nacre', ["Nacre"]),
    ("name=eq.Stranger", []),
)


async def test_filters(label: Label) -> None:
    for query, names in FILTERS:
        assert await label.names(query) == names, query


async def test_counts_ranges_and_single_objects(label: Label) -> None:
    http = label.http
    part = await http.get("/rest/v1/artists?order=name&limit=2", headers={"Prefer": "count=exact"})
    assert (part.status_code, part.headers["content-range"]) == (206, "0-1/3")
    whole = await http.get("/rest/v1/artists", headers={"Prefer": "count=exact"})
    assert (whole.status_code, whole.headers["content-range"]) == (200, "0-2/3")
    assert (await http.get("/rest/v1/artists?name=eq.x")).headers["content-range"] == "*/*"
    past = await http.get("/rest/v1/artists?offset=9", headers={"Prefer": "count=exact"})
    assert (past.status_code, past.json()["code"]) == (416, "PGRST103")
    head = await http.head("/rest/v1/artists", headers={"Prefer": "count=exact"})
    assert (head.text, head.headers["content-range"]) == ("", "0-2/3")
    one = await http.get("/rest/v1/artists?select=title:name,country&name=eq.Lumen", headers=SINGLE)
    assert one.json() == {"title": "Lumen", "country": "FR"}
    assert one.headers["content-type"] == "application/vnd.pgrst.object+json; charset=utf-8"
    several = await http.get("/rest/v1/artists", headers=SINGLE)
    assert (several.status_code, several.json()["code"]) == (406, "PGRST116")
    assert several.json()["details"] == "The result contains 3 rows"


async def test_writes(label: Label) -> None:
    http, org = label.http, str(label.org)
    made = await http.post("/rest/v1/artists?select=name", json={"org_id": org, "name": "Oud"}, headers=BACK | SINGLE)
    assert (made.status_code, made.json()) == (201, {"name": "Oud"})
    changed = await http.patch("/rest/v1/artists?name=eq.Oud", json={"country": "MA"}, headers=BACK)
    assert (changed.status_code, changed.json()[0]["country"]) == (200, "MA")
    assert (await http.patch("/rest/v1/artists?name=eq.Oud", json={"country": None})).status_code == 204
    too_many = await http.patch("/rest/v1/artists?country=is.null", json={"country": "GL"}, headers=BACK | SINGLE)
    assert too_many.status_code == 406  # and nothing was kept of it
    assert len(await label.names("country=is.null")) == 2
    assert (await http.delete("/rest/v1/artists?name=eq.Oud")).status_code == 204
    chosen = await http.post(
        "/rest/v1/artists?columns=org_id,name", json=[{"org_id": org, "name": "Pan", "country": "ZZ"}], headers=BACK
    )
    assert chosen.json()[0]["country"] is None
    for request in (
        http.patch("/rest/v1/artists", json={"country": "GL"}),
        http.delete("/rest/v1/artists"),
    ):
        everything = await request
        assert (everything.status_code, everything.json()["code"]) == (400, "21000")


async def test_rows_of_other_orgs_are_neither_read_nor_written(label: Label) -> None:
    http, foreign = label.http, str(label.foreign)
    assert (await http.get(f"/rest/v1/artists?org_id=eq.{foreign}", headers={"Prefer": "count=exact"})).json() == []
    into = await http.post("/rest/v1/artists", json={"org_id": foreign, "name": "Intruder"})
    assert (into.status_code, into.json()["code"]) == (403, "42501")
    moved = await http.patch("/rest/v1/artists?name=eq.Lumen", json={"org_id": foreign})
    assert moved.status_code == 403
    for method in ("PATCH", "DELETE"):
        query = f"/rest/v1/artists?id=eq.{label.foreign_artist}"
        answer = await http.request(method, query, json={"name": "Mine"}, headers=BACK)
        assert (answer.status_code, answer.json()) == (200, [])
    anonymous = await label.gateway.http.get("/rest/v1/artists")
    assert (anonymous.status_code, anonymous.json()["code"]) == (401, "42501")
    rows = await label.gateway.database.as_owner("select name from artists where org_id = $1", label.foreign)
    assert [row["name"] for row in rows] == ["Stranger"]


REFUSED = (
    ("GET", "nowhere", 404, "PGRST205"),
    ("GET", "pg_class", 404, "PGRST205"),
    ("GET", "users;drop table artists", 404, "PGRST205"),
    ("GET", "artists?select=nothing", 400, "42703"),
    ("GET", "artists?select=ctid", 400, "42703"),
    ("GET", "artists?nothing=eq.1", 400, "42703"),
    ("GET", "artists?order=nothing", 400, "42703"),
    ("GET", "artists?name=resembles.x", 400, "PGRST100"),
    ("GET", "artists?name=Lumen", 400, "PGRST100"),
    ("GET", "artists?country=is.France", 400, "PGRST100"),
    ("GET", "artists?name=in.Lumen", 400, "PGRST100"),
    ("GET", "artists?name=in.(a),b=in.(c)", 400, "PGRST100"),
    ("GET", "artists?order=name.sideways", 400, "PGRST100"),
    ("GET", "artists?limit=-1", 416, "PGRST103"),
    ("GET", "artists?id=eq.no-uuid", 400, "22P02"),
    ("GET", "artists?name=eq.%00", 400, "22021"),
    ("GET", "artists?select=name,jobs(*)", 400, "PGRST200"),
    ("POST", "rpc/set_config", 404, "PGRST202"),
    ("GET", "rpc/session_is_live", 404, "PGRST202"),
    ("PUT", "artists?id=eq.1", 405, "PGRST105"),
    ("GET", "artists/one", 404, "PGRST125"),
)


async def test_refusals(label: Label) -> None:
    for method, path, status, code in REFUSED:
        answer = await label.http.request(method, f"/rest/v1/{path}", json={} if method != "GET" else None)
        assert (answer.status_code, answer.json()["code"]) == (status, code), (path, answer.text)
        assert answer.json().keys() == {"code", "message", "details", "hint"}


REFUSED_HEADERS: tuple[tuple[dict[str, str], int, str], ...] = (
    ({"Accept": "application/vnd.pgrst.plan+json"}, 406, "PGRST107"),
    ({"Prefer": "count=estimated"}, 400, "PGRST127"),
    ({"Accept-Profile": "auth"}, 406, "PGRST106"),
    ({"Authorization": "Bearer rubbish"}, 401, "PGRST301"),
    ({"Authorization": "Basic x"}, 401, "PGRST301"),
)


async def test_invalid_headers(label: Label) -> None:
    for headers, status, code in REFUSED_HEADERS:
        answer = await label.http.get("/rest/v1/artists", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), (headers, answer.text)


async def test_invalid_bodies(label: Label) -> None:
    for body in (
        *(b"", b"{", b"[1]", b'[{"name":"a"},{"country":"b"}]'),
        *(b'{"org_id":"x","name":"y"}', b'{"nothing":1}', b'{"name":"\\ud800"}'),
    ):
        answer = await label.http.post("/rest/v1/artists", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, body
    assert len(await label.names()) == 3


async def test_jobs_cannot_be_prioritized_over_rest(label: Label) -> None:
    """What is owed may be asked for; how far it is, when it was due and when it was done is not theirs to say."""
    me = (await label.http.get("/auth/v1/user")).json()["id"]
    [artist] = (await label.http.get("/rest/v1/artists?select=id&limit=1")).json()
    arguments = {"artist_id": artist["id"]}
    job = {"org_id": str(label.org), "name": "music.match", "args": arguments, "requested_by": me}
    long_ago = "1970-01-01"
    for claimed in (
        {"status": "running", "lease_until": long_ago},
        {"attempts": 2_147_483_647},
        {"run_at": long_ago},
        {"run_at": "-infinity"},
        {"max_attempts": 2_147_483_647},
        {"dispatched_at": long_ago},
        {"created_at": long_ago},
        {"progress": {"percent": 100}},
    ):
        refused = await label.http.post("/rest/v1/jobs", json=job | claimed)
        assert (refused.status_code, refused.json()["code"]) == (403, "42501"), claimed
    assert (await label.http.post("/rest/v1/jobs", json=job)).status_code == 201
    await label.gateway.database.as_owner("update jobs set status = 'dead', attempts = 5")
    for claimed in ({"run_at": long_ago}, {"attempts": -2_147_483_648}, {"status": "running"}):
        again = {"status": "queued", "attempts": 0, "run_at": "now", "dispatched_at": None} | claimed
        refused = await label.http.patch("/rest/v1/jobs?status=eq.dead", json=again)
        assert (refused.status_code, refused.json()["code"]) == (403, "42501"), claimed
    event = {"org_id": str(label.org), "type": "import.committed", "payload": {}, "created_at": long_ago}
    done = {"org_id": str(label.org), "actor_id": me, "action": "member.removed", "subject_kind": "user"}
    done |= {"subject_id": me, "created_at": long_ago}
    for table, row in (("events", event), ("audit_log", done)):
        refused = await label.http.post(f"/rest/v1/{table}", json=row)
        assert (refused.status_code, refused.json()["code"]) == (403, "42501"), table


INJECTIONS = (
    "'; drop table artists; --",
    '" from auth.users --',
    "name) from auth.users --",
    "$1",
    "\\'; select 1",
    "x' or '1'='1",
    "*/ union select /*",
    "set_config('role','service_role',true)",
    "\u0000",
    "%",
    "𝒳" * 40,
)


async def test_values_are_never_executed_as_sql(label: Label) -> None:
    for text in INJECTIONS:
        await try_everywhere(label, text)
    left = await label.gateway.database.as_owner("select count(*) as n from artists where name = 'Lumen'")
    assert left[0]["n"] == 1


async def try_everywhere(label: Label, text: str) -> None:
    """Put `text` wherever a request has room for it: refused, or taken as no more than what it is."""
    everywhere: tuple[dict[str, str], ...] = (
        {"name": f"eq.{text}"},
        {"name": f"in.({text})"},
        {"name": f"like.{text}"},
        {text: "eq.1"},
        {"select": text},
        {"select": f'"{text}":name'},
        {"order": text},
        {"limit": text},
        {"columns": text},
    )
    for params in everywhere:
        answer = await label.http.get("/rest/v1/artists", params=params)
        assert answer.status_code < 500, (params, answer.text)
        if answer.status_code == 200 and "name" in params and text != "%":
            assert answer.json() == []
    row = {"org_id": str(label.org), "name": text}
    assert (await label.http.post("/rest/v1/artists", json=row | {text: text})).status_code == 400
    made = await label.http.post("/rest/v1/artists", json=row, headers=BACK)
    if made.status_code == 201:
        found = await label.http.get("/rest/v1/artists", params={"name": f"eq.{text}", "select": "name"})
        assert found.json() == [{"name": text}]
    else:
        assert (made.status_code, text) == (400, "\u0000")


async def test_expired_tokens_have_their_own_code(label: Label) -> None:
    keys = SigningKeys(label.gateway.keys.jwt_keys)
    claims = {
        "iss": f"{label.gateway.url}/auth/v1",
        "aud": "authenticated",
        "role": "authenticated",
        "sub": str(uuid4()),
        "session_id": str(uuid4()),
        "iat": 1_700_000_000,
        "exp": 1_700_003_600,
    }
    expired = {"Authorization": f"Bearer {keys.sign(claims)}"}
    answer = await label.http.get("/rest/v1/artists", headers=expired)
    assert (answer.status_code, answer.json()["code"]) == (401, "PGRST303")
