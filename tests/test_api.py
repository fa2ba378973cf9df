"""What every answer of the API has in common."""

from uuid import uuid4

import asyncpg
import httpx2 as httpx
import pytest

from arti.api import create_app
from arti.settings import Settings
from local_stack.postgres import SUPERUSER
from tests.conftest import Database, World
from tests.isolation.operation_calls import make_call, operations
from tests.isolation.seeding import SeededOrg, TenantTables

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "cache-control": "no-store",
}


def check(answer: httpx.Response) -> None:
    for name, value in HEADERS.items():
        assert answer.headers.get(name) == value, (answer.request.url, name)
    for rule in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert rule in answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"]
    assert "server" not in answer.headers


async def test_an_unknown_path_gets_the_error_format(world: World) -> None:
    answer = await world.anonymous.get("/nowhere")
    assert answer.status_code == 404
    assert answer.json()["error"] == "not_found"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    check(answer)


async def test_an_anonymous_request_is_refused(world: World) -> None:
    member = await world.member()
    assert (await world.client("not.a.token", member.org_id).get("/api/artists")).status_code == 401
    assert (await world.client(member.token, uuid4()).get("/api/artists")).status_code == 404


async def test_every_operation_sends_security_headers_and_serves_own_origins_only(world: World) -> None:
    member = await world.member()
    document = world.document
    async with TenantTables.of(world.database) as seeded_database:
        for _, method, path in operations(document):
            call = make_call(document, method, path, SeededOrg(seeded_database))
            for client in (world.anonymous, member.http):
                ours = await client.request(**call.arguments(), headers={"Origin": world.settings.site_url})
                check(ours)
                assert ours.headers["access-control-allow-origin"] == world.settings.site_url
                assert "Origin" in ours.headers["vary"]
            foreign = await client.request(**call.arguments(), headers={"Origin": "https://evil.example"})
            assert "access-control-allow-origin" not in foreign.headers


async def test_the_route_of_series_answers_with_the_headers_of_all_others(world: World) -> None:
    """It stands before the router, and answers a request without a body by itself."""
    member = await world.member()
    artist = (await member.http.post("/api/artists", json={"name": "Ada"})).json()["id"]
    series, unknown = f"/api/artists/{artist}/series", f"/api/artists/{uuid4()}/series"
    for origin in (None, world.settings.site_url, "https://evil.example"):
        headers = {"Origin": origin} if origin else {}
        other = await member.http.get("/api/artists", headers=headers)
        for path, body, status in (
            (series, b"", 200),
            (series, b"{}", 200),
            (unknown, b"", 404),
            (unknown, b"{}", 404),
        ):
            answer = await member.http.request("GET", path, content=body, headers=headers)
            assert answer.status_code == status, (path, body)
            assert set(answer.headers) == set(other.headers)
            same = set(other.headers) - {"x-request-id", "content-length", "date"}
            assert [answer.headers[name] for name in same] == [other.headers[name] for name in same]
    answers = [await member.http.get(series) for _ in range(2)]
    assert answers[0].headers["x-request-id"] != answers[1].headers["x-request-id"]


ORIGINS = [
    *("null", "*", "https://evil.example", "http://app.arti.example", "https://app.arti.example:8443"),
    *("https://app.arti.example.evil.example", "https://evil-app.arti.example", "https://evilapp.arti.example"),
    *("https://app.arti.example.", "https://app.arti.example/", "https://app.arti.example/x", "https://arti.example"),
    *("https://x.app.arti.example", "https://appxarti.example", "https://app-arti.example", "https://app.arti.exampl"),
    *(
        "https://app.arti.example@evil.example",
        "https://evil.example@app.arti.example",
        "https://user@app.arti.example",
    ),
    *(
        "https://app.arti.example%00.evil.example",
        "https://app.arti.example%60.evil.example",
        "https://app.arti.example_",
    ),
    *(
        "https://app.arti.example,https://evil.example",
        "https://evil.example https://app.arti.example",
        "app.arti.example",
    ),
    *("HTTPS://APP.ARTI.EXAMPLE", "https://APP.arti.example", "https:app.arti.example", "//app.arti.example"),
    *("https://xn--app-arti-example.com", "https://xn--pp-2ga.arti.example", "ftp://app.arti.example"),
    *(
        "file://",
        "data:text/html,x",
        "chrome-extension://app.arti.example",
        "https://localhost",
        "http://localhost:3000",
    ),
    *("http://127.0.0.1:3000", "https://app.arti.example:443", "https://[::1]", "https://app.arti.example#x", " "),
]


async def test_no_other_origin_is_reflected(settings: Settings) -> None:
    own = "https://app.arti.example"
    app = create_app(settings.model_copy(update={"site_url": own, "arti_environment": "production"}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://api.test") as client:
        for origin in (own, *ORIGINS):
            preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            for answer in (
                await client.options("/api/artists", headers=preflight),
                await client.get("/healthz", headers={"Origin": origin}),
            ):
                allowed = answer.headers.get("access-control-allow-origin")
                assert allowed == (own if origin == own else None), (origin, allowed)
                assert "access-control-allow-credentials" not in answer.headers
    assert len(set(ORIGINS)) == len(ORIGINS) >= 40


async def test_an_unexpected_error_gets_the_error_format_without_details(settings: Settings) -> None:
    app = create_app(settings)

    @app.get("/bug")
    async def bug() -> None:
        raise RuntimeError("the secret is Rumpelstiltskin")

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        answer = await client.get("/bug", headers={"Origin": settings.site_url})
    assert answer.status_code == 500
    assert answer.json()["error"] == "internal"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "Rumpel" not in answer.text
    assert answer.headers["access-control-allow-origin"] == settings.site_url
    check(answer)


async def test_a_lost_database_is_unavailable(world: World, database: Database) -> None:
    member = await world.member()
    admin = await asyncpg.connect(database.cluster.dsn(SUPERUSER, "postgres"))
    await admin.execute(f'alter database "{database.name}" with allow_connections false')
    ended = "select pg_terminate_backend(pid, 20000) from pg_stat_activity where datname = $1"
    while await admin.fetch(ended, database.name):  # one that ends by itself meanwhile is not ended by this
        pass
    seen = [(await member.http.get("/api/artists")).status_code for _ in range(3)]
    await admin.execute(f'alter database "{database.name}" with allow_connections true')
    await admin.close()
    assert set(seen) == {503}
    assert (await member.http.get("/api/artists")).status_code == 200


@pytest.mark.parametrize("name", ["\x00", "a\x00b"])
async def test_a_nul_character_is_refused(world: World, name: str) -> None:
    member = await world.member()
    for answer in (
        await member.http.post("/api/artists", json={"name": name}),
        await member.http.get("/api/artists", params={"q": name}),
        await member.http.get("/api/admin/users", params={"q": name}),
    ):
        assert answer.status_code == 422
        assert "NUL" in answer.json()["message"] or answer.json()["field"] in ("name", "q")


async def test_validation_errors_are_sentences(world: World) -> None:
    member = await world.member()
    artist, campaign = "/api/artists", "/api/campaigns"
    cases: list[tuple[str, dict[str, object], str]] = [
        (artist, {"name": "  "}, "Name is missing."),
        (artist, {}, "Name is missing."),
        (artist, {"name": 7}, "Name must be text."),
        (artist, {"name": "x" * 201}, "Name is too long: at most 200 characters."),
        (campaign, {"artist_id": "7"}, "Artist id is not an id."),
        (campaign, {"budget_minor": -1}, "Budget in minor units must be at least 0."),
        (campaign, {"goal_target": "many"}, "Goal target must be a number."),
        (campaign, {"starts_on": "soon"}, "Starts on must be a day such as 2026-11-22."),
    ]
    for path, body, sentence in cases:
        answer = await member.http.post(path, json=body)
        assert answer.status_code == 422
        assert sentence in [problem["message"] for problem in answer.json()["problems"]]
        assert answer.json()["message"] == answer.json()["problems"][0]["message"]
    for query, sentence in (
        ("limit=0", "Limit must be at least 1."),
        ("limit=x", "Limit must be a whole number."),
        ("order=best", "Order must be 'newest' or 'weight'."),
    ):
        assert (await member.http.get(f"/api/insights?{query}")).json()["message"] == sentence
